"""A small database for the tests of the site, filled by plain SQL, and a real server over it.

The outlets are invented and the texts were written for the tests.

NOW is its present. In one week, the one of BLIND, no feed was seen; nor in the one of BRIDGED, but the next poll
showed that nothing was missed in that.
"""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import uvicorn

from tests import site_stories
from tracker.analyse.debate import Debate, Topic
from tracker.files import PRIVATE
from tracker.jobs.site_server import Address, listening
from tracker.models import utc_text
from tracker.store import counts, search_index
from tracker.store.database import Database, open_database
from tracker.web.app import SiteSettings, asgi, make_datasette

ZONE = "Europe/London"
DEBATE = Debate((Topic("encryption", "encryption"), Topic("child-safety", "child safety")))
NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
BLIND = datetime(2026, 2, 4, 12, 0, tzinfo=UTC)
"""A Wednesday in the week that was not observed."""
BRIDGED = datetime(2026, 1, 14, 12, 0, tzinfo=UTC)
"""A Wednesday in a week without a poll, after which the feed still showed what it had shown before."""

HOSTILE_TITLE = "<script>document.title='owned'</script><img src=http://evil.example/x onerror=alert(1)>"
HOSTILE_LINK = "javascript:alert(document.domain)"
LONG_TITLE = "Ministers are told that " + "end-to-end-encrypted-messengers-and-" * 6 + "children cannot both be safe"

SOURCES = [
    ("harbour", "The Harbour Post", "harbour", "national", "GB", "en"),
    ("netzblick", "Netzblick", "netzblick", "tech", "DE", "de"),
    ("wire", "Northern Wire", "wire", "wire", "GB", "en"),
    ("safe", "Safe Start Alliance", "safe", "ngo", "GB", "en"),
    ("keys", "Keys for All", "keys", "ngo", "US", "en"),
    ("sabah", "صحيفة الصباح", "sabah", "national", "INT", "ar"),
]
FEEDS = [
    ("https://harbour.example/rss", "harbour", "ok", None),
    ("https://netzblick.example/feed.xml", "netzblick", "not-modified", None),
    ("https://wire.example/rss", "wire", "timeout", "No answer from wire.example within 30 seconds."),
    ("https://safe.example/atom", "safe", "gone", "The server says 410 Gone."),
    ("https://keys.example/feed", "keys", None, None),
    ("https://sabah.example/rss", "sabah", "ok", None),
]
TAGS = [
    ("encryption", "topic", "Encryption"),
    ("child-safety", "topic", "Child safety"),
    ("client-side-scanning", "theme", "Client-side scanning"),
    ("online-safety-act", "law", "Online Safety Act"),
    ("csa-regulation", "law", "CSA Regulation (chat control)"),
    ("nspcc", "organisation", "NSPCC"),
    ("meta", "organisation", "Meta"),
    ("graeme-biggar", "person", "Graeme Biggar"),
]
TEXTS = [
    (
        "NSPCC's chief asks Meta to pause end-to-end encryption until children are protected",
        "The charity says that detection of abuse must not stop when Messenger is encrypted.",
        "both",
        ["encryption", "child-safety", "nspcc", "meta"],
    ),
    (
        "Chatkontrolle: Innenminister streiten über das Scannen verschlüsselter Nachrichten",
        "Die CSA-Verordnung bleibt im Rat ohne Mehrheit.",
        "both",
        ["encryption", "child-safety", "csa-regulation", "client-side-scanning"],
    ),
    (
        "Cryptographers warn of a back door by another name",
        "Scanning on the device would weaken encryption for everybody, thirty of them write.",
        "encryption",
        ["encryption", "client-side-scanning"],
    ),
    (
        "Regulator publishes its first report on age checks",
        "Ofcom counts fewer complaints under the Online Safety Act, and warns of loopholes.",
        "child-safety",
        ["child-safety", "online-safety-act"],
    ),
    (
        "Graeme Biggar: police go dark when messages are locked",
        "The head of the National Crime Agency repeats his call for lawful access.",
        "both",
        ["encryption", "child-safety", "graeme-biggar"],
    ),
    ("Rail fares to rise in spring", "Season tickets become dearer by four per cent.", "none", []),
]


def build(path: Path) -> None:
    """Write the database to `path`; it is filled once per test process."""
    path.touch(PRIVATE)
    path.write_bytes(_filled())


@cache
def _filled() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder, "site.db")
        _fill(path)
        return path.read_bytes()


