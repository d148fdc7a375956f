"""Copies and stories on real news with gold labels, beside the rules that other monitors use.

python -m tests.quality.neardup   needs ../shared/data, takes some minutes and prints the tables of docs/quality.md.

Altered copies are mixed into the pool of articles they were made from, as other outlets', and all is grouped in the
order of time as the tracker would. A copy is *right* where it was linked to the text it was made from, or to another
copy of that, and *wrong* where it was linked to anything else. Articles of the pool that were linked to one another
are natural copies or false merges; only reading tells.
"""

import csv
import gzip
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from tests.quality.scores import Score
from tracker.analyse.stories.word_features import Wording, wording
from tracker.models import utc_text
from tracker.pipeline.grouping import Grouper
from tracker.store import articles, search_index
from tracker.store.database import Database, opened, transaction

DATA = Path(__file__).parents[3] / "shared" / "data" / "neardup"

_LEAD = 60  # words of a feed's summary
_NOW = datetime(2022, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Item:
    """An article of a set; `of` is what it was made from, `story` the gold label of its event."""

    key: str
    at: datetime
    source: str
    title: str
    text: str
    of: str | None = None
    kind: str = ""
    story: str = ""


def pool(full: bool = False) -> list[Item]:
    """The articles with feed-length summaries, or with whole texts where there are any."""
    texts = {one["id"]: one["text"] for one in _lines("full-dev")} if full else {}
    return [
        Item(one["id"], _day(one["date"]), one["source"], one["title"], texts.get(one["id"], one["summary"]))
        for one in _lines("pool")
        if _day(one["date"]).year > 1990  # a few have none
    ]


def copies(originals: Iterable[Item]) -> list[Item]:
    """The altered copies of feed length of these articles, each some hours later at an outlet of its own."""
    at = {one.key: one.at for one in originals}
    return [
        Item(f"copy-{n}", at[c["of"]] + timedelta(hours=1 + n % 36), f"o{n}", c["title"], c["text"], c["of"], c["kind"])
        for n, c in enumerate(_lines("copies-dev"))
        if c["view"] == "rss" and c["of"] in at
    ]


def stories_dev() -> list[Item]:
    """Articles of 2021 with the event that each reports."""
    return [
        Item(str(n), datetime.fromisoformat(one["t"]), one["src"] or "?", one["title"], one["text"], story=one["story"])
        for n, one in enumerate(_lines("stories-dev"))
    ]


def uci() -> list[Item]:
    """Headlines of 36 hours of 2014, with the story in which Google News had them."""
    with gzip.open(DATA / "uci.csv.gz", "rt", encoding="utf-8", newline="") as file:
        found = [row for row in csv.reader(file, escapechar="\\") if len(row) >= 8 and row[0] != "ID"]
    return [
        Item(row[0], datetime.fromtimestamp(int(row[7]) / 1000, UTC), row[3], row[1], "", story=row[5]) for row in found
    ]


def grouped(items: Sequence[Item], background: Sequence[Item], folder: Path) -> Iterator[Database]:
    """A database in which the items were grouped in rounds of two hours, on the ground of a background's words."""
    with opened(folder / "sets.db") as db:
        if background:
            _store(db, background)
            with transaction(db):
                db.execute("UPDATE articles SET story = id, grouped = 1")
        rounds: dict[int, list[Item]] = defaultdict(list)
        for item in sorted(items, key=lambda one: (one.at, one.key)):
            rounds[int(item.at.timestamp() // 7200)].append(item)
        for found in rounds.values():
            _store(db, found)
            grouper, left = Grouper("all"), 1
            while left:
                with transaction(db):
                    left = grouper.step(db, _NOW)
        yield db


def score_copies(items: Sequence[Item], db: Database) -> tuple[dict[str, Score], list[tuple[str, str]]]:
    """How the copies of each kind were linked, and the pairs of untouched articles that were."""
    links = {
        row["copy"]: row["root"]
        for row in db.query(
            """SELECT a.canonical_url AS copy, r.canonical_url AS root FROM copies
            JOIN articles AS a ON a.id = article JOIN articles AS r ON r.id = root"""
        )
    }
    by_key = {item.key: item for item in items}
    scores: dict[str, Score] = defaultdict(Score)
    for item in items:
        if item.of:
            root = links.get(item.key)
            made_from = root and (by_key[root].of or root)
            right = made_from in {item.of, links.get(item.of)}
            scores[item.kind].add(frozenset("c"), frozenset("c" if root and right else "w" if root else ""))
    natural = [(key, root) for key, root in links.items() if not by_key[key].of and not by_key[root].of]
    return dict(scores), natural


def b_cubed(gold: Mapping[str, object], got: Mapping[str, object]) -> tuple[float, float]:
    """Precision and recall of a grouping: of each article, how far those beside it belong there; the mean."""
    wanted, given = defaultdict(set), defaultdict(set)
    for key, story in gold.items():
        wanted[story].add(key)
        given[got[key]].add(key)
    sizes = [(len(wanted[gold[key]] & given[got[key]]), len(given[got[key]]), len(wanted[gold[key]])) for key in gold]
    return sum(n / of for n, of, _ in sizes) / len(sizes), sum(n / of for n, _, of in sizes) / len(sizes)


Rule = Callable[[Item, Item, Wording, Wording], bool]

PEERS: dict[str, Rule] = {
    "same title, one source, 7 days (Media Cloud)": lambda a, b, v, w: (
        v.title == w.title and a.source == b.source and abs(a.at - b.at) <= timedelta(days=7)
    ),
    "same title, any source, 7 days": lambda a, b, v, w: v.title == w.title and abs(a.at - b.at) <= timedelta(days=7),
    "words in common (Jaccard) 0.5": lambda a, b, v, w: _jaccard({*v.title, *v.summary}, {*w.title, *w.summary}) >= 0.5,
    "rapidfuzz token_set of titles 90": lambda a, b, v, w: fuzz.token_set_ratio(v.title, w.title) >= 90,
    "runs of three words (Jaccard) 0.7, as MinHash estimates": lambda a, b, v, w: (
        _jaccard(v.shingles, w.shingles) >= 0.7
    ),
}


def score_peers(items: Sequence[Item]) -> dict[str, tuple[Score, int]]:
    """How the rules of others link the same copies, the most alike candidate first, and how many untouched articles."""
    words = {item.key: wording(item.title, item.text) for item in items}
    counts = Counter(stem for one in words.values() for stem in one.stems)
    postings: dict[str, list[Item]] = defaultdict(list)
    scores = {name: (Score(), [0]) for name in PEERS}
    for item in sorted(items, key=lambda one: (one.at, one.key)):
        mine = words[item.key]
        near = _candidates(item, sorted(mine.stems, key=lambda stem: (counts[stem], stem))[:12], postings, counts)
        for name, rule in PEERS.items():
            hit = next((other for other in near if rule(item, other, mine, words[other.key])), None)
            if item.of:
                right = hit is not None and item.of in {hit.key, hit.of}
                scores[name][0].add(frozenset("c"), frozenset("c" if right else "w" if hit else ""))
            elif hit and not hit.of:
                scores[name][1][0] += 1
        for stem in mine.stems:
            postings[stem].append(item)
    return {name: (score, merged[0]) for name, (score, merged) in scores.items()}


def _candidates(
    item: Item, rare: Sequence[str], postings: Mapping[str, list[Item]], counts: Counter[str]
) -> list[Item]:
    shared: Counter[str] = Counter()
    found = {}
    for stem in rare:
        for other in reversed(postings.get(stem, ())):
            if item.at - other.at > timedelta(days=14):
                break
            shared[other.key] += round(1e6 / counts[stem])
            found[other.key] = other
    return [found[key] for key, _ in shared.most_common(20)]


def _jaccard(one: Any, other: Any) -> float:
    return len(one & other) / max(1, len(one | other))


def _store(db: Database, items: Sequence[Item]) -> None:
    with transaction(db):
        first, seen = articles.next_id(db), utc_text(max(item.at for item in items))
        db.conn.executemany(
            "INSERT OR IGNORE INTO sources (id, name, family) VALUES (?1, ?1, ?1)", {(item.source,) for item in items}
        )
        db.conn.executemany(
            """INSERT INTO articles (id, canonical_url, url, source, title, summary, published_at, date_quality,
            first_seen_at, last_seen_at) VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6, 'stated', ?7, ?7)""",
            [
                (number, item.key, item.source, item.title, item.text, utc_text(item.at), seen)
                for number, item in enumerate(items, first)
            ],
        )
        search_index.index(db)


def short(items: Iterable[Item]) -> list[Item]:
    """The items with summaries as long as those of feeds."""
    return [
        Item(one.key, one.at, one.source, one.title, " ".join(one.text.split()[:_LEAD]), one.of, one.kind, one.story)
        for one in items
    ]


def _lines(name: str) -> list[dict[str, Any]]:
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _day(text: str) -> datetime:
    """A day, as the sets write it in two ways."""
    if "/" in text:
        month, day, year = map(int, text.split("/"))
        return datetime(2000 + year % 100, month, day, tzinfo=UTC)
    return datetime.fromisoformat(text[:10]).replace(tzinfo=UTC)


def main() -> None:
    """Print all figures."""
    if not DATA.is_dir():
        sys.exit(f"skipped: there is no {DATA}")
    with tempfile.TemporaryDirectory() as folder:
        for name, full in (("feed-length against feed-length", False), ("feed-length against full text", True)):
            originals = pool(full)
            items = [*originals, *copies(originals)]
            target = Path(folder) / name.replace(" ", "-")
            for db in grouped(items, [], target):
                scores, natural = score_copies(items, db)
            total = Score(
                *(sum(getattr(one, part) for one in scores.values()) for part in ("found", "wrong", "missed"))
            )
            print(f"\n{name}: precision {total.precision:.4f}, recall {total.recall:.4f}, of {len(items):,} articles")
            print({kind: (one.found, one.wrong, one.missed) for kind, one in sorted(scores.items())})
            print(f"untouched articles linked: {len(natural)}, {1e4 * len(natural) / len(originals):.1f} in 10,000")
        originals = pool()
        for rule, (score, merged) in score_peers([*originals, *copies(originals)]).items():
            rate = 1e4 * merged / len(originals)
            print(f"{rule}: precision {score.precision:.4f}, recall {score.recall:.4f}, untouched {rate:.1f} in 10,000")
        background = [
            Item(f"b{n}", datetime(2010, 1, 1, tzinfo=UTC) + timedelta(minutes=n), f"b{n}", one.title, one.text)
            for n, one in enumerate(originals)
        ]
        for name, found in (("stories-dev", stories_dev()), ("uci", uci())):
            for db in grouped(short(found), background, Path(folder) / name):
                got = {
                    row["canonical_url"]: row["story"] for row in db.query("SELECT canonical_url, story FROM articles")
                }
            precision, recall = b_cubed({one.key: one.story for one in found}, got)
            f1 = 2 * precision * recall / (precision + recall)
            print(f"{name}: B-cubed precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}")


if __name__ == "__main__":
    main()
