"""Decide whether an article's new words state something else, or put the same otherwise; no I/O.

New is only what neither the earlier headline nor the earlier summary has. What is merely added (a place, an age, a
circumstance) is not evidence: a reader of the earlier words need not correct anything.
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
from tracker.analyse.equivalents import LABELS, NAME_PREFIXES, number_of, opposites_of, unified
from tracker.analyse.languages.language import Outcome
from tracker.analyse.languages.vocabulary import LANGUAGES, all_words, any_phrase
from tracker.analyse.outcome_words import outcomes_of, suggested_by
from tracker.analyse.stance_words import DEGREES, DENIALS, TELLING
from tracker.analyse.stories.word_features import bare_summary, bare_title, stem, wording

Evidence = Literal[
    "number", "name", "day", "outcome", "reversal", "denial", "question", "argument", "framing", "quotation"
]
"""What shows that something else is stated: another number, name or day in place of one; what became of the matter; the
opposite; a denial or doubt; a question made of a statement; a word of the debate's argument, or another part of a
headline on it; quotation marks around a claim."""

_RELATIVE: Final = all_words(language.near_days for language in LANGUAGES)

_WEEKDAYS: Final = all_words(language.weekdays for language in LANGUAGES)

_MONTHS: Final = frozenset(MONTHS)

DATES: Final = _MONTHS | _WEEKDAYS | _RELATIVE
"""Words for a day or month: one in place of another moves an event."""

_INTERROGATIVES: Final = all_words(language.interrogatives for language in LANGUAGES)

_AIMS: Final = all_words(language.aims for language in LANGUAGES)
"""Words after which a verb states a wish or demand, not an event."""

_BACKGROUND: Final = re.compile(
    rf"\b{any_phrase(language.background for language in LANGUAGES)}\s[^,;:–—]*", re.IGNORECASE
)
"""A part of a headline that recalls what happened before: "after his arrest"."""

_LIMITS: Final = frozenset(word for word in TELLING if not outcomes_of(word))
"""Words of certainty and extent: one in place of another limits a statement or widens it."""

_TURNS: Final = DENIALS | DEGREES | NAME_PREFIXES
"""Words that turn or weaken a statement, or make another name of one."""

_CODE = re.compile(r"(?<=[^\W\d])-\d+\b|\b\d*0s\b")  # the number in "Covid-19"; the 1990s
_LISTED = re.compile(
    r"\btop\s\d+|\b\w+\s(?:ways|things|charts|highlights|reasons|facts|photos|pictures|questions|takeaways|tips)\b",
    re.IGNORECASE,
)
"""A number of items that an article lists."""
_DIGITS = re.compile(r"\d+(?:_\d+)?")
_MAY = re.compile(r"\bMay\b(?=\s\d)")  # the month
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_QUOTED = re.compile(r"""(?:^|(?<=[\s(]))["'](?=\w)([^"']{2,80}?)["'](?=$|[\s).,;:?!])""")
_LABEL = re.compile(r"^(?:[^\s:|]+\s){0,4}[^\s:|]+\s?[:|]\s+(?=\S)")

_ALIKE = 0.5
"""Share of the longer headline's words that both have, where one takes back or replaces a part of the other."""
_SAME = 0.85
"""The same share, where the two make one statement that a "not" turns round."""
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
    def outcomes(self) -> frozenset[Outcome]:
        """What it says has become of the matter; its background, what it denies and what it quotes left out."""
        words = folded(_BACKGROUND.sub(" ", _QUOTED.sub(" ", repaired(self.text)))).split()
        return frozenset(
            outcome
            for earlier, before, word in zip(("", "", *words), ("", *words), words, strict=False)
            if before not in _AIMS and DENIALS.isdisjoint((earlier, before))
            for outcome in outcomes_of(word)
        )

    @cached_property
    def asks(self) -> bool:
        return "?" in self.raw or bool(_INTERROGATIVES & {*self.words[:1]})

    @cached_property
    def quoted(self) -> frozenset[str]:
        return frozenset(folded(claim) for claim in _QUOTED.findall(repaired(self.raw)))

    @cached_property
    def capitalised(self) -> frozenset[str]:
        """Its capitalised words, folded, the first included."""
        return frozenset(word.casefold() for word in WORD.findall(self.raw) if word[0].isupper())

    @cached_property
    def names(self) -> frozenset[str]:
        """Its names, folded; acronyms are none, as they often stand for a name in full."""
        stems = wording(self.raw, "").names
        spelt = {word.casefold() for word in WORD.findall(self.raw) if not word.isupper()}
        return frozenset(word for word in self.words if stem(word) in stems and word in spelt) - DATES

    @cached_property
    def numbers(self) -> frozenset[tuple[str, bool]]:
        """Its numbers in digits, and whether each is the day of a month; no years, nor "one"."""
        words = folded(_LISTED.sub("", _CODE.sub("", self.text))).split()
        found = [
            (_amount(word), not _MONTHS.isdisjoint((before, after)))
            for before, word, after in zip(("", *words), words, (*words[1:], ""), strict=False)
        ]
        return frozenset((n, day) for n, day in found if n not in {"", "0", "1"} and not _YEAR.fullmatch(n))

    def numbers_beside(self, other: "_Text") -> set[tuple[str, bool]]:
        """Return its numbers that the other version has nowhere."""
        known = {n for n, _ in other.numbers} | {_amount(word) for word in other.known}
        return {(n, day) for n, day in self.numbers if n not in known}

    def words_beside(self, other: "_Text", words: Set[str]) -> set[str]:
        """Return those of these words that the other version has nowhere, in any form."""
        return {word for word in words if not occurs(word, other.known)}


