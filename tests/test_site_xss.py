"""A hundred hostile texts, polled for real or left in the database as they are: pages show them and obey none."""

import csv
import functools
import io
import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from lxml import etree
from playwright.sync_api import Browser

from tests import hostile_feeds, site_pages
from tests import site_database as stored
from tests.browser import Visit, chromium, needs_chromium
from tests.escaping import faults, folded, words
from tests.hostile_feeds import NAME
from tests.hostile_texts import TEXTS
from tracker.publish.csv_cells import original
from tracker.publish.tables import CLOSED, ORDER

pytestmark = pytest.mark.slow

LISTS = [
    *(page for page in site_pages.PAGES.values() if re.fullmatch("/[a-z]*", page) and page not in {"/sql", "/nothing"}),
    "/stories?topic=all", "/headlines?kind=all&topic=all",
    "/tag/encryption", "/tag/child-safety", "/compare?item=encryption&item=atom", "/search?q=grooming",
    *(f"/source/{name}" for name in ("once", "twice", "thrice", "atom", "json", "broken", "links", "plain")),
    *(f"/tracker/{name}?_size=max&day__gte=2020" for name in ("attention", "politeness")),
    *(f"/tracker/{name}?_size=max" for name in ORDER if name not in {"attention", "politeness"}),
]  # fmt: skip

ATOM = "{http://www.w3.org/2005/Atom}"

csv.field_size_limit(10_000_000)  # a rulebook is one cell

TYPED = [
    lambda text: "/search?" + urlencode({"q": text}),
    lambda text: "/compare?" + urlencode([("item", text), ("item", "encryption"), ("measure", text), ("weeks", text)]),
    lambda text: "/headlines?" + urlencode({"source": text, "kind": "all", "topic": "all", "since": text}),
    lambda text: "/tracker/coverage?_size=3&" + urlencode({"_search": text}),
    lambda text: "/tracker/coverage?_size=3&" + urlencode({"title": text, "author__contains": text}),
    lambda text: "/tracker/coverage?_size=3&" + urlencode({text: text, "_sort": text, "_facet": text, "_next": text}),
    lambda text: "/stories?" + urlencode({"week": text, "topic": text}),
    lambda text: "/sql?" + urlencode({"sql": text}),
    lambda text: "/" + quote(text, safe=""),
    lambda text: "/tag/" + quote(text, safe=""),
    lambda text: "/source/" + quote(text, safe=""),
    lambda text: "/tracker/" + quote(text, safe=""),
    lambda text: "/tracker/articles/" + quote(text, safe=""),
]
"""Where visitors type, or are led by a link that somebody else made."""


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database after two rounds, each of them without a fault."""
    path = tmp_path_factory.mktemp("hostile") / "polled.db"
    assert [set(round_.outcomes) <= {"ok", "same-body"} for round_ in hostile_feeds.poll(path)] == [True, True]
    return path


@pytest.fixture(scope="module")
def database(polled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of it in which one source's articles are the texts as they are."""
    path = tmp_path_factory.mktemp("hostile") / "overwritten.db"
    with closing(sqlite3.connect(polled)) as source, closing(sqlite3.connect(path)) as copy:
        source.backup(copy)
    hostile_feeds.overwrite(path)
    return path


@pytest.fixture(scope="module")
def address(database: Path) -> Iterator[str]:
    yield from stored.serve(database, sql=True)


@pytest.fixture(scope="module")
def site(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def read(site: httpx.Client) -> Callable[[str], str]:
    """The HTML of a page, asked for once."""

    @functools.cache
    def read(page: str) -> str:
        answer = site.get(page)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8"), page
        return answer.text

    return read


@pytest.fixture(scope="module")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The site over a small database, for what visitors type."""
    path = tmp_path_factory.mktemp("typed") / "site.db"
    stored.build(path)
    for address in stored.serve(path, sql=True):
        with httpx.Client(base_url=address, timeout=30) as client:
            yield client


@pytest.fixture(scope="module")
def articles(database: Path) -> list[dict[str, Any]]:
    return rows(database, "SELECT * FROM articles ORDER BY id")


@pytest.fixture(scope="module")
def smuggled(articles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The hundred that are the texts as they are."""
    found = [article for article in articles if article["source"] == "plain"]
    assert {article["title"] for article in found} == set(TEXTS)
    return found


def rows(path: Path, sql: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql)]


# What is stored


def test_of_what_feeds_say_only_words_are_stored_and_of_links_only_those_on_the_web(polled: Path) -> None:
    found = rows(polled, "SELECT * FROM articles")
    assert len(found) > 690
    for article in found:
        for field in ("title", "summary", "author"):
            assert not re.search(r"<[/!?a-zA-Z]|[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", article[field] or "")
        assert re.match(r"https?://[^/\s\"'<>\x00-\x20]+/", article["url"]), article["url"]
    assert {article["title"] for article in found} > {"{{7*7}} {{ config }} {{ ''.__class__.__mro__ }}", "'=1+1"}
    changed = rows(polled, "SELECT count(*) AS revisions FROM revisions")
    assert changed[0]["revisions"] > 40


