"""Only listed names are there: whatever else SQLite could select from has no address and is not counted either."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests import site_database as stored
from tracker.publish.tables import CLOSED, CONTENT, ORDER
from tracker.web.app import make_datasette
from tracker.web.queries.connection import Guard, connected


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("names") / "site.db"
    stored.build(path)
    return path


@pytest.fixture(scope="module")
def site(database: Path) -> Iterator[httpx.Client]:
    for address in stored.serve(database):
        with httpx.Client(base_url=address, timeout=60) as client:
            yield client


def selectable(database: Path) -> list[str]:
    """Everything that this SQLite can select from in this database, besides the listed tables and views."""
    with closing(sqlite3.connect(database)) as connection:
        schema = [name for (name,) in connection.execute("SELECT name FROM sqlite_master")]
        modules = [name for (name,) in connection.execute("SELECT name FROM pragma_module_list")]
        pragmas = [f"pragma_{name}" for (name,) in connection.execute("SELECT name FROM pragma_pragma_list")]
    master = ["sqlite_master", "sqlite_schema", "sqlite_temp_master", "sqlite_temp_schema", "sqlite_sequence"]
    names = {*schema, *modules, *pragmas, *master, *CLOSED} - set(ORDER)
    assert {"links", "dbstat", "sqlite_stmt", "pragma_database_list", "articles_fts_data"} <= names
    return sorted(names)


def mixed(name: str) -> str:
    return "".join(letter.upper() if place % 2 else letter for place, letter in enumerate(name))


@pytest.mark.parametrize("spell", [str, str.upper, mixed], ids=["as it is", "capitals", "mixed"])
@pytest.mark.parametrize("form", [".json", "/0", "/1.json", "/main,1.csv", "/1.blob?_blob_column=name"])
def test_what_is_not_listed_has_no_address(site: httpx.Client, database: Path, form: str, spell: Callable) -> None:
    shown = {}
    for name in selectable(database):
        answer = site.get(f"/tracker/{spell(name)}{form}", follow_redirects=True)
        if answer.status_code not in {403, 404} or str(database) in answer.text or "CREATE" in answer.text:
            shown[name] = answer.status_code
    assert shown == {}


def test_listed_names_in_other_letters_or_encoded_are_not_there_either(site: httpx.Client) -> None:
    for name in ("ARTICLES", "Articles", "~61rticles", "%61rticles", "[articles]", '"articles"', "main.articles"):
        for form in ("", ".json", ".csv", "/1", "/1.json", "/1.csv"):
            answer = site.get(f"/tracker/{name}{form}", follow_redirects=True)
            assert answer.status_code == 404, f"{name}{form}"


@pytest.mark.parametrize("path", ["/~5Finternal", "/~5Finternal/databases", "/%5Finternal/tables/1", "/~5Fmemory",
                                  "/TRACKER", "/TRACKER/articles", "/main/articles/1.json", "/~74racker/articles",
                                  "/tracker/articles/1/2", "//tracker/links"])  # fmt: skip
def test_no_other_database_has_an_address(site: httpx.Client, path: str) -> None:
    assert site.get(path, follow_redirects=True).status_code == 404


def test_datasette_has_no_other_addresses_with_a_table_than_those_that_are_closed_here(database: Path) -> None:
    datasette = make_datasette(database, config=stored.settings())
    patterns = {route.pattern for route, _ in datasette._routes() if "<table>" in route.pattern}
    assert {pattern for pattern in patterns if "<database>[^" in pattern} == {
        r"/(?P<database>[^\/\.]+)/(?P<table>[^\/\.]+)(\.(?P<format>\w+))?$",
        r"/(?P<database>[^\/\.]+)/(?P<table>[^/]+?)/(?P<pks>[^/]+?)(\.(?P<format>\w+))?$",
    }


@pytest.mark.parametrize("strict", [False, True], ids=["pages", "visitors"])
@pytest.mark.parametrize("spell", [str, str.upper, mixed], ids=["as it is", "capitals", "mixed"])
def test_sqlite_counts_no_rows_of_what_is_closed(database: Path, spell: Callable[[str], str], strict: bool) -> None:
    guard = Guard()
    with closing(connected(database, guard)) as connection:
        guard.strict = strict
        open_to_pages = {"sqlite_master", *(name for name in CLOSED if name.startswith("articles_fts"))}
        for name in selectable(database):
            if name in CONTENT | {"json_each", "json_tree", "articles_fts"} or (name in open_to_pages and not strict):
                continue
            for form in ("SELECT count(*) FROM {}", 'SELECT 1 FROM "{}" AS articles', "SELECT 1 FROM main.{}"):
                with pytest.raises(sqlite3.Error):
                    connection.execute(form.format(spell(name))).fetchall()


def test_a_part_of_a_question_may_have_any_name_that_is_no_tables(database: Path) -> None:
    guard = Guard()
    with closing(connected(database, guard)) as connection:
        guard.strict = True
        ((rows,),) = connection.execute("WITH mine AS (SELECT id FROM Articles) SELECT count(*) FROM MINE").fetchall()
        assert rows > 100
        with pytest.raises(sqlite3.Error):
            connection.execute("WITH links AS (SELECT 1) SELECT count(*) FROM links")