def _fill(path: Path) -> None:
    db = open_database(path)
    db.execute("BEGIN")
    _declare(db)
    for week in reversed(range(26)):  # articles are numbered as they come
        _week(db, NOW - timedelta(weeks=week), week)
    site_stories.add(db, article, NOW, BLIND)
    _special(db)
    search_index.index(db)
    counts.refresh(db, ZoneInfo(ZONE), NOW)
    db.execute("COMMIT")
    db.close()


def _declare(db: Database) -> None:
    many = db.conn.executemany
    many("INSERT INTO sources (id, name, family, kind, country, language) VALUES (?, ?, ?, ?, ?, ?)", SOURCES)
    db.execute("INSERT INTO boilerplate VALUES ('harbour', 'Follow us & never miss a <tide>.', ?)", (utc_text(NOW),))
    for url, source, outcome, error in FEEDS:
        polled = utc_text(NOW - timedelta(minutes=20)) if outcome else None
        ok = polled if outcome in {"ok", "not-modified"} else utc_text(NOW - timedelta(days=9)) if outcome else None
        db.execute(
            "INSERT INTO feeds (url, source, last_poll_at, last_ok_at, last_new_at, last_outcome, last_error, "
            "failures) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (url, source, polled, ok, ok, outcome, error, 0.0 if error is None else 1.5),
        )
    for columns, which in (("last_ok_at, 'ok'", "id > 1 AND last_ok_at"), ("last_poll_at, last_outcome", "last_error")):
        db.execute(
            f"INSERT INTO polls (feed, started_at, outcome, host) SELECT id, {columns}, source || '.example' "
            f"FROM feeds WHERE {which} IS NOT NULL"
        )
    many(
        "INSERT INTO tags (id, facet, label, position) VALUES (?, ?, ?, ?)",
        [(*tag, position) for position, tag in enumerate(TAGS)],
    )
    day, week = timedelta(days=1), timedelta(days=7)
    gaps = [
        (1, BRIDGED - 2 * day, BRIDGED + week, "outage", 1),
        (1, BLIND - 3 * day, BLIND + 4 * day, "error", 0),
        (1, NOW - 30 * day, NOW - 29 * day, "overflow", 0),
        (1, NOW - 3 * day, NOW - 2 * day, "paused", 0),
        (2, NOW - 40 * day, None, "silent", 0),
        (3, NOW - 9 * day, None, "error", 0),
    ]
    many(
        "INSERT INTO gaps (feed, from_at, to_at, reason, bridged) VALUES (?, ?, ?, ?, ?)",
        [(feed, utc_text(since), until and utc_text(until), *rest) for feed, since, until, *rest in gaps],
    )


def _week(db: Database, moment: datetime, week: int) -> None:
    """A poll of the week, which fails in the weeks of BLIND and BRIDGED, and a handful of articles."""
    blind = moment.isocalendar()[:2] in {BLIND.isocalendar()[:2], BRIDGED.isocalendar()[:2]}
    db.execute(
        "INSERT INTO polls (feed, started_at, outcome, host, bytes) VALUES (1, ?, ?, 'harbour.example', 20480)",
        (utc_text(moment - timedelta(hours=1)), "dns-error" if blind else "ok" if moment < NOW else "not-modified"),
    )
    for number in reversed(range(2 + week * 7 % 5)):
        title, summary, relevance, tags = TEXTS[(week + number) % len(TEXTS)]
        source = SOURCES[(week + number) % 5][0]
        at = moment - timedelta(hours=3 + number * 9)
        article(db, f"https://{source}.example/{week}/{number}", title, summary, relevance, tags, at, source)


def article(  # a row, in the order of its columns
    db: Database, url: str, title: str, summary: str, relevance: str, tags: list[str],
    at: datetime | None, source: str = "harbour", language: str | None = "en",
) -> int:  # fmt: skip
    """Store one article seen once in its source's feed; its number."""
    seen = utc_text(at or NOW - timedelta(hours=1))
    cursor = db.execute(
        "INSERT INTO articles (canonical_url, url, source, title, summary, author, language, published_at, "
        "published_raw, date_quality, first_seen_at, last_seen_at, relevance) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (url, url, source, title, summary, "A. Writer", language, utc_text(at) if at else None, None,
         "stated" if at else "absent", seen, seen, relevance),
    )  # fmt: skip
    number = cursor.lastrowid
    db.execute(
        "INSERT INTO sightings (feed, guid, article, text_hash, first_seen_at, last_seen_at) "
        "SELECT id, ?, ?, '', ?, ? FROM feeds "
        "WHERE source = ?",
        (url, number, seen, seen, source),
    )
    for tag in tags:
        db.execute("INSERT INTO article_tags (article, tag, score) VALUES (?, ?, 2)", (number, tag))
    return int(number)


