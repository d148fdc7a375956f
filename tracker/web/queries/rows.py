"""Run the site's statements and convert their rows; for the other modules of this package."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from datasette.database import Database

from tracker.models import from_utc_text
from tracker.outcomes import Outcome

_CONSTANTS = {
    "observed": json.dumps([outcome for outcome in Outcome if outcome.observed]),
}


async def ask(db: Database, sql: str, **parameters: object) -> list[dict[str, Any]]:
    """Return the rows of one of our statements. Raises QueryInterrupted past the site's time limit."""
    return [dict(row) for row in (await db.execute(sql, _CONSTANTS | parameters)).rows]


def timed(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row with its times parsed, by column name: every stored time ends in _at or _until."""
    return {key: moment(value) if key.endswith(("_at", "_until")) else value for key, value in row.items()}


def moment(text: str | None) -> datetime | None:
    """Parse a stored time (UTC); None if empty."""
    return from_utc_text(text) if text else None
