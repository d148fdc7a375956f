"""Who published what an aggregator lists: items in the shapes of Google News, Bing News, planets and Atom readers."""

from datetime import UTC, datetime

import pytest

from tracker.collect.parse import parse, parse_at_once
from tracker.models import Entry, Outlet

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
GOOGLE = "https://news.google.com/rss/search?q=encryption"
BING = "https://www.bing.com/news/search?q=encryption&format=rss"


def rss(item: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"'
        f' xmlns:News="{BING.replace("&", "&amp;")}"><channel><title>"encryption"</title>{item}</channel></rss>'
    ).encode()


def only(body: bytes, url: str) -> Entry:
    assert parse_at_once(body, url, None, NOW) is not None
    (entry,) = parse(body, url, None, NOW).entries
    (slowly,) = parse(b"<!DOCTYPE x>" + body.partition(b"?>")[2], url, None, NOW).entries
    assert entry == slowly
    return entry


def google(title: str, description: str, source: str = "https://www.gazette.example") -> bytes:
    escaped = description.replace("&", "&amp;").replace("<", "&lt;")
    return rss(
        f"<item><title>{title}</title><link>https://news.google.com/rss/articles/CBMiabc?oc=5</link>"
        f'<guid isPermaLink="false">CBMiabc</guid><pubDate>Sun, 22 Nov 2026 08:00:00 GMT</pubDate>'
        f'<description>{escaped}</description><source url="{source}">The Gazette</source></item>'
    )


def anchor(title: str, outlet: str = "The Gazette") -> str:
    link = "https://news.google.com/rss/articles/CBMiabc?oc=5"
    return f'<a href="{link}" target="_blank">{title}</a>&nbsp;&nbsp;<font color="#6f6f6f">{outlet}</font>'


def test_an_item_of_google_news_is_its_outlets() -> None:
    entry = only(google("Peers vote on chat scanning - The Gazette", anchor("Peers vote on chat scanning")), GOOGLE)

    assert entry.outlet == Outlet("The Gazette", "https://www.gazette.example")
    assert (entry.title, entry.summary) == ("Peers vote on chat scanning", "")
    assert entry.guid == "CBMiabc"


def test_a_list_that_names_other_headlines_is_a_summary() -> None:
    listed = f"<ol><li>{anchor('Peers vote')}</li><li>{anchor('Apple appeals order', 'Herald')}</li></ol>"
    entry = only(google("Peers vote - The Gazette", listed), GOOGLE)
    assert entry.summary == "Peers vote The Gazette Apple appeals order Herald"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Peers vote – The Gazette", "Peers vote"),
        ("Peers vote — the gazette", "Peers vote"),
        ("Peers vote | The Gazette", "Peers vote"),
        ("Peers - vote - The Gazette", "Peers - vote"),
        ("Peers vote on The Gazette", "Peers vote on The Gazette"),
        ("The Gazette", "The Gazette"),
        ("Peers vote - The Gazette - live", "Peers vote - The Gazette - live"),
    ],
)
def test_the_name_of_the_outlet_is_no_part_of_the_headline(title: str, expected: str) -> None:
    assert only(google(title, "Words of its own"), GOOGLE).title == expected


@pytest.mark.parametrize("address", ["https://gazette.example/feed", "https://www.gazette.example/x"])
def test_the_feeds_own_site_is_no_outlet(address: str) -> None:
    entry = only(google("Peers vote - The Gazette", "Words"), address)
    assert (entry.outlet, entry.title) == (None, "Peers vote - The Gazette")


@pytest.mark.parametrize("source", ["", "javascript:alert(1)"])
def test_a_name_without_an_address_may_be_the_feeds_own(source: str) -> None:
    assert only(google("Peers vote - The Gazette", "Words", source), GOOGLE).outlet is None


def test_an_item_of_bing_news_has_the_outlets_link_and_name() -> None:
    link = "http://www.bing.com/news/apiclick.aspx?ref=FexRss&amp;aid=&amp;url=https%3a%2f%2fwww.gazette.example%2f1&amp;c=9"
    item = (
        f"<item><title>Peers vote on scanning</title><link>{link}</link><description>Two lords object.</description>"
        "<pubDate>Sun, 22 Nov 2026 08:00:00 GMT</pubDate><News:Source>The Gazette</News:Source>"
        "<News:Image>http://www.bing.com/th?id=1</News:Image></item>"
    )
    entry = only(rss(item), BING)

    assert entry.outlet == Outlet("The Gazette", None)
    assert (entry.url, entry.summary) == ("https://www.gazette.example/1", "Two lords object.")


def test_the_source_of_an_atom_entry_is_its_outlet() -> None:
    body = (
        b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Planet</title><entry><id>1</id>'
        b"<title>Why scanning fails</title><link href='https://blog.example/1'/><author><name>A</name></author>"
        b"<source><id>urn:blog</id><title>A cryptographer's notes</title><author><name>B</name></author>"
        b"<link rel='self' href='https://blog.example/feed'/><link href='https://blog.example/'/></source></entry></feed>"
    )
    entry = only(body, "https://planet.example/atom.xml")
    assert entry.outlet == Outlet("A cryptographer's notes", "https://blog.example/")
    assert (entry.author, entry.title) == ("A", "Why scanning fails")
