"""What is made of JSON Feed, versions 1.0 and 1.1."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tracker.collect.parse import parse, parse_at_once
from tracker.errors import NotAFeed
from tracker.models import Entry, Parsed

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://example.org/feed.json"
V1, V11 = "https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1"


def read(feed: Any) -> Parsed:
    body = feed if isinstance(feed, bytes) else json.dumps(feed).encode()
    return parse(body, URL, "application/feed+json", NOW)


def only(item: dict[str, Any], **feed: Any) -> Entry:
    (entry,) = read({"version": V11, "items": [item], **feed}).entries
    return entry


def test_an_item_becomes_an_entry() -> None:
    item = {
        "id": "tag:1",
        "url": "/1",
        "external_url": "https://other.example/",
        "title": "Phones &amp; <b>privacy</b>",
        "content_html": "<p>One.</p><p>Two.</p>",
        "date_published": "2026-11-22T10:00:00Z",
        "date_modified": "2026-11-23T10:00:00Z",
        "authors": [{"name": "A"}, {"url": "https://b.example"}, {"name": "B"}],
        "language": "de-AT",
    }
    parsed = read({"version": V11, "title": "The <i>Feed</i>", "language": "en", "items": [item], "hubs": [{}]})

    assert (parsed.title, parsed.language, parsed.skipped) == ("The Feed", "en", 0)
    assert parsed.entries == (
        Entry(
            guid="tag:1",
            url="https://example.org/1",
            title="Phones & privacy",
            summary="One. Two.",
            author="A, B",
            language="de",
            published=datetime(2026, 11, 22, 10, tzinfo=UTC),
            published_raw="2026-11-22T10:00:00Z",
            date_quality="stated",
        ),
    )


@pytest.mark.parametrize(
    ("item", "field", "value"),
    [
        ({"id": 7, "url": "/1"}, "guid", "7"),
        ({"id": 10**30, "url": "/1"}, "guid", "1" + "0" * 30),
        ({"url": "/1"}, "guid", "https://example.org/1"),
        ({"external_url": "https://other.example/1"}, "url", "https://other.example/1"),
        ({"id": "https://example.org/7"}, "url", "https://example.org/7"),
        ({"url": "javascript:alert(1)", "external_url": "/2"}, "url", "https://example.org/2"),
        ({"url": "/1", "summary": "S", "content_html": "H"}, "summary", "S"),
        ({"url": "/1", "content_text": "T"}, "summary", "T"),
        ({"url": "/1", "summary": ["S"], "content_text": "T"}, "summary", "T"),
        ({"url": "/1", "author": {"name": "A"}}, "author", "A"),
        ({"url": "/1", "author": "A"}, "author", "A"),
        ({"url": "/1", "authors": {"name": "A"}}, "author", "A"),
        ({"url": "/1", "authors": ["A", {"name": "B"}]}, "author", "A, B"),
        ({"url": "/1"}, "author", "The desk"),
        ({"url": "/1", "date_modified": "2026-11-22T10:00:00Z"}, "date_quality", "stated"),
    ],
)
def test_each_member_has_its_place(item: dict[str, Any], field: str, value: str) -> None:
    assert getattr(only({"title": "t", **item}, authors=[{"name": "The desk"}]), field) == value


def test_links_are_relative_to_the_home_page_where_a_feed_names_one() -> None:
    items = [
        {"id": f"tag:{number}", "url": url, "title": "t"}
        for number, url in enumerate(("/1", "2", "//e.org/3", "www.e.org/4", "https://e.org/5"))
    ]

    parsed = read({"version": V11, "home_page_url": "https://paper.example/desk/", "items": items})

    assert [entry.url for entry in parsed.entries] == [
        "https://paper.example/1",
        "https://paper.example/desk/2",
        "https://e.org/3",
        "https://www.e.org/4",
        "https://e.org/5",
    ]


HALF = "\ud83d"
"""Half a character, which JSON can say and nothing can store."""


def test_half_a_character_costs_nothing_but_itself() -> None:
    items = [
        {"id": f"a{HALF}", "url": "/1", "title": f"Keys{HALF} & children", "content_html": f"<p>One{HALF}</p>"},
        {"id": "a\ude00\x00", "url": "/2", "title": "2", "authors": [{"name": f"A{HALF}"}]},
        {"id": HALF, "url": "/3", "title": "3", "date_published": HALF, "language": HALF},
        {"id": "4", "url": f"https://example.org/{HALF}", "external_url": "/4", "title": "4"},
        {"id": "5", "url": f"https://example.org/{HALF}", "title": "5"},
        {"id": "6", "url": "/6", "title": HALF},
        {"id": "7", "url": "/7", "title": "7"},
    ]

    parsed = read({"version": V11, "title": f"Feed{HALF}", "language": HALF, "items": items})

    assert parsed.title == "Feed"
    assert [(entry.guid, entry.url[-1], entry.title) for entry in parsed.entries] == [
        (r"a\ud83d", "1", "Keys & children"),
        (r"a\ude00\u0000", "2", "2"),
        (r"\ud83d", "3", "3"),
        ("4", "4", "4"),
        ("7", "7", "7"),
    ]
    assert (parsed.entries[0].summary, parsed.entries[1].author, parsed.entries[2].published_raw) == ("One", "A", None)
    assert parsed.skipped == 2


def test_version_1_0_and_items_without_words_or_links() -> None:
    items = [{"id": "1", "content_text": "No link"}, {"url": "/2"}, {"url": "/3", "content_text": "Words"}, None, "x"]

    parsed = read({"version": V1, "title": ["no text"], "author": {"name": "A"}, "items": items})

    assert [(entry.title, entry.author) for entry in parsed.entries] == [("Words", "A")]
    assert (parsed.title, parsed.skipped) == ("", 4)


def test_a_feed_without_items_is_a_feed() -> None:
    assert read({"version": V11, "title": "Empty"}) == Parsed((), "Empty")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_the_encodings_of_unicode_are_told_apart(encoding: str) -> None:
    text = json.dumps({"version": V11, "title": "Für alle"}, ensure_ascii=False)
    assert read(text.encode(encoding)).title == "Für alle"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": [', "is not valid"),
        (b'{"version": "\xff"}', "not a JSON Feed"),
        (b'{"version": "1.0", "items": []}', "not a JSON Feed"),
        (b'{"items": [{"title": "a", "url": "/1"}]}', "not a JSON Feed"),
        (b'{"title": "a", "items": []}', "not a JSON Feed"),
        (b'{"title": "a", "items": [{"name": "a"}, {"id": 1}]}', "not a JSON Feed"),
        (b'{"a":' * 100_000, "nested too deep"),
        (b'{"version": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deep"),
    ],
)
def test_other_json_is_no_feed(body: bytes, message: str) -> None:
    with pytest.raises(NotAFeed, match=message):
        read(body)


def test_a_feed_needs_no_version_where_its_items_say_what_it_is() -> None:
    (entry,) = read(b'{"title": "Press", "items": [{"id": 1, "url": "/1", "title": "Vote held"}]}').entries
    assert entry.title == "Vote held"


@pytest.mark.parametrize("content_type", ["application/json; charset=iso-8859-1", "application/json", None])
def test_a_feed_in_another_encoding_than_unicode_is_read(content_type: str | None) -> None:
    text = json.dumps({"version": V11, "items": [{"url": "/1", "title": "Für alle"}]}, ensure_ascii=False)
    (entry,) = parse(text.encode("latin-1"), URL, content_type, NOW).entries
    assert entry.title == "Für alle"


def test_a_text_may_have_lines_and_tabs_as_they_are() -> None:
    body = b'{"version": "https://jsonfeed.org/version/1", "items": [{"url": "/1", "title": "Vote\n\theld"}]}'
    (entry,) = read(body).entries
    assert entry.title == "Vote held"


def test_a_comma_may_follow_the_last_member() -> None:
    body = b'{"version": "https://jsonfeed.org/version/1", "items": [{"url": "/1", "title": "[\\"a,]\\"",}\n, ],}'
    (entry,) = read(body).entries
    assert entry.title == '["a,]"'


def test_huge_numbers_are_not_counted_out() -> None:
    body = b'{"version": "https://jsonfeed.org/version/1", "items": [{"title": "t", "url": "/1", "id": %s}]}'
    (entry,) = read(body % (b"9" * 900_000)).entries
    assert entry.guid.startswith("sha256:")


def test_what_may_take_long_is_not_read_at_once() -> None:
    items = [{"title": "t", "url": f"/{number}"} for number in range(11_000)]
    body = json.dumps({"version": V11, "items": items}).encode()
    assert parse_at_once(body, URL, None, NOW) is None
    assert len(read(body).entries) == 2000


def test_every_real_json_feed_is_read(shared_data: Path) -> None:
    feeds = shared_data / "feeds"
    lines = [line.split("\t") for line in (feeds / "MANIFEST.tsv").read_text().splitlines()]
    bodies = [(feeds / line[0]).read_bytes() for line in lines if line[2] == "jsonfeed"]
    assert len(bodies) > 15
    for body in bodies:
        parsed = read(body)
        assert len(parsed.entries) + parsed.skipped == len(json.loads(body)["items"])
