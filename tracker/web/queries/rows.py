"""How the site's statements are run, and their rows made into values; for the other modules of this package."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from datasette.database import Database

from tracker.models import from_utc_text
from tracker.outcomes import Outcome

_CONSTANTS = {
    "relevant": json.dumps(["both", "encryption", "child-safety"]),
    "observed": json.dumps([outcome for outcome in Outcome if outcome.observed]),
}


async def ask(db: Database, sql: str, **parameters: object) -> list[dict[str, Any]]:
    """The rows of one of our statements, under the site's time limit; raises QueryInterrupted when it ends."""
    return [dict(row) for row in (await db.execute(sql, _CONSTANTS | parameters)).rows]


def timed(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with its times as moments; by name, because every stored time is called something_at."""
    return {key: moment(value) if key.endswith(("_at", "_until")) else value for key, value in row.items()}


def moment(text: str | None) -> datetime | None:
    """A stored time, if there is one."""
    return from_utc_text(text) if text else None
