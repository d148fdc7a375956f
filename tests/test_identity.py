"""Which stored article an entry is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tracker.analyse.identity import (
    CHANGES_LIMIT,
    Guids,
    Identified,
    Known,
    Shown,
    addresses,
    as_read,
    hash_of,
    identify,
    is_better_address,
    is_same_page,
    judge_guids,
    key_of,
)
from tracker.analyse.publishers import Attribution
from tracker.models import Entry

NOON = datetime(2025, 2, 21, 12, tzinfo=UTC)
ENTRY = Entry("g1", "https://a.example/one", "Apple withdraws its feature", "It is gone.", published=NOON)
CHANGED = replace(ENTRY, title="Apple pulls it")
KNOWN = Known(7, ENTRY.title, ENTRY.summary, NOON, text_hash=hash_of(ENTRY))
LAST = Shown(hash_of(ENTRY), NOON)
OTHER = Known(8, "Another piece", "", NOON - timedelta(days=9))


OPAQUE = "https://news.google.com/rss/articles/CBMiK2h0dHBz?oc=5"


def keys(*entries: Entry, by_key: dict[str, Known] | None = None, sources: tuple[str, ...] = ()) -> list[str]:
    places = addresses(entries, [Attribution(name, name) for name in sources or ("press",) * len(entries)])
    return [key_of(entry, place, by_key or {}) for entry, place in zip(entries, places, strict=True)]


def test_entries_of_one_document_with_one_address_and_other_titles_are_told_apart_by_guid() -> None:
    entries = [
        Entry("g1", "https://a.example/live", "First update"),
        Entry("g2", "https://a.example/live#two", "Second update"),
        Entry("g3", "https://a.example/piece?utm_source=rss", "A piece"),
        Entry("g4", "https://a.example/", "Points at the front page"),
    ]
    assert keys(*entries) == [
        "https://a.example/live#g1",
        "https://a.example/live#g2",
        "https://a.example/piece",
        "https://a.example/#g4",
    ]


def test_the_same_piece_listed_twice_is_one() -> None:
    assert len(set(keys(ENTRY, replace(ENTRY, guid="g2")))) == 1


def test_once_told_apart_entries_stay_so_and_the_first_owner_keeps_its_address() -> None:
    url = ENTRY.url
    other = replace(ENTRY, guid="g2", title="Another piece")
    assert keys(ENTRY, other, by_key={url: KNOWN}) == [url, f"{url}#g2"]
    assert keys(other, by_key={url: KNOWN, f"{url}#g2": OTHER}) == [f"{url}#g2"]


@pytest.mark.parametrize(
    ("shown", "link", "distinct"),
    [
        ("#post-1", "#post-2", True),
        ("#block-5f3a", "#block-60c1", True),
        ("#post-1", "#post-1", False),
        ("", "#post-2", False),
        ("#post-1", "", False),
        ("#comments", "#rss", False),
        ("#xtor=RSS-1", "#xtor=RSS-2", False),
    ],
)
def test_posts_of_a_live_blog_are_told_apart_also_where_each_is_alone_in_its_document(
    shown: str, link: str, distinct: bool
) -> None:
    url = "https://a.example/live"
    entry = Entry("g2", url + link, "Second update")
    before = replace(KNOWN, url=url + shown, speaker="press")
    assert keys(entry, by_key={url: before}) == [f"{url}#g2" if distinct else url]
    assert keys(entry, by_key={url: replace(before, speaker="another")}) == [url]


@pytest.mark.parametrize(
    ("entry", "by_guid", "by_key", "last", "article", "changed"),
    [
        pytest.param(ENTRY, None, None, None, None, False, id="new"),
        pytest.param(ENTRY, KNOWN, KNOWN, LAST, 7, False, id="seen before, the same words"),
        pytest.param(CHANGED, KNOWN, KNOWN, None, 7, True, id="seen before, other words"),
        pytest.param(CHANGED, None, KNOWN, None, 7, False, id="seen in another feed"),
        pytest.param(CHANGED, None, KNOWN, LAST, 7, True, id="changed words and guid"),
        pytest.param(ENTRY, None, KNOWN, LAST, 7, False, id="a changed guid alone"),
        pytest.param(ENTRY, OTHER, KNOWN, None, 7, False, id="the address is stronger than the guid"),
        pytest.param(ENTRY, KNOWN, None, None, 7, False, id="a new address under the same guid"),
        pytest.param(
            replace(ENTRY, title="Quite different", published=NOON + timedelta(days=3)), KNOWN, None, None, None, False,
            id="a guid that is used again for something else",
        ),
    ],
)  # fmt: skip
def test_an_entry_is_found_again_by_address_or_by_guid(
    entry: Entry,
    by_guid: Known | None,
    by_key: Known | None,
    last: Shown | None,
    article: int | None,
    changed: bool,
) -> None:
    known, is_changed = identify(entry, by_guid, by_key, last, Guids())
    assert (known.article if known else None) == article
    assert is_changed == changed


UUID = "7f3c1c1e-9f0e-4c39-8d0e-0c1f6f1a2b3c"
POST = "https://a.example/?p=48151"
FIRE, DEATHS = "Fire in Millbrook, crews on scene", "Two dead as house explodes"
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)


@pytest.mark.parametrize(
    ("guid", "titles", "later", "guids", "same"),
    [
        pytest.param(POST, (FIRE, DEATHS), 3 * HOUR, Guids(), True, id="the number of a post"),
        pytest.param(f"urn:uuid:{UUID}", (FIRE, DEATHS), WEEK, Guids(), True, id="a UUID"),
        pytest.param("tag:a.example,2025:48151", (FIRE, DEATHS), None, Guids(), True, id="a tag, without a date"),
        pytest.param("https://a.example/fire", (FIRE, DEATHS), HOUR, Guids(), True, id="the first address as the guid"),
        pytest.param("p54mfx", (FIRE, DEATHS), 30 * WEEK, Guids(), True, id="a code that both addresses have"),
        pytest.param("news-300411703", (FIRE, DEATHS), 4 * WEEK, Guids(), True, id="a number that both addresses have"),
        pytest.param(POST, (FIRE, DEATHS), 2 * WEEK, Guids(), False, id="a number that comes back after weeks"),
        pytest.param(POST, (FIRE, DEATHS), HOUR, Guids(frozenset({POST})), False, id="a number that was used twice"),
        pytest.param("top-story", (FIRE, DEATHS), 3 * HOUR, Guids(lasting=9, moved=1), False, id="a place on the page"),
        pytest.param("top-story", (FIRE, DEATHS), 0 * HOUR, Guids(lasting=9, moved=1), True, id="a name on one day"),
        pytest.param("2025-news", (FIRE, DEATHS), HOUR, Guids(), False, id="a year is no number of an article"),
        pytest.param("7", (FIRE, DEATHS), HOUR, Guids(), False, id="a counter"),
        pytest.param("7", ("Inquiry, day 7: police", "Inquiry, day 8: press"), HOUR, Guids(), False, id="a series"),
        pytest.param("7", (FIRE, f"{FIRE}: two dead"), HOUR, Guids(lasting=4, moved=1), True, id="a headline grown"),
        pytest.param("7", (FIRE, f"{FIRE}: two dead"), HOUR, Guids(lasting=1, moved=4), False, id="all of them moved"),
        pytest.param("7", (FIRE, FIRE), WEEK, Guids(), True, id="the same headline at a new address"),
    ],
)
def test_a_guid_at_a_new_address_under_a_new_headline_is_the_article_where_more_than_the_guid_says_so(
    guid: str, titles: tuple[str, str], later: timedelta | None, guids: Guids, same: bool
) -> None:
    midnight = datetime(2025, 2, 21, tzinfo=UTC)
    number = "300411703" if "300411703" in guid else "p54mfx"
    known = Known(7, titles[0], "", midnight, url=f"https://a.example/fire{'' if guid[:4] == 'http' else '-' + number}")
    published = None if later is None else midnight + later
    entry = Entry(guid, f"https://a.example/deaths-{number}.html", titles[1], published=published)
    found, changed = identify(entry, replace(known, text_hash="earlier"), None, None, guids)
    assert (found is not None, changed) == (same, same)


def test_the_guids_of_a_document_are_judged_by_what_it_and_its_feed_showed_under_them() -> None:
    entries = [Entry(str(n), f"https://a.example/{n}", f"Piece {n}") for n in range(4)]
    urls = [entry.url for entry in entries]
    stored = [Known(n, f"Piece {n}", "", None) for n in range(4)]
    at = dict(zip(urls, stored, strict=True))

    def judged(*order: int) -> Guids:
        return judge_guids(entries, urls, {str(guid): stored[n] for guid, n in enumerate(order)}, at)

    assert judged(0, 1, 2, 3) == Guids(lasting=4)
    assert judged(0, 1, 3, 2) == Guids(lasting=2, moved=2)
    assert judged(1, 2, 3) == Guids(frozenset("012"), moved=3), "positions, which move on with the window"
    one_for_all = [replace(entries[0], guid="all"), replace(entries[1], guid=f"all {urls[1]}")]
    assert judge_guids(one_for_all, urls[:2], {}, {}).reused == {"all"}
    assert judge_guids(entries, urls, {"0": replace(stored[0], reused=True)}, at).reused == {"0"}


def test_typographic_differences_are_no_change_to_a_reader() -> None:
    assert as_read("“Chat  control” – the\u00a0vote") == as_read('"Chat control" - the vote')
    assert as_read("ban") != as_read("limit")


def test_a_link_that_only_its_aggregator_can_resolve_is_another_article_for_each_outlet() -> None:
    first, second = keys(replace(ENTRY, url=OPAQUE), replace(ENTRY, url=OPAQUE, guid="g2"), sources=("one", "two"))
    assert first != second
    assert keys(replace(ENTRY, url=OPAQUE), sources=("one",)) == [first], "and the same for one outlet"


@pytest.mark.parametrize(
    ("known", "url", "same"),
    [
        pytest.param("https://a.example/one", "https://m.a.example/one", True, id="the page for telephones"),
        pytest.param("https://a.example/one", "https://a.example/one/amp", True, id="the AMP page"),
        pytest.param("https://amp.a.example/one", "https://www.a.example/one", True, id="the AMP page was first"),
        pytest.param("https://a.example/one", "https://a.example/two", False, id="another page"),
        pytest.param("https://a.example/one", "https://b.example/one", False, id="another site"),
        pytest.param(OPAQUE, "https://a.example/one", True, id="an aggregator's link may be any"),
        pytest.param("https://a.example/one", OPAQUE, True, id="in either order"),
    ],
)
def test_one_title_under_two_forms_of_an_address_is_one_page(known: str, url: str, same: bool) -> None:
    assert is_same_page(replace(KNOWN, url=known), replace(ENTRY, url=url)) == same


@pytest.mark.parametrize(
    ("url", "known", "better"),
    [
        pytest.param("https://a.example/one", OPAQUE, True, id="the publisher's own"),
        pytest.param(OPAQUE, "https://a.example/one", False, id="the aggregator's"),
        pytest.param("https://m.a.example/one", "https://a.example/one", False, id="another form of it"),
        pytest.param(OPAQUE, OPAQUE, False, id="both the aggregator's"),
    ],
)
def test_the_publishers_own_address_is_better_than_an_aggregators(url: str, known: str, better: bool) -> None:
    assert is_better_address(url, known) == better


@pytest.mark.parametrize(
    ("changes", "published", "changes_too_often"),
    [
        pytest.param(CHANGES_LIMIT - 1, NOON, False, id="changed often"),
        pytest.param(CHANGES_LIMIT, NOON, True, id="changed too often"),
        pytest.param(CHANGES_LIMIT, None, True, id="without a date"),
        pytest.param(CHANGES_LIMIT, NOON + timedelta(minutes=5), False, id="the date changed, too"),
    ],
)
def test_words_that_change_again_and_again_under_one_date_are_not_followed(
    changes: int, published: datetime | None, changes_too_often: bool
) -> None:
    entry = replace(CHANGED, published=published)
    found = Identified(entry, "press", "key", hash_of(entry), replace(KNOWN, changes=changes), changed=True)
    assert found.changes_too_often == changes_too_often
    assert not replace(found, changed=False).changes_too_often
