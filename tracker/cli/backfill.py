"""The command backfill: store the history of feeds, or the relevant pages of web archives."""

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker import extras
from tracker.cli.options import (
    Paths,
    config_option,
    db_option,
    json_option,
    pass_paths,
    print_json,
    quiet_option,
    read_config,
    read_poll_config,
)
from tracker.cli.progress import progress_bar
from tracker.clock import utc_now
from tracker.errors import TrackerError, UsageError

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

    from tracker.archive.backfill import Backfilled, Cluster
    from tracker.archive.backfill_pages import BackfilledPages
    from tracker.archive.captures import History
    from tracker.config.poll_config import PollConfig


@click.command(epilog="Example:  tracker backfill --feed https://press.example/rss press-2020.tar.xz")
@click.argument("archives", nargs=-1, metavar="[WARC]...")
@click.option(
    "--feed",
    "given",
    type=(str, str),
    multiple=True,
    metavar="FEED ARCHIVE",
    help="A feed of feeds.yaml, by URL or source, and an archive of it; may be repeated.",
)
@click.option("--document", default="", metavar="FILE", help="Archives are git repositories; FILE in them is the feed.")
@click.option("--scheduler", metavar="URL", help="Read on this Dask cluster (tcp://host:port).")
@click.option(
    "--workers", type=click.IntRange(1), help="Read in so many processes of this machine.  [default: one per core]"
)
@click.option("--parts", metavar="FOLDER", help="Where to keep what was read.  [default: backfill, by the database]")
@config_option
@db_option
@quiet_option
@json_option
@pass_paths
def backfill(  # noqa: PLR0913  one parameter per option
    paths: Paths,
    archives: tuple[str, ...],
    given: tuple[tuple[str, str], ...],
    document: str,
    scheduler: str | None,
    workers: int | None,
    parts: str | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Store archives of feeds as if polled then, or of web pages.

    ARCHIVE is a folder or tar file of successive feed documents, each named after the time it was captured
    (2025-01-31T235900Z or 20250131235900, UTC), or, with --document, a git repository. Documents are stored in time
    order across all archives, so give all of them at once, to a new database.

    WARC is a WARC or WACZ file of web pages, as of Common Crawl's CC-NEWS. Relevant pages are imported with their full
    texts; all are counted by source and day, in pages.csv beside the database.

    Paths may be fsspec URLs, such as s3://bucket/press.tar.xz. Run again after an interruption: what was done is not
    done again. Archives that cannot be read are reported, the others are stored, and the command exits with 1. Needs
    pip install 'encryption-coverage-tracker[archive]'.
    """
    if bool(given) == bool(archives):
        raise UsageError("name archives of feeds with --feed, or web archives, in one run")
    libraries: tuple[extras.Library, ...] = ("distributed", "pyarrow", "fastwarc", "trafilatura")
    if lacking := next(filter(None, map(extras.missing, libraries if archives else libraries[:2])), None):
        raise TrackerError(f"backfill needs {lacking}")
    from tracker.archive.backfill import Cluster  # noqa: PLC0415  an optional extra

    folder = _absolute(parts or str(paths.db.parent / "backfill"))
    where = Cluster(folder, scheduler, workers or os.cpu_count() or 1)
    with _Bars(hidden=quiet or as_json) as bars:
        done = _of_pages(paths, archives, where, bars) if archives else _of_feeds(paths, (given, document), where, bars)
    if as_json:
        print_json(asdict(done))
    elif not quiet:
        click.echo(_in_words(done), err=True)
    if done.problems:
        raise TrackerError("\n".join(done.problems))


def _of_feeds(
    paths: Paths, given: tuple[tuple[tuple[str, str], ...], str], where: "Cluster", bars: "_Bars"
) -> "Backfilled":
    from tracker.archive.backfill import backfill as run  # noqa: PLC0415  an optional extra

    config = read_poll_config(paths)
    return run(config, paths.db, _histories(config, *given), where, bars)


def _of_pages(paths: Paths, archives: tuple[str, ...], where: "Cluster", bars: "_Bars") -> "BackfilledPages":
    from tracker.archive.backfill_pages import backfill_pages  # noqa: PLC0415  an optional extra

    return backfill_pages(read_config(paths), paths.db, [*map(_absolute, archives)], where, utc_now(), bars)


def _histories(config: "PollConfig", given: tuple[tuple[str, str], ...], document: str) -> "list[History]":
    """Return the archives with the addresses of their feeds; raises UsageError for a name that is not one feed's."""
    from tracker.archive.captures import History  # noqa: PLC0415  an optional extra

    return [History(_feed(config, name), _absolute(archive), document) for name, archive in given]


def _feed(config: "PollConfig", name: str) -> str:
    found = [feed.url for feed in config.feeds if name in {feed.url, feed.source}]
    if len(found) != 1:
        count = "no feed" if not found else "more than one feed"
        raise UsageError(f"{count} is called {name}; `tracker feeds list` shows them all")
    return found[0]


def _absolute(address: str) -> str:
    """Return a path that means the same to workers started elsewhere; leave URLs alone."""
    return address if "://" in address else str(Path(address).absolute())


class _Bars:
    """Two progress bars: archives read, then what they hold stored."""

    def __init__(self, *, hidden: bool) -> None:
        self._hidden = hidden
        self._bar: ProgressBar[int] | None = None

    def __enter__(self) -> "_Bars":
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.render_finish()

    def reading(self, archives: int) -> None:
        """Begin the first bar."""
        self._begin(archives, "reading archives")

    def storing(self, captures: int) -> None:
        """Begin the second bar."""
        self._begin(captures, "storing")

    def step(self, steps: int) -> None:
        """Move the bar on."""
        if self._bar is not None:
            self._bar.update(steps)

    def _begin(self, length: int, label: str) -> None:
        self.__exit__()
        self._bar = progress_bar(length, label, hidden=self._hidden, rated=True)
        self._bar.render_progress()


def _in_words(done: "Backfilled | BackfilledPages") -> str:
    """Say what was stored."""
    from tracker.archive.backfill import Backfilled  # noqa: PLC0415  an optional extra

    if isinstance(done, Backfilled):
        merged = done.merged
        stored = f"{merged.stored:,} captures stored, {merged.known:,} already known"
        return f"{stored}; {merged.new:,} new articles, {merged.updated:,} changed"
    got = done.imported
    read = f"{done.pages:,} pages read" + (f", {done.failed:,} of them in vain" if done.failed else "")
    return f"{read}; {got.new:,} new articles, {got.updated:,} changed, {got.known:,} already known"
