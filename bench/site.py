"""What each page of the site costs on a large database while somebody writes: `python -m bench.site --help`."""

import argparse
import json
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench import csvs, site_report
from bench.library import ROOT, library
from bench.meter import Failed
from bench.pages import PAGES, PAIRS, Kind, Sample
from bench.report import machine, write
from bench.served import Answer, Server, ours, plain, writing
from bench.site_report import Compared, Costs, Results

_TIMES = 60
"""Requests of each kind: the 95th percentile is then the fourth of the dearest."""

_WARM = 2
"""Requests of each kind that come before and are not counted: imports, templates, pages of the file."""

_PLAIN_TIMES = 10
_PATIENCE = 120.0
"""Seconds that one CSV is given."""


def main() -> None:
    asked = _options()
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    try:
        made = asked.database or library(100_000 if asked.quick else 1_000_000, _say, now)
        with copied(made) as database:
            results = _measured(database, asked)
    except (Failed, sqlite3.Error) as error:
        sys.exit(f"No figures: {error}")
    text = site_report.report(results)
    print(text)
    if asked.json:
        asked.json.write_text(json.dumps(asdict(results), indent=1) + "\n", encoding="utf-8")
    if asked.write:
        write(asked.write, text, site_report.MARKS)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-site", description="Measure the pages of the site.")
    parser.add_argument("--quick", action="store_true", help="100,000 articles instead of 1,000,000")
    parser.add_argument("--database", type=Path, metavar="FILE", help="a database that is there; it is copied")
    parser.add_argument("--only", default="", metavar="WORD", help="only the kinds of pages whose names hold this")
    parser.add_argument("--times", type=int, default=_TIMES, help="requests of each kind")
    parser.add_argument("--no-plain", action="store_true", help="nothing of plain Datasette")
    parser.add_argument("--no-csv", action="store_true", help="nothing of CSV")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to a file")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the report into a document")
    return parser.parse_args()


@contextmanager
def copied(database: Path) -> Iterator[Path]:
    """A copy that may be written to, on the same disk as the caches of the bench."""
    folder = ROOT / ".bench"
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as made:
        copy = Path(made) / "copy.db"
        shutil.copyfile(database, copy)
        yield copy


def _measured(database: Path, asked: argparse.Namespace) -> Results:
    state, sample = machine(), Sample(database)
    with closing(sqlite3.connect(database)) as db:
        stored, relevant = db.execute("SELECT count(*), sum(relevance != 'none') FROM articles").fetchone()
    results = Results(state, stored, relevant, database.stat().st_size)
    kinds = [kind for kind in PAGES if asked.only in kind.name]
    with ours(database) as server:
        with writing(database):
            results.costs = pages(server, kinds, sample, asked.times, database)
        if not asked.no_csv:
            results.csvs += _csvs(server, "tracker", "/tracker/{}.csv", database)
    if not asked.no_plain:
        results.compared = _compared(database, sample)
    if not asked.no_csv:
        _say("CSV of plain Datasette and of the shell")
        with plain(database, suggest=False) as server:
            results.csvs += _csvs(server, "Datasette", f"/{database.stem}/{{}}.csv?_stream=on&_size=max", database)
        results.csvs += [one for table in csvs.TABLES if (one := csvs.shell(database, table))]
    return results


def pages(server: Server, kinds: Sequence[Kind], sample: Sample, times: int, database: Path) -> list[Costs]:
    """Each kind so often, in turns of changing order, so that the noise of the machine meets all alike."""
    costs = {kind.name: Costs(kind.name, kind.limit) for kind in kinds}
    waiting = list(kinds)
    with closing(sqlite3.connect(database)) as db:
        visitor = _Visitor(server, db)
        for turn in range(-_WARM, times):
            random.Random(turn).shuffle(waiting)
            for kind in list(waiting):
                answer = visitor.visit(kind, kind.address(sample))
                if answer is None or answer.status == 404:
                    costs[kind.name].missing = True
                    waiting.remove(kind)
                elif turn >= 0 or answer.status not in {200, 304}:
                    costs[kind.name].note(answer)
            if turn % 10 == 0:
                _say(f"turn {turn} of {times}")
    return list(costs.values())


class _Visitor:
    """Asks for pages so that no page is asked for twice of the same data, but where that is what is measured."""

    def __init__(self, server: Server, db: sqlite3.Connection) -> None:
        self._server = server
        self._db = db
        self._asked: dict[str, int] = {}

    def visit(self, kind: Kind, address: str) -> Answer | None:
        """What the page costs; None if it does not say by what to ask whether it has changed."""
        if not kind.again:
            while self._asked.get(address) == self._version():
                time.sleep(0.01)
            self._asked[address] = self._version()
            return self._server.ask(address)
        while True:
            version, first = self._version(), self._server.ask(address)
            self._asked[address] = version
            if kind.again == "304" and not first.etag:
                return None
            again = self._server.ask(address, {"If-None-Match": first.etag or ""} if kind.again == "304" else {})
            if self._version() == version:
                return again

    def _version(self) -> int:
        """A number that is another after each commit."""
        return int(self._db.execute("PRAGMA data_version").fetchone()[0])


def _csvs(server: Server, who: str, address: str, database: Path) -> list[csvs.Csv]:
    found = []
    for table in csvs.TABLES:
        found.append(csvs.served(server, who, table, address.format(table), database, _PATIENCE))
        _say(f"CSV of {table} by {who}: {found[-1].seconds:.0f} s, {found[-1].rows:,} of {found[-1].all:,} rows")
    return found


def _compared(database: Path, sample: Sample) -> list[Compared]:
    """What plain Datasette takes for the pages that it has too, with the same writer beside it."""
    found = {pair.name: Compared(pair.name) for pair in PAIRS}
    addresses = {pair.name: [pair.address(sample) for _ in range(_PLAIN_TIMES + 1)] for pair in PAIRS}
    with writing(database):
        for who in ("tracker", "on", "off"):
            _say("the same pages of " + ("the tracker" if who == "tracker" else f"Datasette, suggest_facets {who}"))
            served = ours(database) if who == "tracker" else plain(database, suggest=who == "on")
            root = "/tracker" if who == "tracker" else f"/{database.stem}"
            with served as server:
                for pair in PAIRS:
                    answers = [server.ask(root + address) for address in addresses[pair.name]][1:]
                    found[pair.name].cpu[who] = [one.cpu for one in answers if one.status == 200]
    return list(found.values())


_BEGUN = time.monotonic()


def _say(text: str) -> None:
    print(f"{time.monotonic() - _BEGUN:5.0f} s  {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
