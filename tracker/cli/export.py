"""The command export: write the stored data to files."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import click

from tracker.cli.options import (
    Named,
    Paths,
    config_option,
    db_option,
    existing_database,
    force_option,
    is_file_name,
    pass_paths,
    quiet_option,
    refuse_own_files,
    timezone,
)
from tracker.cli.parameters import Day, FilePath, day_meant
from tracker.cli.progress import progress_bar
from tracker.clock import utc_now
from tracker.errors import UsageError
from tracker.files import alone_in
from tracker.models import FileFormat, FileFormatName, ListStyle
from tracker.publish.exports.files import Target, write_file, write_folder, write_stream
from tracker.publish.exports.files import append as append_to
from tracker.publish.exports.formats import format_of
from tracker.publish.exports.presets import PRESETS
from tracker.publish.exports.queries import Filter
from tracker.publish.exports.queries import as_of as stood
from tracker.publish.formatting import counted
from tracker.store.database import Database, opened_by_reader
from tracker.store.tags import debate


class _Moment(click.ParamType[datetime]):
    """A moment such as 2026-06-01, 2026-06-01T14:30 or 2026-06-01T14:30Z; a bare day means its start.

    Naive if it names no zone; callers then apply the zone of feeds.yaml.
    """

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Parse the moment; fails for anything else."""
        try:
            return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a time; use one such as 2026-06-01 or 2026-06-01T14:30Z", param, ctx)


_AS_OF_PRESETS = ("coverage", "revisions")


@click.command(epilog="Example:  tracker export --tag encryption --since 2026-11-01 coverage.csv")
@click.argument("file", type=FilePath(path_type=str, allow_dash=True), default="-")
@click.option(
    "--preset",
    "presets",
    type=Named(list(PRESETS)),
    multiple=True,
    help="What to export; repeatable.  [default: coverage, or everything if FILE is a folder]",
)
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="Only rows with this tag; repeat for any of several.")
@click.option("--source", metavar="SOURCE", help="Only rows of the source with this id.")
@click.option(
    "--relevance",
    metavar="RELEVANCE",
    help="Only articles of this relevance: `both`, a topic alone, `none`, or `any` for all but `none`.",
)
@click.option("--since", type=Day(), metavar="DAY", help="Only rows of this day or later: 2026-11-01, yesterday, 7d.")
@click.option("--until", type=Day(), metavar="DAY", help="Only rows of this day or earlier.")
@click.option(
    "--as-of",
    type=_Moment(),
    metavar="MOMENT",
    help="The data as of then, e.g. 2026-06-01T14:30Z: articles seen by then with their titles and summaries of the "
    "time, but today's tags. A bare day means its start; without Z, in the time zone of feeds.yaml.",
)
@click.option("--format", "form", type=Named(get_args(FileFormatName)), help="[default: FILE's extension, else csv]")
@click.option("--gzip", "packed", is_flag=True, help="Compress the files.")
@click.option("--excel", is_flag=True, help="Start CSV with the byte order mark that tells Excel it is UTF-8.")
@click.option(
    "--lists",
    type=Named(get_args(ListStyle)),
    default="json",
    show_default=True,
    help="How CSV writes lists: as JSON or, for spreadsheets, as the text `a; b`.",
)
@click.option("--append", is_flag=True, help="Add what is new since FILE was written; existing rows stay unchanged.")
@force_option
@config_option
@db_option
@quiet_option
@pass_paths
def export(paths: Paths, /, file: str, presets: tuple[str, ...], quiet: bool, append: bool, **options: Any) -> None:
    """Export the data to a file, standard output or a folder.

    FILE is a folder if it ends with a slash or exists as one; it gets a file per preset and a datapackage.json that
    describes them. Files are replaced atomically, and left alone if nothing changed; one that no export wrote is only
    replaced with --force, and feeds.yaml and databases never are. Columns: docs/exports.md.
    """
    wanted = _filter(options, timezone(paths))
    path, is_folder = Path(file), file.endswith("/") or Path(file).is_dir()
    refuse_own_files(paths, path)
    target = Target(path, _form(path, options, is_folder=is_folder), force=options["force"])
    names = presets or (tuple(PRESETS) if is_folder else ("coverage",))
    if len(names) > 1 and not is_folder:
        raise UsageError(f"a file can hold only one preset; for {len(names)}, name a folder such as {file}/")
    if append and (is_folder or file == "-"):
        raise UsageError("--append needs the name of a file")
    if append and options["force"]:
        raise UsageError("--append keeps the existing rows and --force overwrites them; use one or the other")
    with _database(paths, names, wanted, options["as_of"]) as db:
        if is_folder:
            with progress_bar(len(names), "exporting", hidden=quiet) as bar:
                done = write_folder(db, [PRESETS[n] for n in names], wanted, target, lambda _: bar.update(1))
            rows = sum(one.rows for one in done)
            said = f"{counted(len(done), 'file')} with {counted(rows, 'row')} written to {file}"
        elif file == "-":
            write_stream(db, PRESETS[names[0]], wanted, target.form, sys.stdout.buffer)
            return
        elif append:
            with alone_in(path.resolve().parent):
                said = f"{append_to(db, PRESETS[names[0]], wanted, target):,} rows added to {file}"
        else:
            said = f"{counted(write_file(db, PRESETS[names[0]], wanted, target), 'row')} written to {file}"
    if not quiet:
        click.echo(said, err=True)


@contextmanager
def _database(paths: Paths, names: tuple[str, ...], wanted: Filter, moment: datetime | None) -> Iterator[Database]:
    """Open the database, as of `moment` if given.

    Raises UsageError for exports without a history, and for tags or sources that the database does not have.
    """
    if moment is not None and not set(names) <= set(_AS_OF_PRESETS):
        raise UsageError(
            f"--as-of works only for {' and '.join(_AS_OF_PRESETS)}; past states of other exports are not recorded"
        )
    with opened_by_reader(existing_database(paths)) as db, stood(db, moment and _in_zone(moment, wanted.timezone)):
        if unknown := wanted.unknown(db):
            raise UsageError(f"there is no {unknown} in {paths.db}; the site and a whole export show what is there")
        if excluded := wanted.excluded(debate(db)):
            raise UsageError(f"{excluded}; nothing would be exported")
        yield db


def _filter(options: dict[str, Any], zone: str) -> Filter:
    since, until = (
        options[name] and day_meant(options[name], ZoneInfo(zone), utc_now()) for name in ("since", "until")
    )
    wanted = Filter(options["tags"], options["source"], options["relevance"], since, until, zone)
    if wanted.contradiction:
        raise UsageError(f"{wanted.contradiction}; nothing would be exported")
    return wanted


def _form(path: Path, options: dict[str, Any], *, is_folder: bool) -> FileFormat:
    """Return the format that the options and the file name ask for; raises UsageError if they conflict."""
    has_name = not is_folder and is_file_name(path)
    named = format_of(path, options["form"]) if has_name else FileFormat(options["form"] or "csv")
    form = replace(
        named, packed=options["packed"] or named.packed, excel=options["excel"], lists=options["lists"]
    ).checked()
    if has_name and form.packed and not named.packed:
        raise UsageError(f"--gzip would compress {path}; name it {path}.gz")
    return form


def _in_zone(moment: datetime, timezone: str) -> datetime:
    """Return the moment in UTC; a naive one is taken to be in `timezone`."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone))).astimezone(UTC)
