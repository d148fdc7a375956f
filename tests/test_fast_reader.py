"""That the quick reader reads exactly as the tolerant one does, reads most of what is well-formed, and is bounded."""

import csv
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.histories import versions
from tracker.collect.entries import entries_of
from tracker.collect.formats.fast_reader import read_quickly
from tracker.collect.formats.feedparser_reader import read_tolerantly
from tracker.collect.formats.sniff import format_of
from tracker.collect.formats.xml_repairs import with_real_characters
from tracker.collect.parse import parse_at_once
from tracker.errors import CollectError, NotAFeed

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://example.org/news/feed.xml"
HISTORIES = ("arstechnica-2025h1", "g-bbc", "g-latimes", "g-nzherald")
EVERY = 30
"""Compare one version of a feed in this many, which takes seconds; all 1,352 were compared once: no difference."""


def compared(body: bytes) -> str:
    """Whether the document is no XML ("other"), for the tolerant reader ("left"), or read alike ("same", "differs")."""
    try:
        if format_of(body) != "xml":
            return "other"
    except NotAFeed:
        return "other"
    body = with_real_characters(body)
    quick = read_quickly(body, URL, None)
    if quick is None:
        return "left"
    try:
        tolerant = read_tolerantly(body, URL, None)
    except CollectError as error:
        return f"differs: {error}"
    return "same" if entries_of(quick, URL, NOW) == entries_of(tolerant, URL, NOW) else "differs"


def compared_file(path: Path) -> str:
    return compared(path.read_bytes())


def in_processes(paths: Sequence[Path]) -> list[str]:
    with ProcessPoolExecutor(2, multiprocessing.get_context("forkserver")) as pool:
        return list(pool.map(compared_file, paths, chunksize=20))


@pytest.mark.slow
def test_every_document_is_read_as_the_tolerant_reader_reads_it(shared_data: Path) -> None:
    feeds = shared_data / "feeds"
    with (feeds / "MANIFEST.tsv").open() as manifest:
        rows = list(csv.DictReader(manifest, delimiter="\t", quoting=csv.QUOTE_NONE))
    ends = in_processes([feeds / row["path"] for row in rows])

    assert [row["path"] for row, end in zip(rows, ends, strict=True) if end.startswith("differs")] == []
    real = [end for row, end in zip(rows, ends, strict=True) if row["class"].startswith("real") and end != "other"]
    assert real.count("same") > 0.8 * len(real)  # the others are mostly not well-formed
    assert ends.count("same") > 1900


@pytest.mark.parametrize("name", HISTORIES)
def test_successive_versions_of_a_real_feed_are_all_read_quickly(shared_data: Path, name: str) -> None:
    some = list(versions(shared_data / "history" / f"{name}.tar.xz"))[::EVERY]
    ends = [compared(version.body) for version in some]
    assert set(ends) - {"other"} == {"same"}


def feed(items: str, channel: str = "<title>Feed</title>", attributes: str = "") -> bytes:
    return (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom"'
        f' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" {attributes}>'
        f"<channel>{channel}{items}</channel></rss>"
    ).encode()


def item(*elements: str) -> str:
    return f"<item><title>t</title><link>https://e.org/1</link>{''.join(elements)}</item>"


XHTML = "<div xmlns='http://www.w3.org/1999/xhtml'><p>One &amp;lt; <i title='&quot;'>two</i></p><br/></div>"

TAKEN = {
    "a second title": item("<title>other</title>"),
    "a media title first": "<item><media:title>m</media:title><title>t</title><link>/1</link></item>",
    "a media title last": item("<media:title>m</media:title>"),
    "a media title and an empty one": "<item><title/><media:title>m</media:title><link>/1</link></item>",
    "a deeper title": "<item><media:group><media:title>m</media:title></media:group><link>/1</link></item>",
    "a deeper title, then one": "<item><x><title>m</title></x><title>t</title><link>/1</link></item>",
    "two descriptions": item("<description>1</description><description>2</description>"),
    "two descriptions and content": item(
        "<content:encoded>c</content:encoded><description>1</description><media:description>2</media:description>"
    ),
    "a summary, a description, a caption": item(
        "<itunes:summary>1</itunes:summary><description/><media:content><media:description>3</media:description>"
        "</media:content>"
    ),
    "an empty link before the guid": "<item><title>t</title><link/><guid>/1</guid><enclosure url='/2'/></item>",
    "a guid before the link": "<item><title>t</title><guid>/1</guid><link>/2</link></item>",
    "two guids": item("<guid>1</guid><guid isPermaLink='false'>2</guid>"),
    "links of Atom": item("<atom:link href='/a'/>", "<atom:link rel='via' href='/b'/>", "<link/>"),
    "an empty href": "<item><title>t</title><atom:link href=''/></item>",
    "too many slashes": "<item><title>t</title><link>https:////e.org/1?a&amp;amp;b;c</link></item>",
    "three dates": item("<pubDate>2026-11-20</pubDate><pubDate/><dc:date>2026-11-21</dc:date>"),
    "authors": item("<author>A</author><dc:creator>B</dc:creator><itunes:author/><author>c@example.org</author>"),
    "an author with an address": item("<author>c@example.org ( C. Writer )</author>"),
    "a language of its own": item("<dc:language>fr</dc:language>").replace("<title>", "<title xml:lang='de'>"),
    "XHTML": item(f"<atom:content type='xhtml'>{XHTML}</atom:content>"),
    "garbled characters": "<item><title>FÃ¼r &#150; alle&#146;s</title><link>/1</link></item>",
    "a base": item().replace("<item>", "<item xml:base='https://base.example/x/'>").replace("https://e.org/1", "1"),
    "elements of another vocabulary": item("<x:y xmlns:x='urn:x'>1</x:y><post-id xmlns='urn:y'>2</post-id>"),
    "comments and instructions": item("<description>a<!-- b -->c<?d?>e<![CDATA[&amp;]]></description>"),
    "a picture": item("<image><url>/i.png</url></image><description>d</description>"),
}


