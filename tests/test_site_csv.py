"""CSV of tables and views: whole, from one state of the data, what the page shows, and safe in a spreadsheet."""

import csv
import io
import sqlite3
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import site_database as stored
from tracker.publish.csv_cells import csv_text, harmless, original
from tracker.publish.tables import CLOSED, ORDER
from tracker.store.database import open_database
from tracker.web import stream

LONG = 10_000


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("csv") / "site.db"
    stored.build(path)
    return path


@pytest.fixture(scope="module")
def address(database: Path) -> Iterator[str]:
    yield from stored.serve(database)


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database whose table of articles does not fit into the buffers of a connection."""
    path = tmp_path_factory.mktemp("long") / "long.db"
    fill(path, [f"Title {number}" for number in range(LONG)], "words " * 1000)
    return path


@pytest.fixture(scope="module")
def punctuated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site whose headlines hold wildcards of LIKE, and others that they would match."""
    path = tmp_path_factory.mktemp("punctuated") / "site.db"
    titles = ["At 50% of schools", "At 500 of schools closed", "Nearly 50%", "_ is a letter", "A is a letter"]
    fill(path, [*titles, "The file a_b", "The file acb", "On c:\\_", "On c:\\x", "On c:_"], "")
    yield from stored.serve(path)


def fill(path: Path, titles: list[str], summary: str) -> None:
    """Make a database of articles with these titles."""
    db = open_database(path)
    db.execute("INSERT INTO sources (id, name, family) VALUES ('s', 'S', 's')")
    db.execute("BEGIN")
    db.conn.executemany(
        "INSERT INTO articles (canonical_url, url, source, title, summary, date_quality, first_seen_at, last_seen_at) "
        "VALUES (?, '', 's', ?, ?, 'absent', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')",
        ((f"https://s.example/{number}", title, summary) for number, title in enumerate(titles)),
    )
    db.execute("COMMIT")
    db.close()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def ids(base: str, query: str, extension: str) -> list[str]:
    if extension == "csv":
        return [row["id"] for row in rows(httpx.get(f"{base}/tracker/coverage.csv?{query}").text)]
    found = httpx.get(f"{base}/tracker/coverage.json?_shape=objects&_size=max&{query}").json()["rows"]
    return [str(row["id"]) for row in found]


cells = st.none() | st.integers() | st.text(alphabet="=+-@\t\r\n'\",; aä子", max_size=6) | st.floats(allow_nan=False)


@given(st.integers(1, 4).flatmap(lambda width: st.lists(st.tuples(*[cells] * width), max_size=6)))
def test_the_text_is_the_one_that_the_csv_module_writes_of_harmless_cells(table: list[tuple[object, ...]]) -> None:
    expected = io.StringIO(newline="")
    csv.writer(expected, lineterminator="\r\n").writerows([harmless(cell) for cell in row] for row in table)
    assert csv_text(table) == expected.getvalue()


@pytest.mark.parametrize("table", ORDER)
def test_every_table_and_view_is_there_whole(address: str, database: Path, table: str) -> None:
    db = open_database(database)
    names = [column["name"] for column in db.query(f"PRAGMA table_xinfo({table})")]
    count = next(db.execute(f"SELECT count(*) FROM {table}"))[0]
    db.close()
    query = "?day__gte=2000" if table in {"politeness", "attention"} else ""
    answer = httpx.get(f"{address}/tracker/{table}.csv{query}")
    assert answer.status_code == 200
    lines = list(csv.reader(io.StringIO(answer.text, newline="")))
    assert (lines[0], len(lines) - 1) == (names, count)


