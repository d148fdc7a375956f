"""Four real feeds of years past, version by version at their own times: nothing is lost, and nothing is doubled.

What is stored is compared with what feedparser reads in each version, and with what a process that was killed again and
again has stored. Each series is a part of an archive that has all that archives have: changed headlines, versions that
share nothing with the one before, empty ones, refusals.

WHOLE_HISTORIES=1 pytest tests/test_histories.py   polls every version of every archive, and kills 50 processes.
"""

import asyncio
import html
import io
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import feedparser
import pytest

from tests.histories import Version, replay, versions
from tests.test_as_of import export
from tracker.analyse.changes import title_change
from tracker.analyse.identity import as_read
from tracker.analyse.urls import canonical
from tracker.models import utc_text
from tracker.outcomes import Outcome
from tracker.store.database import Database, opened

pytestmark = pytest.mark.slow

WHOLE = bool(os.environ.get("WHOLE_HISTORIES"))

SERIES = {"arstechnica-2025h1": (0, 90), "g-bbc": (45, 135), "g-nzherald": (45, 135), "g-latimes": (190, 315)}
"""The first version of each archive that is polled, and the one before which the series ends."""

KILLS = 50 if WHOLE else 10

_ITEM = re.compile(rb"<item\b.*?(?:</item>|\Z)", re.DOTALL)  # the last item of a document may be cut off
_TEXT = re.compile(rb"<(description|content:encoded)>.*?</\1>", re.DOTALL)
"""What no test here compares."""


@dataclass(frozen=True)
class Item:
    """An item as feedparser reads it, its link as an article's address."""

    guid: str | None
    address: str
    title: str


class History:
    """A series of versions, and the database after each was polled once at its time."""

    def __init__(self, series: Sequence[Version], db: Path) -> None:
        self.series, self.db = series, db
        self.exports: dict[datetime, list[dict[str, Any]]] = {}
        """What an export held after every twelfth version, by its time."""
        self.outcomes = asyncio.run(replay(series, db, self._export))

    def _export(self, db: Database, version: Version) -> None:
        if version.number % 12 == 0:
            self.exports[version.time] = export(db)

    def rows(self, query: str) -> list[dict[str, Any]]:
        with opened(self.db) as db:
            return list(db.query(query))

    @cached_property
    def documents(self) -> list[tuple[Version, list[Item]]]:
        """The versions that are feeds, with their items, newest first."""
        known: dict[bytes, Item] = {}
        return [(version, items) for version in self.series if (items := _items(version.body, known))]

    @property
    def figures(self) -> dict[str, Any]:
        """What a person wants to know of the series."""
        gaps = self.rows("SELECT reason, bridged, count(*) AS n FROM gaps GROUP BY 1, 2")
        return {
            "polls": {outcome.value: count for outcome, count in self.outcomes.items()},
            "articles": len(self.rows("SELECT id FROM articles")),
            "title revisions": len(self.rows("SELECT id FROM revisions WHERE title_changed")),
            "gaps": {f"{gap['reason']}{', bridged' if gap['bridged'] else ''}": gap["n"] for gap in gaps},
        }


def series_of(shared_data: Path, name: str) -> list[Version]:
    """The series of this name, from its archive."""
    begin, end = (0, None) if WHOLE else SERIES[name]
    return list(versions(shared_data / "history" / f"{name}.tar.xz"))[begin:end]


def _items(body: bytes, known: dict[bytes, Item]) -> list[Item]:
    """Read the items of a document with feedparser, except those known by their source; the others are added."""
    brief = _TEXT.sub(b"", body)
    sources = _ITEM.findall(brief)
    unread = _ITEM.sub(lambda source: b"" if source[0] in known else source[0], brief)
    entries = feedparser.parse(io.BytesIO(unread), sanitize_html=False).entries
    items = [Item(one.get("id"), canonical(one.link) or one.link, as_read(html.unescape(one.title))) for one in entries]
    known.update(zip([source for source in sources if source not in known], items, strict=True))
    return [known[source] for source in sources]


@pytest.fixture(scope="module")
def replayed(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], History]:
    """Each series by its name, polled once for all tests."""
    folder = tmp_path_factory.mktemp("histories")

    @cache
    def made(name: str) -> History:
        return History(series_of(shared_data, name), folder / f"{name}.db")

    return made


