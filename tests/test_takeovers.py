"""Nobody speaks for another: what feeds of others do to an article, and how its publisher comes into its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.test_ingest import BOOK, HOUR, NOW, OPAQUE, Desk, entry
from tracker.models import Entry, Feed, Outlet, Source, utc_text
from tracker.pipeline.grouping import Grouper, group_waiting
from tracker.publish.exports.queries import as_of
from tracker.store import feeds
from tracker.store.database import opened, transaction
from tracker.store.tags import apply_rulebook

PRESS, TECH, EVIL, SEARCH = 0, 1, 2, 3
SOURCES = [
    Source("press", "The Press", "press", "national", "GB", "en", ("press.test",)),
    Source("evil", "The Forger", "evil", "national", "GB", "fr"),
    Source("search", "A Search", "search", "aggregator"),
]
FEEDS = {
    "https://www.press.example/all": "press",
    "https://feeds.press.example/tech": "press",
    "https://evil.example/rss": "evil",
    "https://search.example/1": "search",
}
FORGED = "The Press says: children, encryption"


@cache
def template() -> bytes:
    """A database file in which sources, feeds and rules are declared."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "tracker.db"
        with opened(path) as db, transaction(db):
            feeds.declare(db, SOURCES, [Feed(url, source) for url, source in FEEDS.items()])
            apply_rulebook(db, BOOK, NOW)
        return path.read_bytes()


@contextmanager
def newsroom(path: Path) -> Iterator[Desk]:
    (path / "tracker.db").write_bytes(template())
    with opened(path / "tracker.db") as db:
        yield Desk(db)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with newsroom(tmp_path) as made:
        yield made


def test_another_feed_that_shows_an_article_under_other_titles_changes_nothing_in_it(desk: Desk) -> None:
    desk.take(entry(1, "Ministers on encryption", summary="A plan.", author="A. Writer"))
    before = desk.rows("SELECT * FROM articles")
    for title in (FORGED, "Another forgery"):
        taken = desk.take(entry(1, title, guid="x", summary="Forged", author="E", published=NOW), feed=EVIL)
        assert (taken.new, taken.updated) == (0, 0)
    assert desk.rows("SELECT * FROM articles") == before
    assert desk.rows("SELECT * FROM revisions UNION ALL SELECT * FROM revisions") == []
    assert desk.column("SELECT words FROM evidence") == ["encryption"]
    assert desk.rows("SELECT feed, title, summary, first_seen_at, last_seen_at FROM citations ORDER BY title") == [
        {
            "feed": 3,
            "title": title,
            "summary": "Forged",
            "first_seen_at": utc_text(NOW + hours * HOUR),
            "last_seen_at": utc_text(NOW + hours * HOUR),
        }
        for hours, title in ((2, "Another forgery"), (1, FORGED))
    ]


def test_what_another_feed_calls_an_article_as_its_publisher_does_is_a_sighting_alone(desk: Desk) -> None:
    desk.take(entry(1))
    desk.take(entry(1, guid="x"), feed=EVIL)
    assert desk.rows("SELECT * FROM citations") == []
    assert desk.column("SELECT feed FROM sightings ORDER BY feed") == [1, 3]


def test_the_titles_that_one_feed_gives_an_article_of_others_are_not_kept_for_ever(desk: Desk) -> None:
    desk.take(entry(1))
    for number in range(40):
        desk.take(entry(1, f"Forgery {number}"), feed=EVIL)
    assert desk.column("SELECT count(*) FROM citations") == [24]


def test_the_data_of_a_moment_before_a_takeover_has_the_words_of_those_who_held_it(desk: Desk) -> None:
    desk.take(entry(1, FORGED, summary="Forged"), feed=EVIL)
    desk.take(entry(1, "Ministers on locks"))
    desk.take(entry(1, "Ministers on keys"))
    seen = []
    for hours in range(3):
        with as_of(desk.db, NOW + hours * HOUR):
            seen += desk.rows("SELECT source, title FROM coverage")
    assert seen == [
        {"source": "The Forger", "title": FORGED},
        {"source": "The Press", "title": "Ministers on locks"},
        {"source": "The Press", "title": "Ministers on keys"},
    ]


