"""Define the exports by name: what each is, its ordered, typed columns, and the filters it takes.

Data only. Colleagues' programs rely on the order: a change needs a line under "Columns" in CHANGELOG.md, which a test
enforces.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from tracker.publish.exports.queries import SELECTIONS
from tracker.store import columns as known

Type = Literal["string", "integer", "number", "datetime", "date", "array", "boolean"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: times are UTC, a list holds texts; an empty cell means "not known" or "has not happened"."""

    name: str
    type: Type
    about: str


@dataclass(frozen=True, slots=True)
class Preset:
    """An export. `key` identifies a row; with `grows` rows are only ever added, so a file can be appended to."""

    name: str
    about: str
    columns: tuple[Column, ...]
    key: str = "id"
    grows: bool = False

    @property
    def filters(self) -> frozenset[str]:
        """The filters that apply here."""
        return frozenset(SELECTIONS[self.name].conditions if self.name in SELECTIONS else {"tag", "source", *_SPAN})

    @property
    def fingerprint(self) -> str:
        """Eight hexadecimal digits that change with any column's name, type or position."""
        listed = "\n".join(f"{column.name} {column.type}" for column in self.columns)
        return sha256(listed.encode()).hexdigest()[:8]


_SPAN = ("since", "until")
_TYPES: dict[Type, str] = {
    "integer": """id feeds headline_changes story copy_of articles texts outlets owners relevant headline article again
        feed polls entries_seen gaps total matching""",
    "number": "continuity_percent failures per_day observed ratio",
    "array": "tags themes laws organisations people places agencies releases languages words",
    "boolean": "title_changed bridged",
    "date": "day",
}
_TYPE_OF: dict[str, Type] = {name: type_ for type_, names in _TYPES.items() for name in names.split()}


def _columns(names: Sequence[str] | None, about: Mapping[str, str], also: Mapping[str, str]) -> tuple[Column, ...]:
    """Return columns in the order of `names`, or of the described view."""
    said = {**about, **also}
    return tuple(Column(name, _type_of(name), said[name]) for name in names or said)


def _type_of(name: str) -> Type:
    return "datetime" if name.endswith("_at") or name == "seen_until" else _TYPE_OF.get(name, "string")


_REVISIONS = """id replaced_at source kind title_changed earlier_title title earlier_summary summary words again
    first_seen_at seen_until relevance url article source_id"""
_GAPS = "id from_at to_at reason bridged source url feed source_id"

PRESETS: Mapping[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            "coverage",
            "One row per article, with its tags.",
            _columns(None, known.COVERAGE_COLUMNS, {}),
            grows=True,
        ),
        Preset(
            "stories",
            "One row per event covered by several articles.",
            _columns(None, known.STORY_COLUMNS, {}),
        ),
        Preset(
            "revisions",
            "One row per title or summary that a publisher replaced after it had been seen.",
            _columns(
                _REVISIONS.split(),
                {**known.COVERAGE_COLUMNS, **known.CHANGE_COLUMNS},
                {
                    "id": "The number of the change",
                    "title_changed": "1 if the headline changed, 0 if only the summary did",
                    "earlier_summary": "The previous summary",
                    "title": "The current headline, which may be later than the one that replaced this",
                    "summary": "The current summary",
                },
            ),
            grows=True,
        ),
        Preset(
            "attention",
            "One row per day, with two columns per tag: the number of articles with it, and their share of all. "
            "The tags are those requested, or all that occur, in the order of their ids.",
            (
                Column("day", "date", "The day, in the time zone set in feeds.yaml; no day is left out"),
                Column(
                    "observed",
                    "number",
                    "The share of the day that was observed, from 0 to 1; empty if nothing was "
                    "watched. Below 0.5 the day counts as unknown, and all other cells are empty",
                ),
                Column("total", "integer", "All articles of the day, on any topic"),
                Column("TAG_matching", "integer", "The number of them with the tag; 0 means none"),
                Column("TAG_ratio", "number", "TAG_matching divided by total; also empty if total is 0"),
            ),
            key="day",
        ),
        Preset(
            "gaps",
            "One row per interval in which a feed was not observed.",
            _columns(
                _GAPS.split(),
                known.GAP_COLUMNS,
                {
                    "source": "The outlet or organisation it belongs to",
                    "url": "The feed's address in feeds.yaml",
                    "source_id": "The short name of the source in feeds.yaml",
                },
            ),
        ),
        Preset(
            "health",
            "One row per feed: whether it can be read, and if not, why.",
            _columns(None, known.FEED_HEALTH_COLUMNS, {}),
        ),
    )
}


def columns_of(preset: Preset, tags: Sequence[tuple[str, str]]) -> tuple[Column, ...]:
    """Return the columns of an export's file; `tags` are ids and labels for those of `attention`."""
    if preset.name != "attention":
        return preset.columns
    *fixed, matching, ratio = preset.columns
    of_tags = (
        Column(column.name.replace("TAG", tag), column.type, f"{label}: {column.about.replace('TAG', tag)}")
        for tag, label in tags
        for column in (matching, ratio)
    )
    return (*fixed, *of_tags)
