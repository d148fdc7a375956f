"""That the quick reading of simple markup gives what lexbor gives, and which markup is simple."""

import csv
import io
import re
import time
from collections import Counter
from pathlib import Path

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.analyse import text
from tracker.analyse.markup import simple_text
from tracker.analyse.text import plain

LONG = 10**6


def by_lexbor(html: str) -> str:
    """What plain() gives if it takes no markup for simple."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "simple_text", lambda html: None)
        return plain(html, LONG)


@pytest.mark.parametrize(
    ("html", "simple"),
    [
        pytest.param("<p>One <b>bold</b> word<br />and <a href='/x?a=1&b=2'>more</a>", True, id="what feeds hold"),
        pytest.param("<div><ul>\n<li>a</li>\n<li>b</ul></div>", False, id="an item that is not closed"),
        pytest.param("<div><ul>\n<li>a</li>\n<li>b</li></ul></div>", True, id="items that are"),
        pytest.param("<p>a<p>b</p>c</p>d", True, id="paragraphs that end each other"),
        pytest.param("<b>a<i>b</b>c</i>d", True, id="misnested inline elements"),
        pytest.param("a</div>b", False, id="an end of nothing"),
        pytest.param("a<h2>b<h3>c</h3>d</h2>e", False, id="a heading in a heading"),
        pytest.param("a<ul><li>b<li>c</li>d</li></ul>e", False, id="an item in an item"),
        pytest.param("a<ul><li>b<ol><li>c</li></ol>d</li></ul>e", True, id="an item in a list in an item"),
        pytest.param("<table>a<tr><td>b</td></tr></table>", False, id="tables move texts"),
        pytest.param("a<!-- b -- c --><!---->d<!--->e<!-->f", True, id="comments"),
        pytest.param("a<!--[if b]><b><![endif]-->c<!-- d --!>e", False, id="comments with markup in them"),
        pytest.param("a<script>b</script>", False, id="scripts"),
        pytest.param("a <b", False, id="cut off"),
        pytest.param("1 < 2", False, id="a bare less-than"),
        pytest.param("a <p title='b>c'>d", False, id="a tag's end within a value"),
        pytest.param("a <p =\"b'>c' >d", False, id="quotes that are none"),
        pytest.param("Q&A, R&amp;D &copy; &#8217; &#x1F600; &eacute", True, id="references and ampersands"),
        pytest.param("a&#11;b&#x1;c", False, id="references to what is no character"),
        pytest.param("a&am\u200bp;lt;b", False, id="something invisible in a reference"),
        pytest.param("a<p>\u0338b", False, id="a tag's end struck through"),
        pytest.param("a]]>b", False, id="the end of a CDATA section"),
        pytest.param("a\0<b>b", False, id="a null character"),
    ],
)
def test_markup_is_simple_only_where_both_ways_agree(html: str, simple: bool) -> None:
    assert (simple_text(html) is not None) == simple
    assert plain(html, LONG) == by_lexbor(html)


INLINE = ("a", "abbr", "b", "code", "em", "font", "i", "small", "span", "strong", "sub", "u")
BLOCKS = ("p", "div", "blockquote", "ul", "ol", "li", "h1", "h2", "figure", "figcaption", "pre")
OTHERS = (
    "table",
    "td",
    "select",
    "option",
    "svg",
    "title",
    "button",
    "form",
    "ruby",
    "rt",
    "nobr",
    "dd",
    "!--",
    "wbr",
    "x-y",
)
ATTRIBUTES = st.sampled_from(
    ["", "", "", " class=x", ' href="?a=1&b=2"', " alt='it''", " /", ' t="<b>"', " a='>'", "\n a = 'b'"]
)
WORDS = st.sampled_from(
    ["a", "b ", " ", "\n", "&amp;", "&amp;lt;p&amp;gt;", "&lt;b&gt;", "&copy", "&#39;", "&#11;", "&", "<"]
)
WORDS |= st.sampled_from(
    ["é", "e\u0301", "\u0301", "\u0338", "\u200b", "\xad", "\xa0", "&nbsp;", "]]>", "&zwj;", "&am", "p;"]
)
LETTERS = st.sampled_from("abc ")
BARE = st.sampled_from(
    [
        "<!--->",
        "<br>",
        "<br/>",
        "<hr>",
        "<img src='x'>",
        "</br>",
        "</img>",
        "</p>",
        "</div>",
        "</b>",
        "<p>",
        "<b>",
        "<!-- b -->",
        "<!--",
        "-->",
    ]
)


def elements(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    names = st.sampled_from(INLINE + BLOCKS)
    return st.builds("<{0}{1}>{2}</{0}>".format, names, ATTRIBUTES, st.lists(inner, max_size=4).map("".join))


def tags(names: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.builds("<{}{}{}>".format, st.sampled_from(["", "/"]), st.sampled_from(names), ATTRIBUTES)


NESTED = st.recursive(LETTERS | BARE, elements, max_leaves=12)
SOUP = WORDS | LETTERS | BARE | tags(INLINE + BLOCKS) | tags(OTHERS)


@given(st.lists(NESTED, max_size=6).map("".join) | st.lists(SOUP | NESTED, max_size=12).map("".join))
def test_both_ways_lead_to_the_same_text(html: str) -> None:
    assert plain(html, LONG) == by_lexbor(html)


def test_both_ways_lead_to_the_same_text_in_real_feeds_and_most_of_them_are_simple(shared_data: Path) -> None:
    feeds = shared_data / "feeds"
    with (feeds / "MANIFEST.tsv").open(encoding="utf-8") as manifest:
        paths = [row["path"] for row in csv.DictReader(manifest, delimiter="\t") if row["class"].startswith("real")]
    simple: Counter[bool] = Counter()
    for path in paths[::5]:
        document = feedparser.parse(io.BytesIO((feeds / path).read_bytes()), sanitize_html=False)
        for html in {html for item in document.entries for html in texts(item)}:
            assert plain(html, LONG) == by_lexbor(html)
            if re.search("[<&]", html):
                simple[simple_text(html) is not None] += 1
    assert simple.total() > 500
    assert simple[True] / simple.total() > 0.85


def texts(item: feedparser.FeedParserDict) -> list[str]:
    contents = [content.get("value", "") for content in item.get("content", ())]
    return [html for html in (item.get("title", ""), item.get("summary", ""), *contents) if len(html) < 65_536]


@pytest.mark.parametrize(
    "html",
    [
        "<" * 65_536,
        "&" * 65_536,
        "<div>" * 13_000,
        "<b>" * 10_000 + "</b>" * 9_000,
        "<p " + "a=b " * 16_000,
        "<p " + "a" * 65_000,
        "<p a=" * 13_000,
        "<p a='" * 10_000,
        "<p" + " " * 65_000,
        '<p a="b" c' * 6_000,
        "&amp" * 16_000,
        "&" + "a" * 65_000,
        "&#" * 32_000,
    ],
    ids=lambda html: html[:12].strip(),
)
def test_whether_markup_is_simple_is_soon_decided(html: str) -> None:
    started = time.process_time()

    simple_text(html)

    assert time.process_time() - started < 1  # seconds of CPU; measured below 0.02
