"""That lists of feeds are read from other programs, and our own come back as they were."""

import gzip
from datetime import timedelta

import pytest

from tracker.collect.opml import BadOutlines, Outline, Outlines, read, write
from tracker.models import Feed, Source

SOURCES = (
    Source(
        "guardian",
        'The <Guardian> & "Observer"',
        "guardian-media-group",
        "national",
        "GB",
        "en",
        ("guardian.co.uk", "amp.example/guardian"),
    ),
    Source("edri", "EDRi – Europäische Rechte", "edri", "ngo", "EU", "en"),
    Source("unknown", "Undeclared", "unknown"),
    Source("empty", "Without feeds", "empty"),
)
FEEDS = (
    Feed("https://www.theguardian.com/technology/encryption/rss?a=1&b=2", "guardian"),
    Feed("https://www.theguardian.com/uk/technology/rss", "guardian", timedelta(minutes=30)),
    Feed("https://edri.org/feed/", "edri"),
    Feed("https://example.org/feed", "unknown"),
)


def body(*outlines: str, head: str = '<opml version="1.0">') -> bytes:
    return f"{head}<head><title>x</title></head><body>{''.join(outlines)}</body></opml>".encode()


def test_what_is_written_comes_back() -> None:
    outlines = read(write(SOURCES, FEEDS)).feeds

    named = {source.id: source for source in SOURCES}
    assert [outline.url for outline in outlines] == [feed.url for feed in FEEDS]
    for outline, feed in zip(outlines, FEEDS, strict=True):
        source = named[feed.source]
        assert outline == Outline(
            title=outline.title,
            url=feed.url,
            category=outline.category,
            source_id=source.id,
            source_name=outline.source_name,
            family=source.family,
            kind=source.kind,
            country=source.country,
            language=source.language,
            domains=source.domains,
            every=feed.every,
        )
    assert outlines[2].source_name == outlines[2].category == "EDRi – Europäische Rechte"


def test_a_name_with_markup_survives_as_words() -> None:
    (outline, *_) = read(write(SOURCES, FEEDS)).feeds

    assert '& "Observer"' in (outline.source_name or "")


def test_other_programs_find_plain_opml() -> None:
    text = write(SOURCES, FEEDS).decode()

    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0" xmlns:tracker="')
    assert 'type="rss" text="Undeclared" title="Undeclared" xmlUrl="https://example.org/feed"' in text
    assert "Without feeds" not in text


def test_folders_and_titles_of_others_are_kept() -> None:
    listed = read(
        body(
            '<outline text="News"><outline text="UK"><outline text="A &amp; B" xmlUrl="http://e.org/1"/></outline>',
            '<outline title="Only a title" xmlUrl=" https://e.org/2 " type="rss"/></outline>',
            '<outline text="Top" xmlUrl="https://e.org/3"/><outline text="Again" xmlUrl="https://e.org/3"/>',
        )
    )

    assert listed == Outlines(
        (
            Outline("A & B", "http://e.org/1", "News / UK"),
            Outline("Only a title", "https://e.org/2", "News"),
            Outline("Top", "https://e.org/3"),
        )
    )


def test_addresses_that_cannot_be_used_are_left_out_and_named() -> None:
    listed = read(
        body(
            '<outline text="a" xmlUrl="javascript:alert(1)"/><outline text="b" xmlUrl=""/><outline text="c"/>',
            '<outline text="d" xmlUrl="/feed"/><outline text="e" xmlUrl="file:///etc/passwd"/>',
            '<outline text="&lt;script&gt;x&lt;/script&gt;f" xmlUrl="https://e.org/f"/>',
        )
    )

    assert listed == Outlines(
        (Outline("f", "https://e.org/f"),), ("javascript:alert(1)", "/feed", "file:///etc/passwd")
    )


@pytest.mark.parametrize(
    ("stated", "url"),
    [
        ("feed://e.org/rss", "http://e.org/rss"),
        ("FEED://e.org:8080/rss", "http://e.org:8080/rss"),
        ("feed:e.org/rss", "http://e.org/rss"),
        ("feed:https://e.org/rss", "https://e.org/rss"),
        ("feed://https://e.org/rss", "https://e.org/rss"),
        ("feed:HTTP://e.org/rss", "HTTP://e.org/rss"),
        ("&#10; https://e.org/rss\n", "https://e.org/rss"),
        ("https://e.org/?a=1&copy=2&partner=3&lang=de&amp;reg=4", "https://e.org/?a=1&copy=2&partner=3&lang=de&reg=4"),
        ("https://e.org/?a=1&amp;amp;b=2", "https://e.org/?a=1&b=2"),
        ("feed:file:///etc/passwd", None),
        ("feed:javascript:alert(1)", None),
        ("feed:", None),
        ("newsletter:17:letters", None),
        ("itpc://e.org/rss", None),
        ("e.org/rss", None),
    ],
)
def test_addresses_are_read_as_other_readers_write_them(stated: str, url: str | None) -> None:
    listed = read(body(f'<outline text="a" xmlUrl="{stated}"/>', '<outline text="b" xmlUrl="https://e.org/b"/>'))

    assert [outline.url for outline in listed.feeds] == ([url] if url else []) + ["https://e.org/b"]
    assert listed.left_out == (() if url else (stated,))


