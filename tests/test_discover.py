"""Which feeds a page is found to lead to."""

import time

import pytest

from tracker.collect.discover import FOUND_LIMIT, DiscoveredFeed, feeds_in

URL = "https://example.org/news/index.html"


def urls(page: str) -> list[str]:
    return [found.url for found in feeds_in(page.encode(), URL)]


def test_declared_feeds_come_first_and_each_once() -> None:
    page = """<!DOCTYPE html><html><head><title>News</title>
        <link rel="stylesheet" href="/style.css">
        <link rel="alternate" type="application/rss+xml" title="News &amp; views" href="/news.rss">
        <link rel="ALTERNATE home" type="Application/Atom+XML; charset=utf-8" href="atom.xml">
        <link rel="alternate" type="application/feed+json" title="As JSON" href="/feed.json">
        <link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/7">
        <link rel="alternate" hreflang="fr" href="/fr/">
        <link rel="alternate" type="application/json+oembed" href="/oembed">
        </head><body><a href="/feed/">RSS</a><a href="/news.rss#top">again</a><a href="/about">About</a></body>"""

    assert feeds_in(page.encode(), URL) == [
        DiscoveredFeed("https://example.org/news.rss", "News & views"),
        DiscoveredFeed("https://example.org/news/atom.xml", ""),
        DiscoveredFeed("https://example.org/feed.json", "As JSON"),
        DiscoveredFeed("https://example.org/feed/", "RSS"),
    ]


@pytest.mark.parametrize(
    "href",
    [
        "/feed",
        "/feed/",
        "/blog/rss",
        "/rss.xml",
        "/index.rdf",
        "/a/news.rss",
        "/news.atom",
        "/index.xml",
        "/?feed=rss2",
        "/a?format=rss",
        "/rss-feeds/uk.xml",
        "/feed.json",
        "https://feeds.example/rss/",
    ],
)
def test_links_that_look_like_feeds_are_offered(href: str) -> None:
    assert len(urls(f'<a href="{href}">x</a>')) == 1


@pytest.mark.parametrize(
    "href",
    [
        "/feedback",
        "/rss-explained",
        "/sitemap.xml",
        "/feeds/",
        "mailto:rss@example.org",
        "javascript:feed()",
        "https://user:pw@example.org/feed",
        "/news?from=rss",
    ],
)
def test_links_that_do_not_are_not(href: str) -> None:
    assert urls(f'<a href="{href}">x</a>') == []


def test_a_link_that_says_rss_may_lead_to_any_xml() -> None:
    assert urls('<a href="/uk/latest.xml">Latest (RSS)</a><a href="/map.xml">Map</a>') == [
        "https://example.org/uk/latest.xml"
    ]


def test_relative_links_follow_the_base_of_the_page() -> None:
    page = '<head><base href="https://cdn.example/x/"><link rel="feed" href="feed.xml"></head>'

    assert urls(page) == ["https://cdn.example/x/feed.xml"]


def test_a_base_that_is_no_address_is_passed_over() -> None:
    assert urls('<head><base href="javascript:x"></head><a href="/feed">x</a>') == ["https://example.org/feed"]


@pytest.mark.parametrize("page", [b"", b"\x00\xff\xfe", b"plain words", b"<link rel=alternate>", b"<a href>x</a>"])
def test_a_page_without_feeds_leads_to_none(page: bytes) -> None:
    assert feeds_in(page, URL) == []


def test_a_directory_of_feeds_is_cut_short() -> None:
    assert len(urls("".join(f'<a href="/{number}.rss">x</a>' for number in range(500)))) == FOUND_LIMIT


def test_a_large_page_takes_a_moment() -> None:
    started = time.process_time()

    feeds_in(b'<a href="/about">' * 500_000, URL)

    assert time.process_time() - started < 10  # seconds of CPU
