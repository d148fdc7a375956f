"""Tag quality measured on hand-coded samples; reads the table that scoring writes."""

from collections.abc import Mapping
from dataclasses import dataclass

from tracker.store.connection import Database


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one scored sample says about a tag under the version of the rules `rulebook`.

    Shares are 0 to 1, `_low` and `_high` the ends of their intervals; None when the codings cannot tell. `agreement`
    and `kappa` are None with one coder. `coded` counts articles; `measured_at` is UTC text.
    """

    rulebook: str
    measured_at: str
    coded: int
    coders: int
    precision: float | None
    precision_low: float | None
    precision_high: float | None
    recall: float | None
    recall_low: float | None
    recall_high: float | None
    agreement: float | None
    kappa: float | None


def latest_measurements(db: Database) -> Mapping[str, Measurement]:
    """Return the newest measurement of each measured tag, by tag id; on equal times the later sample's."""
    columns = ", ".join(Measurement.__slots__)
    rows = db.query(f"SELECT tag, {columns} FROM tag_quality ORDER BY measured_at, sample")  # noqa: S608  names of ours
    return {row.pop("tag"): Measurement(**row) for row in rows}