# Pages, to programs


def test_no_text_gets_out_of_its_place_on_any_page(
    read: Callable[[str], str], address: str, database: Path, articles: Any
) -> None:
    stories = rows(database, "SELECT id FROM stories ORDER BY articles DESC")
    pages = [*LISTS, *(f"/story/{row['id']}" for row in stories)]
    for kind, share in (("/article", 7), ("/tracker/articles", 11)):  # prime to 100: other texts of each feed
        pages += [f"{kind}/{one['id']}" for one in articles if one["source"] == "plain" or one["id"] % share == 0]
    wrong = {}
    for page in pages:
        if found := faults(read(page), address):
            wrong[page] = found
    assert wrong == {}
    assert len(pages) > 400


def test_no_text_that_was_typed_gets_out_of_its_place(small_site: httpx.Client) -> None:
    """Over few articles and with short lists, since what is typed stands beside them, above them or in their place.

    Each text is typed in three or four of the places, and each place is given thirty texts of all kinds.
    """
    address = str(small_site.base_url).rstrip("/")
    for place, typed in enumerate(TYPED):
        for text in TEXTS[place % 4 :: 4] if place else TEXTS:
            answer = small_site.get(typed(text[:1500]), follow_redirects=True)
            assert answer.status_code in {200, 400, 404}, (place, text)
            if answer.headers["content-type"].startswith("text/html"):
                assert faults(answer.text, address) == [], (place, text)
            else:
                assert answer.headers["content-type"].startswith("text/plain"), (place, text)


def test_each_text_stands_whole_on_the_page_and_the_row_of_its_article(
    read: Callable[[str], str], smuggled: Any
) -> None:
    for article in smuggled:
        page = words(read(f"/article/{article['id']}"))
        for field in ("title", "summary", "author", "published_raw"):
            assert folded(article[field]) in page, (article["id"], field)
        row = words(read(f"/tracker/articles/{article['id']}"))
        for field in ("title", "author", "url", "canonical_url", "language", "agency"):
            assert folded(article[field])[:390] in row, (article["id"], field)


def test_each_text_stands_in_the_lists(read: Callable[[str], str], smuggled: Any) -> None:
    listed = words(read("/tracker/coverage?_size=max&source_id=plain"))
    changes = words(read("/tracker/headline_changes?_size=max"))
    for number, article in enumerate(sorted(smuggled, key=lambda one: TEXTS.index(one["title"]))):
        assert folded(article["title"]) in listed, number
        assert folded(article["title"])[:390] in changes, number
    for page in ("/sources", "/health", "/source/atom", "/tracker/coverage?source_id=atom", "/headlines?source=atom"):
        assert folded(NAME) in words(read(page)), page


# Files


@pytest.mark.parametrize("table", [name for name in ORDER if name not in CLOSED])
def test_csv_and_json_hold_what_is_stored_and_a_spreadsheet_runs_none_of_it(
    site: httpx.Client, database: Path, table: str
) -> None:
    since = "day__gte=2020" if table in {"attention", "politeness"} else ""
    as_csv = list(csv.reader(io.StringIO(site.get(f"/tracker/{table}.csv?{since}").text, newline="")))
    columns, found = _all(site, f"/tracker/{table}.json?_shape=arrays&_size=max&{since}")
    for line in as_csv:
        assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for cell in line)
        assert not any(cell.startswith("-") and not re.fullmatch(r"-[\d.]+", cell) for cell in line)
    places = [as_csv[0].index(column) for column in columns]
    kept = sorted([original(line[place]) for place in places] for line in as_csv[1:])
    assert kept == sorted([_as_text(cell) for cell in row] for row in found)
    if table in {"articles", "revisions", "polls", "feeds", "sources"}:
        assert sorted(map(json.dumps, found)) == sorted(
            json.dumps([row[column] for column in columns]) for row in rows(database, f"SELECT * FROM {table}")
        )


def _all(site: httpx.Client, page: str | None) -> tuple[list[str], list[list[Any]]]:
    """The columns of a table and all its rows, page by page."""
    found: list[list[Any]] = []
    while page:
        answer = site.get(page).json()
        found += answer["rows"]
        page = answer["next_url"]
    return answer["columns"], found


def _as_text(cell: Any) -> str:
    if isinstance(cell, dict):  # a key to another table, with its label
        cell = cell["value"]
    return "" if cell is None else str(cell)


