"""What is made of news sitemaps."""

from datetime import UTC, datetime

import pytest

from tracker.collect.parse import parse, parse_at_once, parse_patiently
from tracker.errors import NotAFeed
from tracker.models import Entry, Parsed

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://example.org/news-sitemap.xml"


def sitemap(
    *urls: str, start: str = '<?xml version="1.0" encoding="UTF-8"?>\n<?xml-stylesheet href="s.xsl"?>'
) -> bytes:
    listed = "".join(f"<url>{url}</url>" for url in urls)
    return (
        f'{start}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{listed}</urlset>'
    ).encode()


def news(number: int, title: str = "Ministers &amp; messengers", date: str = "2026-11-22T10:00:00+01:00") -> str:
    return (
        f"<loc>https://example.org/{number}</loc><lastmod>2026-11-23</lastmod><news:news><news:publication>"
        "<news:name>The Example</news:name><news:language>en</news:language></news:publication>"
        f"<news:publication_date>{date}</news:publication_date><news:title>{title}</news:title></news:news>"
        "<image:image><image:loc>https://example.org/i.jpg</image:loc><image:title>Not this</image:title></image:image>"
    )


def read(body: bytes) -> Parsed:
    parsed = parse(body, URL, "application/xml", NOW)
    assert parse_patiently(body, URL, "application/xml", NOW) == parsed
    return parsed


def test_what_is_listed_becomes_entries() -> None:
    assert read(sitemap(news(1))) == Parsed(
        entries=(
            Entry(
                guid="https://example.org/1",
                url="https://example.org/1",
                title="Ministers & messengers",
                published=datetime(2026, 11, 22, 9, tzinfo=UTC),
                published_raw="2026-11-22T10:00:00+01:00",
                date_quality="stated",
            ),
        ),
        title="The Example",
        language="en",
    )


def test_what_is_no_news_is_counted_and_the_last_change_stands_in_for_a_date() -> None:
    parsed = read(sitemap("<loc>https://example.org/about</loc>", news(1, date=""), news(2)))
    assert [entry.url for entry in parsed.entries] == ["https://example.org/1", "https://example.org/2"]
    assert parsed.entries[0].published == datetime(2026, 11, 23, tzinfo=UTC)
    assert parsed.skipped == 1


@pytest.mark.parametrize("end", ["", "<url><loc>https://example.org/9"])
def test_a_sitemap_that_breaks_off_is_read_as_far_as_it_goes(end: str) -> None:
    body = sitemap(news(1), news(2)).removesuffix(b"</urlset>") + end.encode()
    assert parse_at_once(body, URL, None, NOW) is None
    assert [entry.url[-1] for entry in read(body).entries] == ["1", "2"]


@pytest.mark.parametrize(
    "body",
    [
        sitemap().replace(b"sitemap-news", b"sitemap-image"),
        sitemap("<loc>https://example.org/</loc><lastmod>2026-11-23</lastmod>"),
        sitemap("<loc>https://example.org/</loc><news:news/>"),
        b"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><sitemap/></sitemapindex>",
    ],
)
def test_a_sitemap_without_news_says_which_would_do(body: bytes) -> None:
    with pytest.raises(NotAFeed, match="a news sitemap"):
        read(body)


def test_a_news_sitemap_may_be_empty_when_nothing_was_published_for_two_days() -> None:
    assert read(sitemap()).entries == ()


def test_references_are_read_as_html_has_them() -> None:
    news = "<news:news><news:title>Caf&eacute; &amp;amp; &lt;b&gt;bar&lt;/b&gt;</news:title></news:news>"
    (entry,) = read(sitemap(f"<loc>https://example.org/?a=1&amp;amp;b=2&c=3</loc>{news}")).entries
    assert (entry.title, entry.url) == ("Café & bar", "https://example.org/?a=1&b=2&c=3")


@pytest.mark.parametrize(
    ("news_namespace", "prefix"),
    [
        ("http://www.google.com/schemas/sitemap-news/0.9", "news"),
        ("http://www.google.com/schemas/sitemap-news/0.9", "n"),
        ("https://www.google.com/schemas/sitemap-news/0.9", "news"),
        ("http://www.google.com/schemas/sitemap-news/0.9/", "ns1"),
        ("https://google.com/schemas/sitemap-news/0.9/", "news"),
    ],
)
@pytest.mark.parametrize("root", ["", "ns0:", "sm:"])
@pytest.mark.parametrize("declared", [True, False], ids=["declared", "undeclared"])
def test_elements_are_known_by_their_names_whatever_their_namespace(
    news_namespace: str, prefix: str, root: str, declared: bool
) -> None:
    text = sitemap(news(1), news(2)).decode().replace("<news:", f"<{prefix}:").replace("</news:", f"</{prefix}:")
    said = f'xmlns:{prefix}="{news_namespace}"' if declared else ""
    text = text.replace('xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"', said)
    for name in ("urlset", "url", "loc", "lastmod"):
        text = text.replace(f"<{name}>", f"<{root}{name}>").replace(f"</{name}>", f"</{root}{name}>")
    space = root.rstrip(":")
    text = text.replace("<urlset xmlns=", f"<{root}urlset xmlns:{space}=" if root else "<urlset xmlns=")

    parsed = read(text.encode())

    assert [(entry.url[-1], entry.title) for entry in parsed.entries] == [
        ("1", "Ministers & messengers"),
        ("2", "Ministers & messengers"),
    ]
    assert (parsed.title, parsed.language, parsed.skipped) == ("The Example", "en", 0)


def test_a_list_of_sitemaps_is_reported_with_the_sitemaps_that_it_names() -> None:
    addresses = [f"https://example.org/posts-{number}.xml" for number in range(7)]
    addresses += ["/news-sitemap.xml.gz", "javascript:alert(1)"]
    listed = "".join(f"<s:sitemap><s:loc> {address} </s:loc></s:sitemap>" for address in addresses)
    body = f"<s:sitemapindex xmlns:s='http://www.sitemaps.org/schemas/sitemap/0.9'>{listed}</s:sitemapindex>".encode()

    with pytest.raises(NotAFeed) as caught:
        read(body)

    message = str(caught.value)
    assert "would do: https://example.org/news-sitemap.xml.gz, https://example.org/posts-0.xml, " in message
    assert message.endswith("https://example.org/posts-3.xml and 3 more.")


def test_a_sitemap_with_a_wrong_encoding_or_a_document_type_is_read() -> None:
    for start in ('<?xml version="1.0" encoding="utf-16"?>', "<!DOCTYPE urlset>", "<!DOCTYPE html>"):
        (entry,) = read(sitemap(news(1, "Schlüssel"), start=start)).entries
        assert entry.title == "Schlüssel"


def test_entities_of_a_sitemap_load_nothing() -> None:
    start = '<!DOCTYPE urlset [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/hostname">]>'
    with pytest.raises(NotAFeed, match="without news"):
        read(sitemap(news(1, "&b; &f;"), start=start))
    levels = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    start = f'<!DOCTYPE urlset [<!ENTITY e0 "ha">{levels}]>'
    assert read(sitemap(news(1, "Words &e9;"), news(2), start=start)).entries[0].title == "Words"
