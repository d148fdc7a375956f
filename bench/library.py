"""A database as years of polling leave it, made in minutes: `python -m bench.library FILE --articles 1000000`.

Rows are written through the project's own schema and, where they carry meaning (tags, evidence, the search index, the
counted terms), through its own store. Indexes of the large tables are made after their rows, as the schema has them.
"""

import argparse
import hashlib
import itertools
import json
import random
import sys
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bench.chronicle import SPAN, Chronicle, Outlet, Report
from bench.documents import SEED
from bench.watch import watch
from tracker.analyse.identity import hash_of
from tracker.analyse.stories.clustering import STORY_THRESHOLD
from tracker.analyse.stories.word_features import VERSION
from tracker.analyse.tagging.rules import Rulebook
from tracker.config.rulebook import built_in_events
from tracker.config.rulebook_cache import built_in_rulebook
from tracker.models import Entry, Tagging, utc_text
from tracker.store import articles, counts, grouping, search_index
from tracker.store.database import Database, opened, transaction
from tracker.store.feeds import declare_events
from tracker.store.tags import apply_rulebook

SOURCES = 300
FAMILIES = 120
ROOT = Path(__file__).parents[1]

_BATCH = 50_000
_ON_ITS_OWN_PAGE = 40  # articles that a feed's document holds
_LOADED = ("articles", "sightings", "polls", "revisions")  # the tables whose indexes are made last
_MADE_OF = ("bench/*.py", "tracker/store/*.py", "tracker/analyse/rulebook/*.yaml", "tracker/analyse/r*.py")

# fmt: off
_KINDS = ("national", "local", "local", "local", "tech", "trade", "broadcaster", "tabloid", "ngo", "government",
          "police", "company", "research", "wire")
_PLACES = "GB-en US-en GB-en DE-de GB-en FR-fr IE-en AU-en ES-es NL-nl GB-en IT-it SE-sv EU-en PL-pl US-en".split()
_TITLES = ("Courier", "Herald", "Post", "Gazette", "Observer", "Tribune", "Ledger", "Chronicle", "Mercury", "Dispatch")
_TOWNS = ("Harrowby", "Eastmere", "Calder", "Norbridge", "Wexcombe", "Stanmoor", "Fallowfield", "Brackley", "Osterby",
          "Kilmarsh", "Dunholme", "Ashvale", "Corwen", "Thornby", "Selwick", "Marlhope", "Penfold", "Rushmere",
          "Stokely", "Varnham", "Wyvern", "Yarrow", "Birchley", "Hexworth", "Lanmoor", "Orford", "Pellan", "Quarnby",
          "Tidewell", "Umberley")
# fmt: on

Say = Callable[[str], None]
_ARTICLE = (
    "INSERT INTO articles (id, canonical_url, url, source, title, summary, author, language, published_at, "
    "published_raw, date_quality, first_seen_at, last_seen_at, rulebook, story, agency) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_SIGHTING = (
    "INSERT INTO sightings (feed, guid, article, text_hash, first_seen_at, last_seen_at) VALUES (?, ?, ?, ?, ?, ?)"
)
_REVISION = (
    "INSERT INTO revisions (article, feed, title, summary, title_changed, seen_until, replaced_at, kind, words) "
    "VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?)"
)
_COPY = "INSERT INTO copies (article, root, why, score, found_at) VALUES (?, ?, 'text', 1.0, ?)"
_LINK = "INSERT INTO story_links (article, near, why, score) VALUES (?, ?, 'words', ?)"
_STORIES = """
INSERT INTO stories (id, headline, articles, sources, families, first_at, last_at)
SELECT story, story, count(*), count(DISTINCT source), count(DISTINCT family), min(at), max(at)
FROM (SELECT story, source, family, coalesce(published_at, first_seen_at) AS at
      FROM articles JOIN sources ON sources.id = articles.source)
GROUP BY story HAVING count(*) > 1"""


