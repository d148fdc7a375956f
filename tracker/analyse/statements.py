"""Decide whether an article's new words state what the earlier ones did not, or put the same otherwise; no I/O.

New is only what neither the earlier headline nor the earlier summary has. A summary counts where most of it stayed: one
that gives another sentence of the article states nothing new of the matter.
"""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from tracker.analyse.compared_words import (
    WORD,
    Version,
    argument_words,
    folded,
    in_order,
    is_content_word,
    occurs,
    repaired,
    respelt,
    written_alike,
)
from tracker.analyse.date_words import MONTHS
from tracker.analyse.equivalents import LABELS, NAME_PREFIXES, number_of, unified
from tracker.analyse.languages.language import Outcome
from tracker.analyse.languages.vocabulary import LANGUAGES, all_words
from tracker.analyse.outcome_words import outcome_of
from tracker.analyse.stance_words import DEGREES, DENIALS
from tracker.analyse.stories.word_features import bare_summary, bare_title, stem, wording

Evidence = Literal["number", "name", "day", "outcome", "denial", "question", "much", "argument", "quotation"]
"""What shows that something else is stated: a number, name or day; what became of the matter; a denial or doubt; a
question made of a statement; much that is new; a word of the debate's argument; quotation marks around a claim."""

_RELATIVE: Final = all_words(language.near_days for language in LANGUAGES)

DATES: Final = frozenset(MONTHS) | all_words(language.weekdays for language in LANGUAGES) | _RELATIVE
"""Words for a day or month: one in place of another moves an event."""

_INTERROGATIVES: Final = all_words(language.interrogatives for language in LANGUAGES)

_AIMS: Final = all_words(language.aims for language in LANGUAGES)
"""Words after which a verb says what somebody wants to happen, not what has."""

_CODE = re.compile(r"(?<=[^\W\d])-\d+\b")  # the number in "Covid-19"
_LISTED = re.compile(
    r"\btop\s\d+|\b\w+\s(?:ways|things|charts|highlights|reasons|facts|photos|pictures|questions|takeaways|tips)\b",
    re.IGNORECASE,
)
"""A number of items that an article lists."""
_MAY = re.compile(r"\bMay\b(?=\s\d)")  # the month
_YEAR = re.compile(r"(?:19|20)\d\d")
_QUOTED = re.compile(r"""(?:^|(?<=[\s(]))["'](?=\w)([^"']{2,80}?)["'](?=$|[\s).,;:?!])""")
_LABEL = re.compile(r"^(?:[^\s:|]+\s){0,4}[^\s:|]+\s?[:|]\s+(?=\S)")

_ALIKE = 0.5
"""Share of the longer headline's words that both have, where one takes back or replaces a part of the other."""
_SAME = 0.8
"""The same share, where the two make one statement that a "not" turns round."""
_MUCH, _MUCH_ADDED = 6, 3
"""New words of a headline that say something else, whatever they are; fewer do if it kept all others."""
_LARGE = 0.4
"""New words as a share of a headline's that frame a matter of the debate otherwise."""
_KEPT = 0.5
"""Share of the shorter summary's words that stay in order where a sentence was changed, not replaced."""


