"""The labelled news items: invented headlines with summaries in the rulebook's languages, coded by the codebook.

They were written and coded by people who had not seen the rules. Half of them are about neither topic, and nearly all
of those use the debate's words in another sense. Most are *oblique*, to be hard; those of `*-plain.jsonl` (numbers
above 400) say what happened in the words of a news desk. Items with odd numbers are there to develop rules on; the
figures that count are those of the others.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tracker.models import Relevance

_FOLDER = Path(__file__).parent / "articles"

Half = Literal["seen", "unseen"]
Style = Literal["oblique", "plain"]

_FIRST_PLAIN = 401


@dataclass(frozen=True, slots=True)
class Item:
    """An item and the codes that it should get; `why` says what is hard about it."""

    id: str
    language: str
    title: str
    summary: str
    relevance: Relevance
    organisations: frozenset[str]
    laws: frozenset[str]
    themes: frozenset[str]
    why: str

    @property
    def half(self) -> Half:
        """Whether rules may be made with an eye on it."""
        return "seen" if self._number % 2 else "unseen"

    @property
    def style(self) -> Style:
        """Whether it was written to be hard or as news is written."""
        return "plain" if self._number >= _FIRST_PLAIN else "oblique"

    @property
    def _number(self) -> int:
        return int(self.id.partition("-")[2])

    @property
    def topics(self) -> frozenset[str]:
        """The topics of its relevance."""
        return frozenset({"both": ("encryption", "child-safety"), "none": ()}.get(self.relevance, (self.relevance,)))


def items(half: Half | None = None, style: Style | None = None) -> list[Item]:
    """The items of a half and a style, or all, in the order of their languages and numbers."""
    lines = [line for file in sorted(_FOLDER.glob("*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines()]
    made = [_item(json.loads(line)) for line in lines if line.strip()]
    return [item for item in made if half in {None, item.half} and style in {None, item.style}]


def _item(raw: dict[str, Any]) -> Item:
    codes = {name: frozenset(raw.pop(name)) for name in ("organisations", "laws", "themes")}
    return Item(**raw, **codes)
