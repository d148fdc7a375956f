"""The command that polls once."""

import asyncio
from dataclasses import asdict
from typing import Self

import click

from tracker.cli.options import (
    Paths,
    config_option,
    db_option,
    json_option,
    load_config,
    pass_paths,
    print_json,
    progress_bar,
    quiet_option,
)
from tracker.clock import utc_now
from tracker.errors import Unreachable
from tracker.models import FeedState, Poll
from tracker.poll import Progress, poll_once
from tracker.publish.words import round_in_words


@click.command(epilog="Example, for cron:  */10 * * * * cd /srv/tracker && tracker poll --quiet")
@click.argument("names", nargs=-1, metavar="[FEED]...")
@click.option("--all", "everything", is_flag=True, help="Poll every feed, due or not.")
@config_option
@db_option
@quiet_option
@json_option
@pass_paths
def poll(paths: Paths, names: tuple[str, ...], everything: bool, quiet: bool, as_json: bool) -> None:
    """Poll once: the feeds that are due, or those named by address or source.

    Exits with 4 when every feed failed, 75 when another run is polling.
    """
    config = load_config(paths, quiet=quiet)
    with _RoundBar(hidden=quiet or as_json) as bar:
        done = asyncio.run(poll_once(config, paths.db, utc_now(), names if names or everything else None, bar))
    if as_json:
        print_json({**asdict(done), "outcomes": {outcome.value: n for outcome, n in done.outcomes.items()}})
    if done.polls and not done.observed:
        raise Unreachable(round_in_words(done))
    if not quiet and not as_json:
        click.echo(round_in_words(done))


class _RoundBar(Progress):
    """A bar on standard error that grows with each poll."""

    def __init__(self, *, hidden: bool) -> None:
        self._bar = progress_bar(0, "polling", hidden=hidden)

    def __enter__(self) -> Self:
        self._bar.__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        self._bar.render_finish()

    def begin(self, feeds: int) -> None:
        self._bar.length = feeds

    def polled(self, state: FeedState, poll: Poll) -> None:  # noqa: ARG002  any poll is one step
        self._bar.update(1)
