"""The command import: take in articles from a file."""

from pathlib import Path

import click

from tracker.cli.options import (
    Paths,
    config_option,
    db_option,
    json_option,
    pass_paths,
    print_json,
    quiet_option,
    read_config,
)
from tracker.cli.parameters import FilePath
from tracker.cli.progress import progress_bar
from tracker.clock import utc_now
from tracker.collect.import_rows import count, read
from tracker.errors import TrackerError
from tracker.pipeline.import_file import import_articles
from tracker.publish.formatting import counted
from tracker.store.database import exclusive, opened


@click.command("import", epilog="Example:  tracker import media-cloud.jsonl")
@click.argument("file", type=FilePath(dir_okay=False, exists=True))
@config_option
@db_option
@quiet_option
@json_option
@pass_paths
def import_(paths: Paths, file: Path, quiet: bool, as_json: bool) -> None:
    """Import articles from a file as if they were polled.

    FILE holds JSON lines {"url", "title", "summary", "published", "source", "author"?, "language"?, "text"?}, or, if it
    ends with .csv or .parquet, columns of these names; published is a date in any format that feeds use, and text the
    full text, paragraphs on lines of their own: it is kept beside the database and never published. Invalid lines are
    reported and skipped, the others are stored, and the command exits with 1. Importing a file again adds no articles.
    """
    config = read_config(paths)
    total = count(file)
    with (
        exclusive(paths.db),
        opened(paths.db) as db,
        progress_bar(total, "importing", hidden=quiet or as_json) as bar,
    ):
        now = utc_now()
        done = import_articles(db, read(file, now), config, now, bar.update)
    if as_json:
        print_json(done)
    elif not quiet:
        click.echo(
            f"{counted(done.new, 'new article')}, {done.updated:,} changed, {done.known:,} already known", err=True
        )
    for line in done.problems:
        click.echo(f"{file}:{line.number}: {line.problem}", err=True)
    if done.problems:
        raise TrackerError(f"{len(done.problems):,} of {total:,} lines were skipped")
