"""The search as a visitor's programs see it: a real server on loopback, asked with httpx."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import feedparser
import httpx
import pytest

from tests import site_database as stored
from tracker.analyse.search.synonyms import synonyms
from tracker.config.rulebook_cache import built_in_rulebook
from tracker.publish import atom
from tracker.store.database import open_database
from tracker.store.search_index import index_after
from tracker.web.highlights import Piece, between, excerpt
from tracker.web.pages.responses import atom_document
from tracker.web.queries.article_list import Article, Tag
from tracker.web.queries.search import FEW
from tracker.web.search_results import CAP, PAGE_SIZE

NAMES = synonyms(built_in_rulebook().tags)
ATOM = "{http://www.w3.org/2005/Atom}"
COMMON = CAP + 250
"""How many articles contain the word `harbourside`."""

ODD_LETTERS = (
    "The oﬃcial view of Zircon™",
    "Maßnahmen gegen Łukasz & Søren",
    "ＺＩＲＣＯＮ ½ 𝗽𝗿𝗶𝗰𝗲, a\u200cb 👩\u200d👧",
    "ΖΙΡΚΟΝ",
)


@pytest.fixture(scope="module")
def database(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("search") / "search.db"
    stored.build(path)
    db = open_database(path)
    db.execute("BEGIN")
    start = stored.NOW - timedelta(days=60)
    for number in range(COMMON):
        text = f"Harbourside market, day {number}"
        source = "keys" if number < 5 else "harbour"
        at = start + timedelta(minutes=number)
        stored.article(db, f"https://harbour.example/market/{number}", text, "", "none", [], at, source)
    url = "https://wire.example/one-story/"
    same = [
        stored.article(db, f"{url}{number}", "Plesiosaur found in a harbour", "Bones.", "none", [], start)
        for number in range(3)
    ]
    db.execute("UPDATE articles SET story = ? WHERE id BETWEEN ? AND ?", (same[0], same[0], same[-1]))
    long = "Nothing here. " * 60 + "At last a <b>plesiosaur</b> & its bones. " + "Nothing more. " * 60
    stored.article(db, "https://wire.example/long", "A long report", long, "none", [], start)
    midnight = datetime(2025, 7, 1, 23, 30, tzinfo=UTC)  # in London it is already 2 July
    stored.article(db, "https://wire.example/summer", "Quaggas at night", "", "none", [], midnight, "wire", "en-GB")
    archived = stored.article(db, "https://wire.example/archive", "Quaggas of old", "", "none", [], midnight)
    db.execute("UPDATE articles SET published_at = '2019-05-05T10:00:00Z' WHERE id = ?", (archived,))
    for number, title in enumerate(ODD_LETTERS):
        stored.article(db, f"https://wire.example/odd/{number}", title, f"{title}, it says.", "none", [], start)
    db.execute("INSERT INTO articles_fts (articles_fts) VALUES ('delete-all')")
    db.execute("DELETE FROM articles_fts_folded")
    index_after(db, 0)
    db.execute("COMMIT")
    db.close()
    return path


@pytest.fixture(scope="module")
def address(database) -> Iterator[str]:
    yield from stored.serve(database, synonyms=NAMES)


@pytest.fixture
def site(address) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=600) as client:
        yield client


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html.partition("<main")[2]))


def asked(site: httpx.Client, query: str, **more: object) -> dict:
    answer = site.get("/search.json", params={"q": query, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def titles(found: dict) -> list[str]:
    return [result["title"] for result in found["results"]]


def test_the_masthead_searches_from_every_page(site):
    for page in ("/", "/health", "/tracker/coverage", "/nothing"):
        assert re.search(r'<form class="search" role="search" action="/search" method="get">', site.get(page).text)
        assert 'name="q"' in site.get(page).text


def test_without_a_query_the_page_explains_what_can_be_typed(site):
    page = site.get("/search").text
    assert '<details class="language" open>' in page
    assert "before one (not including it)" in text(page)
    assert "application/atom+xml" not in page


def test_a_word_is_marked_where_it_stands_in_its_forms_and_under_its_other_names(site):
    page = site.get("/search", params={"q": "E2EE"}).text
    assert "<mark>end-to-end encryption</mark>" in page
    assert "E2EE also matches end-to-end encryption," in text(page)
    assert 'href="/search?q=%22E2EE%22"' in page
    assert "<mark>encrypted</mark>" in site.get("/search", params={"q": "encryption"}).text


def test_end_to_end_and_its_abbreviation_find_the_same(site):
    assert asked(site, "E2EE")["count"] == asked(site, "end-to-end encryption")["count"] > 0
    assert asked(site, '"E2EE"')["count"] == 0


@pytest.mark.parametrize("title", ODD_LETTERS)
def test_a_headline_pasted_into_the_search_finds_itself(site, title):
    assert title in titles(asked(site, title))
    assert title in titles(asked(site, title, order="newest"))


@pytest.mark.parametrize(
    ("typed", "marked"),
    [
        ("official", "The <mark>oﬃcial</mark> view of Zircon™"),
        ("massnahmen soren", "<mark>Maßnahmen</mark> gegen Łukasz &amp; <mark>Søren</mark>"),
        ("LUKASZ", "Maßnahmen gegen <mark>Łukasz</mark> &amp; Søren"),
        ("price", "ＺＩＲＣＯＮ ½ <mark>𝗽𝗿𝗶𝗰𝗲</mark>, a\u200cb 👩\u200d👧"),
        ("ζίρκον", "<mark>ΖΙΡΚΟΝ</mark>"),
    ],
)
def test_what_is_found_is_marked_in_the_letters_of_the_publisher(site, typed, marked):
    page = site.get("/search", params={"q": typed}).text
    assert page.count(marked) == 2, "in the title and in the summary"


@pytest.mark.parametrize("typed", ["Maßnahmen", "MASSNAHMEN", "łukasz", "lukasz soren"])
@pytest.mark.parametrize("table", ["coverage", "articles"])
def test_the_search_box_of_a_table_finds_the_same(site, table, typed):
    rows = site.get(f"/tracker/{table}.json", params={"_search": typed, "_shape": "array"}).json()
    assert [row["title"] for row in rows] == [ODD_LETTERS[1]]


def test_what_feeds_said_is_escaped_and_marked_all_the_same(site):
    page = site.get("/search", params={"q": "owned"}).text
    assert "<script" not in page
    assert "&lt;script&gt;document.title=&#39;<mark>owned</mark>&#39;" in page
    assert "javascript:" not in page
    page = site.get("/search", params={"q": '<script>alert(1)</script> "><img src=x>'}).text
    assert "<script" not in page
    assert "<img" not in page


def test_a_long_summary_is_cut_around_the_word(site):
    page = site.get("/search", params={"q": "bones plesiosaur source:harbour"}).text
    assert re.search(
        r"… .{0,200}&lt;b&gt;<mark>plesiosaur</mark>&lt;/b&gt; &amp; its <mark>bones</mark>\..{0,300} …", page
    )


def test_articles_of_one_story_are_one_result_with_a_link_to_the_others(site):
    found = asked(site, "plesiosaur found")
    assert found["count"] == 3
    assert len(found["results"]) == 1
    assert found["results"][0]["more_of_story"] == 2
    page = site.get("/search", params={"q": "plesiosaur found"}).text
    assert re.search(r'<a href="/story/\d+">2 more in this story', page)
    assert len(asked(site, "plesiosaur found", order="newest")["results"]) == 3


def test_a_title_counts_more_than_a_summary(site):
    assert titles(asked(site, "plesiosaur"))[0] == "Plesiosaur found in a harbour"


def test_a_common_word_says_that_there_is_more_and_how_to_see_it(site):
    found = asked(site, "harbourside")
    assert (found["count"], found["more_exist"]) == (CAP, True)
    page = site.get("/search", params={"q": "harbourside"}).text
    assert "The newest 600 matches, best matches first; there are more." in text(page)
    assert 'href="/search?q=harbourside&amp;order=newest"' in page


def follow(site: httpx.Client, url: str) -> list[dict]:
    """All results from an address on."""
    results = []
    while url:
        answer = site.get(url).json()
        results += answer["results"]
        url = answer["next"]
    return results


def test_newest_first_goes_through_all_of_them_once(site):
    results = follow(site, "/search.json?q=harbourside&order=newest")
    numbers = [result["id"] for result in results]
    assert len(numbers) == COMMON
    assert numbers == sorted(set(numbers), reverse=True)


def test_best_first_goes_through_all_that_was_ranked_once(site):
    results = follow(site, "/search.json?q=harbourside")
    assert len({result["id"] for result in results}) == len(results) == CAP


def test_next_leads_from_page_to_page(site):
    page = site.get("/search", params={"q": "harbourside"}).text
    assert page.count('<a class="title"') == PAGE_SIZE
    assert 'rel="next" href="/search?q=harbourside&amp;page=2"' in page
    second = site.get("/search?q=harbourside&page=2").text
    assert set(re.findall(r"/article/\d+", page)).isdisjoint(re.findall(r"/article/\d+", second))


@pytest.mark.parametrize("more", ["page=99999", "page=-1", "page=x", "page=" + "9" * 30, "back=0", "back=x", "order=?"])
def test_a_page_that_is_none_is_no_mistake(site, more):
    assert site.get(f"/search?q=encryption&{more}").status_code == 200


def count(path: Path, sql: str) -> int:
    db = open_database(path)
    try:
        return next(db.execute(sql))[0]
    finally:
        db.close()


ENCRYPTED = "(title || summary) LIKE '%encrypt%'"
AT = "coalesce(published_at, first_seen_at)"


TAGGED = "id IN (SELECT article FROM article_tags WHERE tag = '{}')"


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("encrypt*", ENCRYPTED),
        ("encryption source:harbour", f"{ENCRYPTED} AND source = 'harbour'"),
        ('encryption source:"Harbour Post"', f"{ENCRYPTED} AND source = 'harbour'"),
        ("encryption source:harbour source:wire", f"{ENCRYPTED} AND source IN ('harbour', 'wire')"),
        ("encryption -source:harbour", f"{ENCRYPTED} AND source != 'harbour'"),
        ("encryption tag:nspcc", f"{ENCRYPTED} AND id IN (SELECT article FROM article_tags WHERE tag = 'nspcc')"),
        ("encryption -tag:nspcc", f"{ENCRYPTED} AND id NOT IN (SELECT article FROM article_tags WHERE tag = 'nspcc')"),
        ("encryption after:2026", f"{ENCRYPTED} AND {AT} >= '2026-01-01'"),
        ("encryption before:2026", f"{ENCRYPTED} AND {AT} < '2026-01-01'"),
        ("encryption after:2026-01 before:2026-03-05", f"{ENCRYPTED} AND {AT} BETWEEN '2026-01-01' AND '2026-03-05'"),
        ("tag:nspcc tag:meta", f"{TAGGED.format('nspcc')} AND {TAGGED.format('meta')}"),
        ("source:safe", "source = 'safe'"),
        ("lang:ar", "language = 'ar'"),
        ("harbourside source:keys", "title LIKE 'Harbourside%' AND source = 'keys'"),
        ("harbourside after:2027", "0"),
    ],
)
def test_filters_leave_out_what_they_should_and_nothing_else(site, database, query, where):
    found = asked(site, query)
    assert found["count"] == count(database, f"SELECT min(count(*), {CAP}) FROM articles WHERE {where}")
    assert found["looked_back_to"] is None


def test_days_are_those_of_the_site_and_before_does_not_include_its_day(site):
    assert asked(site, "quaggas night after:2025-07-02")["count"] == 1
    assert asked(site, "quaggas night before:2025-07-02")["count"] == 0
    assert asked(site, "quaggas night before:2025-07-03")["count"] == 1
    assert "before 2025-07-02 (not included)" in text(site.get("/search?q=quaggas+before:2025-07-02").text)


def test_what_came_late_from_an_archive_is_found_among_its_days(site):
    assert titles(asked(site, "quaggas before:2020")) == ["Quaggas of old"]
    results = follow(site, "/search.json?order=newest&q=quaggas+before:2025-08")
    assert sorted(result["title"] for result in results) == ["Quaggas at night", "Quaggas of old"]


def test_a_language_is_found_in_all_its_regions(site):
    assert titles(asked(site, "night lang:en")) == ["Quaggas at night"]


def test_where_not_all_was_looked_through_the_page_says_so_and_leads_on(database, monkeypatch):
    monkeypatch.setattr("tracker.web.queries.search.STEPS", (100, 200))
    monkeypatch.setattr("tracker.web.queries.search.FEW", 1)
    for address in stored.serve(database):
        with httpx.Client(base_url=address, timeout=600) as site:
            found = asked(site, "harbourside source:keys")
            assert (found["count"], found["more_exist"]) == (0, True)
            page = site.get("/search", params={"q": "harbourside source:keys"}).text
            assert "Look further back" in page
            assert len(follow(site, "/search.json?q=harbourside+source:keys")) == 5
    assert FEW > 1


def test_a_filter_can_be_taken_away(site):
    page = site.get("/search", params={"q": "encryption source:harbour after:2026"}).text
    assert 'href="/search?q=encryption+after%3A2026">from The Harbour Post' in page
    assert 'href="/search?q=encryption+source%3Aharbour">from 2026-01-01 on' in page


def test_an_unknown_source_is_no_empty_result(site):
    page = site.get("/search", params={"q": "encryption source:harbor"}).text
    assert "No source is called “harbor”. Did you mean encryption source:harbour?" in text(page)
    assert 'href="/search?q=encryption+source%3Aharbour"' in page
    assert "No articles found" not in page
    for kind in ("csv", "json", "atom"):
        answer = site.get(f"/search.{kind}", params={"q": "encryption source:harbor"})
        assert answer.status_code == 400
        assert "No source is called" in answer.text


def test_a_query_that_finds_nothing_says_what_its_words_find_alone(site):
    page = text(site.get("/search", params={"q": "harbourside zebras"}).text)
    assert "No articles found." in page
    assert re.search("harbourside: more than 600 articles ?zebras: 0 articles", page)


def test_a_database_without_articles_can_be_searched(tmp_path):
    open_database(tmp_path / "empty.db").close()
    for address in stored.serve(tmp_path / "empty.db"):
        assert "No articles found." in httpx.get(f"{address}/search?q=encryption").text
        assert httpx.get(f"{address}/search.atom?q=encryption").status_code == 200


# Files


def test_the_csv_has_every_match_and_no_cell_that_a_spreadsheet_obeys(site, database):
    answer = site.get("/search.csv", params={"q": "harbourside OR hyperlink"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="search.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert len(rows) == COMMON + 1
    assert [row["title"] for row in rows if "HYPERLINK" in row["title"]] == ['\'=HYPERLINK("x"), "quoted"\nand a line']
    with httpx.Client(base_url=site.base_url) as other:
        header = other.get("/tracker/coverage.csv?_size=1").text.splitlines()[0]
    assert answer.text.splitlines()[0] == header


def test_a_csv_that_is_not_whole_says_so_in_its_name(database, monkeypatch):
    monkeypatch.setattr("tracker.web.pages.search.MOST_ROWS", 30)
    for address in stored.serve(database):
        answer = httpx.get(f"{address}/search.csv?q=harbourside")
        assert 'filename="search-newest-30.csv"' in answer.headers["content-disposition"]
        assert len(answer.text.splitlines()) == 31


def test_the_json_has_the_documented_keys(site):
    document = (Path(__file__).parent.parent / "docs" / "search.md").read_text(encoding="utf-8")
    table = document.partition("| Key | What it is |")[2]
    found = asked(site, "encryption source:harbour")
    for key in found:
        assert f"`{key}`" in table
    for key in found["results"][0]:
        assert f"`{key}`" in table


@pytest.mark.parametrize("query", ["encryption", "owned OR harbourside", "التشفير", "nothingatall"])
def test_the_feed_is_valid_and_what_readers_expect(site, query):
    answer = site.get("/search.atom", params={"q": query})
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    parsed = feedparser.parse(io.BytesIO(answer.content))
    assert not parsed.bozo
    assert parsed.version == "atom10"
    check(answer.content)
    root = ElementTree.fromstring(answer.content)
    assert root.find(f"{ATOM}id").text == str(answer.url).replace("%20", "+")
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) <= 50
    assert bool(entries) == (query != "nothingatall")


def test_the_page_offers_its_feed(site):
    page = site.get("/search", params={"q": "chat control"}).text
    assert (
        '<link rel="alternate" type="application/atom+xml" title="chat control" href="/search.atom?q=chat+control">'
        in page
    )


def test_an_entry_has_the_article_its_tags_and_one_id_everywhere(site, database):
    for address in stored.serve(database, base_url="/coverage/"):
        answer = httpx.get(f"{address}/search.atom?q=unhappy+OR+🔒+OR+warns")
        here = site.get("/search.atom?q=warns")
        for document, base in ((answer, f"{address}/coverage/"), (here, f"{site.base_url}".rstrip("/") + "/")):
            parsed = feedparser.parse(io.BytesIO(document.content))
            entry = next(entry for entry in parsed.entries if "NSPCC warns" in entry.title)
            assert entry.link == "https://harbour.example/marked"
            assert entry.id.startswith("urn:uuid:")
            number = stored.number_of(database, "https://harbour.example/marked")
            assert f"{base}article/{number}" in [link.href for link in entry.links]
            assert {("nspcc", "NSPCC")} <= {(tag.term, tag.label) for tag in entry.tags}
            assert entry.tags[0].scheme == f"{base}tags"
            assert entry.author == "A. Writer"
            assert entry.updated == "2026-03-20T10:30:00Z", "when its headline was last changed"
        ids = [next(e.id for e in feedparser.parse(io.BytesIO(d.content)).entries if "NSPCC warns" in e.title)
               for d in (answer, here)]  # fmt: skip
        assert ids[0] == ids[1]


def check(document: bytes) -> None:
    """What RFC 4287 demands of a feed, in so far as a program can see it."""
    root = ElementTree.fromstring(document)
    assert root.tag == f"{ATOM}feed"
    for element in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
        assert re.fullmatch(r"[a-z]+:\S+", element.find(f"{ATOM}id").text)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", element.find(f"{ATOM}updated").text)
        assert element.find(f"{ATOM}author/{ATOM}name").text
        assert [link.get("rel") for link in element.findall(f"{ATOM}link")].count("alternate") == 1
        for link in element.findall(f"{ATOM}link"):
            assert re.match(r"https?://[^/]+/", link.get("href"))
        for category in element.findall(f"{ATOM}category"):
            assert category.get("term")
    ids = [entry.find(f"{ATOM}id").text for entry in root.findall(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))


def made(**changed: object) -> Article:
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    values = {
        "id": 7, "title": "T", "summary": "S", "url": "https://a.example/1", "source": "A", "source_id": "a",
        "language": "en", "author": None, "relevance": "none", "published_at": at, "first_seen_at": at,
        "last_seen_at": at, "date_quality": "stated", "published_raw": None, "canonical_url": "https://a.example/1",
        "story": None, "appeared_at": None, "changed_at": None, "tags": (Tag("nspcc", "NSPCC", "organisation"),),
    }  # fmt: skip
    return Article(**values | changed)


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "a\x00b\x0b\x1f\ufffe\ud800c"},
        {"title": "", "summary": "", "author": None},
        {"url": "javascript:alert(1)", "canonical_url": "javascript:alert(1)"},
        {"language": "en_GB; drop"},
        {"published_at": None},
        {"summary": "<b>&amp; ]]> <!-- </summary>"},
    ],
)
def test_whatever_an_article_holds_the_feed_is_valid(changed):
    feed = atom.Feed("F", "https://s.example/f.atom", "https://s.example/f", "https://s.example/tags", stored.NOW)
    document = atom_document(feed, [made(**changed), made(**changed)], "https://s.example/")
    check(document)
    assert not feedparser.parse(io.BytesIO(document)).bozo


# Marks


def test_what_stands_between_marks_is_found_and_the_marks_are_gone():
    assert between("a [b] c [d]", "[", "]") == (
        Piece("a "),
        Piece("b", ("found",)),
        Piece(" c "),
        Piece("d", ("found",)),
    )
    assert between("", "[", "]") == ()


def test_an_excerpt_is_whole_words_around_the_first_that_was_found():
    whole = between("word " * 100 + "[found] " + "tail " * 100, "[", "]")
    shown = "".join(piece.text for piece in excerpt(whole, 90))
    assert shown.startswith("… word")
    assert shown.endswith("tail …")
    assert "found" in shown
    assert len(shown) < 110
    assert excerpt(between("short [x]", "[", "]"), 90) == between("short [x]", "[", "]")


def test_the_examples_of_the_document_find_what_it_says(site):
    document = (Path(__file__).parent.parent / "docs" / "search.md").read_text(encoding="utf-8")
    table = document.partition("| Query | Finds |")[2].partition("\n\n")[0]
    examples = re.findall(r"`([^`]+)`", "\n".join(line.split("|")[1] for line in table.splitlines()[2:]))
    assert len(examples) > 15
    known = {"guardian": "harbour", "csam": "nspcc"}
    for example in examples:
        name, _, value = example.partition(":")
        shown = f"{name}:{known.get(value, value)}" if value else example
        answer = site.get("/search.json", params={"q": f"the {shown}" if shown.startswith("-") else shown}).json()
        assert not answer["faults"], example
        assert not answer["remarks"], example
        assert json.dumps(answer)