@pytest.mark.parametrize("url", ["https://press.example/1", "https://www.press.test/1", "https://live.press.example/1"])
def test_a_publisher_takes_over_what_another_showed_first(desk: Desk, url: str) -> None:
    forged = entry(1, FORGED, guid="x", url=url, summary="Forged", author="E", published=NOW - 50 * HOUR)
    desk.take(forged, feed=EVIL)
    desk.take(replace(forged, title="A second forgery"), feed=EVIL)
    taken = desk.take(entry(1, "Ministers on locks", url=url, summary="A plan.", author="A. Writer"))
    assert (taken.new, taken.updated, len(desk.titles)) == (0, 1, 1)
    (article,) = desk.rows("SELECT * FROM articles")
    assert [article[name] for name in ("source", "title", "summary", "author", "language", "relevance")] == [
        "press",
        "Ministers on locks",
        "A plan.",
        "A. Writer",
        "en",
        "none",
    ]
    assert article["published_at"] == "2025-01-22T16:00:00Z"
    assert (article["first_seen_at"], article["stated_at"]) == (utc_text(NOW), utc_text(NOW + 2 * HOUR))
    assert (desk.found("encryption"), desk.found("locks")) == ([], [1])
    assert desk.rows("SELECT * FROM evidence") == []
    assert desk.rows("SELECT id FROM revisions UNION ALL SELECT id FROM earlier_words") == []
    assert desk.rows("SELECT from_source, source, title, summary, author, taken_at FROM takeovers") == [
        {
            "from_source": "evil",
            "source": "press",
            "title": "A second forgery",
            "summary": "Forged",
            "author": "E",
            "taken_at": utc_text(NOW + 2 * HOUR),
        }
    ]
    assert desk.column("SELECT title FROM citations ORDER BY first_seen_at") == [FORGED, "A second forgery"]


def test_what_a_publisher_has_taken_over_is_followed_as_its_own(desk: Desk) -> None:
    desk.take(entry(1, FORGED), feed=EVIL)
    desk.take(entry(1, "Ministers on locks"))
    desk.take(entry(1, "A third forgery"), feed=EVIL)
    assert desk.take(entry(1, "Ministers on keys")).updated == 1
    changed = desk.rows("SELECT earlier_title, latest_title, first_seen_at, seen_until FROM headline_changes")
    assert changed == [
        {
            "earlier_title": "Ministers on locks",
            "latest_title": "Ministers on keys",
            "first_seen_at": utc_text(NOW + HOUR),
            "seen_until": utc_text(NOW + HOUR),
        }
    ]
    assert desk.column("SELECT valid_from FROM versions ORDER BY 1") == [utc_text(NOW + n * HOUR) for n in (1, 3)]


def test_what_a_publisher_takes_over_is_grouped_anew_by_its_own_words(desk: Desk) -> None:
    desk.take(entry(2, "Parliament debates lifeboats", summary="Words on boats."))
    desk.take(entry(1, FORGED, url="https://press.example/1"), feed=EVIL)
    with transaction(desk.db):
        Grouper().step(desk.db, desk.now)
    assert desk.column("SELECT count(*) FROM articles WHERE story IS NULL") == [0]
    desk.take(entry(1, "Ministers on locks"))
    assert desk.column("SELECT id FROM articles WHERE story IS NULL") == [2]


def group(desk: Desk) -> None:
    group_waiting(desk.db, "all", desk.now)


def test_what_others_say_of_an_article_is_grouped_with_nothing_until_its_publisher_shows_it(desk: Desk) -> None:
    headline = "Parliament debates whether lifeboats need locks"
    desk.take(entry(1, headline, url="https://press.example/1"), feed=EVIL)
    group(desk)
    desk.take(entry(2, headline, url="https://evil.example/2"), feed=EVIL)
    group(desk)
    assert desk.rows("SELECT story, grouped FROM articles ORDER BY id") == [
        {"story": 1, "grouped": 0},
        {"story": 2, "grouped": 1},
    ]
    desk.take(entry(1, "Ministers meet the makers of keys"))
    group(desk)
    assert desk.rows("SELECT story, grouped FROM articles WHERE id = 1") == [{"story": 1, "grouped": 1}]
    assert desk.column("SELECT count(*) FROM copies") == [0]


def test_words_put_in_place_of_others_draw_no_article_into_the_story_of_these(desk: Desk) -> None:
    late = {"published": NOW}
    desk.take(entry(2, "Harbour festival opens with fireworks", url="https://evil.example/2", **late), feed=EVIL)
    desk.take(entry(3, "Harbour festival opens with fireworks", url="https://search.example/3", **late), feed=SEARCH)
    group(desk)
    desk.take(entry(2, "Parliament debates lifeboat locks", url="https://evil.example/2", **late), feed=EVIL)
    desk.take(entry(1, "Parliament debates lifeboat locks", **late))
    group(desk)
    assert desk.column("SELECT story FROM articles ORDER BY id") == [1, 1, 3]