@pytest.mark.parametrize(
    "query",
    [
        "relevance=both",
        "relevance__in=both,encryption&source__contains=o",
        "_search=encryption",
        "_search=childr*",
        "tags__arraycontains=nspcc",
        "tags__arraycontains=nspcc&tags__arraycontains=meta",
        "published_at__gte=2026-01-01&published_at__lt=2026-02-01",
        "author__isnull=1",
        "title__not=x&language=ar",
        "id__gt=20&id__lte=40",
    ],
)
def test_a_filter_selects_the_rows_of_the_page(address: str, query: str) -> None:
    page = ids(address, query, "json")
    assert sorted(ids(address, query, "csv"), key=int) == sorted(page, key=int)
    assert 0 <= len(page) < 70


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("title__contains=50%25", ["At 50% of schools", "Nearly 50%"]),
        ("title__contains=%25&title__contains=of", ["At 50% of schools"]),
        ("title__endswith=%25", ["Nearly 50%"]),
        ("title__startswith=_", ["_ is a letter"]),
        ("title__contains=a_b", ["The file a_b"]),
        ("title__contains=c%3A\\_", ["On c:\\_"]),
        ("title__contains=%25 OF S", ["At 50% of schools"]),
        ("title__like=At 50_ of%25", ["At 50% of schools", "At 500 of schools closed"]),
    ],
)
@pytest.mark.parametrize("table", ["articles", "coverage"])
def test_percent_signs_and_underscores_mean_themselves_where_text_is_looked_for(
    punctuated: str, table: str, query: str, found: list[str]
) -> None:
    page = httpx.get(f"{punctuated}/tracker/{table}.json?_shape=objects&_col=title&{query}").json()["rows"]
    exported = rows(httpx.get(f"{punctuated}/tracker/{table}.csv?_col=title&{query}").text)
    assert [sorted(row["title"] for row in each) for each in (page, exported)] == [found, found]


def test_the_order_is_the_one_asked_for_and_else_that_of_the_key(address: str) -> None:
    assert ids(address, "", "csv") == sorted(ids(address, "", "csv"), key=int)
    for query in ("_sort=title", "_sort_desc=title", "_sort_desc=published_at"):
        column = query.partition("=")[2]
        page = httpx.get(f"{address}/tracker/coverage.json?_shape=objects&_size=max&{query}").json()["rows"]
        found = rows(httpx.get(f"{address}/tracker/coverage.csv?{query}").text)
        assert [original(row[column]) for row in found] == [row[column] or "" for row in page]


def test_columns_are_chosen_as_on_the_page(address: str) -> None:
    def head(query: str) -> str:
        return httpx.get(f"{address}/tracker/articles.csv?{query}").text.splitlines()[0]

    assert head("_col=title") == "id,title"
    assert "summary" not in head("_nocol=summary").split(",")
    assert httpx.get(f"{address}/tracker/articles.csv?_col=title&_header=off").text.startswith("1,")
    assert httpx.get(f"{address}/tracker/articles.csv?_col=nope").status_code == 400


def test_a_number_of_rows_can_be_asked_for_page_after_page(address: str) -> None:
    first = httpx.get(f"{address}/tracker/articles.json?_size=7&_shape=objects").json()
    pages = [httpx.get(f"{address}/tracker/articles.csv?_size=7{more}") for more in ("", f"&_next={first['next']}")]
    assert [row["id"] for page in pages for row in rows(page.text)] == [str(number) for number in range(1, 15)]
    assert [int(row["id"]) for row in rows(httpx.get(f"{address}/tracker/coverage.csv?_size=3&_next=3").text)]
    assert len(rows(httpx.get(f"{address}/tracker/articles.csv?_size=0").text)) == 0
    assert httpx.get(f"{address}/tracker/articles.csv?_size=x").status_code == 400


def test_labels_stand_beside_what_they_name(address: str) -> None:
    plain = rows(httpx.get(f"{address}/tracker/articles.csv").text)
    labelled = rows(httpx.get(f"{address}/tracker/articles.csv?_labels=on").text)
    assert [row["source"] for row in plain] == [row["source"] for row in labelled]
    assert {(row["source"], row["source_label"]) for row in labelled} >= {("harbour", "The Harbour Post")}
    (column,) = set(labelled[0]) - set(plain[0]) - {"rulebook_label", "story_label", "stated_by_label"}
    assert column == "source_label"
    titles = {row["id"]: row["title"] for row in plain}
    assert all(row["story_label"] == titles.get(row["story"], "") for row in labelled)


def test_no_cell_of_the_site_is_a_formula_and_each_can_be_read_back(address: str, database: Path) -> None:
    cell = next(
        r["title"] for r in rows(httpx.get(f"{address}/tracker/coverage.csv").text) if "HYPERLINK" in r["title"]
    )
    assert cell.startswith("'=HYPERLINK")
    number = stored.number_of(database, "https://wire.example/formula")
    (row,) = rows(httpx.get(f"{address}/tracker/articles/{number}.csv").text)
    assert row["title"] == cell
    assert original(cell) == '=HYPERLINK("x"), "quoted"\nand a line'


