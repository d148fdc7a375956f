"""Add what a full text says to the tags of an article's title and summary; pure."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from tracker.models import BOTH, NO_TOPIC, PASSAGE_WORDS, Evidence, Relevance, Tagging

_WORD: Final = re.compile(r"\S+")

_FAR: Final = 400
"""Characters on either side of some words in which the words around them are looked for."""


def with_more(brief: Tagging, whole: Tagging, body: str, topics: Sequence[str]) -> Tagging:
    """Return the tags of title and summary, and those that the `whole` adds, with the passages of the body."""
    added = [number for number, tag in enumerate(whole.tags) if tag not in brief.tags]
    if not added:
        return brief
    tags = (*brief.tags, *(whole.tags[number] for number in added))
    evidence = (_with_passage(one, body) for one in whole.evidence if one.tag not in brief.tags)
    return Tagging(
        relevance_of([topic for topic in topics if topic in tags]),
        tags,
        (*brief.evidence, *evidence),
        (*brief.scores, *(whole.scores[number] for number in added)),
        tuple(miss for miss in brief.near if miss.tag not in tags),
        (*brief.left_out, *(whole.left_out[number] for number in added)),
    )


def relevance_of(topics: Sequence[str]) -> Relevance:
    """Return the relevance of a text about these topics."""
    if len(topics) > 1:
        return BOTH
    return topics[0] if topics else NO_TOPIC


def _with_passage(evidence: Evidence, body: str) -> Evidence:
    if evidence.field != "body":
        return evidence
    return replace(evidence, passage=passage(body, evidence.start, evidence.end))


def passage(text: str, start: int, end: int) -> str:
    """Return the words at `text[start:end]` with those around them, PASSAGE_WORDS at most in all."""
    inside = len(_WORD.findall(text, start, end))
    room = max(0, PASSAGE_WORDS - inside - 2)  # whatever adjoins a match without a space is a word cut in two
    before = [found.start() for found in _WORD.finditer(text, max(0, start - _FAR), start)][-(room // 2) :]
    after = [found.end() for found in islice(_WORD.finditer(text, end, end + _FAR), room - len(before))]
    first = before[0] if before and room > 1 else start
    return " ".join(text[first : after[-1] if after else end].split()[:PASSAGE_WORDS])
