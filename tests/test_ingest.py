"""What becomes of the entries of a document: articles, sightings, revisions, tags, and the search index."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.rulebooks import rulebook
from tracker.analyse.identity import CHANGES_LIMIT
from tracker.collect.parse import parse
from tracker.models import Entry, Feed, Outlet, Poll, Source, utc_text
from tracker.outcomes import Outcome
from tracker.pipeline.ingest import Ingested, ingest
from tracker.store import feeds, search_index
from tracker.store.database import Database, opened, transaction
from tracker.store.tags import apply_rulebook, retag

NOW = datetime(2025, 2, 21, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEED = "https://press.example/feed"
BOOK = rulebook("""
- {id: encryption, facet: topic, label: Encryption, terms: {en: [encrypt*], de: [Chatkontrolle]}}
- {id: child-safety, facet: topic, label: Child safety, terms: {en: [child*]}}
""")
PRESS = Source("press", "The Press", "press", "national", "GB", "en")
WIRE = Source("wire", "The Wire", "wire", "wire", "GB", "en")
SEARCH = Source("search", "A Search", "search", "aggregator")
OPAQUE = "https://news.google.com/rss/articles/CBMiK2h0dHBz?oc=5"


def entry(number: int, title: str | None = None, **rest: Any) -> Entry:
    """Entry number so and so of a well-behaved feed."""
    published = NOW - timedelta(days=30) + number * HOUR
    made = Entry(f"guid-{number}", f"https://press.example/{number}", title or f"Headline {number}")
    return replace(made, **{"published": published, "date_quality": "stated", **rest})


class Desk:
    """A database whose feeds take entries in, an hour later each time; `now` is when the next ones come."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.states = feeds.declared(db)
        self.now = NOW

    def take(self, *entries: Entry, feed: int = 0) -> Ingested:
        """Take in one document, whose entries come newest first, after the last one of this feed."""
        with transaction(self.db):
            taken = ingest(self.db, self.states[feed], entries, BOOK, self.now)
            search_index.index(self.db)
        self.read(feed, taken.shown)
        with transaction(self.db):
            # rank 1 compares the index with the articles; it raises where they differ
            self.db.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
        for row in self.rows("SELECT a.title, a.summary, e.* FROM evidence e JOIN articles a ON a.id = article"):
            assert row[row["field"]][row["start"] : row["end"]] == row["words"]
        return taken

    def read(self, feed: int, shown: tuple[int, ...] | None = None) -> None:
        """Note that a feed was read now, and what its document holds; None is what it held before."""
        state = self.states[feed]
        state = replace(state, shown=state.shown if shown is None else shown, last_ok_at=self.now)
        with transaction(self.db):
            feeds.record_state(self.db, state, Poll(Outcome.OK), self.now)
        self.states[feed] = state
        self.now += HOUR

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return list(self.db.query(sql))

    def column(self, sql: str) -> list[Any]:
        return [next(iter(row.values())) for row in self.rows(sql)]

    @property
    def titles(self) -> list[str]:
        return self.column("SELECT title FROM articles ORDER BY id")

    def found(self, words: str) -> list[int]:
        """The ids of the articles that a search finds."""
        return [row["rowid"] for row in self.db.query("SELECT rowid FROM articles_fts(?) ORDER BY 1", (words,))]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with opened(tmp_path / "tracker.db") as db:
        with transaction(db):
            addresses = {"https://press.example/all": "press", "https://press.example/tech": "press"}
            addresses["https://wire.example/rss"] = "wire"
            addresses |= {"https://news.example/search/1": "search", "https://news.example/search/2": "search"}
            feeds.declare(db, [PRESS, WIRE, SEARCH], [Feed(url, source) for url, source in addresses.items()])
            apply_rulebook(db, BOOK, NOW)
        yield Desk(db)


def test_new_entries_become_articles_with_tags_evidence_and_a_place_in_the_search_index(desk: Desk) -> None:
    taken = desk.take(entry(2, "Football"), entry(1, "On encryption", summary="Children, too.", author="A. Writer"))
    assert taken == Ingested(new=2, updated=0, overlap=0, continuous=True)
    first, second = desk.rows("SELECT * FROM articles ORDER BY id")
    assert (first["title"], first["relevance"], first["source"]) == ("On encryption", "both", "press")
    assert (first["author"], first["language"], first["published_at"]) == ("A. Writer", "en", "2025-01-22T16:00:00Z")
    assert (second["title"], second["relevance"], second["rulebook"]) == ("Football", "none", BOOK.hash)
    assert desk.rows("SELECT tag, field, start, words FROM evidence ORDER BY id") == [
        {"tag": "encryption", "field": "title", "start": 3, "words": "encryption"},
        {"tag": "child-safety", "field": "summary", "start": 0, "words": "Children"},
    ]
    assert desk.found("children") == [1]


def test_ids_run_from_the_oldest_entry_to_the_newest(desk: Desk) -> None:
    desk.take(*[entry(n) for n in range(9, 0, -1)])
    desk.take(*[entry(n) for n in range(12, 3, -1)])
    assert desk.titles == [f"Headline {n}" for n in range(1, 13)]


