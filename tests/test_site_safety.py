"""Open to the world: nothing closed can be read, nothing senseless costs anything, nobody is told more."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import httpx
import pytest

from tests import site_database as stored
from tracker.publish.tables import CLOSED, CONTENT, ORDER
from tracker.store.database import open_database
from tracker.web.app import make_datasette
from tracker.web.queries import visitor_sql
from tracker.web.queries.connection import Guard, connected

pytestmark = pytest.mark.slow

SECRET = "a-secret-that-is-in-every-closed-table"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("safety") / "site.db"
    stored.build(path)
    db = open_database(path)
    db.execute("INSERT INTO links VALUES (?, 1)", (f"https://{SECRET}.example/",))
    db.execute(
        "INSERT INTO samples (id, tag, drawn_at, rulebook, seed) VALUES (77, ?, '2026-01-01T00:00:00Z', 'r', 1)",
        (SECRET,),
    )
    db.execute("INSERT INTO sample_articles VALUES (77, 1, 'tagged', 4711)")
    db.execute("INSERT INTO codings VALUES (77, 1, ?, 1, '2026-01-01T00:00:00Z')", (SECRET,))
    db.execute("INSERT INTO term_countings VALUES (77, ?, 1, 1)", (SECRET,))
    db.execute("INSERT INTO tag_quality (sample, tag, rulebook, measured_at, coded, coders) "
               "VALUES (77, 'nspcc', 'r', '2026-01-01T00:00:00Z', 1, 1)")  # fmt: skip
    db.close()
    return path


@pytest.fixture(scope="module")
def address(database: Path) -> Iterator[str]:
    yield from stored.serve(database)


@pytest.fixture(scope="module")
def asking(database: Path) -> Iterator[str]:
    """The site with SQL open to visitors."""
    yield from stored.serve(database, sql=True)


def sql(base: str, question: str, extension: str = ".json") -> httpx.Response:
    return httpx.get(f"{base}/sql{extension}", params={"sql": question}, timeout=30)


# Closed tables


FORMS = ["", ".json", ".csv", ".jsono", "/1", "/1.json", "/1.csv", "?_shape=array", "/1.blob"]


def test_a_closed_table_has_no_page_in_any_form(address: str) -> None:
    with httpx.Client(base_url=address, follow_redirects=True) as site:
        answers = [site.get(f"/tracker/{table}{form}") for table in CLOSED for form in FORMS]
    assert [answer.url for answer in answers if answer.status_code != 403 or SECRET in answer.text] == []


@pytest.mark.parametrize("table", sorted(set(CLOSED) - {name for name in CLOSED if name.startswith("articles_fts")}))
def test_sqlite_itself_refuses_a_closed_table_to_the_site(database: Path, table: str) -> None:
    for question in (
        f"SELECT * FROM {table}",
        f"SELECT count(*) FROM {table}",
        f"SELECT 1 WHERE EXISTS (TABLE {table})",
    ):
        with pytest.raises(sqlite3.DatabaseError):
            connected(database).execute(question.replace("(TABLE ", "(SELECT 1 FROM ")).fetchall()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO tags (id, facet, label) VALUES ('x', 'x', 'x')",
        "UPDATE articles SET title = 'x'",
        "DELETE FROM articles",
        "CREATE TABLE x (y)",
        "CREATE TEMP TABLE x (y)",
        "DROP TABLE articles",
        "ATTACH ':memory:' AS x",
        "VACUUM INTO '/tmp/x.db'",
        "PRAGMA journal_mode = delete",
        "PRAGMA writable_schema = on",
        "SELECT load_extension('x')",
        "REINDEX",
    ],
)
def test_a_connection_of_the_site_can_only_read(database: Path, statement: str) -> None:
    for strict in (False, True):
        guard = Guard()
        guard.strict = strict
        with pytest.raises(sqlite3.Error):
            connected(database, guard).execute(statement)


@pytest.mark.parametrize("table", [name for name in ORDER if name not in {"politeness", "continuity"}])
def test_no_form_of_an_open_table_shows_anything_of_a_closed_one(address: str, table: str) -> None:
    for query in ("_labels=on", "_facet=tag&_facet=sample&_labels=on" if table == "tag_quality" else "_size=max"):
        for extension in ("", ".json", ".csv"):
            answer = httpx.get(f"{address}/tracker/{table}{extension}?{query}", timeout=30)
            assert answer.status_code == 200
            assert SECRET not in answer.text


@pytest.mark.parametrize("page", ["/tracker", "/tracker.json", "/tracker/articles/1", "/tracker/tag_quality/77",
                                  "/tracker/articles/1.json?_extras=foreign_key_tables"])  # fmt: skip
def test_pages_do_not_even_count_the_rows_of_closed_tables(address: str, page: str) -> None:
    text = httpx.get(address + page).text
    assert SECRET not in text
    said = ('/tracker/{}"', "/tracker/{}?", '"name": "{}"', 'other_table": "{}"', "</a> of {}<")
    assert not [form for name in CLOSED for way in said if (form := way.format(name)) in text]


@pytest.mark.parametrize("table", CLOSED)
def test_no_filter_reaches_through_to_a_closed_table(address: str, table: str) -> None:
    through = json.dumps({"table": table, "column": "article", "value": "1"})
    for query in (f"_through={quote(through)}", f"_where=id in (select article from {table})"):
        answer = httpx.get(f"{address}/tracker/articles.json?{query}")
        assert answer.status_code in {400, 403}
        assert SECRET not in answer.text
    plain = httpx.get(f"{address}/tracker/articles.json?_search=NSPCC&_shape=array").json()
    assert httpx.get(f"{address}/tracker/articles.json?_search=NSPCC&_fts_table={table}&_shape=array").json() == plain


# SQL of visitors


def test_sql_is_closed_unless_it_was_opened(address: str) -> None:
    assert [sql(address, "select 1", form).status_code for form in ("", ".json", ".csv")] == [404] * 3
    assert "/sql" not in httpx.get(f"{address}/tracker").text


def test_a_question_is_answered_as_a_page_without_script_as_json_and_as_csv(asking: str) -> None:
    question = "select title, '=1' as formula from articles where url like 'https://harbour.example/marked'"
    page = sql(asking, question, "").text
    assert "🔒 NSPCC warns on end-to-end encryption</td>" in page
    assert "<script" not in page
    assert '<textarea id="sql" name="sql"' in page
    assert sql(asking, question).json() == {
        "ok": True, "rows": [{"title": "🔒 NSPCC warns on end-to-end encryption", "formula": "=1"}], "truncated": False,
    }  # fmt: skip
    assert sql(asking, question, ".csv").text.splitlines()[1] == "🔒 NSPCC warns on end-to-end encryption,'=1"
    assert "/sql" in httpx.get(f"{asking}/tracker").text
    assert httpx.get(f"{asking}/tracker?sql=select+1").status_code == 403, "Datasette itself is never asked"
    assert httpx.get(f"{asking}/tracker/coverage?_where=1").status_code == 403


@pytest.mark.parametrize(
    "question",
    [
        "select count(*) from coverage where relevance = 'both'",
        "with t as (select source, count(*) as n from coverage group by 1) select count(*) from t",
        "select title from articles where id in (select rowid from articles_fts where articles_fts match 'nspcc')",
        "select rowid, rank from articles_fts where articles_fts match 'nspcc' order by rank",
        "select snippet(articles_fts, 0, '[', ']', '…', 5) from articles_fts where articles_fts match 'nspcc'",
        "select value from coverage, json_each(coverage.tags) limit 3",
        "explain query plan select * from articles where id = 1",
        "-- a remark\nselect 1",
        "values (1), (2)",
        "with recursive n(x) as (select 1 union all select x + 1 from n where x < 5) select * from n",
    ],
)  # fmt: skip
def test_what_the_open_tables_say_can_be_asked(asking: str, question: str) -> None:
    answer = sql(asking, question)
    assert answer.status_code == 200, answer.text
    assert answer.json()["rows"]


INNER = ("sqlite_master", "sqlite_schema", "sqlite_temp_master", "main.sqlite_master", "pragma_database_list",
         "pragma_table_info('links')", "dbstat", "sqlite_stat1")  # fmt: skip


@pytest.mark.parametrize("table", [*(name for name in CLOSED if name not in {"articles_fts", *CONTENT}), *INNER])
def test_a_question_reads_no_closed_table_however_it_is_put(asking: str, database: Path, table: str) -> None:
    name = table.partition("(")[0]
    for question in (
        f"select count(*) from {table}",
        f"select (select 1 from {table} limit 1)",
        f"with x as (select * from {table}) select * from x",
        f"select * from articles where exists (select 1 from {table})",
        f"select 1 from articles union all select 1 from {table}",
        f"select * from (select * from {table}) join tags",
        f"explain select * from {table}",
        f"/* */ select * from {table} as articles",
        f'select * from "{name}"' if name == table else f"select * from {table.upper()}",
    ):
        with pytest.raises(visitor_sql.Refused) as refused:
            visitor_sql.run_query(database, question)
        assert SECRET not in str(refused.value)
        assert "CREATE" not in str(refused.value)
    answer = sql(asking, f"select * from {table}")
    assert answer.status_code == 400
    assert SECRET not in answer.text
    assert "CREATE" not in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "delete from articles", "insert into tags values (1,2,3,4,5)", "create temp table x (y)", "drop table tags",
        "pragma database_list", "pragma table_info(links)", "pragma query_only = 0", "attach ':memory:' as x",
        "vacuum", "begin", "commit", "select load_extension('x')", "select title, summary from articles_fts",
        "select 1; select 2", "select", "nonsense", "", "select :x", "select 'a\0b", "explain explain select 1",
        "replace into tags select 1",
        "select * from nothing", "select zeroblob(1000000000)",
        "select " + ", ".join("1" * 100), "savepoint x", "analyze",
    ],
)  # fmt: skip
def test_what_is_no_question_is_refused_in_a_sentence(asking: str, question: str) -> None:
    answer = sql(asking, question)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
    assert len(answer.text) < 400


def test_a_statement_of_ours_is_stopped_by_the_cpu_time_it_takes(database: Path) -> None:
    endless = "with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n"
    with closing(connected(database)) as connection:
        connection.set_progress_handler(lambda: False, 1000)
        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            connection.execute(endless).fetchone()


async def test_a_machine_that_is_busy_elsewhere_fails_no_page(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the statement runs its clock leaps, as it does for a process that has to wait for its turn."""
    site = make_datasette(database, config=stored.settings())
    reading = count(step=2)
    monkeypatch.setattr("datasette.utils.time", SimpleNamespace(perf_counter=lambda: next(reading)))
    some = "with recursive n(x) as (select 1 union all select x + 1 from n where x < 300) select count(*) from n"
    assert (await site.get_database("tracker").execute(some)).first()[0] == 300
    assert next(reading) > 4, "the clock was read meanwhile"


