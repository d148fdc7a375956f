"""The command status: what is stored, and which feeds need attention."""

import click

from tracker.cli.options import (
    Paths,
    config_option,
    db_option,
    existing_database,
    json_option,
    pass_paths,
    print_json,
    read_poll_config,
)
from tracker.clock import utc_now
from tracker.publish.summaries import status_in_words
from tracker.store.database import opened_by_reader
from tracker.store.status import read_status


@click.command(epilog="Example:  tracker status --json")
@config_option
@db_option
@json_option
@pass_paths
def status(paths: Paths, as_json: bool) -> None:
    """Show what is stored and which feeds need attention.

    Includes how much of this month was observed.
    """
    config = read_poll_config(paths)
    with opened_by_reader(existing_database(paths)) as db:
        now_stored = read_status(db, config.rulebook_summary.hash, utc_now())
    if as_json:
        print_json(now_stored)
    else:
        click.echo(status_in_words(now_stored, config.timezone))
