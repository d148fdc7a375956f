"""The command politeness: the load that we put on publishers."""

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
)
from tracker.clock import utc_now
from tracker.publish.summaries import politeness_in_words
from tracker.store.database import opened_by_reader
from tracker.store.politeness import By, read_politeness


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