def headline_evidence(before: Version, after: Version) -> set[Evidence]:
    """Return what shows that the later headline states something else; nothing if it puts the same otherwise.

    A question states nothing.
    """
    old, new = _texts((before.title, before.summary), (after.title, after.summary))
    if new.asks:
        return set()
    found = _replaced(old, new)
    share = _share(old, new)
    if new.outcomes - old.happened:
        found.add("outcome")
    if share >= _ALIKE and _is_reversed(old, new):
        found.add("reversal")
    gone, come = {*old.words} - {*new.words}, {*new.words} - {*old.words}
    if share >= _SAME and (DENIALS & (gone | come) or (_LIMITS & gone and _LIMITS & come)):
        found.add("denial")
    return found


def framing_evidence(before: Version, after: Version) -> set[Evidence]:
    """Return what shows that the later headline of an article on the debate takes another side, or says that somebody
    else claims it. Elsewhere the same words are mere style."""
    old, new = _texts((before.title, before.summary), (after.title, after.summary), labels=True)
    found: set[Evidence] = set()
    share = _share(old, new, aside=_TURNS)
    sides = [one.words_beside(other, {*argument_words(one.raw)}) for one, other in ((old, new), (new, old))]
    if all(sides) or (any(sides) and share >= _ALIKE):
        found.add("argument")
    if share >= _ALIKE and new.words_beside(old, new.content) and old.words_beside(new, old.content):
        found.add("framing")
    for one, other in ((old, new), (new, old)):
        if any(f" {claim} " in f" {folded(other.raw)} " for claim in one.quoted - other.quoted):
            found.add("quotation")
    if _is_renamed(old, new):
        found.add("name")
    if share >= _SAME and _TURNS & ({*old.words} ^ {*new.words}):
        found.add("denial")
    if share >= _SAME and ("?" in old.raw) != ("?" in new.raw):
        found.add("question")
    return found


def summary_evidence(before: Version, after: Version) -> set[Evidence]:
    """Return what shows that the later summary states something else: another number or day. Nothing if it gives
    another sentence of the article, or answers a question that both headlines ask."""
    old, new = _texts((before.summary, before.title), (after.summary, after.title))
    replaced = in_order(old.words, new.words) < _KEPT * min(len(old.words), len(new.words))
    return set() if replaced or ("?" in before.title and "?" in after.title) else _replaced(old, new)


def _replaced(old: _Text, new: _Text) -> set[Evidence]:
    """Return the kinds of fact that stand in place of others."""
    found: set[Evidence] = set()
    gone, come = ({day for _, day in beside} for beside in (old.numbers_beside(new), new.numbers_beside(old)))
    if gone & come:
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
    happened = frozenset(outcome for part in parts for outcome in _suggested(part))
    return _Text(raw, text, frozenset(word for part in parts for word in part), happened)


def _bare(text: str) -> str:
    """Return a text without its publisher's name and "read more"."""
    return bare_summary(bare_title(text))


def _unlabelled(text: str) -> str:
    """Return a text without the subject or column before it, if three words remain."""
    label = _LABEL.match(text)
    rest = text[label.end() :] if label else text
    return rest if len(WORD.findall(rest)) >= 3 else text


def _share(old: _Text, new: _Text, aside: Set[str] = frozenset()) -> float:
    """Return the share of the longer headline's content words that the other has, some words left aside."""
    shorter, longer = sorted((old.content - aside, new.content - aside), key=len)
    same = sum(any(word == other or respelt(word, other) for other in longer) for word in shorter)
    return same / max(1, len(longer))


def _is_renamed(old: _Text, new: _Text) -> bool:
    """Decide whether a headline names one in place of another, all else being the same."""
    gone, come = (
        {word for word in one.content - other.content if not occurs(word, other.known)}
        for one, other in ((old, new), (new, old))
    )
    return (
        old.content - gone == new.content - come
        and not gone.isdisjoint(old.names)
        and not come.isdisjoint(new.names)
        and gone <= old.capitalised
        and come <= new.capitalised
    )


def _is_reversed(old: _Text, new: _Text) -> bool:
    """Decide whether a headline has a word in place of its opposite."""
    gone, come = {*old.words} - {*new.words}, {*new.words} - {*old.words}
    return any(opposites_of(word) & come for word in gone)


def _is_moved(old: _Text, new: _Text) -> bool:
    """Decide whether one weekday or month stands in place of another; "Aug" and "August" are one."""

    def replaced(kind: Set[str]) -> bool:
        gone, come, known = ({word[:3] for word in kind & words} for words in ({*old.words}, {*new.words}, old.known))
        return bool(gone - come and come - known)

    return replaced(_WEEKDAYS) or replaced(_MONTHS)


def _amount(word: str) -> str:
    """Return the number that a folded word states or begins with (40C, 5km), in digits; "" if it is none."""
    found = _DIGITS.match(number_of(word))
    return found[0] if found else ""


def _suggested(words: Sequence[str]) -> Iterator[Outcome]:
    """Yield the outcomes that words state or may suggest, except those that somebody merely wants."""
    for before, word in zip(("", *words), words, strict=False):
        yield from suggested_by(word) if before not in _AIMS else ()
