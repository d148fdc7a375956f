"""What a steady load costs `tracker run`, and how late feeds are polled: `python -m bench.load --help`.

Every feed falls due once within the window, evenly spread; one in ten has two new entries. Feeds share a number of
hosts, each asked as politely as by default. 2,000 feeds in 12 minutes are the rate of 10,000 feeds an hour.
"""

import argparse
import sqlite3
import statistics
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from bench.contenders import Tracker, install_tracker
from bench.meter import Usage, measure
from bench.publishers import Publishers
from bench.report import machine, table
from bench.server import COLD, DELTA
from bench.site_report import percentile
from tracker.models import from_utc_text, utc_text

_POLITE = {"pause": "5s", "requests_per_host": 2}
"""The defaults of feeds.yaml."""

_STARTING = timedelta(seconds=10)
"""Between the start of the program and the first feed that is due."""

_ENDING = timedelta(seconds=90)
"""For polling the last feeds: the program asks once a minute which are due."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a window cost, the seconds from due to polled of each feed, and how many were never polled in it."""

    feeds: int
    window: timedelta
    usage: Usage
    lags: list[float]

    @property
    def missed(self) -> int:
        return self.feeds - len(self.lags)

    @property
    def share(self) -> float:
        """The share of one core that the program used."""
        return self.usage.cpu / (_STARTING + self.window + _ENDING).total_seconds()


def main() -> None:
    asked = _options()
    print(report(load(asked.feeds, timedelta(minutes=asked.minutes), asked.hosts)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("--feeds", type=int, default=2000)
    parser.add_argument("--minutes", type=float, default=12, help="the window in which every feed falls due once")
    parser.add_argument("--hosts", type=int, default=100)
    return parser.parse_args()


def load(feeds: int, window: timedelta, hosts: int) -> Load:
    """Poll so many feeds for the first time, then run the program while each of them falls due once."""
    tracker = Tracker(install_tracker() or Path(sys.executable))
    with tempfile.TemporaryDirectory() as made, Publishers(feeds) as publishers:
        folder = Path(made)
        tracker.subscribe(folder, [_on_host(url, feed % hosts) for feed, url in enumerate(publishers.urls)])
        publishers.begin(COLD)
        measure(tracker.command(folder), folder)
        publishers.begin(DELTA)
        _be_polite(folder / "feeds.yaml")
        begun = datetime.now(UTC) + _STARTING
        due = _spread(folder / "tracker.db", begun, window)
        seconds = (_STARTING + window + _ENDING).total_seconds()
        program = [*tracker.command(folder)[:-2], "run", "--port", "0"]
        usage = measure(["timeout", "--preserve-status", "--signal=TERM", str(seconds), *program], folder)
        return Load(feeds, window, usage, _lags(folder / "tracker.db", begun, due))


def _on_host(url: str, number: int) -> str:
    """The address of a feed on one of the shared hosts."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"127.1.{number // 250}.{1 + number % 250}:{parts.port}").geturl()


def _be_polite(config: Path) -> None:
    """Set the default politeness, and an interval longer than the window for every feed."""
    written = yaml.safe_load(config.read_text(encoding="utf-8"))
    written["settings"] |= _POLITE
    for source in written["sources"]:
        source["feeds"] = [{"url": url, "every": "1d"} for url in source["feeds"]]
    config.write_text(yaml.safe_dump(written, sort_keys=False), encoding="utf-8")


def _spread(database: Path, begun: datetime, window: timedelta) -> dict[int, datetime]:
    """Make the feeds fall due evenly within the window; return when each does."""
    with closing(sqlite3.connect(database)) as db, db:
        ids = [one for (one,) in db.execute("SELECT id FROM feeds ORDER BY id")]
        due = {one: begun + window * place / len(ids) for place, one in enumerate(ids)}
        db.executemany(
            "UPDATE feeds SET next_poll_at = ? WHERE id = ?", [(utc_text(moment), one) for one, moment in due.items()]
        )
    return due


def _lags(database: Path, begun: datetime, due: dict[int, datetime]) -> list[float]:
    """The seconds from a feed's due time to its poll, for each that was polled."""
    with closing(sqlite3.connect(database)) as db:
        polled = db.execute(
            "SELECT feed, min(started_at) FROM polls WHERE started_at >= ? GROUP BY feed",
            (utc_text(begun - _STARTING),),
        ).fetchall()
    return [(from_utc_text(at) - due[feed]).total_seconds() for feed, at in polled]


def report(found: Load) -> str:
    """The figures as Markdown."""
    hourly = found.feeds / (found.window / timedelta(hours=1))
    rows = (
        ("feeds due an hour", f"{hourly:,.0f}"),
        ("CPU, share of one core", f"{found.share:.1%}"),
        ("CPU ms a poll", f"{1000 * found.usage.cpu / max(1, len(found.lags)):.1f}"),
        ("memory, MiB", f"{found.usage.memory:.0f}"),
        ("seconds late, median", f"{statistics.median(found.lags or [0]):.0f}"),
        ("seconds late, p95", f"{percentile(found.lags or [0]):.0f}"),
        ("seconds late, most", f"{max(found.lags, default=0):.0f}"),
        ("feeds not polled in time", f"{found.missed:,}"),
    )
    return "\n".join(f"- {line}" for line in machine()) + "\n\n" + table(("a steady load", ""), rows)


if __name__ == "__main__":
    main()