@dataclass(slots=True)
class _Rows:
    """Rows by the statement that writes them, until there are many."""

    waiting: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(list))

    def write(self, db: Database) -> None:
        with transaction(db):
            for statement, rows in self.waiting.items():
                db.conn.executemany(statement, rows)
        self.waiting.clear()


def library(count: int, say: Say, now: datetime) -> Path:
    """A database of so many articles until about now; made unless there is one that is as it would be made."""
    made_of = "".join(path.read_text() for pattern in _MADE_OF for path in sorted(ROOT.glob(pattern)))
    week = "-".join(map(str, now.isocalendar()[:2]))  # what is older than a week looks like feeds that fell silent
    key = hashlib.sha256(f"{made_of} {SEED} {count} {week}".encode()).hexdigest()[:12]
    path = ROOT / ".bench" / f"library-{count}-{key}.db"
    if not path.exists():
        for old in path.parent.glob(f"library-{count}-*"):
            old.unlink()
        unready = path.with_suffix(".part")
        make(unready, count, now, say)
        unready.rename(path)
    return path


def make(path: Path, count: int, until: datetime, say: Say) -> None:
    """Writes the database into a new file, in WAL mode and checkpointed."""
    dice, rulebook, outlets = random.Random(SEED), built_in_rulebook(), list(sources())
    with opened(path) as db:
        db.execute("PRAGMA journal_mode = off").fetchall()
        db.execute("PRAGMA synchronous = off")
        db.execute("PRAGMA cache_size = -1000000")
        with transaction(db):
            apply_rulebook(db, rulebook, until - SPAN)
            _declare(db, outlets)
        with _unindexed(db):
            taggings = _load(db, Chronicle(outlets, rulebook, dice).reports(count, until), outlets, rulebook, until)
            say(f"{count:,} articles")
            watch(db, len(outlets), until, dice)
            say("polls and gaps")
        say("indexes")
        _derive(db, taggings, rulebook, until)
    with opened(path) as db:  # anew, which puts it into WAL mode
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    say("tags, stories, search index, counts")


