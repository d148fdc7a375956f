"""The large views answer as they do to plain Datasette, which is asked beside ours; and facets know when to stop."""

import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from datasette.app import Datasette
from datasette.database import Database

from tests import site_database as stored
from tracker.publish.links import DATABASE
from tracker.publish.tables import metadata
from tracker.web.app import SiteSettings, make_datasette
from tracker.web.queries.query_rewrites import Selections, rewrite

_ANY = "both,encryption,child-safety"
_SELECTIONS = {
    "everything": "coverage",
    "of a source": "coverage?source_id=harbour",
    "of a source by its name": "coverage?source__contains=Harbour",
    "with a tag": "coverage?tags__arraycontains=nspcc",
    "with two tags": "coverage?tags__arraycontains=nspcc&tags__arraycontains=encryption",
    "without a tag": "coverage?tags__arraynotcontains=nspcc",
    "with a tag since a day": "coverage?tags__arraycontains=encryption&published_at__gte=2026-02-01",
    "relevant": f"coverage?relevance__in={_ANY}",
    "searched": "coverage?_search=encryption",
    "searched for order": 'coverage?_search="order by" limit 5',
    "by what a list holds": "coverage?laws__arraycontains=Online Safety Act",
    "sorted by words": "coverage?_sort=title",
    "sorted by what only the view has": "coverage?_sort_desc=feeds",
    "without a date": "coverage?published_at__isnull=1",
    "nothing": "coverage?title=nothing is called so",
    "other facets": "coverage?_facet=date_quality&_facet_array=laws",
    "stories": "stories_view",
    "stories with many articles": "stories_view?articles__gte=2&_sort_desc=owners",
    "stories of a headline": "stories_view?title__contains=e",
    "headline changes": "headline_changes",
    "headline changes of a kind": "headline_changes?kind=substantive&_facet=kind",
    "headline changes of relevant articles": f"headline_changes?relevance__in={_ANY}",
    "feeds": "feed_health?health=ok",
}


@pytest.fixture(scope="module")
def database(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("sooner") / "tracker.db"
    stored.build(path)
    return path


@pytest.fixture
def ours(database) -> Any:
    return make_datasette(database, config=SiteSettings(timezone="UTC", debate=stored.DEBATE))


@pytest.fixture
def plain(database) -> Any:
    patient = {"sql_time_limit_ms": 600_000, "facet_time_limit_ms": 600_000}  # by the clock: it leaves out what is late
    datasette = Datasette(
        files=[], metadata=metadata("The same", DATABASE, stored.DEBATE), settings={"suggest_facets": False, **patient}
    )
    datasette.remove_database("_memory")
    datasette.add_database(Database(datasette, path=str(database), is_mutable=True), name=DATABASE)
    return datasette


async def ask(datasette: Any, selection: str) -> dict[str, Any]:
    name, _, query = selection.partition("?")
    answer = await datasette.client.get(f"/{DATABASE}/{name}.json?{query}&_size=max&_shape=objects")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def facets(answer: dict[str, Any]) -> dict[str, set[tuple[str, int]]]:
    found = answer["facet_results"].items()
    return {name: {(str(one["value"]), one["count"]) for one in facet["results"]} for name, facet in found}


@pytest.mark.parametrize("selection", _SELECTIONS.values(), ids=_SELECTIONS)
async def test_a_table_has_the_rows_the_count_and_the_facets_that_plain_datasette_gives(selection, ours, plain):
    mine, theirs = await ask(ours, selection), await ask(plain, selection)
    assert sorted(mine["rows"], key=repr) == sorted(theirs["rows"], key=repr)
    assert mine["filtered_table_rows_count"] == theirs["filtered_table_rows_count"]
    assert facets(mine) == facets(theirs)


@pytest.mark.parametrize("order", ["_sort=relevance", "_sort_desc=published_at", "_sort_desc=feeds"])
async def test_pages_of_a_sorted_table_hold_every_article_once(order, ours):
    path, found = f"/{DATABASE}/coverage.json?{order}&_size=7&_shape=objects", []
    while path:
        answer = (await ours.client.get(path)).json()
        found += [row["id"] for row in answer["rows"]]
        path = answer["next_url"] and answer["next_url"].replace("http://localhost", "")
    assert len(found) == len(set(found)) == answer["filtered_table_rows_count"]


async def test_a_column_that_an_upgrade_adds_is_shown_without_a_restart(tmp_path):
    stored.build(path := tmp_path / "tracker.db")
    served = make_datasette(path, config=SiteSettings(timezone="UTC", debate=stored.DEBATE))
    before = await served.client.get(f"/{DATABASE}/sources.json")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE sources ADD COLUMN founded INTEGER")
    after = await served.client.get(f"/{DATABASE}/sources.json")
    assert after.json()["columns"] == [*before.json()["columns"], "founded"]


@pytest.mark.parametrize("view", ["coverage", "stories_view", "headline_changes"])
def test_every_column_of_a_view_counts_the_same_rows_when_its_table_is_counted_instead(view, database):
    with closing(sqlite3.connect(database)) as connection:
        for (column,) in connection.execute("SELECT name FROM pragma_table_info(?)", (view,)).fetchall():
            for condition in (f'"{column}" is null', f'"{column}" < (select max("{column}") from {view})'):
                count = f"select count(*) from {view} where {condition} "
                assert connection.execute(rewrite(count)).fetchone() == connection.execute(count).fetchone(), column


@pytest.mark.parametrize("sql", ["select 1", "select count(*) from feeds ", "select count(*) from [articles]"])
def test_a_statement_for_which_nothing_sooner_is_known_stays_as_it_is(sql):
    assert rewrite(sql) == sql


_COUNT = "select count(*) from coverage where source_id = :p0 "
_FACET = """
                select kind as value, count(*) as count from (
                    select id, kind from coverage where source_id = :p0\x20
                )
                where kind is not null
                group by kind order by count desc, value limit 13
            """


@pytest.mark.parametrize(("rows", "spared"), [(3, False), (4, True)])
def test_facets_are_counted_for_no_more_than_so_many_rows(rows, spared):
    selections = Selections(most=3)
    selections.note(_COUNT, {"p0": "harbour"}, SimpleNamespace(rows=[(rows,)]))
    assert selections.too_many(_FACET, {"p0": "harbour"}) is spared
    assert not selections.too_many(_COUNT, {"p0": "harbour"})


def test_facets_of_rows_that_took_too_long_to_count_are_spared():
    assert Selections(most=3).too_many(_FACET, {"p0": "another"})
