"""Compute a readable word diff between two versions of a text; pure, no I/O.

A plain longest common subsequence would keep every "the" and every space, unreadably: what is kept between two changes
and is no longer than either is shown as part of the change.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rapidfuzz.distance import LCSseq

Fate = Literal["kept", "gone", "new"]
"""Whether words are in both versions, in the earlier only, or in the later only."""

_JOINER = "\u200d"
_APOSTROPHES = frozenset("'’")
_IN_NUMBERS = frozenset(".,")
# Scripts without spaces between words: splitting words needs a dictionary, so each character is a token.
_UNSPACED = (
    (0x0E00, 0x0FFF),  # Thai, Lao, Tibetan
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x31FF),  # radicals, kana, bopomofo
    (0x3400, 0x9FFF),  # Chinese characters
    (0xF900, 0xFAFF),
    (0x20000, 0x323AF),
)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text: kept, gone from the old version, or new."""

    fate: Fate
    text: str


def word_diff(old: str, new: str) -> tuple[Run, ...]:
    """Return the runs that lead from one text to the other; within a change, removals added before additions.

    Kept and gone runs join to the old text, kept and new runs to the new one, to the last space.
    """
    runs: list[Run] = []
    for before, after in _joined(_blocks(tokens(old), tokens(new))):
        if before == after:
            runs.append(Run("kept", before))
        else:
            runs += _change(before, after)
    return tuple(runs)


def tokens(text: str) -> list[str]:
    """Split the text into words, spaces, punctuation, and characters of unspaced scripts; joined, they are the text
    again."""
    found: list[str] = []
    last = ""
    for place, char in enumerate(text):
        kind = _kind(char)
        if kind == "mark" or (found and found[-1].endswith(_JOINER)):
            kind = last or "mark"
            goes_on = bool(found)
        elif _within(text, place):
            kind, goes_on = "word", True
        else:
            goes_on = kind == last and kind in {"word", "space"}
        if goes_on:
            found[-1] += char
        else:
            found.append(char)
        last = kind
    return found


def _change(before: str, after: str) -> Iterator[Run]:
    """Yield the removal and the addition; the space both end with is kept."""
    spaces = before[len(before.rstrip()) :]
    if not before or not after or after[len(after.rstrip()) :] != spaces:
        spaces = ""
    end = -len(spaces) or None
    parts: tuple[tuple[Fate, str], ...] = (("gone", before[:end]), ("new", after[:end]), ("kept", spaces))
    yield from (Run(fate, text) for fate, text in parts if text)


@lru_cache(maxsize=4096)
def _kind(char: str) -> str:
    """Classify a character: space, mark (attaches to what it modifies), word, or alone."""
    category = unicodedata.category(char)
    if char.isspace():
        return "space"
    if category[0] == "M" or category == "Cf":
        return "mark"
    if any(first <= ord(char) <= last for first, last in _UNSPACED):
        return "alone"
    return "word" if category[0] in "LN" else "alone"


def _within(text: str, place: int) -> bool:
    """Decide whether a punctuation mark is part of the word around it: `won't`, `1,200`."""
    char = text[place]
    if not 0 < place < len(text) - 1:
        return False
    before, after = text[place - 1], text[place + 1]
    if char in _IN_NUMBERS:
        return before.isdigit() and after.isdigit()
    return char in _APOSTROPHES and _kind(before) == _kind(after) == "word"


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each common stretch and, by turns, what either text has between such stretches."""
    before = after = ""
    for step in LCSseq.opcodes(old, new):
        gone, added = "".join(old[step.src_start : step.src_end]), "".join(new[step.dest_start : step.dest_end])
        if step.tag != "equal":
            before, after = before + gone, after + added
            continue
        if before or after:
            yield before, after
        yield gone, added
        before = after = ""
    if before or after:
        yield before, after


def _joined(blocks: Iterator[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the blocks; unchanged text between two changes that is no longer than they are is merged into them."""
    done: list[tuple[str, str]] = []
    for block in blocks:
        done.append(block)
        while len(done) >= 3 and _is_short_match(*done[-3:]):
            *_, first, middle, last = done
            done[-3:] = [(first[0] + middle[0] + last[0], first[1] + middle[1] + last[1])]
    return done


def _is_short_match(first: tuple[str, str], middle: tuple[str, str], last: tuple[str, str]) -> bool:
    """Decide whether the middle block is kept between two changes, and no longer than either or without a word."""
    if middle[0] != middle[1] or first[0] == first[1] or last[0] == last[1]:
        return False
    most = min(max(map(len, first)), max(map(len, last)))
    return len(middle[0]) <= most or not any(char.isalnum() for char in middle[0])