@pytest.mark.parametrize("items", TAKEN.values(), ids=TAKEN)
def test_what_is_understood_is_read_as_feedparser_does(items: str) -> None:
    assert compared(feed(items)) == "same"


LEFT = {
    "a document type": b"<!DOCTYPE rss>" + feed(item()),
    "what is not well-formed": feed(item("<description>a <br> b</description>")),
    "a namespace that is not declared": feed(item("<x:y/>")),
    "an encoding that is rare": b'<?xml version="1.0" encoding="shift_jis"?>' + feed(item()),
    "UTF-16": feed(item()).decode().encode("utf-16"),
    "a prefix that misleads": feed(item(), attributes="xmlns:slash='http://purl.org/dc/terms/'"),
    "the owner of an item": feed(item("<itunes:owner><itunes:name>o</itunes:name></itunes:owner>")),
    "a title within a person": feed(item("<atom:contributor><url>u<title>t</title></url></atom:contributor>")),
    "markup within text": feed(item("<description>One <b>two</b></description>")),
    "an encoded text": feed(item("<description type='image/png'>AAAA</description>")),
    "an item within an item": feed(item(item())),
    "a date without a kind": feed(item("<date>2026-11-20</date>")),
    "authors of two kinds": feed(item("<author>A</author><author><name>B</name></author>")),
    "an odd address of an author": feed(item("<author>a@example.museum, B</author>")),
    "another vocabulary": b"<note/>",
    "more than a megabyte": feed(item(f"<description>{'a' * 2**20}</description>")),
    "too many items": feed("<item/>" * 2001),
    "too many tags": feed(item("<x/>" * 80_001)),
    "too many escaped tags": feed(item(f"<description>{'&lt;b>' * 80_001}</description>")),
    "too many attributes": feed(item("<x " + " ".join(f"a{n}=''" for n in range(40_001)) + "/>")),
    "many attributes of one element": feed(item("<guid " + " ".join(f"a{n}=''" for n in range(60)) + ">g</guid>")),
    "many different names": feed(item("".join(f"<name-{n}/>" for n in range(1000)))),
    "many namespaces": feed(item("".join(f"<x xmlns='urn:number:{n}'/>" for n in range(1000)))),
    "deep nesting": feed(item("<x>" * 200 + "</x>" * 200)),
}


@pytest.mark.parametrize("body", LEFT.values(), ids=LEFT)
def test_what_is_not_certain_or_may_take_long_is_left_to_the_tolerant_reader(body: bytes) -> None:
    assert read_quickly(body, URL, None) is None
    assert parse_at_once(body, URL, None, NOW) is None


@pytest.mark.parametrize(
    ("encoding", "content_type"),
    [
        ("utf-8", None),
        ("utf-8", "text/xml; charset=iso-8859-1"),
        ("utf-8-sig", "text/xml; charset=iso-8859-1"),
        ("iso-8859-1", None),
        ("windows-1252", "application/rss+xml"),
        ("windows-1252", "text/xml; charset=windows-1252"),
        ("windows-1252", "text/xml; charset=utf-8"),
        ("windows-1252", "text/xml; charset=nonsense"),
    ],
)
def test_usual_encodings_are_read_at_once(encoding: str, content_type: str | None) -> None:
    document = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>{feed(item()).decode()}'
    body = document.replace("<title>t", "<title>Verschlüsselung für alle").encode(encoding)

    quick = read_quickly(body, URL, content_type)

    assert quick is not None
    assert quick.items[0].title == "Verschlüsselung für alle"
    assert entries_of(quick, URL, NOW) == entries_of(read_tolerantly(body, URL, content_type), URL, NOW)