@pytest.fixture(params=SERIES)
def history(request: pytest.FixtureRequest, replayed: Callable[[str], History]) -> History:
    return replayed(request.param)


@pytest.fixture
def arstechnica(replayed: Callable[[str], History]) -> History:
    return replayed("arstechnica-2025h1")


def test_every_version_is_read_but_those_that_are_no_feed(
    history: History, record_property: Callable[[str, object], None]
) -> None:
    record_property("figures", history.figures)
    print(history.figures)
    refused = sum(version.is_refusal for version in history.series)
    empty = sum(not version.body for version in history.series)
    cut = sum(version.breaks_off for version in history.series)
    assert history.outcomes == +Counter(
        {
            Outcome.OK: len(history.documents) - cut,
            Outcome.CUT_SHORT: cut,
            Outcome.REFUSED: refused,
            Outcome.NOT_A_FEED: empty,
        }
    )


def test_every_item_of_every_version_is_an_article_once(history: History) -> None:
    items = {item for _, document in history.documents for item in document}
    keys = [row["key"] for row in history.rows("SELECT canonical_url AS key FROM articles")]
    links = [row["key"] for row in history.rows("SELECT canonical_url AS key FROM links")]
    assert len({*keys, *links}) == len(keys) + len(links)
    assert {item.address for item in items} == {*keys, *links}
    guids = {row["guid"] for row in history.rows("SELECT guid FROM sightings")}
    assert {item.guid for item in items if item.guid} <= guids


def test_every_changed_headline_is_a_revision_and_nothing_else_is(history: History) -> None:
    moved = history.rows(
        "SELECT l.canonical_url AS link, a.canonical_url AS own FROM links AS l JOIN articles AS a ON a.id = article"
    )
    own = {row["link"]: row["own"] for row in moved}
    last: dict[str, str] = {}
    changed = []
    for _, document in history.documents:
        shown = {own.get(item.address, item.address): item.title for item in document}
        changed += [
            (url, last[url]) for url, title in shown.items() if title_change(last.get(url, title), title) != "noise"
        ]
        last |= shown
    rows = history.rows(
        "SELECT canonical_url, r.title FROM revisions AS r JOIN articles AS a ON a.id = r.article WHERE title_changed"
    )
    assert {(row["canonical_url"], as_read(row["title"])) for row in rows} == set(changed)
    titles = {row["canonical_url"]: as_read(row["title"]) for row in history.rows("SELECT * FROM articles")}
    assert titles == last


def test_where_two_versions_share_nothing_there_is_a_gap_and_where_they_share_half_there_is_none(
    history: History,
) -> None:
    unbridged = {
        (row["from_at"], row["to_at"]) for row in history.rows("SELECT from_at, to_at FROM gaps WHERE NOT bridged")
    }
    kept = {}
    for (earlier, before), (later, after) in pairwise(history.documents):
        held = {item.address for item in before}
        shared = held & {item.address for item in after}
        kept[utc_text(earlier.time), utc_text(later.time)] = len(shared) / len(held)
    assert {times for times, share in kept.items() if share == 0} <= unbridged
    assert unbridged <= {times for times, share in kept.items() if share < 0.5}


def test_no_gap_stays_open_and_no_two_overlap(history: History) -> None:
    gaps = history.rows("SELECT from_at, to_at FROM gaps WHERE reason != 'silent' ORDER BY from_at")
    assert all(gap["to_at"] and gap["from_at"] < gap["to_at"] for gap in gaps)
    assert all(earlier["to_at"] <= later["from_at"] for earlier, later in pairwise(gaps))
    months = history.rows("SELECT observed FROM continuity")
    assert all(0 <= month["observed"] <= 1 for month in months)


def test_a_history_taken_back_to_a_moment_is_the_export_that_was_made_then(history: History) -> None:
    with opened(history.db) as db:
        today = {row["id"]: row["title"] for row in export(db)}
        for moment, rows in history.exports.items():
            assert export(db, moment) == rows, moment
    assert len(history.exports) >= len(history.series) // 12
    changed = [row for rows in history.exports.values() for row in rows if row["title"] != today[row["id"]]]
    assert changed, "no headline of these was another than today's, so nothing was proven"