def evidence(db: Database, number: int, tag: str, rule: str, field: str, words: str) -> None:
    """Say which words of an article gave it a tag."""
    text = next(db.execute(f"SELECT {field} FROM articles WHERE id = ?", (number,)))[0]
    start = text.index(words)
    db.execute(
        'INSERT INTO evidence (article, tag, rule, field, start, "end", words) VALUES (?, ?, ?, ?, ?, ?, ?)',
        (number, tag, rule, field, start, start + len(words), words),
    )


def _special(db: Database) -> None:
    """The articles that tests look for by name."""
    at = NOW - timedelta(hours=2)
    both = ["encryption", "child-safety"]
    hostile = article(
        db, HOSTILE_LINK, HOSTILE_TITLE, "<b onmouseover=alert(2)>summary</b> {{ 7*7 }}", "both", both, at
    )
    evidence(db, hostile, "encryption", "encryption/1", "title", "<script>")
    article(db, "https://harbour.example/long", LONG_TITLE, "A long headline.", "encryption", ["encryption"], at)
    article(
        db, "https://sabah.example/1", "التشفير التام بين الطرفين وحماية الأطفال: ماذا بعد؟",
        "تقرير عن الجدل حول الرسائل المشفرة.", "both", both, at, "sabah", "ar",
    )  # fmt: skip
    article(db, "https://safe.example/undated", "An undated appeal", "No date.", "child-safety", ["child-safety"], None)
    article(db, "https://wire.example/formula", '=HYPERLINK("x"), "quoted"\nand a line', "Café — 子供", "none", [], at)
    marked = article(
        db, "https://harbour.example/marked", "🔒 NSPCC warns on end-to-end encryption",
        "Meta's plan & the Online Safety Act.", "both", [*both, "nspcc", "online-safety-act"], at,
    )  # fmt: skip
    evidence(db, marked, "encryption", "encryption/3", "title", "end-to-end encryption")
    evidence(db, marked, "nspcc", "nspcc/1", "title", "NSPCC")
    db.execute("INSERT INTO near_misses VALUES (?, 'encryption', 'exclusion', 'backups', 'stickers')", (marked,))
    evidence(db, marked, "online-safety-act", "online-safety-act/1", "summary", "Online Safety Act")
    db.execute(
        "INSERT INTO revisions (article, feed, title, summary, title_changed, seen_until, replaced_at) "
        "VALUES (?, 1, 'NSPCC unhappy with encryption', 'Meta has a plan.', 1, ?, ?)",
        (marked, utc_text(at), utc_text(at + timedelta(minutes=30))),
    )
    db.execute(
        """INSERT INTO variants (article, feed, title, first_seen_at, last_seen_at, other_feed, other_title,
        other_first_seen_at, other_last_seen_at) SELECT id, 2, 'Is this the end of private chat?', ?2, ?4, 1, title,
        ?1, ?3 FROM articles WHERE id = ?5""",
        (*(utc_text(at + timedelta(hours=hour)) for hour in (0, 1, 4, 5)), marked),
    )
    db.execute("INSERT INTO links VALUES ('https://secret-link.example/', ?)", (marked,))
    db.execute(
        "INSERT INTO citations VALUES (?2, 3, 'They <b>want</b> your keys', '', ?1, ?1)",
        (utc_text(at), marked),
    )
    db.execute(
        """INSERT INTO takeovers (article, taken_at, from_source, from_feed, source, feed, title, summary)
        SELECT ?1, ?2, f.source, f.id, a.source, 1, 'Keys for all', '' FROM feeds AS f, articles AS a
        WHERE f.id = 3 AND a.id = ?1""",
        (marked, utc_text(at)),
    )


def number_of(path: Path, url: str) -> int:
    """The number of the article at an address."""
    db = open_database(path)
    try:
        return int(next(db.execute("SELECT id FROM articles WHERE url = ?", (url,)))[0])
    finally:
        db.close()


def settings(**changed: object) -> SiteSettings:
    values = {"timezone": ZONE, "debate": DEBATE, "demo": False} | changed
    return SiteSettings(**values)


def serve(path: Path, clock: Callable[[], datetime] = lambda: NOW, **changed: object) -> Iterator[str]:
    """A real server over a database, at the address yielded, until the generator is closed."""
    ds = make_datasette(path, config=settings(**changed), clock=clock)
    listener = listening(Address(port=0))
    server = uvicorn.Server(uvicorn.Config(asgi(ds), log_level="error", lifespan="on", ws="none"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        ds.get_database("tracker").close()
        ds.executor.shutdown()
        listener.close()
