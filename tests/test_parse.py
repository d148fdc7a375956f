"""What parse() makes of feed documents: small ones written for each rule, read by both readers where both can."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tracker.collect.entries import ENTRIES_LIMIT
from tracker.collect.parse import parse, parse_at_once, parse_patiently
from tracker.errors import ChallengePage, NotAFeed
from tracker.models import Entry, Parsed

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
URL = "https://example.org/news/feed.xml"


def read(document: str | bytes, url: str = URL, content_type: str | None = None) -> Parsed:
    body = document.encode() if isinstance(document, str) else document
    parsed = parse(body, url, content_type, NOW)
    assert parse_at_once(body, url, content_type, NOW) in {None, parsed}
    assert parse_patiently(body, url, content_type, NOW) == parsed
    return parsed


def rss(*items: str, channel: str = "<title>Feed</title>") -> str:
    listed = "".join(f"<item>{item}</item>" for item in items)
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">'
        f"<channel>{channel}{listed}</channel></rss>"
    )


def atom(*entries: str, attributes: str = "", head: str = "<title>Feed</title>") -> str:
    listed = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}>{head}{listed}</feed>'


def only(document: str) -> Entry:
    parsed = read(document)
    assert parsed.skipped == 0
    (entry,) = parsed.entries
    return entry


def test_an_rss_item_becomes_an_entry() -> None:
    entry = only(
        rss(
            "<title>Meta &amp;amp; &lt;b&gt;Messenger&lt;/b&gt;</title><link>https://example.org/1?a=1&amp;b=2</link>"
            '<guid isPermaLink="false">tag:1</guid>'
            "<description>&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</description>"
            "<author>desk@example.org (A. Writer)</author><pubDate>Mon, 23 Nov 2026 10:00:00 GMT</pubDate>"
        )
    )

    assert entry == Entry(
        guid="tag:1",
        url="https://example.org/1?a=1&b=2",
        title="Meta & Messenger",
        summary="One. Two.",
        author="A. Writer",
        published=datetime(2026, 11, 23, 10, tzinfo=UTC),
        published_raw="Mon, 23 Nov 2026 10:00:00 GMT",
        date_quality="stated",
    )


def test_an_atom_entry_becomes_an_entry() -> None:
    parsed = read(
        atom(
            '<id>tag:example.org,2026:1</id><title type="html">A &amp;lt;b&amp;gt;</title>'
            '<link rel="self" href="https://example.org/self"/><link href="/1"/>'
            '<summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One</p><p>Two</p></div></summary>'
            "<author><name>A</name></author><author><name>B</name></author>"
            "<published>2026-11-22T10:00:00Z</published><updated>2026-11-23T10:00:00Z</updated>",
            attributes='xml:lang="de-AT"',
            head="<title>Der &lt;i&gt;Feed&lt;/i&gt;</title>",
        )
    )

    (entry,) = parsed.entries
    assert (parsed.title, parsed.language) == ("Der Feed", "de")
    assert (entry.guid, entry.url) == ("tag:example.org,2026:1", "https://example.org/1")
    assert (entry.title, entry.summary, entry.author) == ("A", "One Two", "A, B")
    assert entry.published == datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert entry.language is None


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("<title>The &lt;audio&gt; of a call</title>", "The ‹audio› of a call"),
        ('<title type="text">The &lt;audio&gt; of a call</title>', "The ‹audio› of a call"),
        ('<title type="html">The &amp;lt;script&amp;gt; of a call</title>', "The ‹script› of a call"),
        ('<title type="html"><![CDATA[The <b>&lt;object&gt;</b> of a call]]></title>', "The ‹object› of a call"),
        (
            "<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>The &lt;svg&gt; of a call</div></title>",
            "The ‹svg› of a call",
        ),
        ("<title><![CDATA[The <iframe> of a call]]></title>", "The ‹iframe› of a call"),
        ("<title>&lt;p&gt;The &lt;i&gt;key&lt;/i&gt; of a call&lt;/p&gt;</title>", "The key of a call"),
    ],
)
def test_a_title_that_speaks_of_an_element_is_whole_in_every_format(title: str, expected: str) -> None:
    assert only(atom(f"<id>urn:1</id>{title}<link href='https://e.org/1'/>")).title == expected
    if "xhtml" not in title:
        assert only(rss(f"{title}<link>https://e.org/1</link>")).title == expected


def test_an_item_without_a_guid_keeps_what_stands_for_it_when_a_newer_one_comes_above_it() -> None:
    item = "<title>{}</title><link>https://e.org/live</link>"
    before = read(rss(item.format("b"), item.format("a")))
    after = read(rss(item.format("c"), item.format("b"), item.format("a")))
    assert [entry.guid for entry in after.entries[1:]] == [entry.guid for entry in before.entries]


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<link>https://e.org/a</link><guid>https://e.org/g</guid>", "https://e.org/a"),
        ("<link>\n  /a\n</link>", "https://example.org/a"),
        ("<guid>https://e.org/g</guid>", "https://e.org/g"),
        ("<link>javascript:alert(1)</link><enclosure url='https://e.org/x.mp3'/>", "https://e.org/x.mp3"),
        ('<guid isPermaLink="false">https://e.org/g</guid><enclosure url="/x.mp3"/>', "https://example.org/x.mp3"),
        (
            "<link>https://feeds.example/~r/1</link><feedburner:origLink>https://e.org/o</feedburner:origLink>",
            "https://e.org/o",
        ),
        ("<link>https://e.org/a b</link>", "https://e.org/a%20b"),
        ("<guid isPermaLink='false'>https://e.org/g</guid>", "https://e.org/g"),
        ("<link></link><guid isPermaLink='false'>HTTPS://e.org/g</guid>", "HTTPS://e.org/g"),
        ("<guid ISPERMALINK=' True '>g</guid><enclosure url='/x.mp3'/>", "https://example.org/news/g"),
        ("<guid isPermaLink='1'>/g</guid>", "https://example.org/g"),
        ('<guid a="b" isPermalink="YES">/g</guid>', "https://example.org/g"),
        ("<guid isPermaLink='FALSE'>/g</guid><enclosure url='/x.mp3'/>", "https://example.org/x.mp3"),
        ("<guid>www.e.org/g</guid>", "https://www.e.org/g"),
        ("<guid isPermaLink='True'>www.e.org/g</guid>", "https://www.e.org/g"),
        ("<guid isPermaLink='false'>www.e.org/g</guid>", "https://www.e.org/g"),
        ("<link>https://reader:secret@e.org/a?b=c@d</link>", "https://e.org/a?b=c@d"),
        ("<link>https://press.example@e.org/@a//b@c</link>", "https://e.org/@a//b@c"),
        (r"<link>https:\\e.org\a?b=c:\d</link>", r"https://e.org/a?b=c:\d"),
        (r"<link><![CDATA[\\e.org\a]]></link>", "https://e.org/a"),
        (r"<link>\a\b</link>", "https://example.org/a/b"),
        (r"<guid>\a\b & c</guid>", "https://example.org/a/b%20&%20c"),
        (
            "<link>&lt;a href=&quot;/a?b=1&amp;amp;c=2&quot; hreflang=&quot;en&quot;&gt;Read&lt;/a&gt;</link>",
            "https://example.org/a?b=1&c=2",
        ),
        ("<link><![CDATA[<a class='more' href='https://e.org/é'><span>Read</span></a>]]></link>", "https://e.org/é"),
        ("<link>&lt;a name=&quot;x&quot;&gt;Read&lt;/a&gt;</link><guid>https://e.org/g</guid>", "https://e.org/g"),
    ],
)
def test_the_best_usable_link_of_an_item_is_its_link(item: str, url: str) -> None:
    assert only(rss(f"<title>t</title>{item}")).url == url


@pytest.mark.parametrize(
    ("attributes", "base", "url"),
    [
        ("", "", "https://example.org/news/a"),
        ('xml:base="https://base.example/x/"', "", "https://base.example/x/a"),
        ('xml:base="https://base.example/x/"', 'xml:base="y/"', "https://base.example/x/y/a"),
    ],
)
def test_links_are_resolved_against_xml_base_and_the_address(attributes: str, base: str, url: str) -> None:
    entry = only(atom(f'<id>1</id><title>t</title><link {base} href="a"/>', attributes=attributes))

    assert entry.url == url


@pytest.mark.parametrize(
    ("stated", "url"),
    [
        ("/a/1", "https://paper.example/a/1"),
        ("1.html", "https://paper.example/desk/1.html"),
        ("?p=1", "https://paper.example/desk/?p=1"),
        ("//e.org/1", "https://e.org/1"),
        ("https://e.org/1", "https://e.org/1"),
        ("paper.example/a/1", "https://paper.example/a/1"),
        (" www.paper.example/a/1 ", "https://www.paper.example/a/1"),
        ("<![CDATA[www.e.org/1]]>", "https://www.e.org/1"),
        ("WWW.E.org", "https://WWW.E.org"),
        ("paper.example.html", "https://paper.example/desk/paper.example.html"),
        ("www.html", "https://paper.example/desk/www.html"),
    ],
)
@pytest.mark.parametrize(
    "channel",
    [
        "<title>Feed</title><link>https://paper.example/desk/</link>",
        "<image><link>https://e.org/</link></image><link><![CDATA[\nhttps://paper.example/desk/]]></link>",
        "<!-- <link>https://e.org/</link> --><x:link xmlns:x='urn:x' href='/'/><link>\nhttps://paper.example/desk/</link>",
    ],
    ids=["plain", "picture", "comment"],
)
def test_links_of_rss_are_relative_to_the_site_wherever_the_feed_lies(channel: str, stated: str, url: str) -> None:
    document = rss(f"<title>t</title><link>{stated}</link>", channel=channel)

    assert read(document, "https://cdn.example/feeds/paper.xml").entries[0].url == url


@pytest.mark.parametrize(
    "link", ["", "<link/>", "<link>/</link>", "<link>http://localhost:1313/</link>", "<link>http://10.0.0.1/</link>"]
)
def test_a_site_without_a_usable_address_is_where_the_feed_lies(link: str) -> None:
    assert only(rss("<title>t</title><link>/1</link>", channel=link)).url == "https://example.org/1"


def test_the_address_of_the_site_may_come_after_the_items() -> None:
    document = rss("<title>t</title><link>/1</link>", channel="").replace(
        "</channel>", "<link>https://paper.example/</link></channel>"
    )
    assert only(document).url == "https://paper.example/1"


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ('<link href="https://paper.example/"/>', "https://paper.example/a"),
        ('<link rel="self" href="https://cdn.example/"/><link rel="alternate" href="https://paper.example/x/"/>', None),
        ('<link href="https://example.org/"/>', "https://example.org/news/a"),
        ('<link rel="self" href="https://paper.example/"/>', "https://example.org/news/a"),
    ],
    ids=["another host", "two links", "the same host", "only itself"],
)
def test_links_of_atom_are_relative_to_the_document_unless_the_site_is_elsewhere(head: str, url: str | None) -> None:
    entry = only(atom('<id>urn:1</id><title>t</title><link href="a"/>', head=head))

    assert entry.url == (url or "https://paper.example/x/a")


def test_xml_base_comes_before_the_address_of_the_site() -> None:
    document = rss("<title>t</title><link>1</link>", channel="<link>https://paper.example/</link>")

    based = document.replace("<rss ", '<rss xml:base="https://base.example/x/" ')

    assert only(based).url == "https://base.example/x/1"


PDF = '<link rel="enclosure" type="application/pdf" href="https://e.org/1.pdf"/>'


@pytest.mark.parametrize(
    ("links", "url"),
    [
        ('<link hreflang="en" href="/en"/><link hreflang="fr" href="/fr"/>', "/fr"),
        ('<link hreflang="en" href="/en"/><link hreflang="FR-ca" href="/fr"/><link href="/"/>', "/fr"),
        ('<link hreflang="en" href="/en"/><link hreflang="de" href="/de"/>', "/en"),
        ('<link href="/first"/><link href="/second"/>', "/first"),
        (f'{PDF}<link rel="ALTERNATE" type="Text/HTML; charset=utf-8" href="/page"/>', "/page"),
        (f'{PDF}<link rel="http://www.iana.org/assignments/relation/alternate" href="/page"/>', "/page"),
        ('<link rel="http://www.iana.org/assignments/relation/self" href="/self"/><link href="/page"/>', "/page"),
        ('<link type="application/json" href="/1.json"/><link type="text/html" href="/page"/>', "/page"),
        ('<link rel="self" href="/self"/><link rel="" href="/page"/>', "/page"),
        ('<link rel="edit" href="/edit"/><link rel="canonical" href="/page"/>', "/page"),
        ('<link rel="replies" href="/r"/><content type="text/html" src="/elsewhere"/>', "/elsewhere"),
        ('<content type="application/pdf" src="/1.pdf"/>', "/1.pdf"),
        ('<content type="text" src="1" xml:base="https://example.org/x/"/>', "/x/1"),
        ('<link rel="self" href="/self"/>', "/self"),
        (PDF, "https://e.org/1.pdf"),
    ],
)
def test_of_several_links_the_page_in_the_language_of_the_entry_is_taken(links: str, url: str) -> None:
    parsed = read(atom(f"<id>urn:1</id><title>t</title>{links}", attributes='xml:lang="fr"'))

    assert [entry.url for entry in parsed.entries] == [url if url.startswith("https:") else f"https://example.org{url}"]


def test_the_language_of_an_entry_comes_before_that_of_the_feed() -> None:
    entry = "<id>1</id><title xml:lang='en'>t</title><link hreflang='fr' href='/fr'/><link hreflang='en' href='/en'/>"

    assert read(atom(entry, attributes='xml:lang="fr"')).entries[0].url == "https://example.org/en"


@pytest.mark.parametrize(
    "item",
    [
        "<title>no link</title>",
        "<title>t</title><link>javascript:alert(1)</link>",
        "<title>t</title><link>https://e.org/" + "a" * 2100 + "</link>",
        "<title>t</title><guid isPermaLink='false'>urn:uuid:1</guid>",
        "<title>t</title><guid isPermaLink='false'>1</guid>",
        "<link>https://e.org/</link>",
        "<title>&lt;script&gt;x&lt;/script&gt;</title><link>https://e.org/</link>",
        "<title>Bridge returned error 403! (20788)</title><link>https://e.org/page</link>",
    ],
)
def test_an_item_without_a_usable_link_or_words_or_that_only_reports_a_failure_is_counted(item: str) -> None:
    parsed = read(rss(item, "<title>good</title><link>https://e.org/good</link>"))

    assert [entry.title for entry in parsed.entries] == ["good"]
    assert parsed.skipped == 1


def test_the_beginning_of_the_summary_stands_in_for_a_missing_title() -> None:
    words = "Police chiefs say that end-to-end encryption in Messenger hides the abuse of children from them. " * 3

    entry = only(rss(f"<link>https://e.org/1</link><description>{words}</description>"))

    assert entry.title == (
        "Police chiefs say that end-to-end encryption in Messenger hides the abuse of children from them.…"
    )
    assert entry.summary == words.strip()


CAPTIONED = "<media:title>Photo</media:title><media:description>Caption</media:description>"
OWN = "<title>Vote held</title><description>What it means</description>"


@pytest.mark.parametrize(
    "item",
    [
        f"<media:content url='/x.jpg'>{CAPTIONED}</media:content>{OWN}",
        f"{OWN}<media:content url='/x.jpg'>{CAPTIONED}</media:content>",
        f"{CAPTIONED}{OWN}",
        f"<dc:title>VOTE</dc:title><dc:description>VOTE</dc:description>{OWN}",
        f"{OWN}<itunes:summary>Listen</itunes:summary>",
        f"<media:group>{OWN.replace('<', '<media:').replace('<media:/', '</media:')}</media:group>",
    ],
    ids=["picture first", "picture last", "caption first", "copy", "podcast", "no others"],
)
@pytest.mark.parametrize("broken", ["", "<p>"], ids=["well-formed", "broken"])
def test_the_words_of_a_picture_or_a_podcast_are_an_items_only_where_it_has_none(item: str, broken: str) -> None:
    item = item.replace("What it means", f"What it means{broken}", 1)
    media, itunes = "http://search.yahoo.com/mrss/", "http://www.itunes.com/dtds/podcast-1.0.dtd"
    document = rss(f"<link>/1</link>{item}").replace("<rss ", f'<rss xmlns:media="{media}" xmlns:itunes="{itunes}" ')

    entry = only(document)
    assert (entry.title, entry.summary) == ("Vote held", "What it means")


def test_the_content_stands_in_for_a_missing_summary() -> None:
    item = "<title>t</title><link>https://e.org/1</link>"

    assert only(rss(f"{item}<content:encoded>&lt;p&gt;All.</content:encoded>")).summary == "All."
    both = f"{item}<description>Short.</description><content:encoded>Long.</content:encoded>"
    assert only(rss(both)).summary == "Short."
    image = f"{item}<description>&lt;img src='x'/&gt;</description><content:encoded>Long.</content:encoded>"
    assert only(rss(image)).summary == "Long."


def test_guids_are_unique_and_stable() -> None:
    link = "<title>{}</title><link>https://e.org/{}</link>"
    parsed = read(
        rss(
            link.format("a", 1) + "<guid>g</guid>",
            link.format("b", 2) + "<guid>g</guid>",
            link.format("a again", 1) + "<guid>g</guid>",
            link.format("c", 3),
            link.format("c other", 3),
            link.format("c", 3),
            link.format("d", 4) + "<guid isPermaLink='false'>  two\n words </guid>",
            link.format("e", 5) + f"<guid isPermaLink='false'>{'x' * 600}</guid>",
        )
    )

    assert [(entry.title, entry.guid) for entry in parsed.entries] == [
        ("a", "https://example.org/news/g"),
        ("b", "https://example.org/news/g https://e.org/2"),
        ("c", f"https://e.org/3 {hashlib.sha256(b'c').hexdigest()}"),
        ("c other", f"https://e.org/3 {hashlib.sha256(b'c other').hexdigest()}"),
        ("d", "two words"),
        ("e", f"sha256:{hashlib.sha256(b'x' * 600).hexdigest()}"),
    ]
    assert parsed.skipped == 2


@pytest.mark.parametrize(
    ("dates", "moment", "raw", "quality"),
    [
        ("", None, None, "absent"),
        ("<pubDate></pubDate>", None, None, "absent"),
        ("<pubDate>soon</pubDate>", None, "soon", "absent"),
        ("<pubDate>2026-11-22T10:00:00Z</pubDate>", 22, "2026-11-22T10:00:00Z", "stated"),
        ("<dc:date>2026-11-22T10:00:00Z</dc:date>", 22, "2026-11-22T10:00:00Z", "stated"),
        (
            "<dc:date>2026-11-20T10:00:00Z</dc:date><pubDate>2026-11-22T10:00:00Z</pubDate>",
            22,
            "2026-11-22T10:00:00Z",
            "stated",
        ),
        (
            "<dc:date>2026-11-20T10:00:00Z</dc:date><pubDate>2099-11-22T10:00:00Z</pubDate>",
            20,
            "2026-11-20T10:00:00Z",
            "repaired",
        ),
        ("<pubDate>2099-01-01T00:00:00Z</pubDate>", None, "2099-01-01T00:00:00Z", "implausible"),
    ],
)
def test_the_date_of_publication_comes_first(dates: str, moment: int | None, raw: str | None, quality: str) -> None:
    entry = only(rss(f"<title>t</title><link>https://e.org/1</link>{dates}"))

    assert entry.published == (None if moment is None else datetime(2026, 11, moment, 10, tzinfo=UTC))
    assert (entry.published_raw, entry.date_quality) == (raw, quality)


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("<dc:creator>A. Writer</dc:creator>", "A. Writer"),
        ("<dc:creator>A</dc:creator><dc:creator>B</dc:creator>", "A, B"),
        ("<author>a@example.org</author>", None),
        ("<author>a@example.org (A. Writer)</author>", "A. Writer"),
        ("<author>A. Writer</author>", "A. Writer"),
        ("<author>a@press.example (A. Writer)</author>", "A. Writer"),
        ("<author>desk@news.agency</author>", None),
        ("<author>A. Writer (a@press.example)</author>", "A. Writer"),
        ("<author>A. Writer &lt;a@press.example&gt;</author>", "A. Writer"),
        ("<author>A. Writer, a@press.example</author>", "A. Writer"),
        ("<author>a@press.example (A. (UK) Writer)</author>", "A. (UK) Writer"),
        ("", None),
    ],
)
def test_authors_are_names_and_never_addresses(author: str, expected: str | None) -> None:
    assert only(rss(f"<title>t</title><link>https://e.org/1</link>{author}")).author == expected


_OWN = "<author><name>The desk</name></author><author><name>A. Writer</name></author>"


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param(
            atom(f"{{}}{_OWN}", head=_OWN.replace("desk", "editors")), "The desk, A. Writer", id="own authors"
        ),
        pytest.param(atom("{}", head=_OWN), "The desk, A. Writer", id="the feed's"),
        pytest.param(atom("{}") + "<!-- none -->", None, id="none"),
        pytest.param(
            atom("{}<source><title>The Sun</title><link href='https://sun.example/'/></source>", head=_OWN),
            None,
            id="an item of another outlet",
        ),
        pytest.param(rss("{}", channel="<managingEditor>The desk</managingEditor>"), None, id="the editor of RSS"),
    ],
)
def test_authors_of_an_atom_feed_are_those_of_its_entries_without_any(document: str, expected: str | None) -> None:
    entry = "<title>t</title><id>urn:1</id><guid>https://e.org/g</guid><link href='https://e.org/1'/>"
    assert only(document.format(entry)).author == expected


@pytest.mark.parametrize(
    ("written", "quality"),
    [
        ("&lt;time datetime=&quot;2026-11-22T10:00:00Z&quot;&gt;Sunday&lt;/time&gt;", "stated"),
        ("<![CDATA[<span>2026-11-22</span> <b>10:00:00Z</b>]]>", "stated"),
        ("Sun, 22 Nov 2026 10:00:00&amp;nbsp;GMT", "stated"),
        ("&lt;time&gt;22 November 2026, 10:00&lt;/time&gt;", "repaired"),
    ],
)
def test_a_date_may_be_written_in_html(written: str, quality: str) -> None:
    entry = only(rss(f"<title>t</title><link>https://e.org/1</link><pubDate>{written}</pubDate>"))
    assert (entry.published, entry.date_quality) == (datetime(2026, 11, 22, 10, tzinfo=UTC), quality)


@pytest.mark.parametrize(
    ("tag", "entry_tag", "languages"),
    [
        ("en-GB", "", ("en", None)),
        ("en-GB", 'xml:lang="fr"', ("en", "fr")),
        ("English", "", (None, None)),
        ("de_DE", 'xml:lang="de"', ("de", None)),
    ],
)
def test_an_entry_has_a_language_of_its_own_where_it_differs(
    tag: str, entry_tag: str, languages: tuple[str | None, str | None]
) -> None:
    entry = f"<id>1</id><title {entry_tag}>t</title><link href='https://e.org/'/>"

    parsed = read(atom(entry, attributes=f'xml:lang="{tag}"'))

    assert (parsed.language, parsed.entries[0].language) == languages


def test_entries_keep_their_order_and_beyond_the_limit_they_are_counted() -> None:
    items = [f"<title>{number}</title><link>https://e.org/{number}</link>" for number in range(ENTRIES_LIMIT + 5)]

    parsed = read(rss(*items))

    assert [entry.title for entry in parsed.entries] == [str(number) for number in range(ENTRIES_LIMIT)]
    assert parsed.skipped == 5


def test_a_feed_without_items_is_a_feed() -> None:
    assert read(rss()) == Parsed((), "Feed")


def test_a_broken_document_is_read_as_far_as_it_goes() -> None:
    whole = rss("<title>a &nbsp; &bogus; b</title><link>https://e.org/1</link>", "<title>c</title>")

    parsed = read(whole[: whole.index("<title>c")])

    assert [entry.title for entry in parsed.entries] == ["a &bogus; b"]


@pytest.mark.parametrize(
    ("reference", "title"),
    [
        ("&#55357;&#56832;", "a 😀 b"),
        ("&#xD83D;&#xde00;", "a 😀 b"),
        ("&#55357;", "a b"),
        ("&#0;&#1;", "a b"),
        ("&#99999999999;", "a b"),
        ("&#x110000;", "a b"),
        ("&#xD83D", "a b"),
        ("&#128512;", "a 😀 b"),
        ("&#x10FFFD;", "a \U0010fffd b"),
        ("&#57400;", "a \ue038 b"),
        ("&#x41;&#65;&#9;", "a AA b"),
    ],
)
def test_references_to_no_character_do_not_cost_the_document(reference: str, title: str) -> None:
    document = rss(f"<title>a {reference} b</title><link>https://e.org/1</link>", "<title>c</title><link>/2</link>")

    assert [entry.title for entry in read(document).entries] == [title, "c"]


@pytest.mark.parametrize("broken", ["", "<br>"], ids=["well-formed but for this", "otherwise broken too"])
@pytest.mark.parametrize(
    ("title", "link"),
    [
        ("AT&T & R&D: Q&A", "https://e.org/1?a=1&copy=2&section=3"),
        ("<![CDATA[AT&T & R&D: Q&A]]>", "<![CDATA[https://e.org/1?a=1&copy=2&section=3]]>"),
        ("AT&amp;T &#38; R&#x26;D: Q&A", "https://e.org/1?a=1&amp;copy=2&section=3"),
        ("<!-- a & b -->AT&T & R&D: Q&A", "https://e.org/1?a=1&copy=2&amp;section=3"),
    ],
    ids=["bare", "in sections", "some escaped", "beside a comment"],
)
def test_an_ampersand_that_nobody_escaped_is_one(title: str, link: str, broken: str) -> None:
    document = rss(f"<title>{title}</title><link>{link}</link><description>{broken}</description>")

    (entry,) = read(document).entries
    assert (entry.title, entry.url) == ("AT&T & R&D: Q&A", "https://e.org/1?a=1&copy=2&section=3")


def test_an_octet_of_another_character_is_no_ampersand() -> None:
    for charset, title in (("utf-16", "☕ & tea"), ("utf-16-be", "☕"), ("iso-2022-jp", "ありがとう")):
        document = rss(f"<title>{title}</title><link>https://e.org/1</link>").encode(charset)
        (entry,) = read(document, content_type=f"text/xml; charset={charset}").entries
        assert entry.title == title


TITLE = "<title>Verschlüsselung für alle – „sofort“</title><link>https://e.org/1</link>"


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type"),
    [
        ("utf-8", "utf-8", "text/xml"),
        ("utf-8", "utf-8", "text/xml; charset=iso-8859-1"),
        ("utf-8", "iso-8859-1", None),
        ("utf-8-sig", "utf-8", None),
        ("windows-1252", "windows-1252", "text/xml"),
        ("windows-1252", "windows-1252", "application/rss+xml"),
        ("windows-1252", "utf-8", "text/xml; charset=windows-1252"),
        ("windows-1252", "iso-8859-1", "text/xml; charset=utf-8"),
        ("windows-1252", "us-ascii", "text/xml; charset=none"),
        ("windows-1252", "utf-8", None),
        ("windows-1252", "utf-16", "text/xml; charset=utf-16"),
        ("windows-1252", "unicode_escape", "text/xml; charset=punycode"),
        ("utf-8", "utf-16", None),
        ("utf-8", "utf-16", "text/xml; charset=UTF-16"),
        ("utf-8-sig", "utf-16", "text/xml; charset=utf-16le"),
        ("utf-8", "utf8mb4", "text/xml; charset=utf8mb4"),
        ("utf-16", "utf-16", "text/xml; charset=utf-8"),
        ("utf-16", "utf-16", None),
        ("utf-16", "utf-8", None),
        ("utf-16-be", "utf-8", "text/xml; charset=utf-8"),
        ("utf-16-le", "utf-16", None),
        ("utf-32", "utf-8", None),
    ],
)
def test_the_encoding_is_found_whatever_is_claimed(encoding: str, declared: str, content_type: str | None) -> None:
    document = rss(TITLE).replace('version="1.0"?', f'version="1.0" encoding="{declared}"?', 1)

    (entry,) = read(document.encode(encoding), content_type=content_type).entries

    assert entry.title == "Verschlüsselung für alle – „sofort“"


@pytest.mark.parametrize(
    ("claimed", "encoding", "title"),
    [
        ("gb2312", "gbk", "全国人大审议端到端加密和儿童保护，朱镕基"),
        ("GBK", "gb18030", "端到端加密㐀€"),
        ("Shift_JIS", "cp932", "①暗号化と子どもの保護～髙橋"),
        ("x-sjis", "cp932", "暗号化と子どもの保護"),
        ("x-euc-jp", "euc-jp", "暗号化と子どもの保護"),
        ("euc-kr", "cp949", "암호화와 아동 보호 똠방각하"),
        ("ks_c_5601-1987", "cp949", "암호화와 아동 보호"),
        ("Big5", "big5hkscs", "端對端加密與兒童保護"),
        ("iso-8859-9", "cp1254", "Şifreleme ve “çocuk” güvenliği"),
        ("iso-8859-8-i", "iso-8859-8", "הצפנה והגנה על ילדים"),
        ("windows-874", "cp874", "การเข้ารหัสและเด็ก"),
        ("TIS-620", "cp874", "การเข้ารหัส… “เด็ก”"),
        ("x-mac-roman", "mac-roman", "L’été des clés"),
        ("x-cp1251", "cp1251", "Шифрование и дети"),
    ],
)
@pytest.mark.parametrize("by_server", [False, True], ids=["declared", "stated by the server"])
def test_a_name_of_an_encoding_means_what_browsers_read_by_it(
    claimed: str, encoding: str, title: str, by_server: bool
) -> None:
    item = f"<title>{title}</title><link>https://e.org/1</link>"
    declaration = 'version="1.0"?' if by_server else f'version="1.0" encoding="{claimed}"?'
    document = rss(item).replace('version="1.0"?', declaration, 1).encode(encoding)

    (entry,) = read(document, content_type=f"text/xml; charset={claimed}" if by_server else None).entries

    assert entry.title == title


_QUOTED = "„Schlüssel“ für alle – “keys”"


@pytest.mark.parametrize(
    ("broken", "shown"),
    [
        (b"caf\xc3", "caf\ufffd"),
        (b"caf\xe9!", "caf\ufffd!"),
        (b"caf\xe2\x80 x", "caf\ufffd x"),
        (b"ministers\x92 plan", "ministers\ufffd plan"),
        (b"\xed\xa0\xbd\xed\xb8\x80 keys", "\ufffd keys"),
    ],
    ids=["cut short", "Latin-1", "cut within a quote", "a quote of Windows-1252", "a surrogate pair"],
)
@pytest.mark.parametrize("claimed", [None, "text/xml; charset=utf-8", "text/xml; charset=iso-8859-1"])
def test_a_broken_byte_costs_its_own_character_and_not_the_document(
    broken: bytes, shown: str, claimed: str | None
) -> None:
    item = "<title>{}</title><link>https://e.org/{}</link>"
    document = rss(item.format(_QUOTED, 1), item.format("BROKEN", 2)).encode().replace(b"BROKEN", broken)
    assert [entry.title for entry in read(document, content_type=claimed).entries] == [_QUOTED, shown]


@pytest.mark.parametrize(
    ("claimed", "title"),
    [
        ("gb2312", "全国人大审议端到端加密"),
        ("shift_jis", "暗号化と子どもの保護"),
        ("euc-kr", "암호화와 아동 보호"),
        ("big5", "端對端加密與兒童保護"),
        ("euc-jp", "暗号化と子どもの保護"),
    ],
)
def test_a_broken_byte_costs_its_own_character_in_the_encodings_of_east_asia(claimed: str, title: str) -> None:
    item = "<title>{}</title><link>https://e.org/{}</link>"
    document = (
        rss(item.format(title, 1), item.format(f"{title} BROKEN", 2)).encode(claimed).replace(b"BROKEN", b"\x81!")
    )
    (one, other) = read(document, content_type=f"text/xml; charset={claimed}").entries
    assert (one.title, other.title) == (title, f"{title} \ufffd!")


def test_a_broken_byte_costs_its_own_character_in_a_json_feed() -> None:
    items = [{"id": str(number), "url": f"https://e.org/{number}", "title": title} for number, title in enumerate("ab")]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": _QUOTED, "items": items}
    document = json.dumps(feed, ensure_ascii=False).encode().replace(b'"b"', b'"caf\xc3"')
    assert [entry.title for entry in read(document).entries] == ["a", "caf\ufffd"]


def test_text_of_another_encoding_is_no_broken_utf_8_though_a_few_of_its_bytes_would_be_valid() -> None:
    title = "Über Schlüssel für alle: Ã¼ und Â£ sind Zeichen, „sofort“"
    document = rss(f"<title>{title}</title><link>https://e.org/1</link>").encode("windows-1252")
    assert [entry.title for entry in read(document).entries] == [title]


@pytest.mark.parametrize(
    "charset",
    [
        "utf-16",
        "UTF-16LE",
        "ucs-2",
        "utf-32",
        "utf8mb4",
        "none",
        "",
        "undefined",
        "idna",
        "hex",
        "rot13",
        "utf-7",
        "cp037",
    ],
)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["", "mark"])
def test_a_plain_document_is_read_whatever_encoding_it_or_its_server_names(charset: str, mark: bytes) -> None:
    item = "<title>Keys+AGE- \\d</title><link>https://e.org/1</link>"
    document = rss(item).replace('version="1.0"?', f'version="1.0" encoding="{charset}"?', 1)

    for content_type in (None, f"application/rss+xml; charset={charset}"):
        (entry,) = read(mark + document.encode(), content_type=content_type).entries
        assert entry.title == "Keys+AGE- \\d"


def test_a_declaration_may_have_lines() -> None:
    document = rss(TITLE).replace('version="1.0"?', "version = '1.0'\n  encoding = 'windows-1251'\n?", 1)
    document = document.replace("Verschlüsselung für alle", "Шифрование для всех")

    (entry,) = read(document.encode("windows-1251")).entries

    assert entry.title == "Шифрование для всех – „sofort“"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Caf&eacute; &mdash; &nbsp;closed", "Café — closed"),
        ("<![CDATA[Caf&eacute; closed]]>", "Café closed"),
        ("Ask &brand; &amp; Sons &lt;b&gt;", "Ask Acme & Sons"),
        ("&unknown; &eacute;", "é"),
    ],
)
def test_html_names_of_characters_are_read_whatever_document_type_is_stated(title: str, expected: str) -> None:
    doctype = (
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.example/0.91.dtd"'
    )
    document = rss(f"<title>{title}</title><link>https://e.org/1</link>")
    declared = document.replace("<rss", f'{doctype} [<!ENTITY brand "Acme">]><rss', 1)
    (entry,) = read(declared).entries
    assert entry.title.removeprefix("&unknown; ") == expected


ENTRY = "<id>urn:1</id><title>Scanning order quashed</title><link href='https://e.org/1'/>"


@pytest.mark.parametrize(
    "start",
    [
        "<!DOCTYPE html>",
        "<!doctype html>\n",
        '<?xml version="1.0"?>\n<!-- made by hand --><!DOCTYPE html>\n<!-- still -->',
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">',
        "<!DOCTYPE feed>",
    ],
)
@pytest.mark.parametrize("prefix", ["", "atom:"])
def test_the_root_tells_a_feed_whatever_document_type_stands_before_it(start: str, prefix: str) -> None:
    document = atom(ENTRY).replace("<feed xmlns=", f"<{prefix}feed xmlns:atom='http://www.w3.org/2005/Atom' xmlns=")

    (entry,) = read(start + document.replace("</feed>", f"</{prefix}feed>")).entries

    assert (entry.title, entry.url) == ("Scanning order quashed", "https://e.org/1")


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><p>A page without its root</p>",
        "<!DOCTYPE HTML>\n<!-- --><html><body><pre>{}</pre></body></html>",
        "<!DOCTYPE html>\n<html xmlns='http://www.w3.org/1999/xhtml'><body>{}</body></html>",
        "<!DOCTYPE html><feedback>{}</feedback>",
        "<!DOCTYPE html>Words. {}",
        "<h:html xmlns:h='http://www.w3.org/1999/xhtml'>{}</h:html>",
    ],
)
def test_a_web_page_is_none_though_a_feed_is_quoted_in_it(page: str) -> None:
    with pytest.raises(NotAFeed, match="HTML"):
        read(page.format(rss(TITLE)))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"<!DOCTYPE html><html><body>Not here</body></html>", "HTML"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- x --><html xmlns="http://www.w3.org/1999/xhtml"/>', "HTML"),
        ("<!DOCTYPE html>".encode("utf-16"), "HTML"),
        (b'{"error": "not found"}', "This is JSON, but not a JSON Feed"),
        (b'[{"error": "not found"}]', "This is JSON, but not a JSON Feed"),
        (b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>", "a sitemap without news, not a feed"),
        (b"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>", "list of sitemaps, not a feed"),
        (b"<opml version='2.0'/>", "OPML"),
        (b"\x1f\x8b\x08\x00rest", "compressed"),
        (b"Sorry, the feed has moved.", "not in any known feed format"),
        (b"<note><to>x</to></note>", "not in any known feed format"),
    ],
)
def test_what_is_no_feed_is_named(body: bytes, kind: str) -> None:
    with pytest.raises(NotAFeed, match=kind):
        read(body)


def test_a_body_that_names_a_file_or_an_address_is_not_opened(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_text(rss("<title>secret</title><link>https://e.org/1</link>"))

    for body in (str(feed).encode(), feed.as_uri().encode(), b"http://127.0.0.1:1/feed"):
        with pytest.raises(NotAFeed):
            read(body)


def test_entities_are_neither_expanded_without_end_nor_loaded(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    levels = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    doctype = f'<!DOCTYPE rss [<!ENTITY e0 "ha"><!ENTITY file SYSTEM "{(tmp_path / "secret").as_uri()}">{levels}]>'
    document = rss("<title>a &e9; &file;</title><link>https://e.org/1</link>").replace("?>", f"?>{doctype}", 1)

    titles = [entry.title for entry in read(document).entries]

    assert all("secret" not in title and len(title) < 500 for title in titles)


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Wait here.</body></html>",
        "<html><head>\n<TITLE>Access Denied</TITLE>\n</head><body>You may not see this.</body></html>",
        "<!doctype html><title>Attention Required! | Example</title>",
        "<!DOCTYPE html><html><head><title>Please solve the CAPTCHA</title></head></html>",
        "<html><head><title>example.org</title><script>window._cf_chl_opt={}</script></head></html>",
        "<html><body><script src='https://ct.captcha-delivery.com/c.js'></script></body></html>",
    ],
)
def test_a_check_for_robots_in_place_of_a_feed_is_named(page: str) -> None:
    with pytest.raises(ChallengePage, match="bot check"):
        read(page)


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><title>News</title><script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>",
        "<html><head><title>Not found</title></head><body>Access denied was the headline.</body></html>",
    ],
)
def test_an_ordinary_page_is_no_check_for_robots(page: str) -> None:
    with pytest.raises(NotAFeed) as caught:
        read(page)
    assert type(caught.value) is NotAFeed


def dated(number: int) -> str:
    return f"<title>{number}</title><link>https://e.org/{number}</link><pubDate>{{}}</pubDate>"


def test_of_too_many_entries_the_newest_are_kept_also_where_they_are_the_last() -> None:
    days = [datetime(2020, 1, 1, tzinfo=UTC).replace(year=2000 + n % 26, hour=n % 24) for n in range(ENTRIES_LIMIT + 3)]
    rising = [dated(n).format(day.isoformat()) for n, day in enumerate(sorted(days))]

    oldest_first, newest_first = read(rss(*rising)), read(rss(*reversed(rising)))

    assert oldest_first.entries[0].title == "3"
    assert newest_first.entries[0].title == str(ENTRIES_LIMIT + 2)
    assert newest_first.entries[-1].title == "3"
    assert oldest_first.skipped == newest_first.skipped == 3


@pytest.mark.parametrize(
    ("shared", "own", "instant", "quality"),
    [
        pytest.param(6, 5, "2026-11-23T11:58:15Z", "implausible", id="built for this poll"),
        pytest.param(6, 5, "2026-11-23T11:10:15Z", "implausible", id="built within the hour and kept by a cache"),
        pytest.param(6, 5, "2026-11-23T12:00:09Z", "implausible", id="built by a clock that is ahead"),
        pytest.param(5, 5, "2026-11-23T11:58:15Z", "stated", id="half of the entries"),
        pytest.param(5, 4, "2026-11-23T11:58:15Z", "stated", id="of few entries most"),
        pytest.param(11, 0, "2026-11-22T10:30:15Z", "stated", id="one instant of yesterday"),
        pytest.param(11, 0, "2026-11-23T05:00:00Z", "stated", id="an edition at five"),
        pytest.param(11, 0, "2026-11-23T11:45:00Z", "stated", id="an edition that has just come out"),
        pytest.param(11, 0, "2026-11-23T00:00:00Z", "day", id="midnight"),
        pytest.param(11, 0, "2026-11-23T00:00:00+13:00", "day", id="midnight in the east"),
        pytest.param(11, 0, "Mon, 23 Nov 2026 00:00:00 -0800", "day", id="midnight in the west"),
        pytest.param(11, 0, "2026-11-23", "day", id="a day"),
        pytest.param(11, 0, "2026-11-22T23:00:00Z", "stated", id="midnight in Rome, written as UTC"),
    ],
)
def test_one_instant_for_most_entries_is_when_the_document_was_built_only_where_it_is_about_now(
    shared: int, own: int, instant: str, quality: str
) -> None:
    items = [dated(n).format(instant if n < shared else f"2026-11-{n:02}T08:00:00Z") for n in range(shared + own)]
    parsed = read(rss(*items))

    entries = parsed.entries[:shared]
    assert {entry.published_raw for entry in entries} == {instant}
    assert {entry.date_quality for entry in entries} == {quality}
    assert {entry.published is None for entry in entries} == {quality == "implausible"}
    assert all(entry.published is not None for entry in parsed.entries[shared:])


@pytest.mark.parametrize(
    ("date", "quality"),
    [
        ("Mon, 23 Nov 2026 00:00:00 GMT", "day"),
        ("2026-11-23T00:00:00.000+05:30", "day"),
        ("23.11.2026", "day"),
        ("2026-11-23T00:00:01Z", "stated"),
        ("2026-11-22T22:00:00-02:00", "stated"),
        ("2026-11-22T23:30:00Z", "stated"),
        ("23.11.2026 08:15", "repaired"),
    ],
)
def test_a_midnight_of_any_zone_names_a_day_and_no_time(date: str, quality: str) -> None:
    (entry,) = read(rss(dated(1).format(date))).entries
    assert entry.published is not None
    assert entry.date_quality == quality


@pytest.mark.parametrize(
    ("dates", "days"),
    [
        (["05/11/2026", "Fri, 13/11/2026 - 10:00"], ["2026-11-05", "2026-11-13"]),
        (["05/11/26 10:00", "13-11-2026"], ["2026-11-05", "2026-11-13"]),
        (["05/11/2026", "11/13/2026 10:00 AM"], ["2026-05-11", "2026-11-13"]),
        (["05/11/2026", "13/11/2026", "11/13/2026"], [None, "2026-11-13", "2026-11-13"]),
        (["05/11/2026", "2026-11-13"], [None, "2026-11-13"]),
        (["05.11.2026", "11/13/2026"], ["2026-11-05", "2026-11-13"]),
    ],
    ids=["day first", "short year", "month first", "both", "neither", "dots have the day first"],
)
def test_whether_the_day_or_the_month_comes_first_is_read_from_the_other_dates_of_the_document(
    dates: list[str], days: list[str | None]
) -> None:
    entries = read(rss(*(dated(number).format(date) for number, date in enumerate(dates)))).entries
    assert [entry.published and entry.published.date().isoformat() for entry in entries] == days


@pytest.mark.parametrize(
    ("stated", "every"),
    [
        ("", None),
        ("<ttl>60</ttl>", timedelta(hours=1)),
        ("<ttl> 5 </ttl>", timedelta(minutes=5)),
        ("<ttl>0</ttl>", None),
        ("<ttl>44640</ttl>", timedelta(days=31)),
        ("<ttl>44641</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", timedelta(minutes=15)),
        ("<sy:updatePeriod>\n daily\n</sy:updatePeriod>", timedelta(days=1)),
        ("<sy:updateFrequency>2</sy:updateFrequency>", timedelta(hours=12)),
        ("<sy:updatePeriod>always</sy:updatePeriod>", None),
        ("<ttl>10</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", timedelta(hours=1)),
        ("<ttl>90</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", timedelta(minutes=90)),
    ],
)
def test_how_often_a_document_says_that_it_changes(stated: str, every: timedelta | None) -> None:
    channel = f'<title>t</title><x xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">{stated}</x>'
    assert read(rss(channel=channel)).every == every
