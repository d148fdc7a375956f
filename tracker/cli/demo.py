"""The command demo: show the tracker at work without a network."""

import asyncio
from pathlib import Path

import click

from tracker.analyse.debate import Debate
from tracker.analyse.search.synonyms import synonyms
from tracker.cli.options import quiet_option
from tracker.cli.parameters import FilePath
from tracker.cli.progress import progress_of
from tracker.cli.serve import host_option, port_option
from tracker.clock import utc_now
from tracker.config.rulebook_cache import built_in_rulebook
from tracker.demo.content import demo_feeds
from tracker.demo.replay import replay, shipped_demo
from tracker.jobs.site_server import Address, listening, serve
from tracker.publish.summaries import status_in_words
from tracker.store.database import exclusive, opened
from tracker.store.health_checks import last_poll
from tracker.store.status import read_status
from tracker.web.app import SiteSettings

TIMEZONE = "Europe/London"


@click.command(epilog="Example:  tracker demo --no-serve && tracker export --db db/demo.db demo.csv")
@click.option(
    "--db",
    type=FilePath(dir_okay=False),
    metavar="FILE",
    default="db/demo.db",
    show_default=True,
    help="The demo's database; replaced on every run.",
)
@click.option("--no-serve", is_flag=True, help="Stop after the replay.")
@host_option
@port_option
@quiet_option
def demo(db: Path, no_serve: bool, host: str, port: int, quiet: bool) -> None:
    """Replay seven years of made-up feeds, without a network.

    They are polled on a simulated clock. The outlets are fictional; the events they report are real.
    """
    if not no_serve:
        listening(Address(host, port)).close()  # fail on a port in use before half a minute of work
    with exclusive(db), progress_of("replaying 2019 to 2026", hidden=quiet) as show:
        asyncio.run(replay(db, shipped_demo(TIMEZONE), demo_feeds(), show))
    if not quiet:
        with opened(db) as filled:
            ended = last_poll(filled, utc_now()) or utc_now()  # on the simulated clock
            click.echo(status_in_words(read_status(filled, built_in_rulebook().hash, ended), TIMEZONE))
    if not no_serve:
        tags = built_in_rulebook().tags
        site = SiteSettings(timezone=TIMEZONE, debate=Debate.of(tags), demo=True, synonyms=synonyms(tags))
        asyncio.run(serve(db, Address(host, port), site))