def test_the_same_document_again_changes_only_when_it_was_last_seen(desk: Desk) -> None:
    desk.take(entry(2), entry(1))
    before = desk.rows("SELECT * FROM articles")
    assert desk.take(entry(2), entry(1)) == Ingested(new=0, updated=0, overlap=2, continuous=True)
    assert desk.rows("SELECT * FROM articles") == [{**row, "last_seen_at": "2025-02-21T16:00:00Z"} for row in before]
    assert desk.rows("SELECT DISTINCT first_seen_at, last_seen_at FROM sightings") == [
        {"first_seen_at": "2025-02-21T15:00:00Z", "last_seen_at": "2025-02-21T16:00:00Z"}
    ]


def test_a_changed_headline_is_kept_as_a_revision_and_tags_evidence_and_index_follow(desk: Desk) -> None:
    desk.take(entry(1, "Ministers on encryption", summary="A plan."))
    taken = desk.take(entry(1, "Ministers on childhood", summary="A plan."))
    assert (taken.new, taken.updated, taken.overlap) == (0, 1, 1)
    (article,) = desk.rows("SELECT title, relevance FROM articles")
    assert article == {"title": "Ministers on childhood", "relevance": "child-safety"}
    assert desk.rows("SELECT title, summary, title_changed, seen_until, replaced_at FROM revisions") == [
        {
            "title": "Ministers on encryption",
            "summary": "A plan.",
            "title_changed": 1,
            "seen_until": "2025-02-21T15:00:00Z",
            "replaced_at": "2025-02-21T16:00:00Z",
        }
    ]
    assert desk.column("SELECT tag FROM article_tags") == ["child-safety"]
    assert desk.column("SELECT words FROM evidence") == ["childhood"]
    assert (desk.found("encryption"), desk.found("childhood")) == ([], [1])


def test_a_headline_that_goes_back_and_forth_leaves_every_step(desk: Desk) -> None:
    for title in ("First", "Second", "First"):
        desk.take(entry(1, title))
    assert desk.column("SELECT title FROM revisions ORDER BY id") == ["First", "Second"]
    assert desk.titles == ["First"]


def test_a_changed_summary_is_a_revision_whose_headline_stayed(desk: Desk) -> None:
    desk.take(entry(1, summary="Before."))
    assert desk.take(entry(1, summary="After.")).updated == 1
    assert desk.rows("SELECT summary, title_changed FROM revisions") == [{"summary": "Before.", "title_changed": 0}]


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("“Chat control” – it’s back", id="quotes and dashes"),
        pytest.param('"Chat\u00a0control" - it\'s  back', id="spaces"),
        pytest.param('"Ｃｈａｔ control" - it\'s back', id="full-width letters"),
    ],
)
def test_what_no_reader_would_call_a_change_is_none(desk: Desk, title: str) -> None:
    desk.take(entry(1, '"Chat control" - it\'s back'))
    for _ in range(2):
        assert desk.take(entry(1, title)).updated == 0
    assert desk.column("SELECT count(*) FROM revisions") == [0]


def test_an_article_in_two_feeds_under_tracking_parameters_is_one(desk: Desk) -> None:
    desk.take(entry(1, url="https://press.example/1?utm_source=rss&utm_medium=all"))
    taken = desk.take(entry(1, guid="other", url="http://PRESS.example/1?utm_source=tech#top"), feed=1)
    assert (taken.new, taken.overlap, taken.continuous) == (0, 0, True)
    assert desk.rows("SELECT canonical_url, url FROM articles") == [
        {"canonical_url": "https://press.example/1", "url": "https://press.example/1?utm_source=rss&utm_medium=all"}
    ]
    assert desk.column("SELECT feed FROM sightings ORDER BY 1") == [1, 2]
    assert desk.column("SELECT feeds FROM coverage") == [2]


def test_another_headline_for_it_in_another_feed_is_no_revision(desk: Desk) -> None:
    desk.take(entry(1, "For the front page"))
    assert desk.take(entry(1, "For the tech page"), feed=1).updated == 0
    assert desk.take(entry(1, "For the tech page, changed"), feed=1).updated == 1
    assert desk.column("SELECT title FROM revisions") == ["For the front page"]


def test_an_article_that_stands_twice_in_a_document_is_revised_once(desk: Desk) -> None:
    def twice(title: str) -> list[Entry]:
        return [entry(1, title, guid="b", url="https://press.example/1?utm_source=b"), entry(1, title, guid="a")]

    assert desk.take(*twice("Before")) == Ingested(new=1, updated=0, overlap=0, continuous=True)
    assert desk.take(*twice("After")) == Ingested(new=0, updated=1, overlap=1, continuous=True)
    assert desk.column("SELECT title FROM revisions") == ["Before"]
    assert desk.titles == ["After"]


def test_a_guid_that_now_means_another_article_takes_nothing_from_the_first(desk: Desk) -> None:
    desk.take(entry(1, "Locks and keys"))
    other = entry(1, "Weather for Tuesday", url="https://press.example/2", published=NOW)
    assert desk.take(other).new == 1
    assert desk.titles == ["Locks and keys", "Weather for Tuesday"]
    assert desk.column("SELECT count(*) FROM revisions") == [0]
    assert desk.rows("SELECT article, first_seen_at, last_seen_at FROM sightings ORDER BY 1") == [
        {"article": 1, "first_seen_at": "2025-02-21T15:00:00Z", "last_seen_at": "2025-02-21T15:00:00Z"},
        {"article": 2, "first_seen_at": "2025-02-21T16:00:00Z", "last_seen_at": "2025-02-21T16:00:00Z"},
    ]


