"""Cuts a text into pieces at the offsets of its evidence, so that a page can mark the words; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from tracker.models import Evidence


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and the labels of the tags it gave, in order; none for words between evidence."""

    text: str
    labels: tuple[str, ...] = ()


def pieces(text: str, evidence: Iterable[Evidence], labels: Mapping[str, str]) -> tuple[Piece, ...]:
    """The text in pieces that join to the text again; overlapping evidence shares the piece where it overlaps.

    Evidence that does not match the text (it is of an earlier version) marks nothing. `labels` names tags.
    """
    spans = [item for item in evidence if item.words and text[item.start : item.end] == item.words]
    cuts = sorted({0, len(text), *(item.start for item in spans), *(item.end for item in spans)})
    return tuple(Piece(text[start:end], _labels(start, end, spans, labels)) for start, end in pairwise(cuts))


def _labels(start: int, end: int, spans: list[Evidence], labels: Mapping[str, str]) -> tuple[str, ...]:
    found = (labels.get(item.tag, item.tag) for item in spans if item.start <= start and end <= item.end)
    return tuple(dict.fromkeys(found))