def test_a_question_has_its_time_and_its_rows(asking: str) -> None:
    endless = "with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n"
    answer = sql(asking, endless)
    assert answer.status_code == 400
    assert "took too long" in answer.json()["error"]
    many = "with recursive n(x) as (select 1 union all select x + 1 from n where x < 5000) select x from n"
    assert (len(sql(asking, many).json()["rows"]), sql(asking, many).json()["truncated"]) == (1000, True)
    assert "there are more" in sql(asking, many, "").text
    assert sql(asking, many, ".csv").status_code == 400, "a CSV is never cut"
    large = "with recursive n(x) as (select 1 union all select x + 1 from n) select hex(zeroblob(400000)) from n"
    assert len(sql(asking, large).content) < 6_000_000


# Addresses that make no sense

SENSELESS = [
    "_sort=nope", "_sort_desc=nope", "_sort=id&_sort_desc=id", "_size=x", "_size=-1", "_size=99999999999",
    "_facet_size=%C2%B2", "_facet=nope", "_facet_date=nope", "_facet=%7B", "_facet=%5B%5D", "_next=garbage",
    f"_next={10**20}", "_next=1,2,3", "_col=nope", "_nocol=nope", "nope=1", "nope__gt=1", "id__nope=1",
    f"id__gt={10**20}", "id__in=%5B%7B%7D%5D", "_through=garbage", "_through=%7B%7D", "_through=%5B%5D",
    "_search_nope=1", "_search=%22a&_searchmode=raw", "&".join(f"_facet=c{n}" for n in range(7)),
    "&".join(f"id={n}" for n in range(100)), "x=" + "y" * 7000,
]  # fmt: skip