def test_it_is_shown_in_a_browser_unless_it_is_to_be_kept(address: str) -> None:
    assert httpx.get(f"{address}/tracker/articles.csv").headers["content-type"] == "text/plain; charset=utf-8"
    kept = httpx.get(f"{address}/tracker/articles.csv?_dl=on").headers
    assert kept["content-type"] == "text/csv; charset=utf-8"
    assert kept["content-disposition"] == 'attachment; filename="articles.csv"'


def test_head_says_what_would_come_and_reads_nothing(address: str) -> None:
    answer = httpx.head(f"{address}/tracker/coverage.csv?_dl=on")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-disposition"] == 'attachment; filename="coverage.csv"'


@pytest.mark.parametrize("table", CLOSED)
def test_what_is_closed_cannot_be_taken_away(address: str, table: str) -> None:
    as_csv, as_json = (httpx.get(f"{address}/tracker/{table}.{form}") for form in ("csv", "json"))
    assert (as_csv.status_code, as_csv.text) == (403, "This table is not public.\n")
    assert (as_json.status_code, as_json.json()["error"]) == (403, "This table is not public.")


@pytest.mark.parametrize("query", ["_sort=nope", "nope=1", "_search=%22a&_searchmode=raw", f"id__gt={10**20}"])
def test_a_senseless_address_is_a_short_400_in_plain_text(address: str, query: str) -> None:
    answer = httpx.get(f"{address}/tracker/articles.csv?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/plain")
    assert len(answer.text) < 300


def test_a_redirection_of_the_page_is_one_here_too(address: str) -> None:
    answer = httpx.get(f"{address}/tracker/articles.csv?_filter_column=id&_filter_op=exact&_filter_value=3")
    assert answer.status_code == 302
    assert [row["id"] for row in rows(httpx.get(address + answer.headers["location"]).text)] == ["3"]


def test_rows_changed_and_added_meanwhile_are_not_in_it(long: Path) -> None:
    """One state of the data: neither the order asked for nor a writer gives a row twice or leaves one out."""
    for base in stored.serve(long):
        with httpx.stream("GET", f"{base}/tracker/articles.csv?_sort=title", timeout=60) as answer:
            parts = answer.iter_text()
            begun = next(parts)
            db = open_database(long)
            db.execute("UPDATE articles SET title = 'A ' || title WHERE id % 2")
            stored.article(db, "https://s.example/new", "Title zzz", "", "none", [], None, "s")
            db.close()
            found = rows(begun + "".join(parts))
        assert len({row["id"] for row in found}) == len(found) == LONG
        assert not [row["title"] for row in found if row["title"].startswith("A ")]
        assert len(rows(httpx.get(f"{base}/tracker/articles.csv", timeout=60).text)) == LONG + 1


def waited(condition: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether the condition holds before the time is over."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
    return True


def readers(path: Path) -> int:
    """1 while somebody reads a state before the last commit, else 0: the log can be emptied."""
    with sqlite3.connect(path) as db:
        return int(db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])


def test_who_goes_away_stops_the_reading(long: Path) -> None:
    for base in stored.serve(long):
        with httpx.stream("GET", f"{base}/tracker/articles.csv", timeout=60) as answer:
            parts = answer.iter_raw()  # an iterator that is let go ends the connection
            next(parts)
            db = open_database(long)
            db.execute("UPDATE articles SET author = 'X' WHERE id = 1")
            db.close()
            assert readers(long) == 1, "the reading is under way"
        assert waited(lambda: readers(long) == 0)


def answers_with_200(address: str) -> bool:
    return httpx.get(address, timeout=60).status_code == 200


def test_more_readers_than_there_are_places_wait_their_turn(long: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "SLOT_TIMEOUT", 0.2)
    for base in stored.serve(long):
        whole = f"{base}/tracker/articles.csv"
        held = [httpx.Client(timeout=60) for _ in range(4)]
        answers = [client.send(client.build_request("GET", whole), stream=True) for client in held]
        refused = httpx.get(whole, timeout=60)
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "30"
        assert "too many" in refused.text.lower()
        assert httpx.get(f"{base}/tracker/articles", timeout=60).status_code == 200, "pages do not wait for them"
        for answer, client in zip(answers, held, strict=True):
            answer.close()
            client.close()
        assert waited(partial(answers_with_200, f"{whole}?_size=1"))


def test_an_answer_that_cannot_be_finished_is_an_error_to_who_reads_it(
    long: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "TOTAL_TIMEOUT", 0.0)
    for base in stored.serve(long):
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(f"{base}/tracker/articles.csv", timeout=60)
