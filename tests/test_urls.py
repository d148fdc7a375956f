"""When two links are one, and which links may be followed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.analyse.urls import LINK_LIMIT, absolute, canonical, host

BASE = "https://example.org/news/feed.xml?format=rss"

SAME = [
    ("http://example.org/a", "https://example.org/a"),
    ("HTTPS://EXAMPLE.org/a", "https://example.org/a"),
    ("http://example.org:80/a", "https://example.org/a"),
    ("https://example.org:443/a", "https://example.org/a"),
    ("http://example.org:443/a", "https://example.org/a"),
    ("https://example.org:8443/a", "https://example.org:8443/a"),
    ("https://reader:secret@example.org/a", "https://example.org/a"),
    ("https://example.org/a#comments", "https://example.org/a"),
    ("https://example.org", "https://example.org/"),
    ("https://example.org/x/../a", "https://example.org/a"),
    ("https://example.org/a?", "https://example.org/a"),
    ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
    ("https://example.org/a?utm_source=rss&utm_medium=feed", "https://example.org/a"),
    ("https://example.org/a?UTM_Source=x&id=1", "https://example.org/a?id=1"),
    ("https://example.org/a?id=1&fbclid=x&page=2", "https://example.org/a?id=1&page=2"),
    ("https://example.org/a?mtm_campaign=x&gclid=y", "https://example.org/a"),
    ("https://example.org/a?id=1&amp;utm_source=rss", "https://example.org/a?id=1"),
    ("https://www.bbc.co.uk/news/1?at_medium=RSS&at_campaign=rss", "https://www.bbc.co.uk/news/1"),
    ("https://www.bbc.com/news/1?at_medium=RSS", "https://www.bbc.com/news/1"),
    ("https://www.theguardian.com/x?CMP=share_btn", "https://www.theguardian.com/x"),
    ("https://www.bbc.co.uk/news/1?ocid=socialflow", "https://www.bbc.co.uk/news/1"),
    ("https://www.lemonde.fr/a.html?xtor=RSS-3208", "https://www.lemonde.fr/a.html"),
    ("https://www.dw.com/en/a-1?maca=en-rss-en-all-1573-rdf", "https://www.dw.com/en/a-1"),
    ("https://www.nytimes.com/a.html?partner=rss&emc=rss&smid=tw", "https://www.nytimes.com/a.html"),
    ("https://www.dailymail.co.uk/a.html?ns_mchannel=rss&ito=1490", "https://www.dailymail.co.uk/a.html"),
    ("https://arstechnica.com/a/?source=rss", "https://arstechnica.com/a/"),
    ("https://example.org/a?_ga=1.2.3&x", "https://example.org/a?x"),
]

DIFFERENT = [
    ("https://example.org/?p=1", "https://example.org/?p=2"),
    ("https://example.org/?12345", "https://example.org/?12346"),
    ("https://example.org/?id=", "https://example.org/"),
    ("https://example.org/a?gallery=5", "https://example.org/a"),
    ("https://example.org/a?game=7", "https://example.org/a"),
    ("https://example.org/a?reference=9", "https://example.org/a"),
    ("https://example.org/a?eid=55", "https://example.org/a"),
    ("https://example.org/a?ref=main", "https://example.org/a"),
    ("https://example.org/a?source=5", "https://example.org/a?source=6"),
    ("https://example.org/a?at_id=5", "https://example.org/a"),
    ("https://example.org/a?campaign_id=5", "https://example.org/a?campaign_id=6"),
    ("https://example.org/a?cmp=5", "https://example.org/a?cmp=6"),
    ("https://example.org/a?mod=5", "https://example.org/a"),
    ("https://notbbc.com/a?at_medium=5", "https://notbbc.com/a"),
    ("https://example.org/#!/article/1", "https://example.org/#!/article/2"),
    ("https://example.org/#/article/1", "https://example.org/#/article/2"),
    ("https://example.org/A", "https://example.org/a"),
    ("https://example.org/a", "https://example.org/a/"),
    ("https://example.org/a", "https://www.example.org/a"),
    ("https://example.org/a?x=1&y=2", "https://example.org/a?y=2&x=1"),
    ("https://example.org/a?b=%2F", "https://example.org/a?b=/"),
    ("https://example.org:8080/a", "https://example.org/a"),
]


@pytest.mark.parametrize(("url", "expected"), SAME)
def test_what_does_not_choose_the_article_is_dropped(url: str, expected: str) -> None:
    assert canonical(url) == expected


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_articles_never_become_one(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize("query", ["b=%zz&c=%20", "a=1&&b=2", "q=a+b&q=ü".encode().decode("ascii", "ignore"), "=;~'"])
def test_what_is_not_known_stays_byte_for_byte_and_in_order(query: str) -> None:
    assert canonical(f"https://example.org/?{query}&utm_source=rss") == f"https://example.org/?{query}".replace(
        "'", "%27"
    )


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a",
        "/a",
        "//example.org/a",
        "ftp://example.org/",
        "javascript:alert(1)",
        "mailto:a@example.org",
        "http://",
        "https://exa mple.org/",
        "http://[::1",
        "https://example.org:99999/",
        "tag:a,2020:1",
        "�",
    ],
)
def test_what_is_no_web_address_has_no_canonical_form(url: str) -> None:
    assert canonical(url) is None
    assert host(url) == ""


PARTS = st.sampled_from(
    [
        "utm_a=1",
        "id=1",
        "",
        "&",
        "=",
        "amp;utm_b=2",
        "CMP=3",
        "ref=rss",
        "%zz",
        "ü",
        "#",
        "#!/x",
        "?",
        "/",
        "..",
        ":80",
        "@",
    ]
)


@given(
    st.sampled_from(["http://", "https://", "HTTP:\\\\"]),
    st.sampled_from(["example.org", "EXAMPLE.org:443", "u:p@bbc.com", "[::1]:80", "bücher.example", "1.2"]),
    st.lists(PARTS | st.text(max_size=5), max_size=8),
)
def test_the_canonical_form_is_its_own(scheme: str, authority: str, parts: list[str]) -> None:
    form = canonical(f"{scheme}{authority}/{'?' if len(parts) % 2 else ''}{'&'.join(parts)}")

    if form is not None:
        assert canonical(form) == form
        assert form.startswith("https://")
        assert "@" not in form.split("/")[2]


@given(st.text())
def test_no_text_makes_it_fail(text: str) -> None:
    for url in (text, f"https://{text}", f"https://example.org/{text}"):
        form = canonical(url)
        assert form is None or canonical(form) == form
        link = absolute(url, BASE)
        assert link is None or (link.lower().startswith("http") and len(link) <= LINK_LIMIT)
        host(url)


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://example.com/A?b=c#d", "https://example.com/A?b=c#d"),
        ("  https://example.com/a\n", "https://example.com/a"),
        ("HTTP://Example.com/ä", "HTTP://Example.com/ä"),
        ("/a", "https://example.org/a"),
        ("a.html", "https://example.org/news/a.html"),
        ("?id=1", "https://example.org/news/feed.xml?id=1"),
        ("//example.com/a", "https://example.com/a"),
        ("https://example.com/a b", "https://example.com/a%20b"),
        ("https:\\\\example.com\\a", "https://example.com/a"),
        ("https://example.com/\u202egpj", "https://example.com/%E2%80%AEgpj"),
        ("https://example.com/" + "a" * (LINK_LIMIT - 20), "https://example.com/" + "a" * (LINK_LIMIT - 20)),
    ],
)
def test_a_usable_link_is_made_absolute_and_else_left_as_given(link: str, expected: str) -> None:
    assert absolute(link, BASE) == expected


@pytest.mark.parametrize(
    "link",
    [
        "",
        " ",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.org/",
        "tag:example.org,2026:1",
        "https://user@example.org/",
        "https://user:pw@example.org/",
        "https://example.org/a\nb",
        "https://a\x00b/",
        "https://example.org/\x9b",
        "https://example.com/" + "a" * LINK_LIMIT,
        "https://",
        "https://a b/",
    ],
)
def test_an_unusable_link_is_none(link: str) -> None:
    assert absolute(link, BASE) is None


def test_a_base_that_is_no_address_is_no_help_and_no_harm() -> None:
    assert absolute("https://example.com/a", "nonsense") == "https://example.com/a"
    assert absolute("/a", "nonsense") is None


def test_the_host_is_lower_case_ascii_without_port() -> None:
    assert host("http://u:p@BÜCHER.example:8080/a") == "xn--bcher-kva.example"