@pytest.mark.parametrize("table", ["articles", "coverage", "articles.json", "coverage.json"])
def test_a_senseless_address_is_a_short_400(address: str, table: str, capfd: pytest.CaptureFixture) -> None:
    with httpx.Client(base_url=f"{address}/tracker", timeout=30) as site:
        answers = {query: site.get(f"/{table}?{query}") for query in SENSELESS}
    assert [query for query, answer in answers.items() if answer.status_code != 400] == []
    assert [query for query, answer in answers.items() if len(answer.content) >= 4000] == []
    assert [query for query, answer in answers.items() if "Traceback" in answer.text] == []
    assert "Traceback" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("path", ["/tracker/nope", "/tracker/nope.json", "/tracker/nope.csv", "/tracker/articles/x",
                                  "/tracker/articles/99999999999999999999999", "/tracker/~zz", "/nope", "/nope/x",
                                  "/static/nope", "/article/0", "/static/%2e%2e/app.py"])  # fmt: skip
def test_what_is_not_there_is_a_short_404(address: str, path: str) -> None:
    answer = httpx.get(address + path, follow_redirects=True)
    assert answer.status_code == 404
    assert len(answer.content) < 4000


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/", "/tracker/articles", "/tracker/articles/1", "/nothing"])
def test_nothing_can_be_sent_to_the_site(address: str, path: str, method: str) -> None:
    answer = httpx.request(method, address + path, content=b"x=1")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


