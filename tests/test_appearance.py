"""Dates buy no place: what a date claims is weighed against when the article was first seen."""

import re
import sqlite3
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests import site_database
from tests.histories import configuration
from tests.old_databases import make_old
from tests.polled_feeds import DAY, HOUR, MINUTE, NOW
from tests.servers import Reply, Server
from tracker.models import Feed, Source, utc_text
from tracker.pipeline.feed_poll import PollContext
from tracker.pipeline.round import named_feeds, open_poll_context, run_round
from tracker.store.appearance import Seen, Stated, appeared
from tracker.store.database import Database, opened
from tracker.store.stories import members, story_of

FIVE = datetime(2025, 3, 5, 17, tzinfo=UTC)
"""When the articles of the table were first seen."""


@pytest.mark.parametrize(
    ("stated", "unseen", "at"),
    [
        pytest.param(Stated(FIVE - 20 * MINUTE), FIVE - HOUR, FIVE - 20 * MINUTE, id="published between two looks"),
        pytest.param(Stated(FIVE - 100 * MINUTE), FIVE - HOUR, FIVE - 100 * MINUTE, id="shown a little late"),
        pytest.param(Stated(FIVE - 2 * HOUR), FIVE - HOUR, FIVE - 2 * HOUR, id="shown as late as is believed"),
        pytest.param(Stated(FIVE - 3 * HOUR), FIVE - HOUR, FIVE, id="dated hours before it can have been there"),
        pytest.param(Stated(FIVE - 2 * DAY), FIVE - HOUR, FIVE, id="dated days before it can have been there"),
        pytest.param(Stated(FIVE - 2 * DAY), FIVE - 3 * DAY, FIVE - 2 * DAY, id="nobody looked for longer than that"),
        pytest.param(Stated(FIVE - 900 * DAY), None, FIVE - 900 * DAY, id="in the first document"),
        pytest.param(Stated(FIVE + MINUTE), FIVE - HOUR, FIVE, id="in the future"),
        pytest.param(Stated(FIVE + DAY), None, FIVE, id="in the future, in the first document"),
        pytest.param(None, FIVE - HOUR, FIVE, id="without a date"),
        pytest.param(Stated(FIVE - 17 * HOUR, whole_day=True), FIVE - HOUR, FIVE, id="a day, and no time of it"),
        pytest.param(
            Stated(FIVE - 17 * HOUR, whole_day=True), None, FIVE - 17 * HOUR, id="a day, in the first document"
        ),
    ],
)
def test_an_article_appeared_when_its_date_says_unless_that_cannot_be(
    stated: Stated | None, unseen: datetime | None, at: datetime
) -> None:
    assert appeared(stated, Seen(FIVE, unseen)) == at


SCOOP = "Minister resigns over the encryption of Messenger"
BEFORE = {"mirror": (1, "Rain expected in the mountains", NOW - 3 * DAY), "herald": (1, "Cup won", NOW - 3 * DAY)}
"""What the outlets have had for days."""


class Town:
    """Two outlets and an aggregator, polled together: what each shows is a list of (number, headline, date)."""

    def __init__(self, server: Server, desk: PollContext, db: Path) -> None:
        self._server, self._desk, self.db = server, desk, db

    def show(self, outlet: str, *items: tuple[int, str, datetime | None], by: str | None = None) -> None:
        """Let an outlet show these from now on; `by` an aggregator that names it."""
        named = f"<source url='https://{outlet}.example/'>{outlet.title()}</source>" if by else ""
        entries = "".join(
            f"<item><link>https://{outlet}.example/{number}</link><title>{title}</title>{named}"
            + (f"<pubDate>{at:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>" if at else "</item>")
            for number, title, at in items
        )
        body = f'<rss version="2.0"><channel><title>{outlet}</title>{entries}</channel></rss>'
        self._server.say(f"/{by or outlet}", Reply(body=body.encode()))

    def fail(self, outlet: str) -> None:
        self._server.say(f"/{outlet}", Reply(500))

    async def poll(self, *moments: datetime) -> None:
        for now in moments:
            await run_round(self._desk, await named_feeds(self._desk, []), now)

    def order(self, title: str) -> Sequence[tuple[str, str]]:
        """The source and the moment of each article of the story with a headline."""
        with opened(self.db) as db:
            (article, *_) = [row["id"] for row in db.query("SELECT id FROM articles WHERE title = ?", (title,))]
            return [(one.source, one.at) for one in members(db, story_of(db, article))]

    def stories(self) -> list[tuple[str, str, str]]:
        with opened(self.db) as db:
            return [
                (row["first_source"], row["first_at"], row["last_at"])
                for row in db.query("SELECT first_source, first_at, last_at FROM stories_view")
            ]


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    outlets = {"mirror": "national", "herald": "national", "search": "aggregator"}
    async with Server() as server:
        config = replace(
            configuration(""),
            sources=tuple(Source(one, one.title(), one, kind, "GB", "en") for one, kind in outlets.items()),
            feeds=tuple(Feed(server.url(f"/{one}"), one, HOUR) for one in outlets),
        )
        async with open_poll_context(config, tmp_path / "tracker.db") as desk:
            town = Town(server, desk, tmp_path / "tracker.db")
            town.show("search")
            for one, item in BEFORE.items():
                town.show(one, item)
            yield town