@pytest.mark.parametrize("form", ["json", "csv", "atom"])
def test_each_text_is_found_by_search_in_every_format(site: httpx.Client, smuggled: Any, form: str) -> None:
    answer = site.get(f"/search.{form}", params={"q": "grooming source:plain", "order": "newest"})
    titles = {
        "json": lambda: _titles(site, answer),
        "csv": lambda: [original(row["title"]) for row in csv.DictReader(io.StringIO(answer.text, newline=""))],
        "atom": lambda: [one.text or "" for one in _entries(answer.content)],
    }[form]()
    assert not re.search(r"<(script|img|svg)", answer.text) or form != "atom"
    stored_titles = [article["title"] for article in smuggled]
    if form == "atom":  # the newest fifty, without what XML cannot hold
        assert len(titles) == 50
        assert set(titles) <= {_in_xml(title) for title in stored_titles}
    else:
        assert sorted(titles) == sorted(stored_titles)


def _titles(site: httpx.Client, answer: httpx.Response) -> list[str]:
    found: list[str] = []
    while True:
        page = answer.json()
        found += [result["title"] for result in page["results"]]
        if page["next"] is None:
            return found
        answer = site.get(page["next"])


@pytest.mark.parametrize("path", ["/tag/encryption.atom", "/source/plain.atom", "/source/atom.atom", "/story/{}.atom"])
def test_feeds_of_tags_sources_and_stories_hold_the_texts_as_text(
    site: httpx.Client, database: Path, articles: Any, path: str
) -> None:
    (story,) = rows(database, "SELECT id FROM stories ORDER BY articles DESC LIMIT 1")
    content = site.get(path.format(story["id"])).content
    entries = _entries(content)
    titles = [one.text or "" for one in entries]
    assert 0 < len(titles) <= 50
    assert set(titles) <= {_in_xml(article["title"]) for article in articles}
    links = [link.get("href") for link in entries[0].getroottree().iter(f"{ATOM}link")]
    assert len(links) > 2 * len(entries)
    assert all(re.match(r"https?://[^/]", link) for link in links)


def _entries(content: bytes) -> list[Any]:
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    assert {element.get("type") for element in root.iter(f"{ATOM}title", f"{ATOM}summary")} <= {None, "text"}
    assert {element.tag.partition("}")[0] for element in root.iter()} == {ATOM.rstrip("}")}
    return list(root.iterfind(f"{ATOM}entry/{ATOM}title"))


def _in_xml(text: str) -> str:
    return re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


# In a browser


HOOK = "window.owned = () => console.error('a text was run'); window.alert = window.owned"
"""So that whatever runs is heard, together with dialogs, requests and the page's own errors."""


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    """Made after the database, for which an event loop is needed."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def window(browser: Browser, address: str) -> Visit:
    """A window that does not keep to the pages' policy: what is proved is the escaping alone."""
    visit = Visit(browser, address, bypass_csp=True)
    visit.context.add_init_script(HOOK)
    return visit


LOUD = [
    "<script>owned()</script>",
    "--><script>owned()</script><!--",
    "'><script>owned()</script>",
    '<img src="x" onerror="owned()">',
    "<img src=//evil.example/pixel.gif width=1 height=1>",
    "<svg onload=owned()>",
    "<iframe src=//evil.example/frame></iframe>",
    '<div style="background:url(//evil.example/css)">boxed</div>',
    "<details open ontoggle=owned()>",
]
"""Of the texts, some that do something without a click."""


@needs_chromium
@pytest.mark.parametrize("text", LOUD)
def test_the_window_hears_a_page_that_escapes_nothing(window: Visit, text: str) -> None:
    """Else its silence about ours would prove nothing."""
    assert text in TEXTS
    window.goto("/healthz")
    window.heard()
    window.page.set_content(f"<!doctype html><title>x</title><main>{text}</main>", wait_until="domcontentloaded")
    assert window.heard_in_time()


@needs_chromium
def test_what_feeds_said_is_not_run_asked_for_or_clickable_on_any_page(
    window: Visit, database: Path, smuggled: Any
) -> None:
    window.heard()
    stories = rows(database, "SELECT id FROM stories ORDER BY articles DESC LIMIT 5")
    lists = [page.replace("_size=max", "_size=100") for page in LISTS]
    pages = [*lists, *(f"/story/{row['id']}" for row in stories), *(f"/article/{one['id']}" for one in smuggled[::3]),
             *(f"/tracker/articles/{one['id']}" for one in smuggled[1::6])]  # fmt: skip
    for page in pages:
        window.goto(page)
        assert window.heard() == [], page
        assert window.page.url == window.address + page
        assert set(window.page.evaluate("[...document.links].map(link => link.protocol)")) <= {"http:", "https:"}, page


@needs_chromium
def test_what_is_typed_is_not_run_or_asked_for_on_any_page(window: Visit) -> None:
    window.heard()
    for number, text in enumerate(TEXTS):
        page = TYPED[number % len(TYPED)](text[:1500])
        window.goto(page)
        assert window.heard() == [], page