@pytest.mark.parametrize("kind", ["rss", "atom", "link", "include", "source", "folder", "RSS", ""])
@pytest.mark.parametrize("name", ["xmlUrl", "xmlurl", "XMLURL"])
def test_what_has_an_address_is_a_feed_and_what_has_none_a_folder_whatever_their_type(kind: str, name: str) -> None:
    listed = read(
        body(
            f'<outline text="Desk" type="{kind}"><outline text="Inner" type="{kind}">',
            f'<outline text="a" type="{kind}" {name}="https://e.org/a"/></outline></outline>',
        )
    )

    assert listed == Outlines((Outline("a", "https://e.org/a", "Desk / Inner"),))


def test_a_url_is_an_address_only_where_the_type_is_that_of_a_feed() -> None:
    listed = read(body('<outline text="a" type="rss" url="https://e.org/a"/><outline text="b" url="https://e.org/b"/>'))

    assert [outline.url for outline in listed.feeds] == ["https://e.org/a"]


@pytest.mark.parametrize(
    "url",
    [
        "https://reader:${FEED_PASSWORD}@press.example/feed",
        "https://press.example/${FEED_KEY}/feed?key=${FEED_KEY}&a=1",
    ],
)
def test_an_address_with_a_secret_comes_back_without_its_value(url: str) -> None:
    listed = read(write(SOURCES, (Feed(url, "edri"),)))

    assert [outline.url for outline in listed.feeds] == [url]
    assert listed.left_out == ()


def test_what_others_say_in_our_namespace_is_checked() -> None:
    head = '<opml version="2.0" xmlns:t="urn:encryption-coverage-tracker:opml" xmlns:o="urn:other">'
    said = 't:kind="king" t:country="Great Britain" t:language="English" t:every="often" t:family="f" o:kind="ngo"'
    said += ' t:domains="https://a.example/ b.example"'

    assert read(body(f'<outline text="a" xmlUrl="https://e.org/" {said}/>', head=head)).feeds == (
        Outline("a", "https://e.org/", family="f", domains=("b.example",)),
    )


@pytest.mark.parametrize(
    "text",
    [
        body('<outline text="a" xmlUrl="https://e.org/"/></outline></outline>'),
        body('<outline text="a" xmlUrl="https://e.org/"/>')[:-10],
        body('<outline text="a & b" xmlUrl=https://e.org/ >'),
        body('<outline text="a" xmlUrl="https://e.org/" broken/>'),
        b"\xef\xbb\xbf" + body('<outline text="a" xmlUrl="https://e.org/"/>'),
        body('<outline text="\xe4" xmlUrl="https://e.org/"/>').decode().encode("utf-16"),
        body('<outline text="\xe4" xmlUrl="https://e.org/"/>').decode().encode("utf-16-le"),
        b'<?xml version="1.0" encoding="utf-16"?>' + body('<outline text="&eacute;&" xmlUrl="https://e.org/"/>'),
        b'<?xml version="1.0" encoding="iso-8859-1"?>'
        + body('<outline text="ä" xmlUrl="https://e.org/"/>').decode().encode("latin-1"),
        gzip.compress(body('<outline text="a" xmlUrl="https://e.org/"/>')),
    ],
    ids="too-many-ends cut-off no-quotes no-value mark utf-16 no-mark not-utf-16 latin-1 gzip".split(),
)
def test_broken_lists_are_read_as_far_as_they_go(text: bytes) -> None:
    assert [outline.url for outline in read(text).feeds] == ["https://e.org/"]


def test_folders_may_be_nested_deep_and_a_list_that_cannot_be_read_whole_is_refused() -> None:
    folder, end, feed = '<outline text="x">', "</outline>", '<outline text="a" xmlUrl="https://e.org/"/>'
    assert len(read(body(folder * 1000, feed, end * 1000)).feeds) == 1
    with pytest.raises(BadOutlines, match="nested too deep"):
        read(body(folder * 5000, feed, end * 5000))


@pytest.mark.parametrize("text", [b"", b"<html></html>", b"<rss version='2.0'/>", b"{}", b"https://e.org/x.opml"])
def test_what_is_no_list_of_feeds_is_refused(text: bytes) -> None:
    with pytest.raises(BadOutlines):
        read(text)
