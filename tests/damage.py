"""Small feed documents of every kind, and the damage that tests/fuzz.py does to them."""

import random
import re

SEEDS = [
    """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"
 xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel><title>The Paper – Technology</title><link>https://example.org/</link><language>en-GB</language><ttl>30</ttl>
<atom:link rel="self" href="https://example.org/feed.xml"/><sy:updatePeriod>hourly</sy:updatePeriod>
<image><url>https://example.org/i.png</url><title>Picture</title><link>https://example.org/</link></image>
<item><title>Ministers argue over scanning &amp; privacy</title><link>https://example.org/1?a=1&amp;b=2</link>
<guid isPermaLink="false">tag:1</guid><description><![CDATA[<p>One <b>two</b>.</p>]]></description>
<dc:creator>A. Writer</dc:creator><author>desk@example.org (B. Writer)</author>
<pubDate>Mon, 23 Nov 2026 10:00:00 GMT</pubDate><category>tech</category><media:title>Not this</media:title>
<media:content url="https://example.org/1.jpg"><media:description>A picture</media:description></media:content>
<source url="https://other.example/feed">The Other</source><enclosure url="/a.mp3" type="audio/mpeg" length="1"/></item>
<item><title>Zweiter Titel: Verschlüsselung für alle</title><guid>https://example.org/2</guid>
<content:encoded>&lt;div&gt;All of it&lt;/div&gt;</content:encoded><dc:date>2026-11-22T10:00:00Z</dc:date>
<itunes:summary>Heard</itunes:summary><dc:language>de</dc:language></item>
</channel></rss>""",
    """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en" xml:base="https://example.org/">
<title type="html">A &amp;lt;b&amp;gt; feed</title><id>urn:1</id><updated>2026-11-23T09:00:00Z</updated>
<entry><id>tag:example.org,2026:1</id><title type="text">Signal says no</title><link href="/1"/>
<link rel="enclosure" href="b.mp3"/><author><name>C</name><uri>https://example.org/c</uri></author>
<summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One <i>and</i> two</p></div></summary>
<published>2026-11-22T10:00:00Z</published><updated>2026-11-23T10:00:00Z</updated>
<source><id>x</id><title>The Origin</title><link href="https://origin.example/"/></source></entry>
<entry xml:base="x/"><id>2</id><title>Second</title><link rel="alternate" type="text/html" href="2"/>
<content type="html">&lt;p&gt;Text&lt;/p&gt;</content></entry></feed>""",
    """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://example.org/"><title>R</title>
<items><rdf:Seq><rdf:li rdf:resource="https://example.org/1"/></rdf:Seq></items></channel>
<item rdf:about="https://example.org/1"><title>One</title><link>https://example.org/1</link><dc:date>2026-11-22</dc:date>
<description>Words</description></item></rdf:RDF>""",
    """{"version": "https://jsonfeed.org/version/1.1", "title": "J", "language": "en", "authors": [{"name": "D"}],
"items": [{"id": 1, "url": "https://example.org/1", "title": "One", "content_html": "<p>Two</p>",
"date_published": "2026-11-22T10:00:00Z"}, {"id": "2", "external_url": "/2", "content_text": "Three"}]}""",
    """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://example.org/1</loc><news:news>
<news:publication><news:name>P</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2026-11-22</news:publication_date><news:title>One</news:title></news:news></url></urlset>""",
    "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>",
]

# Each is well-formed, and means something somewhere.
_WELL_FORMED = [
    *(b"<media:title>m</media:title>", b"<dc:title>d</dc:title>", b"<summary>s</summary>", b"<content>c</content>"),
    *(
        b"<description>d</description>",
        b"<description/>",
        b"<title/>",
        b"<title>t</title>",
        b"<link/>",
        b"<link>/x</link>",
    ),
    *(b'<link href=""/>', b'<link rel="enclosure" href="/y"/>', b"<guid>g</guid>", b"<id>https://example.org/i</id>"),
    *(b"<guid isPermaLink='false'>h</guid>", b"<date>x</date>", b"<image><title>p</title></image>", b"<image/>"),
    *(
        b"<source url='https://a.example/'>A</source>",
        b"<source><title>B</title></source>",
        b"<news_source>N</news_source>",
    ),
    *(b"<x xmlns='urn:x'/>", b"<title xmlns='urn:x'>u</title>", b"<language>xx</language>", b"<ttl>9</ttl>"),
    *(b"<dc:creator>x</dc:creator>", b"<author>a@example.org (Name)</author>", b"<author>a@b</author>", b"<author/>"),
    *(
        b"<author><name>n</name></author>",
        b"<author><email>e@example.org</email></author>",
        b"<author>x<name/></author>",
    ),
    *(b"<x><title>deep</title></x>", b"<x><x><description>deep</description></x></x>", b"<links/>", b"<items/>"),
    *(b"<itunes:owner><itunes:name>o</itunes:name></itunes:owner>", b"<pubDate>2026-11-20</pubDate>", b"<updated/>"),
    *(b"<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>q</div></content>", b"<textInput/>"),
    *(b"<rights>r</rights>", b"<category><title>c</title></category>", b"<abstract>a</abstract>", b"<body>b</body>"),
    *(b"<media:group><media:title>g</media:title></media:group>", b"<feedburner:origLink>/o</feedburner:origLink>"),
]
_ATTRIBUTES = [
    *(b' xml:base="http://b.example/"', b' xml:lang="fr"', b' lang=""', b' type="html"', b' type="xhtml"', b' href=""'),
    *(b' xmlns:dc="urn:dc"', b' xmlns:media="http://purl.org/dc/elements/1.1/"', b' base="x/"', b' mode="escaped"'),
    *(
        b' isPermaLink="false"',
        b' rel="via"',
        b' url="https://u.example/"',
        b' dc:url="v"',
        b' Type="TEXT"',
        b' lang="it"',
    ),
]
_PIECES = [
    *(b"<title>", b"</title>", b"<item>", b"</item>", b"<link>", b"<guid>", b"<description>", b"<author>"),
    *(b"<![CDATA[", b"]]>", b"<!--", b"-->", b"&amp;", b"&#55357;", b"&nbsp;", b"&#x0;", b"<?x ?>", b"\x00", b"\xff"),
    *(b"<b>", b"</b>", b"<div>", b"<!DOCTYPE rss>", b"javascript:alert(1)", b"//", b"https://u:p@e.org/", b"data:,x"),
    *(
        b"\xe2\x80\xae",
        b"\xc2\x85",
        b"\xc3\x83\xc2\xa9",
        b"\xed\xa0\x80",
        "é".encode("latin-1"),
        b"99999999999999999999",
    ),
    *_WELL_FORMED,
    *_ATTRIBUTES,
]
_CHARSETS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "koi8-r", "cp037"]
_ELEMENT = re.compile(rb"<([\w:]+)[^<>]*>[^<>]*</\1>")