def test_a_guid_that_means_its_new_article_is_followed_from_then_on(desk: Desk) -> None:
    desk.take(entry(1, "Locks and keys"))
    other = entry(1, "Weather for Tuesday", url="https://press.example/2", published=NOW)
    desk.take(other)
    assert desk.take(replace(other, title="Weather for Tuesday: rain")).updated == 1
    assert desk.titles == ["Locks and keys", "Weather for Tuesday: rain"]


def test_guids_that_are_counters_do_not_hide_that_entries_may_have_been_missed(desk: Desk) -> None:
    desk.take(*[entry(n) for n in (3, 2, 1)])
    later = [
        entry(n, f"Something else {n}", url=f"https://press.example/later/{n}", published=NOW + n * HOUR)
        for n in (3, 2, 1)
    ]
    assert desk.take(*later) == Ingested(new=3, updated=0, overlap=0, continuous=False)


def test_an_article_that_moved_is_found_by_its_guid_and_by_both_addresses(desk: Desk) -> None:
    desk.take(entry(1, "Locks and keys"))
    moved = entry(1, "Locks and keys", url="https://press.example/news/locks-and-keys")
    assert desk.take(moved) == Ingested(new=0, updated=0, overlap=1, continuous=True)
    assert desk.take(replace(moved, guid="elsewhere"), feed=2).new == 0
    assert desk.take(entry(1, "Locks and keys", guid="elsewhere, old address"), feed=2).new == 0
    assert desk.column("SELECT canonical_url FROM links") == ["https://press.example/news/locks-and-keys"]


def test_a_new_slug_and_a_new_headline_under_one_guid_are_a_revision(desk: Desk) -> None:
    fire = entry(1, "Fire in Millbrook, crews on scene", guid="urn:post:48151", url="https://press.example/fire")
    desk.take(entry(2), fire)
    later = {"url": "https://press.example/two-dead", "published": fire.published + HOUR if fire.published else None}
    taken = desk.take(entry(2), replace(fire, title="Two dead as house explodes", **later))
    assert taken == Ingested(new=0, updated=1, overlap=2, continuous=True)
    assert desk.titles == ["Two dead as house explodes", "Headline 2"]
    assert desk.rows("SELECT title, title_changed FROM revisions") == [{"title": fire.title, "title_changed": 1}]


@pytest.mark.parametrize("schemes", [("http", "https"), ("https", "http")], ids=" to ".join)
def test_a_guid_stays_the_same_when_its_site_moves_to_https(desk: Desk, schemes: tuple[str, str]) -> None:
    before, after = (f"{scheme}://press.example/?p=48151" for scheme in schemes)
    fire = entry(1, "Fire in Millbrook, crews on scene", guid=before, url="https://press.example/fire")
    desk.take(entry(2), fire)
    later = {"url": "https://press.example/two-dead", "guid": after}
    taken = desk.take(entry(2), replace(fire, title="Two dead as house explodes", **later))
    assert taken == Ingested(new=0, updated=1, overlap=2, continuous=True)
    both = (
        replace(fire, guid=f"{scheme}://press.example/?p=7", url=f"https://press.example/{scheme}")
        for scheme in schemes
    )
    assert desk.take(*both).new == 2, "a document may have both"


def test_a_guid_at_a_new_address_is_another_article_while_its_own_stands_in_the_document(desk: Desk) -> None:
    fire = entry(1, "Fire in Millbrook", guid="urn:post:48151")
    desk.take(fire)
    other = replace(fire, title="Two dead as house explodes", url="https://press.example/two-dead")
    assert desk.take(other, replace(fire, guid="urn:post:48152")).new == 1
    assert desk.rows("SELECT * FROM revisions") == []


@pytest.mark.parametrize("window", [1, 2, 4])
@pytest.mark.parametrize("step", [1, 4], ids=["slides", "jumps"])
def test_one_guid_for_a_series_whose_headlines_are_alike_makes_no_two_of_them_one(
    desk: Desk, window: int, step: int
) -> None:
    def item(day: int) -> str:
        where = f"<title>Inquiry into messaging, day {day}: witnesses</title><link>https://press.example/{day}</link>"
        when = f"<pubDate>{day} Jan 2025 09:00:00 GMT</pubDate>"
        return f"<item>{where}<guid isPermaLink='false'>inquiry</guid>{when}</item>"

    shown = set()
    for newest in range(window, 20, step):
        days = range(newest, newest - window, -1)
        body = "".join(map(item, days))
        desk.take(*parse(f"<rss version='2.0'><channel>{body}</channel></rss>".encode(), FEED, None, NOW).entries)
        shown |= {*days}
    assert desk.column("SELECT canonical_url FROM articles ORDER BY id") == [
        f"https://press.example/{day}" for day in sorted(shown)
    ]
    assert desk.rows("SELECT * FROM revisions") == []


def test_a_feed_that_changes_all_its_guids_has_no_new_articles_and_no_gap(desk: Desk) -> None:
    desk.take(*[entry(n) for n in (3, 2, 1)])
    changed = [entry(n, guid=f"https://press.example/?p={n}") for n in (4, 3, 2)]
    assert desk.take(*changed) == Ingested(new=1, updated=0, overlap=2, continuous=True)
    assert desk.take(*changed) == Ingested(new=0, updated=0, overlap=3, continuous=True)
    assert len(desk.titles) == 4


