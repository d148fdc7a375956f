"""What finding copies and stories costs a new article when many are stored; the only module that invents a language.

The words of ordinary prose are too few to be rare, so here they are made of syllables and drawn by Zipf's law, with
some of their own for each event: an event has one to eight reports, and every twentieth report is a copy.
"""

import itertools
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.documents import SEED
from tracker.models import utc_text
from tracker.pipeline.grouping import Grouper
from tracker.store import articles, search_index
from tracker.store.database import Database, opened, transaction

_A_DAY = 3000  # articles of some three hundred outlets
_ROUNDS = 10  # of an hour, each with nothing remembered, as cron has it
_BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
_BATCH = 20_000

_SYLLABLES = ["".join(pair) for pair in itertools.product("bdfgklmnprstv", "aeiou")]
_WORDS = ["".join(word) for word in itertools.islice(itertools.product(_SYLLABLES, repeat=3), 60_000)]
_WEIGHTS = list(itertools.accumulate(1 / rank for rank in range(1, len(_WORDS) + 1)))

_LANGUAGES = ("en", "de", "fr")
_TAGGED = 10  # one article of so many has a law and an organisation of the rulebook
_LAWS, _ORGANISATIONS = 8, 40

Report = tuple[str, str, str]
"""Source, title and summary."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """CPU milliseconds a new article, in rounds that remember nothing and in one pass; MiB of each table."""

    stored: int
    cold: float
    warm: float
    mebibytes: dict[str, float]


def grouping(stored: int) -> Grouping:
    """The cost of the next articles where so many are stored."""
    random.Random(SEED).shuffle(_WORDS)
    reports = _reports(random.Random(SEED))
    an_hour = _A_DAY // 24
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder) / "many.db") as db:
        for begin in range(0, stored, _BATCH):
            _store(db, list(itertools.islice(reports, min(_BATCH, stored - begin))), begin)
        with transaction(db):
            db.execute("UPDATE articles SET story = id, grouped = id IN (SELECT article FROM article_tags)")
        # What was just written must be in the file itself: pages are looked up slowly in a log of a gigabyte.
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        _group(db, list(itertools.islice(reports, 2 * an_hour)), stored)  # the file's pages are read
        next_id = stored + 2 * an_hour
        colds = []
        for _ in range(_ROUNDS):
            colds.append(_group(db, list(itertools.islice(reports, an_hour)), next_id))
            next_id += an_hour
        warm = _group(db, list(itertools.islice(reports, _ROUNDS * an_hour)), next_id)
        return Grouping(stored, sorted(colds)[len(colds) // 2], warm, _sizes(db))


def _group(db: Database, found: Sequence[Report], number: int) -> float:
    """Store articles and group them; returns CPU milliseconds an article of the second."""
    _store(db, found, number)
    before, grouper, left = time.process_time(), Grouper(), 1
    while left:
        with transaction(db):
            left = grouper.step(db, _at(number))
    return 1000 * (time.process_time() - before) / len(found)


def _at(number: int) -> datetime:
    return _BEGIN + timedelta(days=number / _A_DAY)


def _reports(dice: random.Random) -> Iterator[Report]:
    """Reports of events, those of one event near each other, without end."""
    waiting: list[Report] = []
    while True:
        while len(waiting) < _A_DAY // 2:
            waiting += _event(dice)
        yield waiting.pop(dice.randrange(len(waiting)))


def _event(dice: random.Random) -> Iterator[Report]:
    own = [word.capitalize() if n % 3 == 0 else word for n, word in enumerate(dice.choices(_WORDS, k=12))]
    for _ in range(dice.randint(1, 8)):
        title = [*dice.sample(own, 4), *_prose(dice, 6)]
        summary = [*dice.sample(own, 8), *_prose(dice, 42)]
        dice.shuffle(title)
        dice.shuffle(summary)
        report = "The " + " ".join(title), "The " + " ".join(summary) + "."
        for _ in range(1 + (dice.random() < 1 / 20)):
            yield f"outlet-{dice.randrange(300)}", *report


def _prose(dice: random.Random, words: int) -> list[str]:
    return dice.choices(_WORDS, cum_weights=_WEIGHTS, k=words)


def _store(db: Database, found: Sequence[Report], number: int) -> None:
    with transaction(db):
        first = articles.next_id(db)
        sources = {(source,) for source, _, _ in found}
        db.conn.executemany("INSERT OR IGNORE INTO sources (id, name, family) VALUES (?1, ?1, ?1)", sources)
        db.conn.executemany(
            """INSERT INTO articles (id, canonical_url, url, source, title, summary, published_at, date_quality,
            first_seen_at, last_seen_at, language) VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6, 'stated', ?7, ?7, ?8)""",
            [
                (
                    first + n,
                    f"https://press.example/{number + n}",
                    *report,
                    utc_text(_at(number + n)),
                    utc_text(_at(number + len(found))),
                    _language(report),
                )
                for n, report in enumerate(found)
            ],
        )
        _tag(db, range(first, first + len(found), _TAGGED))
        search_index.index(db)


def _language(report: Report) -> str:
    return _LANGUAGES[int(report[0].rpartition("-")[2]) % len(_LANGUAGES)]


def _tag(db: Database, found: Sequence[int]) -> None:
    """Give articles a law and an organisation each, as if by words of theirs."""
    tags = {
        *((f"law-{n}", "law") for n in range(_LAWS)),
        *((f"organisation-{n}", "organisation") for n in range(_ORGANISATIONS)),
    }
    db.conn.executemany("INSERT OR IGNORE INTO tags (id, facet, label) VALUES (?1, ?2, ?1)", tags)
    given = [
        (number, tag)
        for number in found
        for tag in (f"law-{number // _TAGGED % _LAWS}", f"organisation-{number // _TAGGED % _ORGANISATIONS}")
    ]
    db.conn.executemany("INSERT INTO article_tags (article, tag) VALUES (?, ?)", given)
    db.conn.executemany(
        """INSERT INTO evidence (article, tag, rule, field, start, "end", words)
        VALUES (?1, ?2, ?2, 'title', 0, 3, ?2)""",
        given,
    )


def _sizes(db: Database) -> dict[str, float]:
    """MiB of what is kept for grouping, indexes included; of the search index too, which is there anyway."""
    names = ("copies", "stories", "story_links", "grouped_words", "term_days", "articles_fts")
    return {
        name: next(db.query("SELECT sum(pgsize) / 1048576.0 AS size FROM dbstat WHERE name LIKE ?", (f"{name}%",)))[
            "size"
        ]
        or 0.0
        for name in names
    }
