"""The command poll: poll once."""

import asyncio
import logging
from dataclasses import asdict
from typing import Self

import click

from tracker.cli.options import (
    Paths,
    config_option,
    db_option,
    json_option,
    pass_paths,
    print_json,
    print_warnings,
    quiet_option,
    read_poll_config,
    say,
    verbose_option,
)
from tracker.cli.progress import progress_bar
from tracker.clock import utc_now
from tracker.errors import Locked, Unreachable
from tracker.models import FeedState, Poll, Round
from tracker.pipeline.round import Progress, poll_once
from tracker.publish.summaries import failure_in_words, round_in_words

_Failure = tuple[FeedState, Poll]
"""A feed's state before the poll, and the failed poll."""


@click.command(epilog="Example, for cron:  */10 * * * * cd /srv/tracker && tracker poll --quiet")
@click.argument("names", nargs=-1, metavar="[FEED]...")
@click.option("--all", "everything", is_flag=True, help="Poll every feed, due or not.")
@config_option
@db_option
@quiet_option
@verbose_option
@json_option
@pass_paths
def poll(  # noqa: PLR0913  one parameter per option
    paths: Paths, names: tuple[str, ...], everything: bool, quiet: bool, verbose: bool, as_json: bool
) -> None:
    """Poll once: due feeds, or those named by URL or source.

    Each failed feed is reported with the reason. With --quiet, it is reported when it starts to fail and not again
    until it has recovered, and a round that finds another one running prints nothing. Exits with 4 if every feed
    failed, 75 if another run is polling.
    """
    config = read_poll_config(paths)
    if not quiet:
        print_warnings(paths, config)
    by_hand = bool(names) or everything
    with _RoundBar(hidden=quiet or verbose or as_json) as bar:
        try:
            done = asyncio.run(poll_once(config, paths.db, utc_now(), names if by_hand else None, bar))
        except Locked as error:
            if quiet:
                click.get_current_context().exit(error.exit_code)
            raise
    reported = bar.failed if by_hand or not quiet else _new_failures(bar.failed, done)
    if as_json:
        failed = [{"url": url, "outcome": outcome, "error": why} for url, outcome, why in map(_as_plain, bar.failed)]
        outcomes = {outcome.value: n for outcome, n in done.outcomes.items()}
        print_json({**asdict(done), "outcomes": outcomes, "failed": failed})
    else:
        for state, poll_ in reported if not (quiet and done.outage) else ():
            say(failure_in_words(state, poll_), logging.ERROR)
    if done.polls and not done.observed:
        if reported:
            raise Unreachable(round_in_words(done, config.timezone))
        click.get_current_context().exit(Unreachable.exit_code)
    if not quiet and not as_json:
        click.echo(round_in_words(done, config.timezone))


def _new_failures(failed: list[_Failure], done: Round) -> list[_Failure]:
    """Return the failures that are new; an outage on our side, too, is reported only once."""
    if done.outage:
        return [] if any(state.cut_off for state, _ in failed) else failed
    return [(state, poll) for state, poll in failed if not state.failing]


def _as_plain(failure: _Failure) -> tuple[str, str, str | None]:
    """Return the feed's URL, the outcome and the reason of a failure."""
    state, poll = failure
    return state.feed.url, poll.outcome.value, poll.error


class _RoundBar(Progress):
    """A progress bar that advances with each poll, and collects the failures."""

    def __init__(self, *, hidden: bool) -> None:
        self._bar = progress_bar(0, "polling", hidden=hidden)
        self.failed: list[_Failure] = []

    def __enter__(self) -> Self:
        self._bar.__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        self._bar.render_finish()

    def begin(self, feeds: int) -> None:
        self._bar.length = feeds

    def polled(self, state: FeedState, poll: Poll) -> None:
        self._bar.update(1)
        if not poll.outcome.observed:
            self.failed.append((state, poll))