@pytest.mark.parametrize(
    "address", ["https://press.example/live", "https://press.example/"], ids=["a shared page", "the front page"]
)
def test_entries_that_share_one_address_are_told_apart(desk: Desk, address: str) -> None:
    def page(*numbers: int) -> list[Entry]:
        return [entry(n, f"Update {n} of many", url=address) for n in numbers]

    assert desk.take(*page(3, 2, 1)).new == 3
    assert desk.take(*page(5, 4, 3)) == Ingested(new=2, updated=0, overlap=1, continuous=True)
    assert desk.titles == [f"Update {n} of many" for n in range(1, 6)]
    assert set(desk.column("SELECT url FROM articles")) == {address}


def test_entries_none_of_which_the_feed_had_shown_are_no_continuation(desk: Desk) -> None:
    assert desk.take(entry(2), entry(1)).continuous
    assert desk.take(entry(12), entry(11)) == Ingested(new=2, updated=0, overlap=0, continuous=False)


def test_articles_known_from_elsewhere_prove_nothing_of_this_feed(desk: Desk) -> None:
    desk.take(entry(1), feed=1)
    desk.take(*[entry(n) for n in (12, 11)], feed=0)
    assert desk.take(*[entry(n, guid=f"x{n}") for n in (12, 11)], feed=1).continuous is False


def test_an_empty_document_is_no_sign_of_anything_missed(desk: Desk) -> None:
    desk.take(entry(1))
    assert desk.take() == Ingested(new=0, updated=0, overlap=0, continuous=True)
    assert desk.take(entry(2), entry(1)).continuous


def test_an_entry_may_speak_another_language_than_its_feed(desk: Desk) -> None:
    desk.take(entry(1, "Les enfants", language="fr"), entry(2))
    assert desk.column("SELECT language FROM articles ORDER BY id") == ["en", "fr"]


def test_a_headline_that_changes_together_with_its_guid_is_a_revision(desk: Desk) -> None:
    desk.take(entry(1, "Ministers plan a ban", guid="https://press.example/1#0"))
    taken = desk.take(entry(1, "Ministers drop it", guid="https://press.example/1#1"))
    assert (taken.new, taken.updated, taken.continuous) == (0, 1, True)
    assert desk.titles == ["Ministers drop it"]
    assert desk.column("SELECT title FROM revisions") == ["Ministers plan a ban"]


def test_one_article_listed_under_two_guids_with_other_words_is_left_as_it_was_first(desk: Desk) -> None:
    first, second = entry(1, "A ban", guid="a"), entry(1, "A ban", guid="b", summary="With a longer text")
    desk.take(first)
    assert desk.take(second, first).updated == 0
    assert desk.take(second, first).updated == 0
    assert desk.rows("SELECT * FROM revisions") == []


def test_a_summary_that_a_feed_breaks_off_before_is_not_taken_away(desk: Desk) -> None:
    desk.take(entry(1, summary="On encryption and more"))
    assert desk.take(entry(1, summary="")).updated == 0
    assert desk.column("SELECT summary FROM articles") == ["On encryption and more"]
    assert desk.take(entry(1, "Another headline", summary="")).updated == 1
    assert desk.column("SELECT summary FROM articles") == ["On encryption and more"]


def test_an_earlier_headline_was_seen_until_its_feed_last_listed_it(desk: Desk) -> None:
    desk.take(entry(1, "Before"))
    desk.take(entry(2))
    desk.take(entry(1, "After"))
    (revision,) = desk.rows("SELECT seen_until, replaced_at FROM revisions")
    assert revision == {"seen_until": utc_text(NOW), "replaced_at": utc_text(NOW + 2 * HOUR)}


SCHEMES = {
    "stable": lambda number, _: f"<guid isPermaLink='false'>id-{number}</guid>",
    "position in the document": lambda _, place: f"<guid isPermaLink='false'>{place}</guid>",
    "one for all": lambda *_: "<guid isPermaLink='false'>g</guid>",
    "none": lambda *_: "",
    "the address": lambda number, _: f"<guid>https://press.example/{number}</guid>",
}


@pytest.mark.parametrize("guid", SCHEMES.values(), ids=SCHEMES.keys())
@pytest.mark.parametrize("dated", [True, False], ids=["dated", "all on one day"])
def test_whatever_its_guids_a_feed_gives_one_article_an_address_and_a_revision_a_changed_headline(
    desk: Desk, guid: Any, dated: bool
) -> None:
    """A window of five over thirty pieces moves on by one to three at a time; every fourth headline changes once."""

    def item(number: int, place: int, step: int) -> str:
        title = f"Piece {number} about thing{number}" + (" amended" if number % 4 == 0 and step > number + 1 else "")
        day = 1 + number % 28 if dated else 1
        date = f"<pubDate>{day:02} Jan 2025 00:00:00 GMT</pubDate>"
        return (
            f"<item><title>{title}</title><link>https://press.example/{number}</link>{guid(number, place)}{date}</item>"
        )

    shown: set[int] = set()
    amended: set[int] = set()
    top = 0
    for step in itertools.accumulate(itertools.cycle([1, 2, 1, 3]), initial=5):
        top = step
        if top > 30:
            break
        numbers = [n for n in range(top - 1, top - 6, -1) if n >= 0]
        body = "".join(item(number, place, top) for place, number in enumerate(numbers))
        parsed = parse(f'<rss version="2.0"><channel>{body}</channel></rss>'.encode(), FEED, None, NOW)
        desk.take(*parsed.entries)
        amended |= {n for n in numbers if n % 4 == 0 and top > n + 1 and n in shown}
        shown |= set(numbers)
    assert desk.column("SELECT canonical_url FROM articles ORDER BY id") == [
        f"https://press.example/{number}" for number in sorted(shown)
    ]
    assert len(desk.rows("SELECT * FROM links")) == 0
    revised = set(desk.column("SELECT canonical_url FROM revisions JOIN articles a ON a.id = article"))
    assert revised <= {f"https://press.example/{number}" for number in amended}
    assert all(title.startswith("Piece") for title in desk.titles)