def claim(town: Town, date: datetime | None) -> None:
    """The Herald has a story at twenty past, and the Mirror the same with some date; both are polled at half past."""
    town.show("herald", (2, SCOOP, NOW - 10 * MINUTE), BEFORE["herald"])
    town.show("mirror", (2, SCOOP, date), BEFORE["mirror"])


@pytest.mark.parametrize(
    "date",
    [
        pytest.param(NOW - 2 * DAY, id="two days back"),
        pytest.param(NOW - 5 * HOUR, id="five hours back"),
        pytest.param(NOW - 9 * 365 * DAY, id="years back"),
        pytest.param(NOW + 20 * HOUR, id="in the future"),
        pytest.param(None, id="none"),
    ],
)
async def test_a_date_that_cannot_be_right_is_not_first_to_publish(town: Town, date: datetime | None) -> None:
    await town.poll(NOW - 2 * HOUR, NOW - HOUR)
    claim(town, date)
    await town.poll(NOW)
    assert town.stories() == [("Herald", utc_text(NOW - 10 * MINUTE), utc_text(NOW))]
    assert town.order(SCOOP) == [("Herald", utc_text(NOW - 10 * MINUTE)), ("Mirror", utc_text(NOW))]
    with opened(town.db) as db:
        said = db.execute("SELECT published_at FROM coverage WHERE source = 'Mirror' AND title = ?", (SCOOP,))
        assert said.fetchone()[0] == (utc_text(date) if date else None), "what it says is kept"


async def test_a_date_is_believed_where_nobody_could_have_seen_the_article_before(town: Town) -> None:
    claim(town, NOW - 5 * HOUR)
    await town.poll(NOW)
    assert town.stories() == [("Mirror", utc_text(NOW - 5 * HOUR), utc_text(NOW - 10 * MINUTE))]


async def test_a_date_is_believed_where_the_feed_was_not_to_be_had_in_the_meantime(town: Town) -> None:
    await town.poll(NOW - 9 * HOUR)
    town.fail("mirror")
    await town.poll(NOW - 8 * HOUR, NOW - 2 * HOUR)
    claim(town, NOW - 5 * HOUR)
    await town.poll(NOW)
    assert town.stories()[0][0] == "Mirror"


async def test_a_date_is_believed_after_a_gap_in_which_the_article_may_have_come(town: Town) -> None:
    await town.poll(NOW - 9 * HOUR)
    town.show("herald", (2, SCOOP, NOW - 10 * MINUTE), BEFORE["herald"])
    town.show("mirror", (2, SCOOP, NOW - 5 * HOUR))
    await town.poll(NOW)
    assert town.stories()[0][0] == "Mirror", "all that it showed before has gone"


async def test_a_gap_is_no_way_to_be_dated_before_the_last_look(town: Town) -> None:
    await town.poll(NOW - 2 * HOUR, NOW - HOUR)
    claim(town, NOW - 5 * HOUR)
    town.show("mirror", (2, SCOOP, NOW - 5 * HOUR))
    await town.poll(NOW)
    with opened(town.db) as db:
        assert db.execute("SELECT reason FROM gaps").fetchall() == [("overflow",)], "all that it showed has gone"
    assert town.stories()[0][0] == "Herald"


