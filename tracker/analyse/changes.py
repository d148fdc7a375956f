"""Classify an article's change of words as noise, trivial, reworded or substantive, and detect a change of stance.

Pure. *Noise* is what no reader would call a change: other quotes, spaces or letter forms, an added kicker, a running
counter, a text cut elsewhere. *Trivial* changes correct or polish. *Reworded* is what puts the same otherwise, leaves
some out or takes another sentence of the article for a summary. *Substantive* is what states something else
(tracker/analyse/statements.py). A change is *stance-relevant* if it adds or removes a word of the debate's argument.
"""

import re
from collections import Counter
from collections.abc import Set
from dataclasses import dataclass
from typing import Literal, get_args

from tracker.analyse.compared_words import (
    WORD,
    Version,
    argument_words,
    folded,
    in_order,
    is_content_word,
    repaired,
    respelt,
    written_alike,
)
from tracker.analyse.equivalents import LABELS, dispensable_names, is_same_thing, number_of
from tracker.analyse.stance_words import TELLING
from tracker.analyse.statements import DATES, framing_evidence, headline_evidence, summary_evidence
from tracker.analyse.stories.word_features import bare_summary, bare_title, stem

ChangeKind = Literal["noise", "trivial", "reworded", "substantive"]
"""How significant a change is, the least first."""

_SCARE = re.compile(r"""(?:^|(?<=[\s(]))["'](?=\w)([^"']{2,80}?)["'](?=$|[\s).,;:?!])""")

_OPENING = re.compile(r"""(?:^|(?<=[\s(]))["'](?=(\w+))""")

_LABEL = re.compile(r"^((?:[^\s:|]+\s){0,4}[^\s:|]+)\s?[:|]\s+(?=\S)")
"""Up to five words and a colon before a title: the subject or column it belongs to."""

_NUMBER = re.compile(r"(?:^|\s)[^\w\s]*\d")  # not the one in "Covid-19"

_POSSIBLY = frozenset(["may", "might", "could"])
"""Words of one degree of certainty, which are interchangeable."""

_KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)

_ELLIPSES = ("…", "...")

_SLIGHT = 0.75  # the share of words that stay in place in a summary merely rephrased


@dataclass(frozen=True, slots=True)
class Change:
    """The kind of a change; `words` are the debate's argument words added ("+") or removed ("-")."""

    kind: ChangeKind
    words: tuple[str, ...] = ()

    @property
    def stance(self) -> bool:
        """Whether the stance of headline or summary may have changed."""
        return bool(self.words)


def change(before: Version, after: Version, *, debate: bool = True) -> Change:
    """Classify the change between two versions of one article; `debate` tells whether the article is about the debate,
    where a headline's very words take a side."""
    title, summary = _title_kind(before.title, after.title), _summary_kind(before.summary, after.summary)
    kind = max(title, summary, key=_KINDS.index)
    if (title == "reworded" and _states_otherwise(before, after, debate=debate)) or (
        summary == "reworded" and summary_evidence(before, after)
    ):
        kind = "substantive"
    return Change(kind, _argument_change(before, after) if kind in {"reworded", "substantive"} else ())


def title_change(before: str, after: str) -> ChangeKind:
    """Classify the change between two headlines on the debate from the headlines alone."""
    kind = _title_kind(before, after)
    states = kind == "reworded" and _states_otherwise(Version(before, ""), Version(after, ""), debate=True)
    return "substantive" if states else kind


def _states_otherwise(before: Version, after: Version, *, debate: bool) -> bool:
    return bool(headline_evidence(before, after)) or (debate and bool(framing_evidence(before, after)))


def _title_kind(before: str, after: str) -> ChangeKind:
    """Classify the change between two headlines as reworded at most.

    Quotation marks around a claim, and a question mark, are more than punctuation: they say who claims it, and whether
    it is certain.
    """
    before, after = bare_title(before), bare_title(after)
    if not _same_claims(before, after) or before.rstrip().endswith("?") != after.rstrip().endswith("?"):
        return "reworded"
    old, new = folded(before), folded(after)
    cut = before.endswith(_ELLIPSES) or after.endswith(_ELLIPSES)
    if _is_same(old, new) or (cut and _is_cut(old, new)):
        return "noise"
    before, after = written_alike(before, after)
    if _is_relabelled(before, after):
        return "trivial"
    spared = _spared_names(before, after) | LABELS
    words, later = ([word for word in folded(text).split() if word not in spared] for text in (before, after))
    return _words_kind(words, later)


def _summary_kind(before: str, after: str) -> ChangeKind:
    """Classify the change between two summaries as reworded at most; omitting one, or cutting it elsewhere, is none."""
    before, after = bare_summary(before), bare_summary(after)
    old, new = folded(before), folded(after)
    if not old or not new or _is_same(old, new) or _is_cut(old, new):
        return "noise"
    words, later = (folded(text).split() for text in written_alike(before, after))
    kind = _words_kind(words, later)
    if kind == "reworded" and in_order(words, later) >= _SLIGHT * max(len(words), len(later)):
        removed, added = Counter(words) - Counter(later), Counter(later) - Counter(words)
        return "reworded" if _moves_sense(removed, added) else "trivial"
    return kind


