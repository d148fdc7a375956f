"""Split a text into pieces so that a page can mark evidence or search hits in it; pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from tracker.analyse.folding import places
from tracker.models import Evidence


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and the labels of the tags it gave, in order; none between evidence."""

    text: str
    labels: tuple[str, ...] = ()


def pieces(text: str, evidence: Iterable[Evidence], labels: Mapping[str, str]) -> tuple[Piece, ...]:
    """Split a text at its evidence; the pieces join to the text again, and overlaps become pieces of their own.

    Evidence that does not match the text (it belongs to an earlier version) is ignored. `labels` names tags.
    """
    spans = [item for item in evidence if item.words and text[item.start : item.end] == item.words]
    cuts = sorted({0, len(text), *(item.start for item in spans), *(item.end for item in spans)})
    return tuple(Piece(text[start:end], _labels(start, end, spans, labels)) for start, end in pairwise(cuts))


def _labels(start: int, end: int, spans: list[Evidence], labels: Mapping[str, str]) -> tuple[str, ...]:
    found = (labels.get(item.tag, item.tag) for item in spans if item.start <= start and end <= item.end)
    return tuple(dict.fromkeys(found))


def between(text: str, opening: str, closing: str) -> tuple[Piece, ...]:
    """Split a text, labelling what is between the two characters "found" and dropping the characters."""
    found = []
    for number, part in enumerate(text.split(opening)):
        inside, _, outside = part.partition(closing) if number else ("", "", part)
        found += [Piece(inside, ("found",)), Piece(outside)]
    return tuple(piece for piece in found if piece.text)


def marked_in(text: str, marked: str, opening: str, closing: str) -> tuple[Piece, ...]:
    """Split a text, labelling "found" the parts between the two characters in `marked`, its folded form."""
    found = between(marked, opening, closing)
    if "".join(piece.text for piece in found) == text:
        return found
    where = places(text)
    is_found = [bool(piece.labels) for piece in found for _ in piece.text]
    if len(is_found) != len(where):
        return (Piece(text),)  # the article changed in the meantime
    marks = dict(sorted(zip(where, is_found, strict=True)))  # where one letter folds to several, any hit marks it
    runs = groupby(range(len(text)), lambda place: marks.get(place, False))
    return tuple(
        Piece("".join(text[place] for place in run), ("found",) if is_marked else ()) for is_marked, run in runs
    )


def excerpt(whole: Sequence[Piece], length: int) -> tuple[Piece, ...]:
    """Return about `length` characters around the first label, in whole words, with ellipses for omissions."""
    if sum(len(piece.text) for piece in whole) <= length * 5 // 4:
        return tuple(whole)
    before = 0
    for piece in whole:
        if piece.labels:
            break
        before += len(piece.text)
    else:
        before = 0
    start = max(0, before - length // 3)
    return tuple(_window(whole, start, start + length))


def _window(whole: Sequence[Piece], start: int, end: int) -> Iterator[Piece]:
    """Yield the pieces from `start` to `end`, dropping cut words at the edges unless labelled."""
    at = 0
    if start:
        yield Piece("… ")
    for piece in whole:
        text = piece.text
        first, last = max(0, start - at), min(len(text), end - at)
        if first < last:
            cut = text[first:last]
            if first and not piece.labels:
                cut = cut.partition(" ")[2] or cut
            if last < len(text) and not piece.labels:
                cut = cut.rpartition(" ")[0] or cut
            yield Piece(text if piece.labels else cut, piece.labels)
        at += len(text)
    if end < at:
        yield Piece(" …")