def test_tags_given_at_intake_are_those_that_retagging_gives(desk: Desk) -> None:
    desk.take(entry(1, "Chatkontrolle im Rat", language="de"), entry(2, "Le Rat et la Chatkontrolle", language="fr"))
    desk.take(entry(1, "Chatkontrolle im Rat gescheitert", language="de"))
    before = desk.rows("SELECT * FROM article_tags")
    with transaction(desk.db):
        difference = retag(desk.db, BOOK, NOW)
    assert difference.changes == {}
    assert desk.rows("SELECT * FROM article_tags") == before


def test_no_key_leads_to_two_articles(desk: Desk) -> None:
    desk.take(entry(1, "A ban", guid="a"))
    desk.take(
        entry(1, "A ban", guid="b", url="https://press.example/new"),
        entry(1, "A ban", guid="a", url="https://press.example/new"),
    )
    assert desk.rows("SELECT * FROM links JOIN articles USING (canonical_url)") == []
    assert len(desk.titles) == 1


# ---- what changes under an article


def test_a_feed_that_writes_the_time_of_day_into_its_summaries_is_followed_for_so_long_only(desk: Desk) -> None:
    left_out = [desk.take(entry(1, summary=f"As of 10:{minute:02}.")).changes_left_out for minute in range(40)]
    assert left_out == [0] * (CHANGES_LIMIT + 1) + [1] * (39 - CHANGES_LIMIT)
    assert desk.take(entry(1, summary="As of 10:39.")).changes_left_out == 0, "it shows the same as before"
    assert desk.column("SELECT count(*) FROM revisions") == [CHANGES_LIMIT]
    assert desk.column("SELECT summary FROM articles") == [f"As of 10:{CHANGES_LIMIT:02}."]
    later = NOW + 99 * HOUR
    assert desk.take(entry(1, "A new headline under a new date", published=later)).updated == 1
    assert desk.titles == ["A new headline under a new date"]


def test_words_that_change_with_their_date_are_followed_for_ever(desk: Desk) -> None:
    for hour in range(40):
        desk.take(entry(1, summary=f"Update {hour}.", published=NOW + hour * HOUR))
    assert desk.column("SELECT count(*) FROM revisions") == [39]


def test_an_article_keeps_the_date_that_it_was_first_given(desk: Desk) -> None:
    desk.take(entry(1, published=NOW - HOUR, published_raw="first"))
    desk.take(entry(1, published=NOW + HOUR, published_raw="second"))
    assert desk.rows("SELECT published_at, published_raw FROM articles") == [
        {"published_at": utc_text(NOW - HOUR), "published_raw": "first"}
    ]


def test_what_was_missing_at_first_is_added_when_a_feed_states_it(desk: Desk) -> None:
    desk.take(entry(1, published=None, date_quality="absent"), feed=3)
    query = "SELECT author, language, published_at, published_raw, date_quality FROM articles"
    assert set(desk.rows(query)[0].values()) == {None, "absent"}
    stated = entry(1, author="A. Writer", language="en", published=NOW, published_raw="today")
    filled = {
        "author": "A. Writer",
        "language": "en",
        "published_at": utc_text(NOW),
        "published_raw": "today",
        "date_quality": "stated",
    }
    assert desk.take(stated, feed=4) == Ingested(new=0, updated=0, overlap=0, continuous=True)
    assert desk.rows(query) == [filled]
    desk.take(replace(stated, author="B. Writer", language="fr", published=NOW + HOUR), feed=4)
    assert desk.rows(query) == [filled], "what is known stays"


# ---- when it was last seen


def test_an_entry_that_left_was_seen_until_its_feed_last_said_that_nothing_had_changed(desk: Desk) -> None:
    desk.take(entry(2), entry(1))
    unchanged = NOW + HOUR / 2
    desk.states[0] = replace(desk.states[0], last_ok_at=unchanged)
    desk.take(entry(3), entry(2))
    seen = {1: utc_text(unchanged), 2: utc_text(NOW + HOUR), 3: utc_text(NOW + HOUR)}
    rows = desk.rows(
        "SELECT article, s.last_seen_at, a.last_seen_at AS anywhere FROM sightings s JOIN articles a ON a.id = article"
    )
    assert {row["article"]: row["last_seen_at"] for row in rows} == seen
    assert {row["article"]: row["anywhere"] for row in rows} == seen
    desk.take(entry(4), entry(3))
    assert desk.column("SELECT last_seen_at FROM sightings WHERE article = 1") == [utc_text(unchanged)]