def test_pages_that_refuse_the_tracker_lose_nothing(replayed: Callable[[str], History], tmp_path: Path) -> None:
    with_pages = replayed("g-latimes")
    without = History([version for version in with_pages.series if not version.is_refusal], tmp_path / "without.db")
    assert with_pages.outcomes[Outcome.REFUSED] == len(with_pages.series) - len(without.series) > 20
    for table in ("articles", "sightings", "revisions", "links", "article_tags", "evidence"):
        assert with_pages.rows(f"SELECT * FROM {table}") == without.rows(f"SELECT * FROM {table}"), table
    times = "SELECT from_at, to_at FROM gaps WHERE NOT bridged"
    assert with_pages.rows(times) == without.rows(times)


# ---- one of them, whatever happens to the process


CONTENT = {
    "articles": """SELECT canonical_url, url, title, summary, author, published_at, first_seen_at, last_seen_at,
        relevance FROM articles ORDER BY 1""",
    "sightings": """SELECT guid, canonical_url, changes, s.first_seen_at, s.last_seen_at FROM sightings s
        JOIN articles a ON a.id = article ORDER BY 1""",
    "revisions": """SELECT canonical_url, r.title, r.summary, seen_until, replaced_at FROM revisions r
        JOIN articles a ON a.id = article ORDER BY 1, 5""",
    "tags": "SELECT canonical_url, tag FROM article_tags JOIN articles a ON a.id = article ORDER BY 1, 2",
    "evidence": """SELECT canonical_url, tag, rule, field, start, words FROM evidence
        JOIN articles a ON a.id = article ORDER BY 1, 2, 3, 4, 5""",
    "gaps": "SELECT from_at, to_at, reason, bridged FROM gaps ORDER BY 1, 3",
    "feeds": "SELECT failures, last_new_at, full_at, usual_seconds, shown FROM feeds ORDER BY id",
    "polls": "SELECT started_at, outcome, entries, new, updated, overlap FROM polls ORDER BY 1",
}
"""All that was collected, without row numbers, which a killed poll may have used up."""


def content(path: Path) -> dict[str, list[dict[str, Any]]]:
    with opened(path) as db:
        return {name: list(db.query(query)) for name, query in CONTENT.items()}


def test_every_guid_is_an_article_once(arstechnica: History) -> None:
    items = {item.guid for _, document in arstechnica.documents for item in document}
    assert len(arstechnica.rows("SELECT id FROM articles")) == len(items)
    assert {row["guid"] for row in arstechnica.rows("SELECT guid FROM sightings")} == items


def test_the_same_version_again_is_a_304_and_changes_no_row_but_the_poll(arstechnica: History, tmp_path: Path) -> None:
    db = tmp_path / "again.db"
    with opened(arstechnica.db) as undisturbed:
        undisturbed.execute("VACUUM INTO ?", (str(db),))
    last = arstechnica.series[-1]
    again = Version(len(arstechnica.series), last.time + timedelta(minutes=30), last.body)
    assert asyncio.run(replay([*arstechnica.series, again], db)) == {Outcome.NOT_MODIFIED: 1}
    before, after = content(arstechnica.db), content(db)
    (poll,) = [row for row in after.pop("polls") if row not in before["polls"]]
    assert (poll["outcome"], poll["entries"], poll["new"]) == ("not-modified", 0, 0)
    before.pop("polls")
    assert after == before


def test_a_process_killed_at_random_moments_loses_and_doubles_nothing(
    shared_data: Path, arstechnica: History, tmp_path: Path
) -> None:
    db, archive = tmp_path / "killed.db", shared_data / "history" / "arstechnica-2025h1.tar.xz"
    numbers = [str(KILLS), str(len(arstechnica.series))]
    command = [sys.executable, "-m", "tests.histories", str(archive), str(db), *numbers]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parent.parent)
    assert done.stdout.count(".") > KILLS / 2, "too many processes had nothing left to poll"
    assert content(db) == content(arstechnica.db)
    with opened(db) as killed:
        killed.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