def damaged(dice: random.Random, documents: list[bytes]) -> bytes:
    """One of the documents after one to six random accidents; every other stays well-formed as far as it was."""
    body, accidents = dice.choice(documents), dice.choice([_ACCIDENTS, _ODDITIES])
    for _ in range(dice.randint(1, 6)):
        body = dice.choice(accidents)(dice, body, documents)[:200_000]
    return body


def _add(dice: random.Random, body: bytes, _: list[bytes]) -> bytes:
    """Put an element between two others."""
    places = [match.end() for match in re.finditer(rb"</[^<>]*>|/>", body)]
    at = dice.choice(places) if places else 0
    return body[:at] + dice.choice(_WELL_FORMED) + body[at:]


def _say(dice: random.Random, body: bytes, _: list[bytes]) -> bytes:
    """Give an element another attribute."""
    places = [match.end() for match in re.finditer(rb"<[A-Za-z][\w:]*", body)]
    at = dice.choice(places) if places else 0
    return body[:at] + dice.choice(_ATTRIBUTES) + body[at:]


def _flip(dice: random.Random, body: bytes, _: list[bytes]) -> bytes:
    changed = bytearray(body)
    for _number in range(min(len(changed), dice.randint(1, 4))):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def _insert(dice: random.Random, body: bytes, _: list[bytes]) -> bytes:
    ends = [place for place in range(len(body)) if body[place : place + 1] in b"<>"] if dice.random() < 0.7 else []
    at = dice.choice(ends) if ends else dice.randint(0, len(body))
    return body[:at] + dice.choice(_PIECES) + body[at:]


def _swap(dice: random.Random, body: bytes, documents: list[bytes]) -> bytes:
    """Put an element in place of another one."""
    elements = [match[0] for match in _ELEMENT.finditer(dice.choice([body, body, dice.choice(documents)]))]
    places = [match.span() for match in _ELEMENT.finditer(body)]
    if not elements or not places:
        return body
    start, end = dice.choice(places)
    return body[:start] + dice.choice(elements) + body[dice.choice([start, end]) :]


def _repeat(dice: random.Random, body: bytes, _: list[bytes]) -> bytes:
    start, end = _span(dice, body)
    return body[:end] + body[start:end] * dice.choice([1, 2, 10, 100]) + body[end:]


def _nest(dice: random.Random, body: bytes, _: list[bytes]) -> bytes:
    start, end = _span(dice, body)
    name = dice.choice([b"div", b"item", b"media:group", b"source", b"author", b"x", b"b"])
    times = dice.choice([1, 3, 40, 400])
    return body[:start] + b"<%s>" % name * times + body[start:end] + b"</%s>" % name * times + body[end:]


def _splice(dice: random.Random, body: bytes, documents: list[bytes]) -> bytes:
    other = dice.choice(documents)
    return body[: dice.randint(0, len(body))] + other[dice.randint(0, len(other)) :]


def _cut(dice: random.Random, body: bytes, _: list[bytes]) -> bytes:
    start, end = _span(dice, body)
    return dice.choice([body[:start], body[:start] + body[end:]])


def _recode(dice: random.Random, body: bytes, _: list[bytes]) -> bytes:
    text = body.decode(dice.choice(["utf-8", "latin-1"]), "replace")
    return text.encode(dice.choice(_CHARSETS), "replace")


def _redeclare(dice: random.Random, body: bytes, _: list[bytes]) -> bytes:
    rest = re.sub(rb"^<\?xml[^>]*\?>", b"", body)
    return b'<?xml version="1.0" encoding="%s"?>' % dice.choice(_CHARSETS).encode() + rest


def _span(dice: random.Random, body: bytes) -> tuple[int, int]:
    start, end = sorted((dice.randint(0, len(body)), dice.randint(0, len(body))))
    return start, min(end, start + dice.choice([10, 100, 2000]))


_ODDITIES = [_add, _add, _say, _swap]
_ACCIDENTS = [_flip, _insert, _insert, _swap, _repeat, _nest, _splice, _cut, _recode, _redeclare]
