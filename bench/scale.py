"""What each step costs as the archive grows: `python -m bench.scale --help`."""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.library import library
from bench.meter import measure
from bench.pages import PAGES, Sample
from bench.report import machine, table, write
from bench.served import ours, writing
from bench.site import copied, pages
from bench.site_report import percentile
from bench.writer import entries, record
from tracker.config.rulebook_cache import built_in_rulebook
from tracker.pipeline.grouping import group_waiting
from tracker.pipeline.ingest import ingest
from tracker.store import counts, feeds, rounds, search_index
from tracker.store.database import Database, opened, transaction
from tracker.store.tags import retag

_MARKS = "<!-- scale: begin -->", "<!-- scale: end -->"
_ROUNDS = 5
"""Rounds of an hour whose median counts, after one that reads the pages of the file and indexes the debate."""

_FEEDS = 100
_KINDS = ("front", "tag", "source", "search: a middling word", "search: two common words", "compare tags",
          "compare sources", "story", "table of articles")  # fmt: skip
_FLAT = 1.5
"""Target: how much dearer a step may be at the largest size than at the smallest."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a step cost, by its name; only a flat one must not grow with the archive."""

    name: str
    cost: float
    flat: bool = True


@dataclass(slots=True)
class Archive:
    """The costs at one size."""

    articles: int
    steps: list[Step] = field(default_factory=list)


def main() -> None:
    asked = _options()
    sizes = asked.articles or ([20_000, 60_000] if asked.quick else [1_000_000, 3_000_000, 10_000_000])
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    text = report([measured(library(size, _say, now), size, now, asked.times) for size in sizes])
    print(text)
    if asked.write:
        write(asked.write, text, _MARKS)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-scale", description="Measure each step at several sizes.")
    parser.add_argument("--quick", action="store_true", help="20,000 and 60,000 articles")
    parser.add_argument("--articles", type=int, nargs="+", metavar="N", help="sizes instead of 1, 3 and 10 million")
    parser.add_argument("--times", type=int, default=20, help="requests of each kind of page")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the report into a document")
    return parser.parse_args()


def measured(made: Path, articles: int, now: datetime, times: int) -> Archive:
    """What each step costs on a copy of a database of so many articles."""
    archive = Archive(articles)
    for step in _steps(made, articles, now, times):
        _say(f"{articles:,}: {step.name}: {step.cost:,.1f}")
        archive.steps.append(step)
    return archive


def _steps(made: Path, articles: int, now: datetime, times: int) -> Iterator[Step]:
    """Each step as soon as it is measured, so that a run that is stopped has said what it found."""
    yield Step("bytes an article", made.stat().st_size / articles, flat=False)
    with copied(made) as database:
        yield from _polling(database, now)
        sample, kinds = Sample(database), [kind for kind in PAGES if kind.name in _KINDS]
        with ours(database) as server, writing(database):
            costs = pages(server, kinds, sample, times, database)
        for one in costs:
            yield Step(f"page: {one.name}, p95", percentile(one.cpu))
        yield from _whole(database, articles, now)


def _polling(database: Path, now: datetime) -> Iterator[Step]:
    """CPU milliseconds of the parts of a round in which each of 100 feeds has four new entries."""
    parts: tuple[tuple[str, Callable[[Database, datetime, int], None]], ...] = (
        ("polls: identify, tag, store", _poll),
        ("search index", _index),
        ("copies and stories", _group),
        ("counts of the days", _count),
    )
    costs: dict[str, list[float]] = {name: [] for name, _ in parts}
    with opened(database) as db:
        with transaction(db):
            db.execute("UPDATE articles SET grouped = 1 WHERE relevance <> 'none'")
        for number in range(_ROUNDS + 1):
            for name, part in parts:
                begun = time.process_time()
                part(db, now + timedelta(hours=number), number)
                costs[name].append(1000 * (time.process_time() - begun))
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    for name, found in costs.items():
        yield Step(f"round of {_FEEDS} feeds: {name}", statistics.median(found[1:]))


def _poll(db: Database, now: datetime, number: int) -> None:
    rulebook, dice = built_in_rulebook(), random.Random(number)
    with transaction(db):
        for place, state in enumerate(dice.sample(feeds.declared(db), _FEEDS)):
            found = list(entries(state, 1000 * number + place, now))
            taken = ingest(db, state, found, rulebook, now)
            record(db, replace(state, last_ok_at=now, last_new_at=now), taken.new, now)
        rounds.end(db, now)


def _index(db: Database, _now: datetime, _number: int) -> None:
    with transaction(db):
        search_index.index(db)


def _group(db: Database, now: datetime, _number: int) -> None:
    group_waiting(db, "debate", now)


def _count(db: Database, now: datetime, _number: int) -> None:
    left = True
    while left:
        with transaction(db):
            left = bool(counts.step(db, ZoneInfo("UTC"), now))


def _whole(database: Path, articles: int, now: datetime) -> Iterator[Step]:
    """CPU seconds, for each 100,000 articles, of what reads the whole archive."""
    each = 100_000 / articles
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tracker", "--db", str(database), "export", "--quiet", "coverage.csv"]
        yield Step("export of coverage, s per 100,000", each * measure(command, Path(folder)).cpu, flat=False)
    rulebook, begun = built_in_rulebook(), time.process_time()
    with opened(database) as db, transaction(db):
        retag(db, rulebook, now)
    yield Step("retag, s per 100,000", each * (time.process_time() - begun), flat=False)


def report(archives: Sequence[Archive]) -> str:
    """The costs at all sizes, in milliseconds of CPU where nothing else is said, with the target."""
    rows = []
    for steps in zip(*(archive.steps for archive in archives), strict=True):
        costs = [step.cost for step in steps]
        slope = costs[-1] / costs[0]
        met = ("yes" if slope <= _FLAT else "no") if steps[0].flat else ""
        rows.append((steps[0].name, *(f"{cost:,.1f}" for cost in costs), f"{slope:.2f}", met))
    head = ("", *(f"{archive.articles:,}" for archive in archives), "last / first", f"<= {_FLAT}")
    return "\n".join(f"- {line}" for line in machine()) + "\n\n" + table(head, rows) + "\n"


_BEGUN = time.monotonic()


def _say(text: str) -> None:
    print(f"{time.monotonic() - _BEGUN:5.0f} s  {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