def _is_same(old: str, new: str) -> bool:
    """Decide whether two folded texts differ only in spaces."""
    return old == new or old.replace(" ", "") == new.replace(" ", "")


def _words_kind(old: list[str], new: list[str]) -> ChangeKind:
    """Return trivial if only word order, spelling, a short form, a function word or a verb of saying differs, else
    reworded."""
    removed, added = Counter(old) - Counter(new), Counter(new) - Counter(old)
    for one, other in ((removed, added), (added, removed)):
        for word in [word for word in one if number_of(word) != word and number_of(word) in other]:
            del one[word], other[number_of(word)]
    if _moves_sense(removed, added):
        return "reworded"
    left = [word for word in removed.elements() if is_content_word(word) and word not in new]
    entered = [word for word in added.elements() if is_content_word(word) and word not in old]
    for word in list(left):
        twin = next((other for other in entered if respelt(word, other) or is_same_thing(word, other)), None)
        if twin is not None:
            left.remove(word)
            entered.remove(twin)
    return "trivial" if not (left or entered) or _is_tightened(left, entered, new) else "reworded"


def _is_tightened(left: list[str], entered: list[str], new: list[str]) -> bool:
    """Decide whether a long text only lost a word or two that carry no argument: what is new would have to be added."""
    if entered or len(left) > 2 or any(argument_words(" ".join(left))):
        return False
    return sum(map(is_content_word, new)) >= 2 * len(left) + 3


def _moves_sense(removed: Counter[str], added: Counter[str]) -> bool:
    """Decide whether words that left or entered a text change its sense whatever the others, or put one day for
    another."""
    words = {*removed, *added} - (_POSSIBLY if _POSSIBLY & {*removed} and _POSSIBLY & {*added} else frozenset())
    return any(map(_changes_sense, words)) or bool(DATES & {*removed} and DATES & {*added})


def _changes_sense(word: str) -> bool:
    """Decide whether adding or removing a word always changes the sense: a number, a negation, a degree of
    certainty."""
    return any(char.isdigit() for char in word) or word in TELLING


def _is_cut(old: str, new: str) -> bool:
    """Decide whether one text is the other cut off, possibly within a word."""
    shorter, longer = sorted((old, new), key=len)
    return len(shorter.split()) >= 8 and longer.startswith(shorter)


def _same_claims(before: str, after: str) -> bool:
    """Decide whether two titles quote the same, or open quotes before the same words and leave one unclosed: a slip
    made or corrected."""
    before, after = repaired(before), repaired(after)
    old, new = _SCARE.findall(before), _SCARE.findall(after)
    if {folded(claim) for claim in old} == {folded(claim) for claim in new}:
        return True
    opened = _OPENING.findall(before)
    return opened == _OPENING.findall(after) and not len(old) == len(new) == len(opened)


def _is_relabelled(before: str, after: str) -> bool:
    """Decide whether two titles differ only in a label before them that says where they belong, or in polish besides.

    Words of one title's label may stand anywhere in the other.
    """
    old_label, old = _without_label(before)
    new_label, new = _without_label(after)
    if not old_label and not new_label:
        return False
    old, new = (
        [word for word in words if word not in LABELS and word not in label - {*rest}]
        for words, label, rest in ((old, new_label, new), (new, old_label, old))
    )
    return old == new or _words_kind(old, new) == "trivial"


def _without_label(title: str) -> tuple[Set[str], list[str]]:
    """Return the folded words of a title's label, if it has one and that says nothing, and of the rest."""
    label = _LABEL.match(title)
    words = set(folded(label[1]).split()) if label else set[str]()
    if (
        not label
        or LABELS.issuperset(folded(title[label.end() :]).split())
        or _NUMBER.search(label[1])
        or TELLING & words
        or any(argument_words(label[1]))
    ):
        return set(), folded(title).split()
    return words, folded(title[label.end() :]).split()


def _spared_names(before: str, after: str) -> set[str]:
    """Return the folded first names and titles of office that only one of two titles gives with a name."""
    old, new = WORD.findall(before), WORD.findall(after)
    kept = frozenset(word.casefold() for word in old) & frozenset(word.casefold() for word in new)
    gone, come = set(dispensable_names(old, kept)), set(dispensable_names(new, kept))
    return set() if gone and come else gone | come  # one name for another is a change


def _argument_change(before: Version, after: Version) -> tuple[str, ...]:
    """Return the debate's argument words that were added or removed."""
    old, new = (
        frozenset(argument_words(f"{bare_title(version.title)} {bare_summary(version.summary)}"))
        for version in (before, after)
    )
    return (
        *(f"-{word}" for word in sorted(_missing_from(old, new))),
        *(f"+{word}" for word in sorted(_missing_from(new, old))),
    )


def _missing_from(words: Set[str], others: Set[str]) -> set[str]:
    """Return the words that do not occur in the others in any form."""
    stems = {stem(word) for word in others}
    return {word for word in words if stem(word) not in stems}
