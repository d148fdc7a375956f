"""Pair the quotation marks of a text: the only module that knows which marks open and which close."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

_CLOSED_BY: Final = {
    "“": '”"',
    "„": '“”"',
    "”": "”",
    '"': '"”',
    "«": "»",
    "»": "«»",
    "‘": "’'",
    "‚": "‘’",
    "’": "’",
    "'": "'’",
}
"""The marks that may open a passage, and those that may close it: also the mixtures that editing systems leave."""

_DOUBLE: Final = re.compile('["“”„«»]')
_SINGLE: Final = re.compile(r"(?<![\w'])['‘‚’](?=[\w\[(…¿¡])|(?<=[\w.,!?…)\]])['’‘](?![\w'])")
"""Without apostrophes between letters. One that ends a word remains: a passage is closed by the first that can."""

_MARKUP: Final = re.compile(r"<[a-z/!][^<>]*>", re.IGNORECASE)
_PARAGRAPH: Final = re.compile(r"\S[^\n]*")
_BEFORE_OPENING: Final = frozenset("([{-–—/:>|¿¡…'‘")
_TURNED: Final = frozenset("«»„“")
"""Marks that open wherever they stand: French sets its own off with spaces."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What stands between two quotation marks; `start` and `end` exclude the marks, `opens` and `closes` include them.

    All are code points of the text. A passage ends with its paragraph: if the next one opens with another mark, the
    same person may be speaking on, and `goes_on` is true. `closed` is false if nothing closes the passage.
    """

    opens: int
    start: int
    end: int
    closes: int
    mark: str
    closed: bool = True
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the text, in code points, and the passages in it."""

    start: int
    end: int
    passages: tuple[Passage, ...]


def paragraphs(text: str) -> list[Paragraph]:
    """Return the text's paragraphs, each with the passages between its outermost quotation marks.

    A text quotes in one kind of marks: single ones count only where there are no double ones, in which they are nested.
    Two apostrophes, which some archives write for a double mark, are not read.
    """
    if "<" in text:
        text = _MARKUP.sub(lambda tag: re.sub("[^\n]", " ", tag[0]), text)
    marks = _Marks(
        text,
        _DOUBLE if _DOUBLE.search(text) or "''" in text else _SINGLE,
        frozenset(_CLOSED_BY) - {"”"} if "“" in text else frozenset(_CLOSED_BY),
    )
    found: list[Paragraph] = []
    for line in _PARAGRAPH.finditer(text):
        passages = tuple(marks.passages(line.start(), line.end()))
        if found and found[-1].passages and not found[-1].passages[-1].closed:
            found[-1] = _continued(found[-1], text[line.start()])
        found.append(Paragraph(line.start(), line.end(), passages))
    return found


def _continued(paragraph: Paragraph, next_mark: str) -> Paragraph:
    """Return the paragraph, its last passage going on if the next paragraph opens with the same kind of mark."""
    *others, last = paragraph.passages
    if next_mark != last.mark:
        return paragraph
    return replace(paragraph, passages=(*others, replace(last, goes_on=True)))


@dataclass(frozen=True, slots=True)
class _Marks:
    """The marks of one text: where they are, and which may open a passage."""

    text: str
    pattern: re.Pattern[str]
    openers: frozenset[str]
    """Without ” where “ opens: there it is a slip."""

    def passages(self, start: int, end: int) -> Iterator[Passage]:
        """Yield the outermost passages of a paragraph in their order.

        A mark that nothing closes counts only if it is the paragraph's last: otherwise it is a slip, or opens an
        excerpt of which the passages inside are what somebody says.
        """
        places = [found.start() for found in self.pattern.finditer(self.text, start, end)]
        last = next(filter(self._opens, reversed(places)), None)
        done = start
        for number, at in enumerate(places):
            if at < done or not self._opens(at):
                continue
            closing = self._closing(places, number)
            if closing is not None:
                yield self._passage(at, closing, closing + 1)
                done = closing + 1
            elif at == last:
                yield replace(self._passage(at, end, end), closed=False)

    def _passage(self, opens: int, end: int, closes: int) -> Passage:
        """Return the passage without the spaces inside its marks."""
        inside = self.text[opens + 1 : end]
        start = opens + 1 + len(inside) - len(inside.lstrip())
        return Passage(opens, start, start + len(inside.strip()), closes, self.text[opens])

    def _closing(self, places: Sequence[int], number: int) -> int | None:
        """Return where the passage that a mark opens is closed, if it is, past what is quoted in it."""
        text, inner, opened = self.text, 0, places[number]
        for later in range(number + 1, len(places)):
            at = places[later]
            if text[at] == "“" and text[opened] == '"' and self._opens(at):
                inner += 1
            elif text[at] == "”" and inner:
                inner -= 1
            elif self._closes(opened, at):
                return at
            elif text[at] == text[opened] and self._opens(at):
                return None
        return None

    def _opens(self, at: int) -> bool:
        """Return whether a mark may open a passage where it stands."""
        mark, after = self.text[at], self.text[at + 1 : at + 2]
        if mark not in self.openers or not after:
            return False
        before = self.text[at - 1] if at else " "
        return mark in _TURNED or (not after.isspace() and (before.isspace() or before in _BEFORE_OPENING))

    def _closes(self, opened: int, at: int) -> bool:
        """Return whether the mark at `at` closes the passage that the one at `opened` opened."""
        mark, after = self.text[at], self.text[at + 1 : at + 2]
        if mark not in _CLOSED_BY[self.text[opened]] or self.text[opened + 1 : at].isspace() or at == opened + 1:
            return False
        straight = mark in "\"'" or mark == self.text[opened]
        return not straight or not self.text[at - 1].isspace() or not after or after.isspace()