def test_an_entry_that_left_one_feed_is_still_seen_in_the_other(desk: Desk) -> None:
    desk.take(entry(1))
    desk.take(entry(1), feed=1)
    desk.take(entry(2))
    assert desk.column("SELECT last_seen_at FROM sightings WHERE article = 1 ORDER BY feed") == [
        utc_text(NOW),
        utc_text(NOW + HOUR),
    ]
    assert desk.column("SELECT last_seen_at FROM articles WHERE id = 1") == [utc_text(NOW + HOUR)]


# ---- one article under several addresses


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://m.press.example/1", id="for telephones"),
        pytest.param("https://press.example/1/amp", id="AMP"),
        pytest.param("https://www.press.example/1?outputType=amp", id="AMP by a parameter"),
    ],
)
def test_another_form_of_a_page_in_another_feed_of_the_source_is_the_same_article(desk: Desk, url: str) -> None:
    desk.take(entry(1))
    for _ in range(2):
        assert desk.take(entry(1, guid="other", url=url), feed=1).new == 0
    assert desk.column("SELECT url FROM articles") == ["https://press.example/1"]
    assert desk.column("SELECT feeds FROM coverage") == [2]


@pytest.mark.parametrize(
    ("other", "feed"),
    [
        pytest.param(entry(1, "Another headline", guid="b", url="https://m.press.example/1"), 1, id="another title"),
        pytest.param(entry(1, guid="b", url="https://press.example/2"), 1, id="another page"),
        pytest.param(entry(1, guid="b", url="https://m.press.example/1"), 2, id="another source"),
    ],
)
def test_a_likeness_that_is_not_of_address_title_and_source_makes_no_two_articles_one(
    desk: Desk, other: Entry, feed: int
) -> None:
    desk.take(entry(1))
    assert desk.take(other, feed=feed).new == 1


def test_a_title_that_comes_back_after_days_is_another_article(desk: Desk) -> None:
    desk.take(entry(1, "The week in pictures"))
    desk.now += timedelta(days=4)
    assert desk.take(entry(1, "The week in pictures", guid="b", url="https://m.press.example/1"), feed=1).new == 1


def archive(*numbers: int, moved: bool = False, **rest: Any) -> list[Entry]:
    """These articles of a council's archive; `moved` to another CMS, with today's date."""
    made = [
        entry(number, f"Item {number} of the council", summary=f"What it decided on point {number}", **rest)
        for number in numbers
    ]
    return [
        replace(one, guid=f"uuid-{one.guid}", url=f"https://press.example/news/{number}-item", published=NOW)
        if moved
        else one
        for number, one in zip(numbers, made, strict=True)
    ]


def test_an_archive_that_returns_from_another_cms_is_known_and_keeps_its_dates(desk: Desk) -> None:
    desk.take(*archive(*range(8)))
    desk.take(*archive(*range(8, 16)))
    dates = desk.column("SELECT published_at FROM articles ORDER BY id")
    desk.now += timedelta(days=90)

    assert desk.take(*archive(20, *range(16), moved=True)).new == 1
    assert desk.take(*archive(20, *range(16), moved=True)).new == 0
    assert desk.column("SELECT published_at FROM articles ORDER BY id LIMIT 16") == dates
    assert desk.rows("SELECT * FROM revisions") == []


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(archive(*range(9), moved=True), id="a few articles"),
        pytest.param(archive(*range(60), moved=True), id="a small part of the document"),
        pytest.param(
            [replace(one, summary="Other words") for one in archive(*range(16), moved=True)], id="other texts"
        ),
        pytest.param(
            [replace(one, title=f"Item {one.guid[-1]}", summary="") for one in archive(*range(16), moved=True)],
            id="words that recur",
        ),
    ],
)
def test_texts_that_recur_are_other_articles_unless_a_whole_archive_returns(desk: Desk, document: list[Entry]) -> None:
    desk.take(*archive(*range(16)))
    desk.take(
        *[
            replace(one, title=one.title[:7], summary="", guid=f"t{one.guid}", url=f"{one.url}t")
            for one in archive(*range(16))
        ]
    )
    desk.now += timedelta(days=90)

    assert desk.take(*document).new == len(document)


MOVED = "https://press.example/news/one-with-a-longer-name"


@pytest.mark.parametrize(
    ("change", "with_old", "new"),
    [
        pytest.param({}, False, 0, id="the address alone"),
        pytest.param({}, True, 1, id="both are shown"),
        pytest.param({"published": NOW}, False, 1, id="another time"),
        pytest.param({"date_quality": "day"}, False, 1, id="a day without a time"),
        pytest.param({"summary": "What it decided on Tuesday"}, False, 1, id="another text"),
        pytest.param({"title": "Item 2 of the council"}, False, 1, id="another headline over a short text"),
    ],
)
def test_an_entry_that_comes_back_at_another_address_in_place_of_the_first_is_the_article(
    desk: Desk, change: dict[str, Any], with_old: bool, new: int
) -> None:
    first, other = archive(1, 5)
    desk.take(other, first)
    desk.now += timedelta(days=8)
    moved = replace(first, **{"url": MOVED, "guid": MOVED, **change})

    assert desk.take(other, moved, *[first] * with_old).new == new
    assert desk.take(other, moved).new == 0