def test_an_aggregator_speaks_for_a_publisher_until_it_speaks_for_itself(desk: Desk) -> None:
    found = entry(1, "Found: a ban", guid="s", outlet=Outlet("Anything"))
    desk.take(found, feed=SEARCH)
    assert desk.rows("SELECT source, title FROM articles") == [{"source": "press", "title": "Found: a ban"}]
    desk.take(replace(found, title="Found: the ban"), feed=SEARCH)
    desk.take(entry(1, "Ministers plan a ban"))
    desk.take(replace(found, title="Found again"), feed=SEARCH)
    assert desk.titles == ["Ministers plan a ban"]
    assert desk.rows("SELECT * FROM revisions") == []
    titles = ["Found again", "Found: a ban", "Found: the ban"]
    assert desk.column("SELECT title FROM citations ORDER BY title") == titles


def test_an_aggregator_that_names_the_publisher_takes_an_article_from_one_who_is_not(desk: Desk) -> None:
    desk.take(entry(1, FORGED, guid="x"), feed=EVIL)
    desk.take(entry(1, "A ban", outlet=Outlet("The Press", "https://www.press.example/")), feed=SEARCH)
    desk.take(entry(1, "A fourth forgery", guid="x"), feed=EVIL)
    assert desk.rows("SELECT source, title FROM articles") == [{"source": "press", "title": "A ban"}]


@pytest.mark.parametrize(("others", "source"), [(0, "daily-herald"), (5, "press")], ids=["links others", "is at home"])
def test_an_outlet_that_nobody_declared_gets_its_articles_from_one_who_links_them_alone(
    desk: Desk, others: int, source: str
) -> None:
    url = "https://herald.example/1"
    desk.take(*[entry(number, url=f"https://herald.example/{number}") for number in range(2, 2 + others)])
    desk.take(entry(1, "Linked", url=url))
    desk.take(entry(1, "A ban", url=url, outlet=Outlet("Daily Herald", "https://www.herald.example/")), feed=SEARCH)
    assert desk.column("SELECT source FROM articles WHERE url = 'https://herald.example/1'") == [source]


@pytest.mark.parametrize(
    "outlet",
    [Outlet("The Forger"), Outlet("Nobody", "https://evil.example/"), Outlet("Nobody"), None],
    ids=["its name", "its site", "nobody known", "none"],
)
def test_whatever_outlet_an_aggregator_names_an_article_is_not_given_to_one_who_does_not_publish_it(
    desk: Desk, outlet: Outlet | None
) -> None:
    desk.take(entry(1, "A ban", outlet=outlet), feed=SEARCH)
    assert desk.column("SELECT source FROM articles") == ["search" if outlet is None else "press"]
    desk.take(entry(1, "Ministers plan a ban"))
    assert desk.rows("SELECT source, title FROM articles") == [{"source": "press", "title": "Ministers plan a ban"}]


def test_a_source_that_only_names_another_as_its_own_does_not_speak_for_it(desk: Desk) -> None:
    desk.take(entry(1, FORGED, url="https://evil.example/1", outlet=Outlet("The Press")), feed=EVIL)
    assert desk.column("SELECT source FROM articles") == ["evil"]


def test_an_address_at_which_nobody_is_known_to_publish_is_whose_feed_showed_it_first(desk: Desk) -> None:
    url = "https://elsewhere.example/1"
    desk.take(entry(1, "A ban", url=url))
    desk.take(entry(1, FORGED, url=url), feed=EVIL)
    assert desk.take(entry(1, "The ban", url=url)).updated == 1
    assert desk.titles == ["The ban"]
    assert desk.column("SELECT title FROM citations") == [FORGED]


def test_a_domain_that_is_declared_later_gives_the_publisher_its_articles_back(desk: Desk) -> None:
    url = "https://elsewhere.example/1"
    desk.take(entry(1, FORGED, url=url), feed=EVIL)
    desk.take(entry(1, "A ban", url=url))
    desk.db.execute("UPDATE feeds SET etag = 'e', body_sha256 = 'b'")
    with transaction(desk.db):
        press = replace(SOURCES[0], domains=("press.test", "elsewhere.example"))
        feeds.declare(desk.db, [press, *SOURCES[1:]], [Feed(url, source) for url, source in FEEDS.items()])
    assert desk.column("SELECT source FROM feeds WHERE etag IS NULL AND body_sha256 IS NULL") == ["press", "press"]
    desk.take(entry(1, "A ban", url=url))
    assert desk.rows("SELECT source, title FROM articles") == [{"source": "press", "title": "A ban"}]
    assert desk.column("SELECT title FROM citations") == [FORGED], "its own title is not what others call it"


