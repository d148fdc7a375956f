"""Write exports to files: to one, to a folder of them, to the end of one that grows, or as feeds.yaml asks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copyfileobj
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from tracker.analyse.days import day_of
from tracker.config.load import Config
from tracker.config.model import Export
from tracker.errors import TrackerError, UsageError
from tracker.files import PUBLIC, SHARED, make_folder, shipped, whole, write_whole
from tracker.models import TEXT_FORMATS, FileFormat
from tracker.publish.exports import queries
from tracker.publish.exports.datapackage import WrittenFile, descriptor
from tracker.publish.exports.existing_files import grown, is_export, is_package
from tracker.publish.exports.formats import Rows, write, write_more
from tracker.publish.exports.presets import PRESETS, Column, Preset, columns_of
from tracker.publish.exports.queries import Filter, one_state
from tracker.store.database import Database, opened
from tracker.store.tags import debate

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Target:
    """A file or folder, and the format to write there.

    Only files written by an export are overwritten, unless `force` is given; `published` ones are world-readable.
    """

    path: Path
    form: FileFormat
    force: bool = False
    published: bool = False

    @property
    def mode(self) -> int:
        """The mode of a new file."""
        return PUBLIC if self.published else SHARED


def write_stream(db: Database, preset: Preset, wanted: Filter, form: FileFormat, out: BinaryIO) -> int:
    """Write an export to a stream; return its row count. Raises UsageError when a filter does not apply to it."""
    head, rows = _content(db, preset, wanted)
    return write(out, form.checked(), head, rows)


def write_file(db: Database, preset: Preset, wanted: Filter, target: Target) -> int:
    """Write an export to a file atomically, and only if something changed; return its number of rows."""
    with whole(target.path, ours=is_export, force=target.force, mode=target.mode) as out:
        return write_stream(db, preset, wanted, target.form, out)


def write_folder(
    db: Database, presets: Sequence[Preset], wanted: Filter, target: Target, say: Say = lambda _: None
) -> list[WrittenFile]:
    """Write exports of one database state to a folder, with their datapackage.json; call `say` for each.

    A filter narrows the exports it applies to. Raises UsageError when it applies to none, and TrackerError when a file
    of one of these names was not written by an export, or the folder's parent does not exist.
    """
    for name in wanted.given:
        if not any(name in preset.filters for preset in presets):
            raise UsageError(_meaningless(presets[0], [name]))
    done, form = [], target.form.checked()
    make_folder(target.path)
    with one_state(db):
        for preset in presets:
            path = target.path / f"{preset.name}{form.extension}"
            head, rows = _content(db, preset, wanted, lenient=True)
            with whole(path, ours=is_export, force=target.force, mode=target.mode) as out:
                count = write(out, form, head, rows)
            done.append(WrittenFile(preset, head, form, path, count))
            say(preset.name)
    package = target.path / "datapackage.json"
    write_whole(package, descriptor(done, debate(db)), ours=is_package, force=target.force, mode=target.mode)
    return done


def append(db: Database, preset: Preset, wanted: Filter, target: Target) -> int:
    """Append the rows added since a file was written; return how many. Existing content is unchanged.

    A missing or empty file is started, in order of ids. An unterminated last line is completed, and lines end as the
    file's do. Other programs see the old file or the new, never part of a row. Raises UsageError for exports whose rows
    change, and TrackerError for a file with other columns.
    """
    path, form = target.path, target.form.checked()
    if not preset.grows or form.name not in TEXT_FORMATS:
        growing = " and ".join(name for name, each in PRESETS.items() if each.grows)
        hint = "rows of other exports change; leave --append out"
        raise UsageError(f"only {growing} can be appended to, as CSV or JSON lines: {hint}")
    head, _ = _content(db, preset, wanted)
    path = path.resolve()
    before = grown(path, form, head) if path.exists() and path.stat().st_size else None
    rows = queries.rows(db, preset.name, wanted, after=before.last if before else 0)
    with whole(path, ours=lambda _: before is not None, mode=target.mode) as out:
        if before is None:
            return write(out, form, head, rows)
        with path.open("rb") as content:
            copyfileobj(content, out)
        return write_more(out, replace(form, line_end=before.line_end), head, rows, end_first=before.open_end)


def _content(db: Database, preset: Preset, wanted: Filter, *, lenient: bool = False) -> tuple[Sequence[Column], Rows]:
    """Return the columns and rows of an export. Raises UsageError when a filter does not apply to it."""
    meaningless = [name for name in wanted.given if name not in preset.filters]
    if meaningless and not lenient:
        raise UsageError(_meaningless(preset, meaningless))
    wanted = _without(wanted, meaningless)
    if preset.name != "attention":
        return preset.columns, queries.rows(db, preset.name, wanted)
    tags = [tag for tag, _ in _tags(db, wanted)]
    return columns(db, preset, wanted), queries.attention(db, tags, wanted)


def columns(db: Database, preset: Preset, wanted: Filter) -> Sequence[Column]:
    """Return the columns of an export; those of `attention` depend on the tags in use, or requested."""
    return columns_of(preset, _tags(db, wanted) if preset.name == "attention" else ())


def _tags(db: Database, wanted: Filter) -> list[tuple[str, str]]:
    return [tag for tag in queries.tags_used(db) if not wanted.tags or tag[0] in wanted.tags]


def _without(wanted: Filter, names: Sequence[str]) -> Filter:
    """Drop the filters that do not apply here."""
    left: dict[str, Any] = {name: None for name in names if name != "tag"}
    return replace(wanted, tags=() if "tag" in names else wanted.tags, **left)


def _meaningless(preset: Preset, names: Sequence[str]) -> str:
    possible = ", ".join(f"--{name}" for name in sorted(preset.filters))
    return f"--{names[0]} does not apply to {preset.name}, which takes {possible}"


def export(config: Config, db: Path, now: datetime) -> str:
    """Write every folder of `exports:`; describe the files and rows. Raises TrackerError when there are none."""
    if not config.exports:
        raise TrackerError(
            f"feeds.yaml has no `exports:` section, so there is nothing to export; see {shipped('docs/exports.md')}"
        )
    written = []
    with opened(db) as database:
        for wanted in config.exports:
            presets = [PRESETS[name] for name in wanted.presets or PRESETS]
            narrowed = _filter(wanted, config.timezone, now)
            if unknown := narrowed.unknown(database):
                raise TrackerError(f"`exports:` in feeds.yaml names an unknown {unknown}")
            target = Target(db.parent / wanted.folder, wanted.file_format, published=wanted.published)
            written += write_folder(database, presets, narrowed, target)
    return f"{len(written)} files, {sum(one.rows for one in written):,} rows"


def _filter(wanted: Export, timezone: str, now: datetime) -> Filter:
    """Return the filter as of now: the last N days end today."""
    today = day_of(now, ZoneInfo(timezone))
    since = today - timedelta(days=wanted.days - 1) if wanted.days else None
    return Filter(wanted.tags, wanted.source, wanted.relevance, since, timezone=timezone)
