"""The commands status and politeness: what is stored, which feeds need attention, and the load on publishers."""

from datetime import date
from typing import get_args
from zoneinfo import ZoneInfo

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
    read_poll_config,
)
from tracker.cli.parameters import Ago, Day, day_meant
from tracker.clock import utc_now
from tracker.publish.summaries import politeness_in_words, status_in_words
from tracker.store.database import opened_by_reader
from tracker.store.status import By, read_politeness, read_status


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


@click.command(epilog="Example:  tracker politeness --since 30d --by day")
@click.option(
    "--since",
    type=Day(),
    default="7d",
    show_default=True,
    metavar="DAY",
    help="Only requests of this day or later: 2026-11-01, yesterday, 7d.",
)
@click.option("--by", type=Named(get_args(By)), default="host", show_default=True, help="One row per host or per day.")
@config_option
@db_option
@json_option
@pass_paths
def politeness(paths: Paths, since: date | Ago, by: By, as_json: bool) -> None:
    """Show how many requests we sent to each host.

    Also shows unchanged documents (304), bytes received, and how often we were refused or asked to slow down. The
    busiest hosts come first. Days are in UTC.
    """
    with opened_by_reader(existing_database(paths)) as db:
        found = read_politeness(db, day_meant(since, ZoneInfo("UTC"), utc_now()), by)
    if as_json:
        print_json(found)
    else:
        click.echo(politeness_in_words(found))
