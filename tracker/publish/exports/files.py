"""Exports come to stand in files: in one, in a folder of them, or at the end of one that grows."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copyfileobj
from typing import Any, BinaryIO

from tracker.errors import TrackerError, UsageError
from tracker.files import whole, write_whole
from tracker.publish.exports.formats import Form, Rows, unpacked, write
from tracker.publish.exports.package import Written, descriptor
from tracker.publish.exports.presets import PRESETS, Column, Preset, columns_of
from tracker.store import exported
from tracker.store.database import Database
from tracker.store.exported import Filter, one_state

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Target:
    """A file or folder, and the form of what is to stand there."""

    path: Path
    form: Form


def write_stream(db: Database, preset: Preset, wanted: Filter, form: Form, out: BinaryIO) -> int:
    """Write an export to a stream; how many rows it has. Raises UsageError where a filter means nothing to it."""
    head, rows = _content(db, preset, wanted)
    return write(out, form.checked(), head, rows)


def write_file(db: Database, preset: Preset, wanted: Filter, target: Target) -> int:
    """Put an export into a file, whole or not at all, and not anew where nothing changed; how many rows it has."""
    with whole(target.path) as out:
        return write_stream(db, preset, wanted, target.form, out)


def write_folder(
    db: Database, presets: Sequence[Preset], wanted: Filter, target: Target, say: Say = lambda _: None
) -> list[Written]:
    """Put exports, all of one state of the database, and their datapackage.json into a folder; `say` hears of each.

    A filter narrows those to which it means something; raises UsageError where it means nothing to any of them.
    """
    for name in wanted.given:
        if not any(name in preset.filters for preset in presets):
            raise UsageError(_meaningless(presets[0], [name]))
    done, form = [], target.form.checked()
    with one_state(db):
        for preset in presets:
            path = target.path / f"{preset.name}{form.ending}"
            head, rows = _content(db, preset, wanted, lenient=True)
            with whole(path) as out:
                count = write(out, form, head, rows)
            done.append(Written(preset, head, form, path, count))
            say(preset.name)
    write_whole(target.path / "datapackage.json", descriptor(done))
    return done


def append(db: Database, preset: Preset, wanted: Filter, target: Target) -> int:
    """Put the rows that came since a file was written at its end; how many. What stands in it is left as it is.

    A file that is not there is begun, in the order of ids. Another program sees the old file or the new, never a part
    of a row. Raises UsageError for exports whose rows change, and TrackerError for a file with other columns.
    """
    path, form = target.path, target.form.checked()
    if not preset.grows or form.name == "parquet":
        growing = " and ".join(name for name, each in PRESETS.items() if each.grows)
        hint = "rows of other exports change; leave --append out"
        raise UsageError(f"only {growing} can grow, as CSV or JSON lines: {hint}")
    head, _ = _content(db, preset, wanted)
    last = _last_id(path, form, head) if path.exists() else 0
    rows = exported.rows(db, preset.name, wanted, after=last)
    with whole(path) as out:
        if path.exists():
            with path.open("rb") as before:
                copyfileobj(before, out)
        return write(out, form, head, rows, head=not path.exists())


def _content(db: Database, preset: Preset, wanted: Filter, *, lenient: bool = False) -> tuple[Sequence[Column], Rows]:
    """The columns and rows of an export; raises UsageError where a filter means nothing to it."""
    meaningless = [name for name in wanted.given if name not in preset.filters]
    if meaningless and not lenient:
        raise UsageError(_meaningless(preset, meaningless))
    wanted = _without(wanted, meaningless)
    if preset.name != "attention":
        return preset.columns, exported.rows(db, preset.name, wanted)
    tags = [tag for tag, _ in _tags(db, wanted)]
    return columns(db, preset, wanted), exported.attention(db, tags, wanted)


def columns(db: Database, preset: Preset, wanted: Filter) -> Sequence[Column]:
    """The columns of an export; those of `attention` depend on the tags that occur, or are wanted."""
    return columns_of(preset, _tags(db, wanted) if preset.name == "attention" else ())


def _tags(db: Database, wanted: Filter) -> list[tuple[str, str]]:
    return [tag for tag in exported.tags_used(db) if not wanted.tags or tag[0] in wanted.tags]


def _without(wanted: Filter, names: Sequence[str]) -> Filter:
    """The filter without those that mean nothing here."""
    left: dict[str, Any] = {name: None for name in names if name != "tag"}
    return replace(wanted, tags=() if "tag" in names else wanted.tags, **left)


def _meaningless(preset: Preset, names: Sequence[str]) -> str:
    possible = ", ".join(f"--{name}" for name in sorted(preset.filters))
    return f"--{names[0]} means nothing to {preset.name}; it takes {possible}"


def _last_id(path: Path, form: Form, columns: Sequence[Column]) -> int:
    """The greatest id in a file; raises TrackerError when it is no such export, or has other columns."""
    ids = _csv_ids if form.name == "csv" else _jsonl_ids
    try:
        with unpacked(path) as content:
            return max(ids(content, [column.name for column in columns]), default=0)
    except (ValueError, EOFError, UnicodeDecodeError, csv.Error) as error:
        hint = "name a new file, or move this one away"
        raise TrackerError(f"{path} cannot grow: it is no export with these columns ({error}); {hint}") from error


def _csv_ids(content: BinaryIO, names: Sequence[str]) -> Iterator[int]:
    with io.TextIOWrapper(content, encoding="utf-8-sig", newline="") as text:
        lines = csv.reader(text, strict=True)
        if next(lines, None) != list(names):
            raise ValueError("its first line is another")
        yield from (int(line[0]) for line in lines)


def _jsonl_ids(content: BinaryIO, names: Sequence[str]) -> Iterator[int]:
    for line in content:
        row = json.loads(line)
        if list(row) != list(names):
            raise ValueError("a line has other keys")
        yield int(row["id"])
