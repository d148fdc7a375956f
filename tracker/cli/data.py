"""The commands about what is stored: export, import, status, politeness."""

import sys
from datetime import MAXYEAR, MINYEAR, datetime
from pathlib import Path
from typing import Any, get_args

import click

from tracker.cli.moment import Moment, in_zone
from tracker.cli.options import (
    Paths,
    config_option,
    db_option,
    existing_database,
    json_option,
    pass_paths,
    print_json,
    progress_bar,
    quiet_option,
    timezone,
)
from tracker.clock import utc_now
from tracker.config.load import load
from tracker.errors import TrackerError, UsageError
from tracker.imports import import_articles
from tracker.publish.exports import write_csv, write_csv_file
from tracker.publish.words import politeness_in_words, status_in_words
from tracker.store.as_of import as_of as stood
from tracker.store.coverage import Filter
from tracker.store.database import exclusive, opened
from tracker.store.politeness import By, read_politeness
from tracker.store.status import read_status


class _Day(click.DateTime):
    """A day that a clock can have in every time zone."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The day; fails for one in the first or after the last year of the calendar."""
        day = super().convert(value, param, ctx)
        if not MINYEAR < day.year < MAXYEAR:
            self.fail(f"{value!r} is no day of news", param, ctx)
        return day


_DAY = _Day(["%Y-%m-%d"])


@click.command(epilog="Example:  tracker export --tag encryption --since 2026-11-01 coverage.csv")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), default="-")
@click.option("--tag", metavar="TAG", help="Only articles with this tag, such as encryption.")
@click.option("--source", metavar="SOURCE", help="Only articles of this source, by its id.")
@click.option(
    "--relevance",
    type=click.Choice(["both", "encryption", "child-safety", "none", "any"]),
    help="Only articles of this relevance; `any` is all but `none`.",
)
@click.option("--since", type=_DAY, metavar="DAY", help="Only articles of this day or later, as in 2026-11-01.")
@click.option("--until", type=_DAY, metavar="DAY", help="Only articles of this day or earlier.")
@click.option(
    "--as-of",
    type=Moment(),
    metavar="MOMENT",
    help="As it stood then, as in 2026-06-01T14:30Z: articles seen by then, with the title and summary of then, and "
    "today's tags. A day is its first moment; without Z, in the zone of feeds.yaml.",
)
@config_option
@db_option
@quiet_option
@pass_paths
def export(  # noqa: PLR0913  one parameter an option
    paths: Paths,
    file: Path,
    tag: str | None,
    source: str | None,
    relevance: str | None,
    since: datetime | None,
    until: datetime | None,
    as_of: datetime | None,
    quiet: bool,
) -> None:
    """Write the coverage view as CSV to a file, or to standard output."""
    wanted = Filter(tag, source, relevance, since and since.date(), until and until.date(), timezone(paths))
    with opened(existing_database(paths)) as db, stood(db, as_of and in_zone(as_of, wanted.timezone)):
        if unknown := wanted.unknown(db):
            raise UsageError(f"there is no {unknown} in {paths.db}; the site and a whole export show what is there")
        if str(file) == "-":
            sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]  # a text stream here
            write_csv(db, wanted, sys.stdout)
            return
        count = write_csv_file(db, wanted, file)
    if not quiet:
        click.echo(f"{count:,} articles written to {file}", err=True)


@click.command("import", epilog="Example:  tracker import media-cloud.jsonl")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@config_option
@db_option
@quiet_option
@json_option
@pass_paths
def import_(paths: Paths, file: Path, quiet: bool, as_json: bool) -> None:
    """Add articles from elsewhere, through the same path as polled ones.

    FILE holds JSON lines {"url", "title", "summary", "published", "source", "author"?, "language"?}; published is
    a date as feeds write it. Lines that cannot be used are named and left out, the others stored; then the command
    ends with 1. Importing a file again adds no article.
    """
    config = load(paths.config)
    with exclusive(paths.db), file.open(encoding="utf-8-sig", errors="replace") as lines, opened(paths.db) as db:
        total = sum(1 for line in lines if line.strip())
        lines.seek(0)
        with progress_bar(total, "importing", hidden=quiet or as_json) as bar:
            done = import_articles(db, lines, config, utc_now(), bar.update)
    if as_json:
        print_json(done)
    elif not quiet:
        click.echo(f"{done.new:,} new articles, {done.updated:,} changed, {done.known:,} known before", err=True)
    for line in done.problems:
        click.echo(f"{file}:{line.number}: {line.problem}", err=True)
    if done.problems:
        raise TrackerError(f"{len(done.problems):,} of {total:,} lines were left out")


@click.command(epilog="Example:  tracker status --json")
@config_option
@db_option
@json_option
@pass_paths
def status(paths: Paths, as_json: bool) -> None:
    """Show what is stored, how much of this month was seen, and which feeds need attention."""
    config = load(paths.config)
    with opened(existing_database(paths)) as db:
        now_stored = read_status(db, config.rulebook.hash, utc_now())
    if as_json:
        print_json(now_stored)
    else:
        click.echo(status_in_words(now_stored, config.timezone))


@click.command(epilog="Example:  tracker politeness --days 30 --by day")
@click.option(
    "--days",
    type=click.IntRange(1, 3660),
    default=7,
    show_default=True,
    metavar="DAYS",
    help="How many days back, today included.",
)
@click.option(
    "--by", type=click.Choice(get_args(By)), default="host", show_default=True, help="One row a host, or one a day."
)
@config_option
@db_option
@json_option
@pass_paths
def politeness(paths: Paths, days: int, by: By, as_json: bool) -> None:
    """Show what publishers had of us: requests, answers of 304, bytes, and how often they asked us to stop.

    Hosts with the most requests come first. Days are UTC.
    """
    with opened(existing_database(paths)) as db:
        found = read_politeness(db, days, by, utc_now())
    if as_json:
        print_json(found)
    else:
        click.echo(politeness_in_words(found))