async def test_an_empty_document_says_nothing_of_what_was_published(town: Town) -> None:
    await town.poll(NOW - 9 * HOUR)
    town.show("mirror")
    await town.poll(NOW - HOUR)
    claim(town, NOW - 5 * HOUR)
    await town.poll(NOW)
    assert town.stories()[0][0] == "Mirror"


async def test_a_date_that_is_stated_later_buys_no_place_either(town: Town) -> None:
    await town.poll(NOW - 2 * HOUR, NOW - HOUR)
    claim(town, None)
    await town.poll(NOW)
    claim(town, NOW - 5 * HOUR)
    await town.poll(NOW + HOUR)
    assert town.order(SCOOP)[0][0] == "Herald"
    assert town.stories() == [("Herald", utc_text(NOW - 10 * MINUTE), utc_text(NOW))]


async def test_a_date_that_an_aggregator_states_for_an_outlet_buys_no_place(town: Town) -> None:
    town.show("mirror", BEFORE["mirror"], by="search")
    await town.poll(NOW - 2 * HOUR, NOW - HOUR)
    claim(town, NOW)
    town.show("mirror", BEFORE["mirror"])
    town.show("mirror", (2, SCOOP, NOW - 5 * HOUR), by="search")
    await town.poll(NOW)
    assert town.order(SCOOP)[0] == ("Herald", utc_text(NOW - 10 * MINUTE))


def test_an_older_database_learns_which_dates_were_claims(tmp_path: Path) -> None:
    old = make_old(tmp_path / "tracker.db", "m013_alerts")
    db = Database(sqlite3.connect(old))
    with db.conn:
        for at, new in (("2025-01-03T00:00:00Z", 0), ("2025-01-03T01:00:00Z", 2)):
            db.execute("INSERT INTO polls (feed, started_at, outcome, new) VALUES (1, ?, 'ok', ?)", (at, new))
        for number, published in ((4, "2025-01-01T09:00:00Z"), (5, "2025-01-03T00:30:00Z")):
            db.execute(
                """INSERT INTO articles (id, canonical_url, url, source, title, published_at, date_quality,
                first_seen_at, last_seen_at) VALUES (?1, ?1, ?1, 'press', 'Encryption', ?2, 'stated', ?3, ?3)""",
                (number, published, "2025-01-03T01:00:00Z"),
            )
            db.execute("INSERT INTO sightings VALUES (1, ?1, ?1, 'h', ?2, ?2, 0)", (number, "2025-01-03T01:00:00Z"))
        db.execute("UPDATE articles SET story = 4 WHERE id > 3")
        db.execute("INSERT INTO stories VALUES (4, 4, 2, 1, 1, '2025-01-01T09:00:00Z', '2025-01-03T00:30:00Z')")
    db.close()

    with opened(old) as db:
        found = dict(db.execute("SELECT id, appeared_at FROM articles").fetchall())
        assert found == {1: None, 2: None, 3: None, 4: "2025-01-03T01:00:00Z", 5: None}
        story = db.execute("SELECT first_at, last_at FROM stories").fetchone()
        assert story == ("2025-01-03T00:30:00Z", "2025-01-03T01:00:00Z")
        seen = dict(db.execute("SELECT id, appeared_at FROM coverage WHERE id > 3").fetchall())
        assert seen == {4: "2025-01-03T01:00:00Z", 5: "2025-01-03T00:30:00Z"}


async def test_pages_show_a_claim_beside_when_the_article_was_first_seen(town: Town) -> None:
    await town.poll(NOW - 2 * HOUR, NOW - HOUR)
    claim(town, NOW - 2 * DAY)
    await town.poll(NOW)
    with opened(town.db) as db:
        query = "SELECT a.id, a.story FROM articles AS a WHERE a.source = 'mirror' AND a.title = ?"
        article, story = db.execute(query, (SCOOP,)).fetchone()
    for address in site_database.serve(town.db, clock=lambda: NOW + HOUR):
        async with httpx.AsyncClient(base_url=address) as site:
            one = await words(site, f"/article/{article}")
            several = await words(site, f"/story/{story}")
    assert all(re.search("dated 19 Feb 2025, 15:00 ?, first seen 21 Feb 2025, 15:00", page) for page in (one, several))
    assert re.search("First to publish: Herald ?, 21 Feb 2025, 14:50", several)


async def words(site: httpx.AsyncClient, page: str) -> str:
    """What a page says."""
    return " ".join(re.sub(r"<[^>]*>", " ", (await site.get(page)).text).split())
