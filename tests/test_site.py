"""The site as a visitor's programs see it: a real server on loopback, asked with httpx."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import site_database as stored
from tracker.analyse.urls import on_the_web
from tracker.models import Evidence
from tracker.store.database import open_database
from tracker.web import calendar
from tracker.web.app import make_datasette
from tracker.web.highlights import pieces


@pytest.fixture(scope="module")
def database(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("site") / "some other name.db"
    stored.build(path)
    return path


@pytest.fixture(scope="module")
def address(database) -> Iterator[str]:
    yield from stored.serve(database)


@pytest.fixture
def site(address) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=20) as client:
        yield client


@pytest.fixture
def front(site) -> str:
    return site.get("/").text


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def count(path: Path, sql: str = "SELECT count(*) FROM articles") -> int:
    db = open_database(path)
    try:
        return next(db.execute(sql))[0]
    finally:
        db.close()


# Front page


def test_the_headline_says_how_much_is_stored_and_how_much_is_new(front, database):
    said = text(front)
    assert f"{count(database)} articles from 8 sources since" in said
    assert re.search(r"\d+ articles on encryption or child safety in the last 7 days, \d+ of them about both", said)
    assert "Last successful poll 20 Mar 2026, 11:40." in said


def test_the_latest_articles_lead_to_their_pages_and_beside_it_to_the_publisher(front):
    assert len(re.findall(r"<h3><a href=\"/article/\d+\"", front)) == 6
    assert '<a class="outward" href="https://harbour.example/marked" rel="noopener noreferrer nofollow">' in front
    assert 'href="/tag/nspcc">NSPCC</a>' in front
    assert "Rail fares" not in front, "what is on neither topic is not coverage"


def test_an_article_without_a_date_is_among_the_latest_by_when_it_was_seen(front):
    assert "An undated appeal" in front
    assert "first seen" in front


def test_a_week_that_nobody_observed_is_grey_and_no_zero(front):
    assert re.search(r"2 Feb to 8 Feb 2026: not observed; \d articles known from later polls</title>", front)
    assert "1 week not observed (grey, not zero)." in front
    assert re.search(r"2026-W06, from 2 Feb 2026</th>\s*<td colspan=\"4\">not observed; <a [^>]*>\d found</a>", front)


def test_a_week_without_a_poll_is_no_gap_where_the_next_one_showed_that_nothing_was_missed(front):
    assert "12 Jan to 18 Jan 2026: not observed" not in front
    assert re.search(r"12 Jan to 18 Jan 2026: \d+ both", front)


def test_the_chart_and_its_table_show_the_same_number(front, site):
    row = re.search(r'2026-W08.*?<td class="n"><a href="([^"]+)">(\d+)</a>', front, re.DOTALL)
    assert re.search(rf"<strong>{row[2]} articles?</strong>", site.get(row[1].replace("&amp;", "&")).text)


def test_the_chart_needs_no_script_style_or_other_host(front):
    chart = front[front.index("<svg") : front.rindex("</svg>")]
    assert "<script" not in chart
    assert "<style" not in chart
    assert " style=" not in chart
    assert re.findall(r"https?://[^\"'<> ]+", chart) == []
    assert 'role="group" aria-labelledby="weeks-wide-title weeks-wide-desc"' in chart


def test_what_fails_and_what_changed_stand_beside_the_articles(front):
    said = text(front)
    assert "No answer from wire.example within 30 seconds." in said
    changes = front[front.index('id="changes-heading"') :]
    assert re.search(r"<del>[^\n]*unhappy", changes), "the words that went are struck"
    assert "In the last 7 days, entries from 2 feeds may have been missed (2 gaps)." in said


def test_an_empty_database_says_what_to_do(tmp_path):
    open_database(tmp_path / "empty.db").close()
    for address in stored.serve(tmp_path / "empty.db"):
        answer = httpx.get(address)
        assert answer.status_code == 200
        assert "tracker poll" in answer.text
        assert httpx.get(f"{address}/health").status_code == 200
        assert httpx.get(f"{address}/tracker/coverage").status_code == 200
    for address in stored.serve(tmp_path / "empty.db", polls=True):
        said = httpx.get(address).text
        assert "The first poll is under way" in said
        assert "tracker poll" not in said, "this process polls"


def test_a_demo_says_that_it_is_one_on_every_page(database, front):
    for address in stored.serve(database, demo=True):
        for page in ("/", "/health", "/tracker/coverage", "/article/1", "/tracker", "/nothing"):
            assert "fictional outlets, real events" in httpx.get(address + page).text
    assert "fictional outlets" not in front


def test_an_old_database_is_shown_from_its_own_last_week(database, tmp_path):
    assert calendar.reference_time(stored.NOW + calendar.timedelta(days=400), stored.NOW, demo=False) == stored.NOW
    assert calendar.reference_time(stored.NOW, stored.BLIND, demo=False) == stored.NOW
    assert calendar.reference_time(stored.NOW, stored.BLIND, demo=True) == stored.BLIND


def test_behind_a_proxy_every_link_keeps_the_base_url(database):
    for address in stored.serve(database, base_url="/news/"):
        for page in ("/news/", "/news/tracker/coverage", "/news/health", "/news/article/1", "/news/tracker"):
            html = httpx.get(address + page).text
            own = [link for link in re.findall(r'(?:href|src|action)="([^"]*)"', html) if link.startswith("/")]
            assert own, page
            assert all(link.startswith("/news/") for link in own), page
        assert httpx.get(f"{address}/news/-/versions").status_code == 404
        assert httpx.get(f"{address}/news/static/site.css").status_code == 200


# Article and health


def test_an_article_marks_the_words_that_gave_its_tags(site, database):
    page = site.get(f"/article/{stored.number_of(database, 'https://harbour.example/marked')}").text
    assert '<mark title="NSPCC">NSPCC</mark> warns on <mark title="Encryption">end-to-end encryption</mark>' in page
    assert "plan &amp; the <mark" in page
    assert "<code>online-safety-act/1</code>" in page
    assert "https://harbour.example/rss" in page
    assert "unhappy with[removed: " not in text(page)
    assert "NSPCC [removed: unhappy with] [added: warns on end-to-end] encryption" in text(page)


def test_an_article_names_the_word_that_ruled_a_tag_out(site, database):
    page = site.get(f"/article/{stored.number_of(database, 'https://harbour.example/marked')}").text
    assert "Encryption backups, next to words that rule the tag out: stickers" in text(page)


def test_an_article_shows_what_others_call_it_as_theirs_and_who_showed_it_first(site, database):
    page = site.get(f"/article/{stored.number_of(database, 'https://harbour.example/marked')}").text
    assert "<q>They &lt;b&gt;want&lt;/b&gt; your keys</q>" in page
    assert "<q>Keys for all</q>" in page
    assert "They" not in page.partition("<h2")[0]


def test_an_article_shows_two_headlines_that_stood_at_once_and_links_lead_to_it(site, database):
    number = stored.number_of(database, "https://harbour.example/marked")
    said = text(site.get(f"/article/{number}").text)
    assert "Two headlines at once" in said
    assert "Is this the end of private chat?" in said
    (row,) = site.get("/tracker/at_once.json?_shape=array").json()
    assert (row["article"], row["hours"], row["title"]) == (number, 3.0, "Is this the end of private chat?")
    assert f'href="/article/{number}"' in site.get("/tracker/at_once").text


def test_evidence_that_overlaps_shares_the_words_and_stale_evidence_marks_none():
    found = [
        Evidence("a", "a/1", "title", 0, 10, "🔒 end-to-e"[:10]),
        Evidence("b", "b/1", "title", 2, 12, "end-to-end"),
        Evidence("c", "c/1", "title", 2, 5, "was"),
    ]
    cut = pieces("🔒 end-to-end works", found, {"a": "A", "b": "B", "c": "C"})
    assert "".join(piece.text for piece in cut) == "🔒 end-to-end works"
    assert [piece.labels for piece in cut] == [("A",), ("A", "B"), ("B",), ()]


def test_the_health_page_says_in_words_how_each_feed_is(site):
    said = text(site.get("/health").text)
    assert "2 of 6 feeds cannot be read." in said
    assert "1 feed can be read, but has published nothing new for much longer than usual." in said
    assert "It responds, but has shown nothing new since" in said
    assert "The server says that it is gone for good" in said
    assert "No answer from wire.example within 30 seconds." in said
    assert "Not polled yet" in said
    assert (
        "the feed showed only new entries, none at all or too many, so some may have been missedpossibly some entries"
        in said
    )
    assert "this tracker could not reach the networknothing: earlier entries were still in the feed" in said


def test_continuity_is_in_per_cent_for_people_and_a_share_for_programs(site):
    assert "94.86%" in text(site.get("/tracker/continuity?feed=1").text)
    assert "94.8" in text(site.get("/health").text)
    (row,) = site.get("/tracker/continuity.json?feed=1&month=2026-03&_shape=array").json()
    assert (row["gaps"], row["hours_missed"], round(row["observed"], 4)) == (1, 24.0, 0.9487)
    bridged = site.get("/tracker/continuity.json?feed=1&month=2026-01&_shape=array").json()
    assert [row["observed"] for row in bridged] == [1.0], "nothing was missed in a gap that was bridged"


def test_politeness_shows_a_month_unless_days_are_asked_for(site):
    lately = site.get("/tracker/politeness.json?host=harbour.example&_shape=array").json()
    assert [row["day"] for row in lately] == ["2026-03-20", "2026-03-13", "2026-03-06", "2026-02-27", "2026-02-20"]
    assert lately[0]["not_modified_percent"] == 100.0
    assert "where day ≥ 2026-02-18" in text(site.get("/tracker/politeness").text)
    assert "100%" in text(site.get("/tracker/politeness").text)
    whole = csv.DictReader(io.StringIO(site.get("/tracker/politeness.csv?day__gte=2000&host=harbour.example").text))
    days = [row["day"] for row in whole]
    assert len(days) == 26
    assert days == sorted(days)


@pytest.mark.parametrize("number", ["999999", "999999999999999999", "x", "-1", "1%00"])
def test_an_article_that_does_not_exist_is_a_404(site, number):
    assert site.get(f"/article/{number}", follow_redirects=True).status_code == 404


# Table, CSV, JSON, search


def test_the_csv_is_complete_and_valid(site, database):
    rows = list(csv.DictReader(io.StringIO(site.get("/tracker/coverage.csv").text, newline="")))
    assert len(rows) == count(database)
    assert [int(row["id"]) for row in rows] == sorted({int(row["id"]) for row in rows})
    hostile = next(row for row in rows if row["url"] == stored.HOSTILE_LINK)
    assert hostile["title"] == stored.HOSTILE_TITLE
    assert json.loads(hostile["tags"]) == ["encryption", "child-safety"]


def test_a_csv_larger_than_a_page_is_whole_from_every_link_of_the_table(tmp_path):
    path = tmp_path / "large.db"
    db = open_database(path)
    db.execute("INSERT INTO sources (id, name, family) VALUES ('s', 'S', 's')")
    db.execute("BEGIN")
    for number in range(2345):
        stored.article(db, f"https://s.example/{number}", f"Title {number}", "", "none", [], stored.NOW, "s")
    db.execute("COMMIT")
    db.close()
    for address in stored.serve(path):
        page = httpx.get(f"{address}/tracker/coverage").text
        link = re.search(r'href="([^"]+)">CSV of all 2,345 rows', page)[1].replace("&amp;", "&")
        for csv_address in (link, "/tracker/coverage.csv", "/tracker/articles.csv", "/tracker/coverage.csv?_next=100"):
            rows = list(csv.DictReader(io.StringIO(httpx.get(address + csv_address, timeout=60).text)))
            assert len({row["title"] for row in rows}) == len(rows) == 2345, csv_address
        assert len(httpx.get(f"{address}/tracker/coverage.csv?_size=10").text.splitlines()) == 11


def test_a_csv_read_while_articles_are_stored_gives_each_once_and_leaves_none_out(tmp_path):
    path = tmp_path / "busy.db"
    stored.build(path)
    db = open_database(path)
    for address in stored.serve(path):
        with httpx.stream("GET", f"{address}/tracker/coverage.csv", timeout=60) as answer:
            parts = answer.iter_text()
            begun = next(parts)
            for number in range(1500):
                stored.article(db, f"https://new.example/{number}", "New", "", "both", [], stored.NOW)
            rows = list(csv.DictReader(io.StringIO(begun + "".join(parts), newline="")))
        again = list(csv.DictReader(io.StringIO(httpx.get(f"{address}/tracker/coverage.csv").text, newline="")))
    db.close()
    numbers = [int(row["id"]) for row in rows]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= len(again) - 1500
    assert all(None not in row.values() for row in rows)


def test_the_json_is_complete_page_by_page(site, database):
    address, found = "/tracker/coverage.json?_shape=objects&_size=40&_sort=id", []
    while address:
        page = site.get(address).json()
        found += page["rows"]
        address = page["next_url"]
    assert len({row["id"] for row in found}) == len(found) == count(database)


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("end-to-end", "end-to-end encryption until children"),
        ("NSPCC's", "chief asks Meta"),
        ("children protect", "until children are protected"),
        ("Café 子供", "=HYPERLINK"),
        ('a "quote AND (', None),
        ("*", None),
        ("التشفير", "التشفير التام"),
    ],
)
def test_search_takes_what_people_type(site, words, title):
    answer = site.get("/tracker/coverage.json", params={"_search": words, "_shape": "objects"})
    assert answer.status_code == 200
    titles = [row["title"] for row in answer.json()["rows"]]
    assert title is None or any(title in found for found in titles)
    assert len(titles) < 60
    assert site.get("/tracker/coverage", params={"_search": words}).status_code == 200


def test_a_tag_filters_the_table_and_facets_are_counted(site, database):
    found = site.get("/tracker/coverage.json?tags__arraycontains=nspcc&_size=max&_shape=objects").json()
    assert {row["id"] for row in found["rows"]} == {
        number for number in range(1, count(database) + 1)
        if count(database, f"SELECT count(*) FROM article_tags WHERE tag = 'nspcc' AND article = {number}")
    }  # fmt: skip
    assert all("nspcc" in json.loads(row["tags"]) for row in found["rows"])
    assert set(found["facet_results"]) == {"source", "relevance", "kind", "country", "language", "tags"}
    page = site.get("/tracker/coverage?tags__arraycontains=nspcc").text
    assert f"<strong>{found['filtered_table_rows_count']} rows</strong>" in page


@pytest.mark.parametrize(
    "page",
    [
        "coverage",
        "feed_health",
        "continuity",
        "politeness",
        "attention",
        "source_days",
        "headline_changes",
        "articles",
        "polls",
        "gaps",
        "evidence",
    ],
)
def test_tables_look_like_the_rest_of_the_site(site, page):
    html = site.get(f"/tracker/{page}").text
    assert '<header class="masthead">' in html
    assert 'class="skip"' in html
    assert "<script" not in html
    assert "<style" not in html
    assert " style=" not in html


# What must not be


def test_hostile_words_are_shown_and_not_obeyed(site, database):
    number = stored.number_of(database, stored.HOSTILE_LINK)
    tables = ("/tracker/coverage", "/tracker/articles?_size=max", f"/tracker/articles/{number}")
    for page in ("/", f"/article/{number}", *tables):
        html = site.get(page).text
        assert "document.title=" in html, page
        assert "<script" not in html, page
        assert "<img" not in html, page
        assert "<b onmouseover" not in html, page
        assert not re.search(r"""(href|src|action)\s*=\s*["']?\s*javascript:""", html, re.IGNORECASE), page
        assert "49" not in text(html).split("summary")[-1][:12], page


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://a.example/x?y=1#z", True),
        ("http://a.example", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("https://a.example/\tx", False),
        ("data:text/html,x", False),
        ("//a.example", False),
        ("https://", False),
        ("http://[", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(address, safe):
    assert on_the_web(address) is safe


@pytest.mark.parametrize(
    "path",
    [
        "/tracker?sql=select+1",
        "/tracker.json?sql=select+sql+from+sqlite_master",
        "/tracker/coverage?_where=1=1",
        "/tracker/coverage.csv?_where=1=1",
        "/tracker.db",
        "/tracker/links",
        "/tracker/links.csv",
        "/tracker/_sqlite_migrations.json",
        *(f"/tracker/articles_fts{part}.json" for part in ("", "_data", "_idx", "_docsize", "_config")),
    ],
)
def test_arbitrary_sql_the_file_and_closed_tables_are_refused(site, path):
    answer = site.get(path)
    assert answer.status_code == 403
    assert "secret-link" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        *(f"/-/{page}{end}" for page in (
            "databases", "metadata", "threads", "versions", "plugins", "settings", "config", "actor", "messages",
            "permissions", "allow-debug", "logout", "patterns", "auth-token", "something-new",
        ) for end in ("", ".json")),
        "/-/databases/", "/%2d/versions", "/-%2fversions", "//-/versions", "/-/static/../versions",
        "/-/static/%2e%2e/versions", "/.json", "/.jsono", "/_internal", "/_internal/databases", "/_memory",
        "/:memory:", "/-",
    ],
)  # fmt: skip
def test_pages_that_show_paths_or_internals_do_not_exist(address, path, database):
    answer = httpx.get(address + path, follow_redirects=True)
    assert answer.status_code == 404
    assert str(database.parent) not in answer.text