def sources() -> Iterator[Outlet]:
    """The outlets: the larger an owner, the more of them are its; the first publish most."""
    dice = random.Random(SEED)
    for number in range(SOURCES):
        country, language = _PLACES[number % len(_PLACES)].split("-")
        town, title = _TOWNS[number % len(_TOWNS)], _TITLES[number // len(_TOWNS)]
        slug = f"{town}-{title}".lower()
        family = f"owner-{min(int(dice.paretovariate(0.9)), FAMILIES) if number >= FAMILIES else number + 1}"
        kind = _KINDS[number % len(_KINDS)]
        yield Outlet(slug, f"The {town} {title}", family, kind, country, language, f"{slug}.example", 1 / (number + 30))


def _declare(db: Database, outlets: Sequence[Outlet]) -> None:
    db.conn.executemany(
        "INSERT INTO sources (id, name, family, kind, country, language) VALUES (?, ?, ?, ?, ?, ?)",
        [(one.id, one.name, one.family, one.kind, one.country, one.language) for one in outlets],
    )
    db.conn.executemany(
        "INSERT INTO feeds (id, url, source) VALUES (?, ?, ?)",
        [(number, f"https://{one.host}/feed.xml", one.id) for number, one in enumerate(outlets, 1)],
    )


@contextmanager
def _unindexed(db: Database) -> Iterator[None]:
    """The large tables have no indexes meanwhile, and those of the schema afterwards."""
    asked = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN (?, ?, ?, ?)"
    indexes = list(db.query(asked, _LOADED))
    for index in indexes:
        db.execute(f"DROP INDEX {index['name']}")
    yield
    for index in indexes:
        db.execute(index["sql"])


def _load(
    db: Database, reports: Iterator[Report], outlets: Sequence[Outlet], rulebook: Rulebook, until: datetime
) -> dict[int, Tagging]:
    """Writes the articles and what hangs on them; returns the taggings of those that have any."""
    rows, taggings, dice = _Rows(), {}, random.Random(SEED + 1)
    shown: dict[int, deque[int]] = defaultdict(lambda: deque(maxlen=_ON_ITS_OWN_PAGE))
    for batch in iter(lambda: list(itertools.islice(reports, _BATCH)), []):
        for report in batch:
            outlet = outlets[report.outlet]
            _note(rows, report, outlet, until, dice)
            tagging = rulebook.tag(report.title, report.summary, outlet.language)
            if tagging.tags or tagging.near:
                taggings[report.number] = tagging
            shown[report.outlet + 1].append(report.number)
        rows.write(db)
    db.execute("UPDATE articles SET rulebook = ?", (rulebook.hash,))
    held = [(json.dumps(list(ids)), feed) for feed, ids in shown.items()]
    db.conn.executemany("UPDATE feeds SET shown = ? WHERE id = ?", held)
    return taggings


def _note(rows: _Rows, report: Report, outlet: Outlet, until: datetime, dice: random.Random) -> None:
    """Puts an article's rows among those that wait."""
    first = min(report.at + timedelta(minutes=dice.randrange(60)), until)
    last = min(first + timedelta(hours=dice.randrange(12, 72)), until)
    seen, dated = (utc_text(first), utc_text(last)), dice.random() > 0.02
    slug = "-".join(report.title.lower().split()[:5]).replace("\u2019", "").strip("(),:.\u201c\u201d")
    url = f"https://{outlet.host}/{report.at:%Y/%m/%d}/{slug}-{report.number}"
    published = utc_text(report.at) if dated else None
    author = "News desk" if dice.random() < 0.6 else None
    quality = "absent" if not dated else "repaired" if dice.random() < 0.01 else "stated"
    agency = "Reuters" if report.copy and dice.random() < 0.5 else None
    rows.waiting[_ARTICLE].append(
        (report.number, url, url, outlet.id, report.title, report.summary, author, outlet.language, published,
         published, quality, *seen, None, report.event, agency)
    )  # fmt: skip
    digest = hash_of(Entry(url, url, report.title, report.summary))
    feeds = {report.outlet + 1, *((dice.randrange(SOURCES) + 1,) if dice.random() < 0.12 else ())}
    rows.waiting[_SIGHTING] += [(feed, url, report.number, digest, *seen) for feed in sorted(feeds)]
    if report.copy:
        rows.waiting[_COPY].append((report.number, report.event, seen[0]))
    elif report.event != report.number:
        rows.waiting[_LINK].append((report.number, report.event, round(STORY_THRESHOLD + dice.random() / 2, 3)))
    if report.earlier:
        kind = dice.choices(("trivial", "substantive", "flip-flop"), (50, 45, 5))[0]
        words = json.dumps(["+ban"] if dice.random() < 0.1 else [])
        change = (report.earlier, report.summary, seen[0], utc_text(first + timedelta(hours=1)), kind, words)
        rows.waiting[_REVISION].append((report.number, report.outlet + 1, *change))


def _derive(db: Database, taggings: dict[int, Tagging], rulebook: Rulebook, until: datetime) -> None:
    """What the project derives from articles, by its own functions."""
    numbers = list(taggings)
    with transaction(db):
        for begin in range(0, len(numbers), 1000):
            articles.tag(db, {number: taggings[number] for number in numbers[begin : begin + 1000]}, rulebook)
    with transaction(db):
        db.execute(_STORIES)
        search_index.index(db)
        grouping.count_terms(db, VERSION, until)
    with transaction(db):
        counts.refresh(db, ZoneInfo("UTC"), until)  # the site is served without a feeds.yaml
        declare_events(db, built_in_events())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.library", description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--articles", type=int, default=1_000_000)
    asked = parser.parse_args()
    begun = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - begun:5.0f} s  {text}", file=sys.stderr, flush=True)

    make(asked.path, asked.articles, datetime.now(UTC).replace(minute=0, second=0, microsecond=0), say)


if __name__ == "__main__":
    main()