def test_a_guid_that_another_moves_leads_to_none_of_the_publishers_articles(desk: Desk) -> None:
    one, two = entry(1, "A ban", guid="x"), entry(2, "A ban", guid="x")
    desk.take(one, feed=EVIL)
    desk.take(replace(one, url=two.url), feed=EVIL)
    desk.take(replace(one, url="https://evil.example/own"), feed=EVIL)
    desk.take(entry(2), entry(1))
    assert desk.rows("SELECT source, title, url FROM articles ORDER BY url") == [
        {"source": "evil", "title": "A ban", "url": "https://evil.example/own"},
        {"source": "press", "title": "Headline 1", "url": "https://press.example/1"},
        {"source": "press", "title": "Headline 2", "url": "https://press.example/2"},
    ]
    assert desk.rows("SELECT * FROM links") == []


def test_an_article_that_moves_to_an_address_others_showed_first_is_still_that_article(desk: Desk) -> None:
    before = entry(1, "Blast in Millbrook, crews on scene", guid="https://press.example/?p=4711")
    after = replace(before, url="https://press.example/millbrook-house", title="Two dead as house explodes")
    desk.take(entry(2), before)
    desk.take(replace(after, guid="x", title=FORGED), feed=EVIL)
    desk.take(entry(2), after)
    assert desk.column("SELECT title FROM articles WHERE source = 'press' ORDER BY id") == [after.title, "Headline 2"]
    assert desk.rows("SELECT article, title FROM revisions") == [{"article": 1, "title": before.title}]
    assert desk.rows("SELECT * FROM links") == [{"canonical_url": after.url, "article": 1}]
    desk.take(replace(after, guid="x", title="Another forgery"), feed=EVIL)
    assert desk.column("SELECT title FROM articles WHERE id = 1") == [after.title]
    assert desk.rows("SELECT article, title FROM citations") == [{"article": 1, "title": "Another forgery"}]


def test_another_form_of_an_articles_address_that_others_showed_first_makes_no_second_article(desk: Desk) -> None:
    desk.take(entry(1, "A ban"))
    desk.take(entry(1, FORGED, url="https://www.press.example/1"), feed=EVIL)
    desk.take(entry(1, "A ban", url="https://www.press.example/1"), feed=TECH)
    assert desk.column("SELECT id FROM articles WHERE source = 'press'") == [1]
    assert desk.column("SELECT feed FROM sightings WHERE article = 1") == [1, 2]


def test_that_others_showed_an_article_long_before_does_not_part_the_forms_of_its_address(desk: Desk) -> None:
    desk.take(entry(1, FORGED), feed=EVIL)
    desk.now += 100 * HOUR
    desk.take(entry(1, "A ban"))
    desk.take(entry(1, "A ban", guid="m", url="https://m.press.example/1"), feed=TECH)
    assert desk.column("SELECT id FROM articles WHERE source = 'press'") == [1]


def test_a_further_address_of_anothers_article_is_given_back_to_its_publisher(desk: Desk) -> None:
    desk.take(entry(9, FORGED, url="https://elsewhere.example/9"), feed=EVIL)
    desk.db.execute("INSERT INTO links (canonical_url, article) VALUES ('https://press.example/1', 1)")
    assert desk.take(entry(1)).new == 1
    assert desk.rows("SELECT * FROM links") == []
    assert desk.column("SELECT source FROM articles ORDER BY id") == ["evil", "press"]


def test_an_address_listed_twice_by_another_makes_no_articles_under_it(desk: Desk) -> None:
    desk.take(entry(1, "One", guid="guid-1"), entry(1, "Two", guid="guid-2"), feed=EVIL)
    desk.take(entry(1, "A ban", guid="guid-1"), entry(1, "A vote", guid="guid-2"))
    assert sorted(desk.rows("SELECT source, title FROM articles"), key=str)[-2:] == [
        {"source": "press", "title": "A ban"},
        {"source": "press", "title": "A vote"},
    ]


# ---- hostile feeds in any order