def test_no_page_shows_where_the_file_is(site, database):
    tables = ("/tracker", "/tracker.json", "/tracker/coverage", "/tracker/coverage.json")
    for page in ("/", "/health", "/nothing", *tables):
        assert database.name not in site.get(page).text
        assert str(database.parent) not in site.get(page).text


@pytest.mark.parametrize("path", ["/", "/tracker/coverage", "/tracker/coverage.csv", "/nothing", "/-/versions",
                                  "/healthz", "/static/site.css", "/tracker/links"])  # fmt: skip
def test_every_answer_carries_the_security_headers(site, path):
    headers = site.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self';")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_healthz_answers_ok(site):
    assert site.get("/healthz").text == "ok\n"


@pytest.mark.parametrize("path", ["/nothing", "/story/abc", "/tag/NSPCC", "/sql"])
def test_a_page_that_there_is_not_is_not_called_a_database(site, path):
    said = text(site.get(path).text)
    assert "This page does not exist." in said
    assert "atabase not found" not in said


def test_a_404_prints_no_traceback(site, capfd):
    assert site.get("/nothing").status_code == 404
    assert site.get("/tracker/nothing").status_code == 404
    printed = "".join(capfd.readouterr())
    assert "Traceback" not in printed
    assert "NotFound" not in printed


def test_other_datasettes_in_the_process_are_left_alone(site):
    from_outside = make_datasette.__globals__["Datasette"](memory=True)
    routes = [pattern.pattern for pattern, _ in from_outside._routes()]
    assert "^/$" not in routes
    assert "^/health$" not in routes


# Weeks


def test_weeks_begin_at_local_midnight_also_when_the_clocks_change():
    zone = calendar.ZoneInfo("Europe/London")
    spring = calendar.week_of(calendar.date(2026, 3, 29), zone)
    assert (spring.number, spring.monday) == ("2026-W13", calendar.date(2026, 3, 23))
    assert spring.to_at - spring.from_at == calendar.timedelta(days=7, hours=-1)


@pytest.mark.parametrize("words", ["", " ", '""'])
def test_a_search_for_nothing_shows_everything(site, words):
    everything = site.get("/tracker/coverage.json").json()["filtered_table_rows_count"]
    assert site.get("/tracker/coverage", params={"_search": words}).status_code == 200
    found = site.get("/tracker/coverage.json", params={"_search": words}).json()
    assert found["filtered_table_rows_count"] == everything
