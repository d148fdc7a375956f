"""The commands that poll and serve: poll, run, serve."""

import asyncio
from dataclasses import asdict
from typing import Self

import click

from tracker import jobs
from tracker.cli.options import (
    Paths,
    config_option,
    db_option,
    json_option,
    pass_paths,
    print_json,
    progress_bar,
    quiet_option,
)
from tracker.config.load import Config, load
from tracker.errors import ConfigError, Unreachable
from tracker.jobs import Address
from tracker.models import FeedState, Poll
from tracker.poll import Progress
from tracker.publish.site.app import SiteSettings
from tracker.publish.words import round_in_words

host_option = click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
port_option = click.option("--port", default=8001, show_default=True, type=click.IntRange(0, 65535), help="Port.")
base_url_option = click.option("--base-url", default="/", show_default=True, help="Path behind a proxy.")


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
    config = _load(paths, quiet=quiet)
    with _RoundBar(hidden=quiet or as_json) as bar:
        done = asyncio.run(jobs.poll_once(config, paths.db, names=names, everything=everything, progress=bar))
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


@click.command(epilog="Example:  tracker run --port 8001")
@host_option
@port_option
@base_url_option
@config_option
@db_option
@quiet_option
@pass_paths
def run(paths: Paths, host: str, port: int, base_url: str, quiet: bool) -> None:
    """Poll what is due, again and again, and serve the site; ends on Ctrl-C or SIGTERM."""
    config = _load(paths, quiet=quiet)
    site = SiteSettings(timezone=config.timezone, base_url=base_url)
    asyncio.run(jobs.run(config, paths.db, Address(host, port), site))


@click.command(epilog="Example:  tracker serve --port 8080 --base-url /tracker/")
@host_option
@port_option
@base_url_option
@config_option
@db_option
@quiet_option
@pass_paths
def serve(paths: Paths, host: str, port: int, base_url: str, quiet: bool) -> None:  # noqa: ARG001  set by its callback
    """Serve the site without polling."""
    site = SiteSettings(timezone=timezone(paths), base_url=base_url)
    asyncio.run(jobs.serve(paths.db, Address(host, port), site))


def timezone(paths: Paths) -> str:
    """The time zone of feeds.yaml; UTC where there is no such file."""
    try:
        return load(paths.config).timezone
    except ConfigError:
        if paths.config.exists():
            raise
        return "UTC"


def _load(paths: Paths, *, quiet: bool) -> Config:
    config = load(paths.config)
    for warning in config.warnings:
        if not quiet:
            click.echo(f"{paths.config}: {warning}", err=True)
    return config
