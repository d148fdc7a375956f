"""Decide whether two articles are (nearly) the same text, and on what evidence; no I/O.

The rules were tested on 33,000 news items (figures in docs/quality.md). No single measure finds both a text under
another headline and a headline over another text, so different rules are applied in turn. Overlaps are of word
trigrams; C is the share of the shorter text's trigrams that the other contains.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from tracker.analyse.equivalents import number_of
from tracker.analyse.languages.vocabulary import LANGUAGES, all_words
from tracker.analyse.running_pages import is_called_running
from tracker.analyse.stories.word_features import Wording

Why = Literal["text", "title", "excerpt"]
"""What makes a copy: most of two long texts, the whole headline, or most of a short text."""

COPY_WINDOW = timedelta(days=14)
"""Articles further apart are not compared: a later reprint is news again."""

_SOON = timedelta(days=3)

_LONG = 80  # words; a shorter text is a teaser
_MIDDLING = 250  # words; a shorter text may still be one template filled in twice

_HEADLINE = 5  # title words; fewer are a label that many articles carry
_SHORT = 6  # title words
_FEW = 6  # shared trigrams; fewer are a phrase, a name or a quotation
_FEW_OF_ONE = 12  # shared trigrams; an outlet's texts share fewer by its own turns of phrase
_REPOST = 0.80  # of C; outlets repeat what they wrote yesterday

_REISSUE = 0.95  # of one outlet's words in order; with more changed it is the next day's issue

_ISSUE = timedelta(hours=12)  # between an outlet's running pages; longer ago it was about another day

_WEEKDAYS = all_words(language.weekdays for language in LANGUAGES)

_SURE = 0.85  # of C; above it, differing names and numbers are slips, not another event


@dataclass(frozen=True, slots=True)
class Likeness:
    """The share of words in common, from 0 to 1, and which words were compared."""

    why: Why
    score: float


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Whether two texts share a publisher, and the time between their publication."""

    same_source: bool
    apart: timedelta


def likeness(one: Wording, other: Wording, circumstances: Circumstances) -> Likeness | None:
    """Return what makes one text a copy of the other; None if it is not."""
    same_source, apart = circumstances.same_source, circumstances.apart
    if apart > COPY_WINDOW or (same_source and _are_issues(one, other, apart)):
        return None
    if min(one.length, other.length) >= _LONG and (found := _same_text(one, other, same_source)):
        return found
    if len(one.title) >= _HEADLINE and one.title == other.title and apart <= _SOON:
        return _same_title(one, other, same_source)
    return _same_excerpt(one, other, same_source, apart)


def _same_text(one: Wording, other: Wording, same_source: bool) -> Likeness | None:
    shared = len(one.shingles & other.shingles)
    either = len(one.shingles) + len(other.shingles) - shared
    contained = shared / max(1, min(len(one.shingles), len(other.shingles)))
    enough = 0.80 if same_source else 0.55
    if not (shared / max(1, either) >= 0.40 or (contained >= enough and shared >= 60)):
        return None
    doubtful = min(one.length, other.length) < _MIDDLING and contained < _SURE
    return None if doubtful and _values_differ(one, other) else Likeness("text", contained)


def _same_title(one: Wording, other: Wording, same_source: bool) -> Likeness | None:
    """Compare texts under one headline: two outlets seldom choose the same long one; a single outlet reuses its own."""
    shared, contained = _overlap(one.summary_shingles, other.summary_shingles)
    if same_source and contained < 0.5 and one.summary and other.summary:
        return None
    return Likeness("title", contained if shared else 1.0)


def _same_excerpt(one: Wording, other: Wording, same_source: bool, apart: timedelta) -> Likeness | None:
    """Decide whether the other text contains the shorter one: its trigrams or, where words were inserted or removed,
    its words in order."""
    shared, contained = _overlap(one.shingles, other.shingles)
    if shared < (_FEW_OF_ONE if same_source else _FEW):
        return None
    if contained < (_REPOST if same_source else 0.60):
        contained = _in_order(one, other)
        if contained < (_REISSUE if same_source else _SURE):
            return None
    if same_source and (apart > _SOON or not _titles_match(one, other)):
        return None
    return None if _values_differ(one, other) else Likeness("excerpt", contained)


def _in_order(one: Wording, other: Wording) -> float:
    """Return the share of the shorter summary's words that the other has in the same order."""
    from rapidfuzz.distance import LCSseq  # noqa: PLC0415  fifty modules, which a round without news does not need

    shorter = min(len(one.summary), len(other.summary))
    return LCSseq.similarity(one.summary, other.summary) / shorter if shorter >= 12 else 0.0


def _overlap(one: Set[int], other: Set[int]) -> tuple[int, float]:
    """Return how many trigrams two texts share, and their share of the shorter text's."""
    shared = len(one & other)
    return shared, shared / max(1, min(len(one), len(other)))


def _values_differ(one: Wording, other: Wording) -> bool:
    """Decide whether a name or number replaces another anywhere: one template filled in twice."""
    from rapidfuzz.distance import LCSseq  # noqa: PLC0415  as above

    one_changed = other_changed = False
    for step in LCSseq.opcodes(one.summary, other.summary):
        if step.tag == "equal":
            one_changed = other_changed = False
        one_changed = one_changed or (any(one.marked[step.src_start : step.src_end]) and step.tag != "equal")
        other_changed = other_changed or (any(other.marked[step.dest_start : step.dest_end]) and step.tag != "equal")
        if one_changed and other_changed:
            return True
    return False


def _are_issues(one: Wording, other: Wording, apart: timedelta) -> bool:
    """Decide whether an outlet's two texts are issues of a series: by numbers in the titles, by one number word or
    weekday in place of another, or as live pages of two days."""
    counts, others = _counts(one), _counts(other)
    if one.title_numbers != other.title_numbers or (counts - others and others - counts):
        return True
    return apart > _ISSUE and (is_called_running(one.raw_title) or is_called_running(other.raw_title))


def _counts(words: Wording) -> set[str]:
    """Return a title's numbers in words, ordinals too, as digits, and its weekdays."""
    return {number_of(word) for word in words.title if word in _WEEKDAYS or number_of(word) != word}


def _titles_match(one: Wording, other: Wording) -> bool:
    """Decide whether two titles share most of their words.

    An outlet's short titles that differ by a replaced word are parts of a series: "Morning update". So are titles too
    short to say what happened, even if identical.
    """
    one_words, other_words = frozenset(one.title), frozenset(other.title)
    if min(len(one.title), len(other.title)) < _HEADLINE:
        return False
    if max(len(one_words), len(other_words)) <= _SHORT and one_words - other_words and other_words - one_words:
        return False
    shared = len(one_words & other_words)
    return shared >= 0.6 * min(len(one_words), len(other_words))
