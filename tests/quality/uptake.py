"""Measure which articles are taken to have taken up a release, on 100 invented pairs.

Of each release there are two: an article that took it up, and one of the same days on another matter of the same actor
or subject. `python -m tests.quality.uptake` prints the figures and the pairs that are judged wrongly.
"""

import csv
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import httpx
from click.testing import CliRunner

from tests.site_database import serve
from tracker.analyse.names import slug_of
from tracker.cli.main import main

PAIRS = Path(__file__).parent / "uptake.tsv"
BEGIN = datetime(2025, 1, 6, 8, tzinfo=UTC)
_CONFIG = "settings: {contact: desk@example.org}\nsources:\n"
_ACTOR = '  - {{id: {id}, name: "{name}", kind: ngo, country: GB, language: en, feeds: ["https://{id}.example/rss"]}}\n'


class Uptake(NamedTuple):
    """Pairs of headlines, of a release and an article: those that are right, and those that are found."""

    right: set[tuple[str, str]]
    found: set[tuple[str, str]]

    @property
    def precision(self) -> float:
        return len(self.right & self.found) / len(self.found)

    @property
    def recall(self) -> float:
        return len(self.right & self.found) / len(self.right)


def measured(folder: Path) -> Uptake:
    """Store releases and articles in a folder, one release in three days, and read what the site says of them."""
    with PAIRS.open(encoding="utf-8", newline="") as lines:
        pairs = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    actors = {slug_of(pair["actor"]): pair["actor"] for pair in pairs}
    config, database, articles = folder / "feeds.yaml", folder / "tracker.db", folder / "articles.jsonl"
    config.write_text(_CONFIG + "".join(_ACTOR.format(id=one, name=name) for one, name in actors.items()))
    stored = [json.dumps(line) for number, pair in enumerate(pairs) for line in _articles(number, pair)]
    articles.write_text("\n".join(stored), encoding="utf-8")
    done = CliRunner().invoke(main, ["--config", str(config), "--db", str(database), "import", str(articles)])
    assert done.exit_code == 0, done.output
    right = {(pair["release"], pair["taken"]) for pair in pairs}
    return Uptake(right, _found(database, list(actors)))


def _articles(number: int, pair: Mapping[str, str]) -> Iterator[dict[str, str]]:
    at = BEGIN + timedelta(days=3 * number)
    later = at + timedelta(hours=int(pair["hours"]))
    outlets = [pair["actor"], f"Outlet {number % 9}", f"Outlet {number % 9 + 9}"]
    for kind, outlet, when in zip(
        ("release", "taken", "decoy"), outlets, (at, later, later + timedelta(hours=2)), strict=True
    ):
        url = f"https://{slug_of(outlet)}.example/{number}-{kind}"
        words = {"title": pair[kind], "summary": pair[f"{kind}_summary"]}
        yield {
            "url": url,
            "source": outlet,
            "language": pair["language"],
            "published": f"{when:%Y-%m-%dT%H:%M:%SZ}",
        } | words


def _found(database: Path, actors: list[str]) -> set[tuple[str, str]]:
    found = set()
    for address in serve(database):
        for actor in actors:
            answer = httpx.get(f"{address}/source/{actor}/uptake.csv?range=all", timeout=60).raise_for_status()
            rows = csv.DictReader(answer.text.splitlines())
            found |= {(row["release"], row["article"]) for row in rows if row["outlet"]}
    return found


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        result = measured(Path(made))
    sys.stdout.write(f"precision {result.precision:.3f}, recall {result.recall:.3f}\n")
    for pair in sorted(result.right ^ result.found):
        sys.stdout.write(f"{'missed' if pair in result.right else 'wrong'}: {' | '.join(pair)}\n")
