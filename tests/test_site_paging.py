"""Paging through a table gives every row once, in any order: with ties, with NULLs, and without a key."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests import site_database as stored
from tracker.publish.tables import ORDER


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    path = tmp_path_factory.mktemp("turning") / "site.db"
    stored.build(path)
    for address in stored.serve(path):
        with httpx.Client(base_url=address, timeout=60) as client:
            yield client


def page(site: httpx.Client, address: str) -> Any:
    answer = site.get(address)
    assert answer.status_code == 200, address
    return answer.json()


def turned(site: httpx.Client, address: str) -> Counter[str]:
    """The rows of all pages from this one on, each with how often it came."""
    rows: Counter[str] = Counter()
    following: str | None = address
    while following:
        shown = page(site, following)
        rows.update(json.dumps(row) for row in shown["rows"])
        following = shown["next_url"]
    return rows


@pytest.mark.parametrize("table", ORDER)
@pytest.mark.parametrize("way", ["_sort", "_sort_desc"], ids=["upwards", "downwards"])
def test_every_row_of_every_table_comes_once_in_the_order_of_any_column(
    site: httpx.Client, table: str, way: str
) -> None:
    whole = page(site, f"/tracker/{table}.json?_size=max&_nofacet=1")
    assert not whole["truncated"]
    rows = Counter(json.dumps(row) for row in whole["rows"])
    columns = whole["columns"] if table in {"articles", "coverage"} else whole["columns"][way == "_sort_desc" :: 2]
    for column in columns if len(whole["rows"]) > 2 else ():
        size = len(whole["rows"]) // 3 + 1
        address = f"/tracker/{table}.json?_nofacet=1&_nocount=1&_size={size}&{way}={column}"
        assert turned(site, address) == rows, column


@pytest.mark.parametrize("table", ["article_tags", "tag_days", "articles"])
def test_a_column_that_is_not_shown_can_be_what_rows_are_in_the_order_of(site: httpx.Client, table: str) -> None:
    keys = {"article_tags": "article&_col=tag", "tag_days": "day&_col=tag&_col=source", "articles": "id&_col=title"}
    by = {"article_tags": "tag", "tag_days": "articles", "articles": "first_seen_at"}[table]
    whole = page(site, f"/tracker/{table}.json?_size=max&_nofacet=1")
    rows = turned(site, f"/tracker/{table}.json?_size=90&_col={keys[table]}&_sort_desc={by}")
    assert set(rows.values()) == {1}
    assert len(rows) == len(whole["rows"])


def test_parts_of_a_csv_hold_every_row_once(site: httpx.Client) -> None:
    shown = page(site, "/tracker/articles.json?_size=50&_sort_desc=first_seen_at")
    first = site.get("/tracker/articles.csv?_size=50&_sort_desc=first_seen_at").text.splitlines()[1:]
    rest = site.get(shown["next_url"].replace(".json", ".csv").replace("_size=50", "_size=1000")).text.splitlines()[1:]
    numbers = [line.partition(",")[0] for line in first + rest if line[:1].isdigit()]
    assert len(numbers) == len(set(numbers)) == shown["filtered_table_rows_count"]