def test_our_own_mistakes_are_a_500_with_a_line_in_the_log(address: str, monkeypatch, caplog, capfd) -> None:
    def broken(*_: object) -> None:
        raise KeyError("inner-detail")

    monkeypatch.setattr("tracker.web.filters._by_tag", broken)
    answer = httpx.get(f"{address}/tracker/coverage?_size=1")
    assert answer.status_code == 500
    assert "inner-detail" not in answer.text
    assert "could not be answered" in caplog.text
    assert "locals" not in "".join(capfd.readouterr())


def test_rich_prints_nothing_where_it_is_installed(database: Path, monkeypatch, capfd) -> None:
    """Datasette would print a traceback with all locals for every error, half a second of a blocked loop each."""
    from datasette import handle_exception  # noqa: PLC0415  its state is what is tested

    class Rich:
        @staticmethod
        def get_console() -> None:
            raise AssertionError("rich was asked to print")

    for base in stored.serve(database):
        monkeypatch.setattr(handle_exception, "rich", Rich)
        assert httpx.get(f"{base}/nothing").status_code == 404
        assert httpx.get(f"{base}/tracker/articles?_sort=nope").status_code == 400
    assert "rich was asked" not in "".join(capfd.readouterr())


# Headers, robots, proxies


def test_every_answer_says_what_a_browser_may_do_with_it(address: str) -> None:
    for path in ("/", "/nothing", "/tracker/coverage.csv", "/tracker/links", "/-/versions", "/metrics", "/robots.txt"):
        headers = httpx.get(address + path).headers
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "camera=()" in headers["permissions-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "script-src" not in headers["content-security-policy"], "default-src 'none' leaves none"


def test_search_engines_are_kept_from_what_is_endless(address: str) -> None:
    robots = httpx.get(f"{address}/robots.txt").text.splitlines()
    assert "Disallow: /tracker/*?" in robots
    assert "Disallow: /" not in robots
    assert "x-robots-tag" not in httpx.get(address).headers
    assert "x-robots-tag" not in httpx.get(f"{address}/tracker/coverage").headers
    for endless in ("/tracker/coverage?_sort=id", "/tracker/coverage.json", "/tracker/coverage.csv"):
        assert httpx.get(address + endless).headers["x-robots-tag"] == "noindex"


def test_search_engines_can_be_asked_to_stay_away(database: Path) -> None:
    for base in stored.serve(database, robots=False):
        assert httpx.get(f"{base}/robots.txt").text == "User-agent: *\nDisallow: /\n"
        for path in ("/", "/tracker/coverage", "/nothing", "/static/site.css"):
            assert httpx.get(base + path).headers["x-robots-tag"] == "noindex, nofollow"


def test_behind_a_proxy_what_programs_follow_keeps_the_base_url_and_the_scheme(database: Path) -> None:
    sent = {"Host": "news.example", "X-Forwarded-Proto": "https"}
    for base in stored.serve(database, base_url="/news/"):
        for prefix in ("/news", ""):  # the proxy may take the base URL off, or leave it
            page = httpx.get(f"{base}{prefix}/tracker/coverage.json?_size=5", headers=sent).json()
            assert page["next_url"].startswith("https://news.example/news/tracker/coverage.json?")
        moved = httpx.get(
            f"{base}/news/tracker/articles?_filter_column=id&_filter_op=exact&_filter_value=3", headers=sent
        )
        assert moved.headers["location"] == "/news/tracker/articles?id__exact=3"
        assert httpx.get(f"{base}/news/tracker/articles.csv").status_code == 200
        assert httpx.get(f"{base}/news/healthz").text == "ok\n"
        assert "Disallow: /news/tracker/*?" in httpx.get(f"{base}/news/robots.txt").text
        assert httpx.get(f"{base}/news/tracker/links.csv").status_code == 403


@pytest.mark.parametrize("base_url", ["/", "/news/"])
@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("tracker/", "tracker"),
        ("tracker/coverage/?_size=5", "tracker/coverage?_size=5"),
        ("about/", "about"),
        ("nothing%20here", "nothing~20here"),
        ("/", ""),
        ("/other.example/", "other.example"),
    ],
)
def test_a_path_in_another_spelling_leads_to_a_page_of_the_site(
    database: Path, base_url: str, path: str, location: str
) -> None:
    for base in stored.serve(database, base_url=base_url):
        answer = httpx.get(base + base_url + path)
        assert (answer.status_code, answer.headers["location"]) == (302, base_url + location)


def test_the_base_url_needs_no_slash_at_its_end(database: Path) -> None:
    for base in stored.serve(database, base_url="/news/"):
        assert httpx.get(f"{base}/news").text == httpx.get(f"{base}/news/").text
