"""Four real feeds of years past, version by version at their own times, against what feedparser reads in them."""

import asyncio
import html
import io
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import feedparser
import pytest

from tests.histories import Version, conditional, configuration, versions
from tests.servers import Reply, Server
from tracker.analyse.changes import title_change
from tracker.analyse.identity import as_read
from tracker.analyse.urls import canonical
from tracker.models import utc_text
from tracker.outcomes import Outcome
from tracker.pipeline.round import named_feeds, open_poll_context, run_round
from tracker.store.database import open_database

SERIES = {"arstechnica-2025h1": 311, "g-bbc": 363, "g-nzherald": 363, "g-latimes": 315}
"""The archives, and how many versions each holds."""

REFUSED_PAGES = 75
"""How many of g-latimes are pages that a 403 brought in place of the feed."""


@dataclass(frozen=True)
class Item:
    """An item as feedparser reads it, its link as an article's address."""

    guid: str | None
    address: str
    title: str


class History:
    """A series of versions, and the database after each was polled once at its time."""

    def __init__(self, series: Sequence[Version], db: Path) -> None:
        self.series = series
        self.outcomes = asyncio.run(_replay(series, db))
        self.rows: Callable[[str], list[dict[str, Any]]] = lambda query: list(open_database(db).query(query))

    @cached_property
    def documents(self) -> list[tuple[Version, list[Item]]]:
        """The versions that are feeds, with their items, newest first."""
        return [(version, items) for version in self.series if (items := _items(version.body))]

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


def _items(body: bytes) -> list[Item]:
    entries = feedparser.parse(io.BytesIO(body)).entries
    return [Item(one.get("id"), canonical(one.link) or one.link, as_read(html.unescape(one.title))) for one in entries]


def is_refusal(version: Version) -> bool:
    """Whether this is the page that came with a 403."""
    return b"<H1>403 ERROR</H1>" in version.body


async def _replay(series: Sequence[Version], db: Path) -> Counter[Outcome]:
    """Poll each version once; returns how the polls ended."""
    outcomes: Counter[Outcome] = Counter()
    async with Server() as server, open_poll_context(configuration(server.url("/feed")), db) as desk:
        for version in series:
            body = version.body
            if is_refusal(version):
                server.say("/feed", Reply(403, body, (("Content-Type", "text/html"),)))
            else:
                server.say("/feed", lambda request, body=body: conditional(body, request))  # type: ignore[misc]  # bound
            outcomes.update((await run_round(desk, await named_feeds(desk, []), version.time)).outcomes)
    return outcomes


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("histories")


@pytest.fixture(scope="module", params=SERIES)
def history(request: pytest.FixtureRequest, shared_data: Path, folder: Path) -> History:
    series = list(versions(shared_data / "history" / f"{request.param}.tar.xz"))
    assert len(series) == SERIES[request.param]
    return History(series, folder / f"{request.param}.db")


def test_every_version_is_read_but_those_that_are_no_feed(
    history: History, record_property: Callable[[str, object], None]
) -> None:
    record_property("figures", history.figures)
    print(history.figures)
    refused = sum(map(is_refusal, history.series))
    empty = sum(not version.body for version in history.series)
    assert refused in {0, REFUSED_PAGES}
    expected = {Outcome.OK: len(history.documents), Outcome.REFUSED: refused, Outcome.NOT_A_FEED: empty}
    assert history.outcomes == Counter(expected)


def test_every_item_of_every_version_is_an_article_once(history: History) -> None:
    items = {item for _, document in history.documents for item in document}
    keys = [row["key"] for row in history.rows("SELECT canonical_url AS key FROM articles")]
    links = [row["key"] for row in history.rows("SELECT canonical_url AS key FROM links")]
    assert len({*keys, *links}) == len(keys) + len(links)
    assert {item.address for item in items} == {*keys, *links}
    guids = {row["guid"] for row in history.rows("SELECT guid FROM sightings")}
    assert {item.guid for item in items if item.guid} <= guids


def test_every_changed_headline_is_a_revision_and_nothing_else_is(history: History) -> None:
    last: dict[str, str] = {}
    changed = []
    for _, document in history.documents:
        shown = {item.address: item.title for item in document}
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


def test_pages_that_refuse_the_tracker_lose_nothing(shared_data: Path, folder: Path) -> None:
    series = list(versions(shared_data / "history" / "g-latimes.tar.xz"))
    with_pages = History(series, folder / "with-pages.db")
    without = History([version for version in series if not is_refusal(version)], folder / "without-pages.db")
    assert with_pages.outcomes[Outcome.REFUSED] == len(series) - len(without.series) == REFUSED_PAGES
    for table in ("articles", "sightings", "revisions", "links", "article_tags", "evidence"):
        assert with_pages.rows(f"SELECT * FROM {table}") == without.rows(f"SELECT * FROM {table}"), table
    times = "SELECT from_at, to_at FROM gaps WHERE NOT bridged"
    assert with_pages.rows(times) == without.rows(times)