def test_a_headline_that_takes_address_and_guid_with_it_is_a_revision(desk: Desk) -> None:
    text = "Firefighters were called to Hazel Lane shortly after six this morning"
    first, other = entry(1, "Fire in Millbrook", summary=text), entry(2)
    desk.take(other, first)
    moved = replace(first, title="Two dead as house explodes", url=MOVED, guid=MOVED)

    assert desk.take(other, moved) == Ingested(new=0, updated=1, overlap=2, continuous=True)
    assert desk.titles == ["Two dead as house explodes", "Headline 2"]
    assert desk.rows("SELECT title, title_changed FROM revisions") == [{"title": first.title, "title_changed": 1}]
    assert desk.take(entry(3, "A piece like it", summary=text, published=first.published), other, moved).new == 1


def test_entries_of_one_date_and_text_do_not_stand_for_each_other(desk: Desk) -> None:
    same: dict[str, Any] = {"summary": "Read the whole story in the paper edition of today", "published": NOW - HOUR}
    desk.take(*(entry(number, **same) for number in (3, 2, 1)))

    assert desk.take(*(entry(number, **same) for number in (4, 3, 2))).new == 1


def test_another_feed_of_the_source_may_have_the_same_text_at_an_address_of_its_own(desk: Desk) -> None:
    desk.take(*archive(1))
    assert desk.take(replace(archive(1)[0], url=MOVED, guid=MOVED), feed=1).new == 1


def test_nobody_elses_archive_is_taken_for_the_sources_own(desk: Desk) -> None:
    desk.take(*archive(*range(16)))

    assert desk.take(*archive(*range(16), moved=True), feed=2).new == 16


# ---- aggregators


def found(number: int, outlet: Outlet | None, **rest: Any) -> Entry:
    """An entry of an aggregator, behind a link that only it can resolve."""
    link = OPAQUE.replace("?", f"{number}?")
    return entry(number, **{"guid": f"CBM{number}", "url": link, "outlet": outlet, **rest})


def test_what_an_aggregator_finds_belongs_to_its_outlet(desk: Desk) -> None:
    desk.take(
        found(1, Outlet("THE WIRE")),
        found(2, Outlet("Press Online", "https://www.press.example/")),
        found(3, Outlet("Daily Herald", "https://herald.example/")),
        found(4, Outlet("Київ Новини")),
        found(5, None),
        feed=3,
    )
    owners = desk.column("SELECT source FROM articles ORDER BY title")
    assert owners[:3] == ["wire", "press", "daily-herald"]
    assert owners[4] == "search"
    undeclared = desk.rows("SELECT id, name, family, kind, declared FROM sources WHERE NOT declared ORDER BY name")
    assert [row["name"] for row in undeclared] == ["Daily Herald", "Київ Новини"]
    assert undeclared[0] == {
        "id": "daily-herald",
        "name": "Daily Herald",
        "family": "daily-herald",
        "kind": None,
        "declared": 0,
    }
    desk.take(found(6, Outlet("Daily Herald")), feed=4)
    assert desk.column("SELECT source FROM articles ORDER BY id DESC LIMIT 1") == ["daily-herald"]


def test_a_newspaper_that_names_an_agency_keeps_its_articles(desk: Desk) -> None:
    desk.take(entry(1, outlet=Outlet("The Wire", "https://wire.example/")))
    assert desk.column("SELECT source FROM articles") == ["press"]


def test_one_opaque_link_under_two_outlets_is_two_articles(desk: Desk) -> None:
    first = entry(1, "A ban", guid="a", url=OPAQUE, outlet=Outlet("The Wire"))
    second = entry(1, "A ban", guid="b", url=OPAQUE, outlet=Outlet("The Press"))
    assert desk.take(first, second, feed=3).new == 2
    assert desk.take(replace(first, guid="c"), replace(second, guid="d"), feed=4).new == 0
    assert desk.column("SELECT source FROM articles ORDER BY 1") == ["press", "wire"]


def test_an_opaque_link_becomes_the_articles_own_address_when_its_outlet_shows_it(desk: Desk) -> None:
    desk.take(found(1, Outlet("The Press")), feed=3)
    desk.now += timedelta(days=2)
    assert desk.take(entry(1)).new == 0
    assert desk.rows("SELECT source, url FROM articles") == [{"source": "press", "url": "https://press.example/1"}]
    assert desk.take(found(1, Outlet("The Press")), feed=3).new == 0
    assert desk.take(entry(1, guid="other"), feed=1).new == 0
    assert desk.column("SELECT url FROM articles") == ["https://press.example/1"]


def test_an_opaque_link_to_what_its_outlet_has_shown_adds_a_sighting_only(desk: Desk) -> None:
    desk.take(entry(1))
    assert desk.take(found(1, Outlet("The Press")), feed=3).new == 0
    assert desk.rows("SELECT url, feeds FROM coverage") == [{"url": "https://press.example/1", "feeds": 2}]


def test_an_opaque_link_under_a_title_of_days_ago_is_another_article(desk: Desk) -> None:
    desk.take(found(1, Outlet("The Press")), feed=3)
    desk.now += timedelta(days=4)
    assert desk.take(entry(1)).new == 1


BOTH = (
    "SELECT title, feed, first_seen_at, last_seen_at, other_title, other_feed, other_first_seen_at, other_last_seen_at"
)


