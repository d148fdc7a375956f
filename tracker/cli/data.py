"""The commands about stored data: import, status, politeness."""

from pathlib import Path
from typing import get_args

import click

from tracker.cli.options import (
    Named,
    Paths,
    config_option,
    db_option,
    existing_database,
    json_option,
    pass_paths,
    print_json,
    progress_bar,
    quiet_option,
)
from tracker.clock import utc_now
from tracker.collect.jsonl import require_lines
from tracker.config.load import load
from tracker.errors import TrackerError
from tracker.pipeline.import_file import import_articles
from tracker.publish.summaries import politeness_in_words, status_in_words
from tracker.store.database import exclusive, opened, opened_by_reader
from tracker.store.politeness import By, read_politeness
from tracker.store.status import read_status


@click.command("import", epilog="Example:  tracker import media-cloud.jsonl")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@config_option
@db_option
@quiet_option
@json_option
@pass_paths
def import_(paths: Paths, file: Path, quiet: bool, as_json: bool) -> None:
    """Import articles from a file as if they were polled.

    FILE holds JSON lines {"url", "title", "summary", "published", "source", "author"?, "language"?}; published is a
    date in any format that feeds use. Invalid lines are reported and skipped, the others are stored, and the command
    exits with 1. Importing a file again adds no articles.
    """
    config = load(paths.config)
    require_lines(file)
    with exclusive(paths.db), file.open(encoding="utf-8-sig", errors="replace") as lines, opened(paths.db) as db:
        total = sum(1 for line in lines if line.strip())
        lines.seek(0)
        with progress_bar(total, "importing", hidden=quiet or as_json) as bar:
            done = import_articles(db, lines, config, utc_now(), bar.update)
    if as_json:
        print_json(done)
    elif not quiet:
        click.echo(f"{done.new:,} new articles, {done.updated:,} changed, {done.known:,} already known", err=True)
    for line in done.problems:
        click.echo(f"{file}:{line.number}: {line.problem}", err=True)
    if done.problems:
        raise TrackerError(f"{len(done.problems):,} of {total:,} lines were skipped")


@click.command(epilog="Example:  tracker status --json")
@config_option
@db_option
@json_option
@pass_paths
def status(paths: Paths, as_json: bool) -> None:
    """Show what is stored and which feeds need attention.

    Includes how much of this month was observed.
    """
    config = load(paths.config)
    with opened_by_reader(existing_database(paths)) as db:
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
    help="How many days to look back, including today.",
)
@click.option("--by", type=Named(get_args(By)), default="host", show_default=True, help="One row per host or per day.")
@config_option
@db_option
@json_option
@pass_paths
def politeness(paths: Paths, days: int, by: By, as_json: bool) -> None:
    """Show how many requests we sent to each host.

    Also shows unchanged documents (304), bytes received, and how often we were refused or asked to slow down. The
    busiest hosts come first. Days are in UTC.
    """
    with opened_by_reader(existing_database(paths)) as db:
        found = read_politeness(db, days, by, utc_now())
    if as_json:
        print_json(found)
    else:
        click.echo(politeness_in_words(found))
