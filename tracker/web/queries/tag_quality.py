"""Read how accurate tags are on articles of this database that were coded by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from datasette.database import Database

from tracker.web.queries.article_list import Tag
from tracker.web.queries.rows import ask, timed

_FIGURES = """
precision, precision_low, precision_high, recall, recall_low, recall_high, kappa, coded, measured_at,
measured_rulebook AS rulebook,
measured_rulebook <> (SELECT hash FROM rulebooks ORDER BY applied_at DESC LIMIT 1) AS outdated"""

_OF_TAG = f"SELECT {_FIGURES} FROM codebook WHERE tag = :tag AND coded IS NOT NULL"  # noqa: S608  our own text

_OF_ALL = f"""
SELECT tag AS id, label, facet, {_FIGURES} FROM codebook WHERE coded IS NOT NULL OR facet = 'topic'
"""  # noqa: S608  our own text


@dataclass(frozen=True, slots=True)
class Quality:
    """The accuracy of a tag on its newest sample coded by hand; shares are None where the answers do not suffice.

    `outdated` is whether other rules than the measured ones were applied since.
    """

    precision: float | None
    precision_low: float | None
    precision_high: float | None
    recall: float | None
    recall_low: float | None
    recall_high: float | None
    kappa: float | None
    coded: int
    measured_at: datetime
    rulebook: str
    outdated: bool


async def quality(db: Database, tag: str) -> Quality | None:
    """Return the accuracy of a tag; None if not measured."""
    rows = await ask(db, _OF_TAG, tag=tag)
    return _quality(rows[0]) if rows else None


async def qualities(db: Database) -> Mapping[Tag, Quality | None]:
    """Return the accuracy of each measured tag, and None for each topic that is not measured, in rulebook order."""
    return {
        Tag(row.pop("id"), row.pop("label"), row.pop("facet")): None if row["coded"] is None else _quality(row)
        for row in await ask(db, _OF_ALL)
    }


def _quality(row: Mapping[str, Any]) -> Quality:
    return Quality(**(timed(row) | {"outdated": bool(row["outdated"])}))
