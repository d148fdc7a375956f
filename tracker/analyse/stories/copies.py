"""Whether two articles are (nearly) the same text, and what says so: pure, no I/O.

The rules were tried on 33,000 news items, and docs/quality.md has their figures: no single
figure finds both a text under another headline and a headline over another text, so rules that differ are asked in
turn. All overlaps are of runs of three words: C is the share of the shorter text's runs that stand in the other.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from rapidfuzz.distance import LCSseq

from tracker.analyse.stories.word_features import Wording

Why = Literal["text", "title", "excerpt"]
"""What makes a copy: most of two long texts, the whole headline, or most of a short text."""

WINDOW = timedelta(days=14)
"""Articles further apart are not compared: what is printed again later is news again."""

_SOON = timedelta(days=3)

_LONG = 80  # words; below, a text is a teaser
_MIDDLING = 250  # words; below, a long text may still be a form that was filled in twice

_HEADLINE = 5  # words of a title; fewer are a name that many articles bear
_SHORT = 6  # words of a title
_FEW = 6  # shared runs; fewer are a phrase, a name or a quotation
_REPOST = 0.80  # of C; outlets say again what they said yesterday

_REISSUE = 0.95  # of one outlet's words in order; with more of them changed it is the next day's issue

_SURE = 0.85  # of C; above, other names and numbers are slips and not another event


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much of the words is the same, from 0 to 1, and what of them counts."""

    why: Why
    score: float


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Whether two texts have one publisher, and how long after each other they were published."""

    same_source: bool
    apart: timedelta


def likeness(one: Wording, other: Wording, circumstances: Circumstances) -> Likeness | None:
    """What makes one of these texts a copy of the other; None where nothing does."""
    same_source, apart = circumstances.same_source, circumstances.apart
    if apart > WINDOW:
        return None
    if min(_words(one), _words(other)) >= _LONG and (found := _same_text(one, other, same_source)):
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
    doubtful = min(_words(one), _words(other)) < _MIDDLING and contained < _SURE
    return None if doubtful and _differ(one, other) else Likeness("text", contained)


def _same_title(one: Wording, other: Wording, same_source: bool) -> Likeness | None:
    """Two outlets seldom find the same long headline; one outlet uses its own again."""
    shared, contained = _overlap(one.summary_shingles, other.summary_shingles)
    if same_source and contained < 0.5 and one.summary and other.summary:
        return None
    return Likeness("title", contained if shared else 1.0)


def _same_excerpt(one: Wording, other: Wording, same_source: bool, apart: timedelta) -> Likeness | None:
    """Whether the shorter text stands in the other, in runs of words or, where words were put in and taken out, in
    its order."""
    shared, contained = _overlap(one.shingles, other.shingles)
    if shared < _FEW:
        return None
    if contained < (_REPOST if same_source else 0.60):
        contained = _in_order(one, other)
        if contained < (_REISSUE if same_source else _SURE):
            return None
    if same_source and (apart > _SOON or not _alike(one, other)):
        return None
    return None if _differ(one, other) else Likeness("excerpt", contained)


def _in_order(one: Wording, other: Wording) -> float:
    """The share of the shorter summary's words that stand in the other in the same order."""
    shorter = min(len(one.summary), len(other.summary))
    return LCSseq.similarity(one.summary, other.summary) / shorter if shorter >= 12 else 0.0


def _overlap(one: Set[tuple[str, ...]], other: Set[tuple[str, ...]]) -> tuple[int, float]:
    """How many runs two texts share, and what share of the shorter text's they are."""
    shared = len(one & other)
    return shared, shared / max(1, min(len(one), len(other)))


def _words(text: Wording) -> int:
    return len(text.title) + len(text.summary)


def _differ(one: Wording, other: Wording) -> bool:
    """Whether somewhere a name or number stands in the place of another: a form filled in twice."""
    mine = theirs = False
    for step in LCSseq.opcodes(one.summary, other.summary):
        if step.tag == "equal":
            mine = theirs = False
        mine = mine or (any(one.marked[step.src_start : step.src_end]) and step.tag != "equal")
        theirs = theirs or (any(other.marked[step.dest_start : step.dest_end]) and step.tag != "equal")
        if mine and theirs:
            return True
    return False


def _alike(one: Wording, other: Wording) -> bool:
    """Whether two titles have most of their words in common, and all numbers.

    Short titles of one outlet in which a word stands for another are parts of a series: "Morning update". So are
    those that are too short to say what happened, even if all is the same.
    """
    mine, theirs = frozenset(one.title), frozenset(other.title)
    if min(len(one.title), len(other.title)) < _HEADLINE:
        return False
    if max(len(mine), len(theirs)) <= _SHORT and mine - theirs and theirs - mine:
        return False
    return len(mine & theirs) >= 0.6 * min(len(mine), len(theirs)) and one.title_numbers == other.title_numbers