@dataclass(frozen=True)
class _Text:
    """A headline or summary as given; written as the one it is compared with; and what its version says in all."""

    raw: str
    text: str
    known: frozenset[str]
    happened: frozenset[Outcome]

    @cached_property
    def words(self) -> list[str]:
        return folded(_MAY.sub("", self.text)).split()

    @cached_property
    def content(self) -> frozenset[str]:
        return frozenset(word for word in self.words if is_content_word(word) and word not in LABELS)

    @cached_property
    def asks(self) -> bool:
        return "?" in self.raw or bool(_INTERROGATIVES & {*self.words[:1]})

    @cached_property
    def quoted(self) -> frozenset[str]:
        return frozenset(folded(claim) for claim in _QUOTED.findall(repaired(self.raw)))

    @cached_property
    def names(self) -> frozenset[str]:
        """Its names, folded; acronyms are none, as they often stand for a name in full."""
        stems = wording(self.raw, "").names
        spelt = {word.casefold() for word in WORD.findall(self.raw) if not word.isupper()}
        return frozenset(word for word in self.words if stem(word) in stems and word in spelt) - DATES

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Its numbers in digits; no years, nor "one"."""
        found = {number_of(word) for word in folded(_LISTED.sub("", _CODE.sub("", self.text))).split()}
        return frozenset(n for n in found if n[0].isdigit() and n not in {"0", "1"} and not _YEAR.fullmatch(n))

    def numbers_beside(self, other: "_Text") -> set[str]:
        """Return its numbers that the other version has nowhere."""
        return {*self.numbers} - {number_of(word) for word in other.known}

    def words_beside(self, other: "_Text", words: Set[str]) -> set[str]:
        """Return those of these words that the other version has nowhere, in any form."""
        return {word for word in words if not occurs(word, other.known)}


def headline_evidence(before: Version, after: Version) -> set[Evidence]:
    """Return what shows that the later headline states something else; nothing if it puts the same otherwise.

    Two questions state nothing. A name alone shows it only if it was added, or took the place of another: else it may
    be another one for the same.
    """
    old, new = _texts((before.title, before.summary), (after.title, after.summary))
    if old.asks and new.asks:
        return set()
    found: set[Evidence] = {*_facts(old, new), *_happenings(old, new)}
    alone = found == {"name"} and old.words_beside(new, old.content)
    return set() if alone and not _is_renamed(old, new) else found


def framing_evidence(before: Version, after: Version) -> set[Evidence]:
    """Return what shows that the later headline of an article on the debate takes another side, or says that somebody
    else claims it. Elsewhere the same words are mere style."""
    old, new = _texts((before.title, before.summary), (after.title, after.summary), labels=True)
    found: set[Evidence] = set()
    share = _share(old, new)
    sides = [one.words_beside(other, {*argument_words(one.raw)}) for one, other in ((old, new), (new, old))]
    if all(sides) or (any(sides) and share >= _ALIKE):
        found.add("argument")
    for one, other in ((old, new), (new, old)):
        if any(f" {claim} " in f" {folded(other.raw)} " for claim in one.quoted - other.quoted):
            found.add("quotation")
    added, gone = new.words_beside(old, new.content), old.words_beside(new, old.content)
    if len(added) >= max(2, _LARGE * len(new.content)) or (added and gone and share >= _ALIKE):
        found.add("much")
    if share >= _ALIKE and (DENIALS | DEGREES | NAME_PREFIXES) & ({*old.words} ^ {*new.words}):
        found.add("denial")
    return found


def summary_evidence(before: Version, after: Version) -> set[Evidence]:
    """Return what shows that the later summary states something else on what stayed of it."""
    old, new = _texts((before.summary, before.title), (after.summary, after.title))
    found: set[Evidence] = set()
    if "?" in before.title and "?" in after.title:
        return found  # under a question, the facts are the answer's
    if in_order(old.words, new.words) < _KEPT * min(len(old.words), len(new.words)):
        return found
    if _outcomes(new.words) - old.happened:
        found.add("outcome")
    if new.numbers_beside(old) and old.numbers_beside(new):
        found.add("number")
    if _is_moved(old, new):
        found.add("day")
    return found


def _texts(olds: tuple[str, str], news: tuple[str, str], *, labels: bool = False) -> tuple[_Text, _Text]:
    """Return two headlines or summaries, each given with the other part of its version; `labels` keeps the subject or
    column before them."""
    alike = written_alike(*(_bare(raw if labels else _unlabelled(raw)) for raw, _ in (olds, news)))
    old, new = (_text(raw, text, other) for (raw, other), text in zip((olds, news), alike, strict=True))
    return old, new


def _text(raw: str, text: str, other: str) -> _Text:
    parts = [folded(part).split() for part in (text, raw, unified(raw), other, unified(other))]
    happened = frozenset(outcome for part in parts for outcome in _outcomes(part))
    return _Text(raw, text, frozenset(word for part in parts for word in part), happened)


def _bare(text: str) -> str:
    """Return a text without its publisher's name and "read more"."""
    return bare_summary(bare_title(text))


def _unlabelled(text: str) -> str:
    """Return a text without the subject or column before it, if three words remain."""
    label = _LABEL.match(text)
    rest = text[label.end() :] if label else text
    return rest if len(WORD.findall(rest)) >= 3 else text


def _facts(old: _Text, new: _Text) -> Iterator[Evidence]:
    """Yield the kinds of fact that the later headline has and the earlier version has not."""
    if new.numbers_beside(old):
        yield "number"
    if new.words_beside(old, new.names) or _is_renamed(old, new):
        yield "name"
    if _is_moved(old, new):
        yield "day"


def _happenings(old: _Text, new: _Text) -> Iterator[Evidence]:
    """Yield what shows that a headline says that something else has happened, or has not."""
    if _outcomes(new.words) - old.happened:
        yield "outcome"
    if _share(old, new) >= _SAME:
        if (DENIALS | DEGREES) & ({*old.words} ^ {*new.words}):
            yield "denial"
        if old.asks != new.asks and ("?" in old.raw) != ("?" in new.raw):
            yield "question"
    quoted = {word for claim in new.quoted for word in claim.split()}
    if len(new.words_beside(old, new.content - quoted)) >= (
        _MUCH if old.words_beside(new, old.content) else _MUCH_ADDED
    ):
        yield "much"


def _share(old: _Text, new: _Text) -> float:
    """Return the share of the longer headline's content words that the other has."""
    shorter, longer = sorted((old.content, new.content), key=len)
    same = sum(any(word == other or respelt(word, other) for other in longer) for word in shorter)
    return same / max(1, len(longer))


def _is_renamed(old: _Text, new: _Text) -> bool:
    """Decide whether a headline names one in place of another, all else being the same."""
    gone, come = (
        {name for name in one.names if not occurs(name, other.words)} for one, other in ((old, new), (new, old))
    )
    return bool(gone and come) and _share(old, new) >= _ALIKE and not (new.content - {*new.names}) - old.content


def _is_moved(old: _Text, new: _Text) -> bool:
    """Decide whether one day or month stands in place of another; "Aug" and "August" are one."""
    gone, come = ({word[:3] for word in DATES - _RELATIVE & {*one.words}} for one in (old, new))
    known = {word[:3] for word in DATES & old.known}
    return bool(gone - come and come - known)


def _outcomes(words: Sequence[str]) -> set[Outcome]:
    """Return what is said to have become of the matter, by groups of words."""
    return {
        outcome
        for before, word in zip(("", *words), words, strict=False)
        if before not in _AIMS and (outcome := outcome_of(word)) is not None
    }
