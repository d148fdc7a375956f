"""Everyday headlines, as a newspaper prints them, by kind: what the debate sounds like, and what stands next to it.

Invented in batches and coded by the codebook before the rules were tried on them. After each batch was measured, the
rules were mended with an eye on it, so it shows what the rules know and not how well they do: that is what the feeds in
news.py are for.
"""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline with its summary, the kind of news it stands for, and the topics it should get."""

    id: str
    language: str
    kind: str
    topics: frozenset[str]
    title: str
    summary: str


def everyday() -> list[Headline]:
    """The headlines, in order."""
    lines = (Path(__file__).parent / "everyday.jsonl").read_text(encoding="utf-8").splitlines()
    return [Headline(**{**raw, "topics": frozenset(raw["topics"].split())}) for raw in map(json.loads, lines)]
