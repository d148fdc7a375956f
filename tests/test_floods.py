"""A feed that shows far too much: what of it is taken in, what is said of it, and that it gains nothing by it."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import alert_database
from tests.polled_feeds import DAY, HOUR, MINUTE, NOW, Press, down, press
from tests.rulebooks import rulebook
from tests.servers import Reply
from tracker.analyse.identity import CHANGES_PER_DAY
from tracker.analyse.tagging.evidence import EACH, MOST
from tracker.analyse.tagging.terms import Matcher
from tracker.collect import cadence
from tracker.config.rulebook_cache import built_in_rulebook
from tracker.models import Feed, utc_text
from tracker.publish.digest import queries
from tracker.publish.summaries import status_in_words
from tracker.store import feeds, health_checks
from tracker.store.database import Database, opened
from tracker.store.status import read_status

DENSE = (
    "Police say end-to-end encryption in WhatsApp and Messenger hides grooming and child abuse images, NSPCC warns. "
)
BOOK = """
- {id: encryption, facet: topic, label: Encryption, terms: {en: [encrypt*, Encryption, cipher]}}
- id: backdoor
  facet: theme
  label: Backdoor
  implies: [encryption]
  terms: {en: [backdoor*]}
  context: {en: [police]}
"""


# ---- the evidence of an article


def test_of_a_word_said_a_hundred_times_ten_are_kept_and_the_others_counted() -> None:
    tagging = rulebook(BOOK).tag("Encryption", "encrypted " * 100, "en")
    kept = Counter((item.tag, item.field) for item in tagging.evidence)
    assert kept == {("encryption", "title"): 1, ("encryption", "summary"): EACH}
    assert tagging.left_out == (100 - EACH,)
    assert [item.start for item in tagging.evidence if item.field == "summary"] == [10 * number for number in range(10)]


def test_what_is_left_out_counts_for_nothing_less() -> None:
    once = rulebook(BOOK).tag("On ciphers", "cipher encrypted")
    often = rulebook(BOOK).tag("On ciphers", "cipher encrypted " * 100)
    assert (often.tags, often.scores, often.relevance) == (once.tags, once.scores, once.relevance)


def test_an_article_made_of_nothing_but_words_of_rules_keeps_sixty_pieces_and_one_of_every_tag() -> None:
    tagging = built_in_rulebook().tag(DENSE * 2, DENSE * 18, "en")
    assert len(tagging.tags) > 5
    assert len(tagging.evidence) == MOST
    assert {item.tag for item in tagging.evidence} == {*tagging.tags}
    assert all(number >= 0 for number in tagging.left_out)
    assert sum(tagging.left_out) > 5 * MOST


def test_where_there_are_more_tags_than_pieces_every_tag_keeps_a_term_that_gave_it() -> None:
    many = "\n".join(
        f"- {{id: t{number}, facet: theme, label: T, terms: {{en: [word{number}]}}}}" for number in range(90)
    )
    text = " ".join(f"word{number}" for number in range(90))
    tagging = rulebook(many).tag(text, f"{text} {text}", "en")
    assert Counter(item.tag for item in tagging.evidence) == dict.fromkeys(tagging.tags, 1)
    assert (len(tagging.tags), set(tagging.left_out)) == (90, {2})


@given(
    st.lists(st.sampled_from(["encryption", "cipher", "backdoors", "police", "a", "the", "Encryption"]), max_size=150)
)
def test_evidence_and_what_is_left_out_are_all_there_is(words: list[str]) -> None:
    text = " ".join(words)
    tagging = rulebook(BOOK).tag(text, text, "en")
    assert len(tagging.evidence) <= MOST
    assert len(tagging.left_out) == len(tagging.scores) == len(tagging.tags)
    for item in tagging.evidence:
        assert text[item.start : item.end] == item.words
    said = sum(word in {"encryption", "cipher", "Encryption"} for word in words)
    if tagging.tags == ("encryption",):
        assert len(tagging.evidence) + sum(tagging.left_out) == 2 * said


def test_a_text_twice_as_long_takes_twice_as_many_looks_at_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = Counter[int]()
    length = 0
    find = Matcher.find

    class Looked(list):  # type: ignore[type-arg]
        def __iter__(self):  # type: ignore[no-untyped-def]
            for item in super().__iter__():
                looks[length] += 1
                yield item

    monkeypatch.setattr(Matcher, "find", lambda self, text: Looked(find(self, text)))
    for length in (4, 8, 16):
        built_in_rulebook().tag("", DENSE * length, "en")
    assert looks[16] <= 2.2 * looks[8] <= 2.2 * 2.2 * looks[4]
    assert looks[16] <= 5 * len(find(built_in_rulebook()._reading("en").matcher, DENSE * 16))


# ---- the new entries of a day


@pytest.fixture
async def paper(tmp_path: Path) -> AsyncIterator[Press]:
    async with press(tmp_path, every=None) as running:
        yield running


async def allow(paper: Press, number: int) -> None:
    """Let the feed bring this many new entries within a day."""
    url = paper.server.url("/feed")
    declared = await paper.desk.writer.do(feeds.declared)

    def declare(db: Database) -> None:
        db.execute("UPDATE feeds SET new_per_day = ? WHERE url = ?", (number, url))

    assert [state.feed for state in declared] == [Feed(url, "press")]
    await paper.desk.writer.do(declare)


async def polled(paper: Press, at: datetime, newest: int, oldest: int) -> tuple[int, int]:
    """Show these entries and poll; how many were new, and how many left out."""
    paper.show(*down(newest, oldest))
    await paper.poll(at)
    last = paper.rows("SELECT new, left_out FROM polls ORDER BY id")[-1]
    return last["new"], last["left_out"]


async def test_what_is_too_much_for_a_day_is_counted_and_comes_in_on_the_next(paper: Press) -> None:
    await allow(paper, 20)
    assert await polled(paper, NOW, 29, 0) == (30, 0), "of the first document everything is taken in"
    assert await polled(paper, NOW + HOUR, 44, 15) == (15, 0)
    assert await polled(paper, NOW + 2 * HOUR, 74, 45) == (5, 25)
    assert await polled(paper, NOW + 3 * HOUR, 74, 46) == (0, 25), "there is no room left, and they are new as before"
    assert await polled(paper, NOW + 26 * HOUR + HOUR / 2, 74, 47) == (20, 5)
    assert await polled(paper, NOW + 51 * HOUR, 74, 48) == (5, 0)
    titles = {row["title"] for row in paper.rows("SELECT title FROM articles")}
    assert titles == {f"Headline {number}" for number in range(75)}


async def test_what_was_left_out_comes_in_later_though_the_document_stays_the_same(paper: Press) -> None:
    await allow(paper, 20)
    await polled(paper, NOW, 29, 0)
    assert await polled(paper, NOW + HOUR, 59, 20) == (20, 10)
    assert await polled(paper, NOW + 2 * HOUR, 59, 20) == (0, 10)
    assert await polled(paper, NOW + 26 * HOUR, 59, 20) == (10, 0)


async def test_new_entries_for_which_there_was_no_room_are_a_gap_however_much_of_the_window_is_known(
    paper: Press,
) -> None:
    await allow(paper, 5)
    await polled(paper, NOW, 29, 0)
    await polled(paper, NOW + HOUR, 39, 10)
    await polled(paper, NOW + 2 * HOUR, 39, 11)
    await polled(paper, NOW + 26 * HOUR, 39, 12)
    first, second = ("overflow", utc_text(NOW), utc_text(NOW + HOUR), 0), NOW + 2 * HOUR
    assert paper.gaps() == [first, ("overflow", utc_text(NOW + HOUR), utc_text(second), 0)]


async def test_entries_that_are_known_are_seen_again_though_there_is_no_room_for_new_ones(paper: Press) -> None:
    await allow(paper, 1)
    await polled(paper, NOW, 9, 0)
    await polled(paper, NOW + HOUR, 14, 5)
    seen = paper.rows("SELECT count(*) AS n FROM sightings WHERE last_seen_at > first_seen_at")
    assert seen == [{"n": 5}]


@pytest.mark.parametrize(
    ("new", "usual", "floods"),
    [
        pytest.param(1001, None, True, id="more than is taken in a day"),
        pytest.param(1000, None, False, id="as many, of a feed that nobody knows yet"),
        pytest.param(300, 30.0, True, id="ten times the usual"),
        pytest.param(299, 30.0, False, id="less than that"),
        pytest.param(199, 0.1, False, id="few, though they are far more than usual"),
        pytest.param(900, 400.0, False, id="a busy day of a busy wire"),
    ],
)
def test_a_flood_is_more_than_is_taken_or_ten_times_the_usual(new: int, usual: float | None, floods: bool) -> None:
    assert cadence.is_flood(new, usual, 1000) is floods


async def test_a_flood_is_reported_wherever_its_feed_is(paper: Press) -> None:
    for day in range(3):
        await polled(paper, NOW + day * DAY, 40 + day, 10 + day)
    assert await polled(paper, NOW + 3 * DAY, 1042, 43) == (1000, 0)
    (flood,) = paper.rows("SELECT from_at, to_at, articles, left_out FROM floods")
    assert flood == {
        "from_at": utc_text(NOW + 3 * DAY),
        "to_at": utc_text(NOW + 3 * DAY),
        "articles": 1000,
        "left_out": 0,
    }
    (health,) = paper.rows("SELECT health, why FROM feed_health")
    assert (health["health"], "1,000 new entries" in health["why"]) == ("flooding", True)
    status = await paper.desk.writer.do(read_status, "", NOW + 3 * DAY)
    assert "flooding: The Press" in status_in_words(status, "UTC")


async def test_a_flood_is_over_a_day_after_its_last_poll(paper: Press) -> None:
    await allow(paper, 50)
    await polled(paper, NOW, 9, 0)
    await polled(paper, NOW + HOUR, 99, 5)
    await polled(paper, NOW + 30 * HOUR, 99, 5)
    await polled(paper, NOW + 60 * HOUR, 100, 5)
    assert [row["health"] for row in paper.rows("SELECT health FROM feed_health")] == ["ok"]
    assert len(paper.rows("SELECT * FROM floods")) == 1


async def test_two_thousand_entries_at_once_are_not_asked_for_again_before_the_interval_is_over(paper: Press) -> None:
    for hours, (newest, oldest) in enumerate([(1999, 0), (3999, 2000), (5999, 4000), (7999, 6000)]):
        at = NOW + hours * HOUR
        await polled(paper, at, newest, oldest)
        (row,) = paper.rows("SELECT next_poll_at FROM feeds")
        assert datetime.fromisoformat(row["next_poll_at"]) - at >= 0.9 * HOUR
    assert paper.rows("SELECT count(*) AS n FROM articles") == [{"n": 3000}]
    assert paper.rows("SELECT new, left_out FROM polls ORDER BY id")[2:] == [{"new": 0, "left_out": 2000}] * 2


def test_a_digest_counts_what_came_in_a_flood_and_does_not_list_it(tmp_path: Path) -> None:
    made = alert_database.alert_database(tmp_path, "", begun=False)
    for number in range(9):
        made.article(f"Flood {number}", "encryption", source="wire", ungrouped=True)
    flood = "INSERT INTO floods (feed, from_at, to_at, articles, left_out) SELECT id, ?1, ?1, 9, 0 FROM feeds"
    made.do(f"{flood} WHERE source = 'wire'", utc_text(made.now))
    made.article("Of another source", "encryption", ungrouped=True)
    between = made.now - DAY, made.now + DAY
    with opened(made.path) as db:
        listed, in_all = queries.single(db, between, queries.Choice(), 10)
        assert queries.figures(db, *between, queries.Choice()).relevant == 10
    assert ([report.title for report in listed], in_all) == (["Of another source"], 1)


async def test_the_tracker_tells_of_itself_that_a_feed_floods_and_when_that_is_over(paper: Press) -> None:
    await polled(paper, NOW, 1009, 0)
    await polled(paper, NOW + HOUR, 1010, 5)
    (trouble,) = await paper.desk.writer.do(health_checks.flooding)
    assert (trouble.source, trouble.since) == ("The Press", NOW)
    await polled(paper, NOW + 2 * DAY, 1011, 6)
    assert await paper.desk.writer.do(health_checks.flooding) == []


async def test_a_feed_has_the_limit_of_feeds_yaml(tmp_path: Path) -> None:
    async with press(tmp_path) as paper:
        url = paper.server.url("/feed")
        (state,) = await paper.desk.writer.do(feeds.declared)
        assert state.feed == Feed(url, "press", HOUR, 1000)
        await paper.desk.writer.do(feeds.declare, [], [replace(state.feed, new_per_day=7)])
        (state,) = await paper.desk.writer.do(feeds.declared)
        assert state.feed.new_per_day == 7


# ---- the changes of a day


def rewritten(minutes: int, articles: int = 1, *, dated: bool = True) -> bytes:
    """A document whose articles bear new headlines, and new dates, each minute."""
    at = NOW + minutes * MINUTE
    date = f"<pubDate>{at:%a, %d %b %Y %H:%M:%S} GMT</pubDate>" if dated else ""
    items = "".join(
        f"<item><guid isPermaLink='false'>g{number}</guid><link>https://press.example/{number}</link>"
        f"<title>Ministers meet {minutes} of {number} envoys</title>{date}</item>"
        for number in range(articles)
    )
    return f'<rss version="2.0"><channel><title>Press</title>{items}</channel></rss>'.encode()


async def rewrite(paper: Press, minutes: int, document: bytes) -> tuple[int, int]:
    """Show a document; how many articles changed, and of how many changes were left out."""
    paper.fail(Reply(200, document, (("Content-Type", "application/rss+xml"),)))
    await paper.poll(NOW + minutes * MINUTE)
    last = paper.rows("SELECT updated, changes_left_out FROM polls ORDER BY id")[-1]
    return last["updated"], last["changes_left_out"]


async def test_of_the_changes_of_an_article_as_many_as_a_day_has_hours_are_kept_and_the_others_counted(
    paper: Press,
) -> None:
    await rewrite(paper, 0, rewritten(0, 3))
    for minutes in range(1, CHANGES_PER_DAY + 1):
        assert await rewrite(paper, minutes, rewritten(minutes, 3)) == (3, 0)
    for minutes in range(CHANGES_PER_DAY + 1, CHANGES_PER_DAY + 4):
        assert await rewrite(paper, minutes, rewritten(minutes, 3)) == (0, 3)
    for table in ("revisions", "earlier_words"):
        assert paper.rows(f"SELECT count(*) AS n FROM {table}") == [{"n": 3 * CHANGES_PER_DAY}]
    assert paper.rows("SELECT DISTINCT title FROM articles WHERE id = 1") == [
        {"title": f"Ministers meet {CHANGES_PER_DAY} of 2 envoys"}
    ]


async def test_the_words_of_today_are_taken_in_when_the_day_is_over(paper: Press) -> None:
    for minutes in range(40):
        await rewrite(paper, minutes, rewritten(minutes))
    assert await rewrite(paper, 60, rewritten(39)) == (0, 1), "they still are left out"
    assert await rewrite(paper, 24 * 60 + 30, rewritten(39)) == (1, 0)
    assert paper.rows("SELECT title FROM articles") == [{"title": "Ministers meet 39 of 0 envoys"}]
    assert [row["health"] for row in paper.rows("SELECT health FROM feed_health")] == ["ok"]


@pytest.mark.parametrize("dated", [True, False], ids=["under new dates", "without a date"])
async def test_a_feed_that_rewrites_an_article_too_often_is_said_to_flood(paper: Press, dated: bool) -> None:
    for minutes in range(CHANGES_PER_DAY + 2):
        await rewrite(paper, minutes, rewritten(minutes, dated=dated))
    (health,) = paper.rows("SELECT health, why FROM feed_health")
    assert health == {
        "health": "flooding",
        "why": "It rewrites articles too often: its last document has changes of 1 that are not kept.",
    }
    assert paper.rows("SELECT * FROM floods") == [], "nothing is held back from alerts"


async def test_headlines_that_differ_between_two_feeds_are_counted_with_the_changes_of_the_day(tmp_path: Path) -> None:
    async with press(tmp_path, paths=("/feed", "/other"), every=None) as paper:
        for minutes in range(2 * CHANGES_PER_DAY):
            for path, document in (("/other", rewritten(0)), ("/feed", rewritten(minutes))):
                paper.fail(Reply(200, document, (("Content-Type", "application/rss+xml"),)), path)
            await paper.poll(NOW + minutes * MINUTE, paper.server.url("/other"))
            await paper.poll(NOW + minutes * MINUTE, paper.server.url("/feed"))
        kept = sum(paper.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"] for table in ("variants", "earlier_words"))
        assert kept <= CHANGES_PER_DAY


async def test_a_guid_that_recurs_in_a_document_with_other_headlines_changes_its_article_once(paper: Press) -> None:
    for minutes in range(3):
        turns = [rewritten(1000 * minutes + number) for number in range(500)]
        items = b"".join(turn[turn.index(b"<item>") : turn.index(b"</channel>")] for turn in turns)
        document = turns[0].replace(b"</channel>", items + b"</channel>")
        assert (await rewrite(paper, minutes, document))[0] == (minutes > 0)
    assert paper.rows("SELECT count(*) AS n FROM earlier_words") == [{"n": 2}]
