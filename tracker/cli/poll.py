"""The command that polls once."""

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
    load_config,
    pass_paths,
    print_json,
    progress_bar,
    quiet_option,
    say,
)
from tracker.clock import utc_now
from tracker.errors import Locked, Unreachable
from tracker.models import FeedState, Poll, Round
from tracker.pipeline.round import Progress, poll_once
from tracker.publish.summaries import failure_in_words, round_in_words

_Failure = tuple[FeedState, Poll]
"""A feed as it was before its poll, and the poll, which failed."""


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

    Each feed that fails is named with the reason. With --quiet it is named when it begins to fail, and not again until
    it has recovered; a round that meets another one says nothing. Exits with 4 when every feed failed, 75 when another
    run is polling.
    """
    config = load_config(paths, quiet=quiet)
    by_hand = bool(names) or everything
    with _RoundBar(hidden=quiet or as_json) as bar:
        try:
            done = asyncio.run(poll_once(config, paths.db, utc_now(), names if by_hand else None, bar))
        except Locked as error:
            if quiet:
                click.get_current_context().exit(error.exit_code)
            raise
    told = bar.failed if by_hand or not quiet else _begun(bar.failed, done)
    if as_json:
        failed = [{"url": url, "outcome": outcome, "error": why} for url, outcome, why in map(_said, bar.failed)]
        outcomes = {outcome.value: n for outcome, n in done.outcomes.items()}
        print_json({**asdict(done), "outcomes": outcomes, "failed": failed})
    else:
        for state, poll_ in told if not (quiet and done.outage) else ():
            say(failure_in_words(state, poll_), logging.ERROR)
    if done.polls and not done.observed:
        if told:
            raise Unreachable(round_in_words(done))
        click.get_current_context().exit(Unreachable.exit_code)
    if not quiet and not as_json:
        click.echo(round_in_words(done))


def _begun(failed: list[_Failure], done: Round) -> list[_Failure]:
    """What is told of failures where only what is new is to be: an outage of our own, too, is told once."""
    if done.outage:
        return [] if any(state.cut_off for state, _ in failed) else failed
    return [(state, poll) for state, poll in failed if not state.failing]


def _said(failure: _Failure) -> tuple[str, str, str | None]:
    """A failure for programs: the feed's address, the outcome and the reason."""
    state, poll = failure
    return state.feed.url, poll.outcome.value, poll.error


class _RoundBar(Progress):
    """A bar on standard error that grows with each poll; keeps those that failed."""

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