NUMBERS = st.integers(1, 4)
ADDRESSES: list[Callable[[int], str]] = [
    lambda number: f"https://press.example/{number}",
    lambda number: f"http://www.press.example/{number}?utm_source=x#y",
    lambda number: f"https://m.press.example/{number}",
    lambda number: f"https://press.example/{number}/amp",
    lambda number: f"https://press.example/{number}/moved",
    lambda number: f"https://www.press.example/{number}",
    lambda number: f"https://evil.example/{number}",
    lambda _: "https://press.example/",
    lambda number: OPAQUE.replace("?", f"{number}?"),
]


@st.composite
def hostile_entries(draw: st.DrawFn) -> Entry:
    """What a forger may say: any address, any guid, any title, also those of the publisher."""
    number = draw(NUMBERS)
    title = draw(st.sampled_from([f"Headline {number}", f"Headline {number} changed", FORGED, "Children"]))
    return Entry(
        draw(st.sampled_from(["guid-1", "guid-2", "https://press.example/1", "guid-1 https://press.example/1"])),
        draw(st.sampled_from(ADDRESSES))(number),
        title,
        draw(st.sampled_from(["", "Forged"])),
        published=draw(st.sampled_from([None, NOW, NOW - 40 * HOUR])),
        author=draw(st.sampled_from([None, "E"])),
        outlet=draw(st.sampled_from([None, Outlet("The Press"), Outlet("The Forger", "https://press.example/")])),
    )


@st.composite
def honest_documents(draw: st.DrawFn) -> tuple[int, list[Entry]]:
    """A document of one of the publisher's feeds: some of its articles, headlines and addresses changed or not."""
    feed = draw(st.sampled_from([PRESS, TECH]))
    numbers = draw(st.lists(NUMBERS, unique=True, min_size=1))
    changed = " changed" if draw(st.booleans()) else ""
    address = draw(st.sampled_from(["https://press.example/{}", "https://press.example/{}/moved"]))
    return feed, [
        entry(number, f"Headline {number}{changed}", url=address.format(number), summary="Encryption.")
        for number in numbers
    ]


def honest_part(desk: Desk) -> dict[str, list[dict[str, Any]]]:
    """All that is stored of the publisher's articles, by their addresses; when they were first seen aside."""
    columns = [row["name"] for row in desk.rows("PRAGMA table_info(articles)")]
    hidden = {"id", "first_seen_at", "stated_at", "story", "agency"}
    kept = ", ".join(f"a.{column}" for column in columns if column not in hidden)
    mine = "articles AS a ON a.id = article AND a.source = 'press'"
    return {
        "articles": desk.rows(f"SELECT {kept} FROM articles AS a WHERE source = 'press' ORDER BY canonical_url"),
        "revisions": desk.rows(
            f"""SELECT a.canonical_url, r.feed, r.title, r.summary, r.kind, r.again, r.again_at, r.seen_until,
            r.replaced_at FROM revisions AS r JOIN {mine} ORDER BY 1, r.id"""
        ),
        "earlier words": desk.rows(
            f"SELECT a.canonical_url, w.title, w.to_at FROM earlier_words AS w JOIN {mine} ORDER BY 1, w.id"
        ),
        "evidence": desk.rows(
            f"SELECT a.canonical_url, e.tag, e.words FROM evidence AS e JOIN {mine} ORDER BY 1, 2, 3"
        ),
        "variants": desk.rows(
            f"SELECT a.canonical_url, v.feed, v.title FROM variants AS v JOIN {mine} ORDER BY 1, 2, 3"
        ),
        "links": desk.rows(f"SELECT l.canonical_url FROM links AS l JOIN {mine} ORDER BY 1"),
        "own sightings": desk.rows(
            f"""SELECT a.canonical_url, s.feed, s.guid, s.text_hash, s.changes FROM sightings AS s JOIN {mine}
            AND s.feed IN (1, 2) ORDER BY 1, 2, 3"""
        ),
    }


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            honest_documents(),
            st.tuples(st.just(EVIL), st.lists(hostile_entries(), max_size=4, unique_by=lambda e: e.guid)),
        ),
        max_size=9,
    )
)
def test_whatever_a_hostile_feed_shows_and_when_the_publishers_articles_are_as_if_it_were_not_there(
    documents: list[tuple[int, list[Entry]]],
) -> None:
    parts = []
    for alone in (True, False):
        with TemporaryDirectory() as folder, newsroom(Path(folder)) as desk:
            for feed, entries in documents:
                if alone and feed == EVIL:
                    desk.now += HOUR
                else:
                    desk.take(*entries, feed=feed)
            parts.append(honest_part(desk))
    assert parts[0] == parts[1]