def hours(number: int) -> str:
    return utc_text(NOW + number * HOUR)


def test_two_headlines_at_once_in_two_feeds_of_a_source_have_one_row_and_are_no_revision(desk: Desk) -> None:
    for _ in range(CHANGES_LIMIT + 6):
        desk.take(entry(1, "Ministers ban encryption"))
        assert desk.take(entry(1, "Is this the end of private chat?"), feed=1).updated == 0
    assert desk.titles == ["Ministers ban encryption"]
    assert desk.rows("SELECT * FROM revisions") == []
    assert desk.rows(f"{BOTH} FROM at_once") == [
        {
            "title": "Is this the end of private chat?",
            "feed": "https://press.example/tech",
            "first_seen_at": hours(1),
            "last_seen_at": hours(59),
            "other_title": "Ministers ban encryption",
            "other_feed": "https://press.example/all",
            "other_first_seen_at": hours(0),
            "other_last_seen_at": hours(58),
        }
    ]
    assert desk.column("SELECT count(*) FROM variants") == [1]


def test_headlines_that_one_feed_tries_one_after_another_leave_each_a_row_and_no_revision(desk: Desk) -> None:
    for tried in ("Private chat ends", "Spies may read along", "Your chats, their eyes"):
        for _ in range(3):
            desk.take(entry(1, "Ministers ban encryption"))
            desk.take(entry(1, tried), feed=1)
    assert desk.rows("SELECT * FROM revisions") == []
    assert desk.titles == ["Ministers ban encryption"]
    assert desk.column("SELECT title FROM at_once ORDER BY id") == [
        "Private chat ends",
        "Spies may read along",
        "Your chats, their eyes",
    ]


@pytest.mark.parametrize("first", [0, 1], ids=["the feed with its headline first", "the feed that differed first"])
def test_a_headline_that_then_changes_in_both_feeds_is_one_substantive_revision(desk: Desk, first: int) -> None:
    for _ in range(3):
        desk.take(entry(1, "Ministers ban encryption"))
        desk.take(entry(1, "Private chat ends"), feed=1)
    for _ in range(3):
        desk.take(entry(1, "Ministers drop the plan"), feed=first)
        desk.take(entry(1, "Ministers drop the plan"), feed=1 - first)
    assert desk.titles == ["Ministers drop the plan"]
    assert desk.rows("SELECT title, kind, first_seen_at FROM revisions") == [
        {"title": "Ministers ban encryption", "kind": "substantive", "first_seen_at": hours(0)}
    ]
    assert desk.rows("SELECT title, other_title, last_seen_at, other_last_seen_at FROM at_once") == [
        {
            "title": "Private chat ends",
            "other_title": "Ministers ban encryption",
            "last_seen_at": hours(5),
            "other_last_seen_at": hours(4),
        }
    ]


def test_two_feeds_that_swap_their_headlines_leave_no_endless_row(desk: Desk) -> None:
    titles = ["Ministers ban encryption", "Private chat ends"]
    for turn in range(20):
        desk.take(entry(1, titles[turn % 2]))
        desk.take(entry(1, titles[1 - turn % 2]), feed=1)
    assert len(desk.rows("SELECT * FROM revisions")) <= 2
    assert len(desk.rows("SELECT * FROM variants")) <= 4


def test_a_change_that_reaches_one_feed_an_hour_after_the_other_is_a_revision_only(desk: Desk) -> None:
    for one, other in (("Before", "Before"), ("After", "Before"), ("After", "After"), ("After", "After")):
        desk.take(entry(1, one))
        desk.take(entry(1, other), feed=1)
    assert desk.column("SELECT title FROM revisions") == ["Before"]
    assert desk.rows("SELECT * FROM at_once") == []


def test_headlines_stand_as_long_as_their_feeds_say_that_nothing_has_changed(desk: Desk) -> None:
    desk.take(entry(1, "Ministers ban encryption"))
    desk.take(entry(1, "Private chat ends"), feed=1)
    for _ in range(3):
        desk.read(0)
        desk.read(1)
    (pair,) = desk.rows("SELECT last_seen_at, other_last_seen_at, hours FROM at_once")
    assert pair == {"last_seen_at": hours(7), "other_last_seen_at": hours(6), "hours": 5.0}
    desk.take(entry(2), feed=1)
    assert desk.column("SELECT last_seen_at FROM at_once") == [hours(7)]


def test_a_headline_of_an_aggregator_is_none_of_the_sources(desk: Desk) -> None:
    for _ in range(4):
        desk.take(entry(1, "Ministers ban encryption"))
        desk.take(entry(1, "BREAKING NEWS about chat", outlet=Outlet("The Press")), feed=3)
    assert desk.rows("SELECT * FROM variants") == []


def test_every_version_of_a_headline_has_a_beginning_and_an_end(desk: Desk) -> None:
    for title in ("First", "First", "Second", "Third", "Third"):
        desk.take(entry(1, title))
    versions = desk.rows("SELECT earlier_title, first_seen_at, seen_until, replaced_at FROM headline_changes")
    assert versions == [
        {"earlier_title": "First", "first_seen_at": hours(0), "seen_until": hours(1), "replaced_at": hours(2)},
        {"earlier_title": "Second", "first_seen_at": hours(2), "seen_until": hours(2), "replaced_at": hours(3)},
    ]
