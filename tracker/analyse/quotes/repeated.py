"""Decide whether two quotations repeat the same statement, whole or in part, in slightly other words; pure."""

import re
import zlib
from collections.abc import Sequence
from typing import Final

from rapidfuzz.distance import LCSseq

from tracker.analyse.folding import bare

_WORD: Final = re.compile(r"\w+")

RUN: Final = 4
"""Words in a row that two quotations must share to be compared."""

_PER_CHANGE: Final = 6
"""Words of the shorter one for each that does not stand in the other, in the same order."""

_TELLING: Final = 10
"""Words that must be shared where the speakers are not known to be the same: fewer are a slogan."""


def words_of(quote: str) -> tuple[str, ...]:
    """Return the words of a quotation without case, accents and punctuation."""
    return tuple(bare(word) for word in _WORD.findall(quote.casefold()))


def runs(words: Sequence[str]) -> set[int]:
    """Return a checksum of each run of words; quotations that share one may be the same."""
    return {zlib.crc32(" ".join(words[at : at + RUN]).encode()) for at in range(len(words) - RUN + 1)}


def likeness(one: Sequence[str], other: Sequence[str], *, one_speaker: bool) -> float:
    """Return the share of the shorter quotation's words in the other, in order; 0 if they are not one statement."""
    shorter = min(len(one), len(other))
    shared = LCSseq.similarity(one, other)
    if shared < (RUN if one_speaker else _TELLING) or (shorter - shared) * _PER_CHANGE > shorter:
        return 0.0
    return float(shared / shorter)
