"""What a program that watches over the site is told."""

import re
from pathlib import Path

import httpx
import pytest

from tests import site_database as stored
from tracker.publish.site.metadata import CLOSED


@pytest.fixture
def database(tmp_path: Path) -> Path:
    stored.build(tmp_path / "site.db")
    return tmp_path / "site.db"


def figures(address: str) -> dict[str, float]:
    text = httpx.get(f"{address}/metrics").text
    return {name: float(value) for name, value in re.findall(r"^(tracker\w*(?:\{.*\})?) (\S+)$", text, re.MULTILINE)}


def test_the_figures_of_the_database_are_told(database: Path) -> None:
    for address in stored.serve(database):
        answer = httpx.get(f"{address}/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=")
        assert answer.headers["cache-control"] == "no-store"
        told = figures(address)
        assert told["tracker_database_readable"] == 1
        assert told["tracker_last_success_timestamp_seconds"] == stored.NOW.timestamp() - 20 * 60
        assert told["tracker_due_feeds"] == 6
        assert told['tracker_feeds{health="failing"}'] == 1
        assert told['tracker_feeds{health="never polled"}'] == 1
        assert told['tracker_polls_last_day{outcome="timeout"}'] == 1
        assert told["tracker_articles"] > told["tracker_ungrouped_articles"] > 60
        assert told["tracker_database_bytes"] > 100_000


def test_requests_are_counted_by_kind_of_page(database: Path) -> None:
    for address in stored.serve(database):
        for path in ("/", "/", "/tracker/coverage", "/tracker/articles/1", "/tracker/coverage.csv", "/x/y", "/health"):
            httpx.get(address + path)
        httpx.get(f"{address}/tracker/coverage?_sort=nope")
        told = figures(address)
        assert told['tracker_requests_total{page="front",status="200"}'] == 2
        assert told['tracker_requests_total{page="table",status="200"}'] == 1
        assert told['tracker_requests_total{page="table",status="400"}'] == 1
        assert told['tracker_requests_total{page="row",status="200"}'] == 1
        assert told['tracker_requests_total{page="csv",status="200"}'] == 1
        assert told['tracker_requests_total{page="other",status="404"}'] == 1
        assert told['tracker_requests_total{page="health",status="200"}'] == 1
        assert 0 < told['tracker_request_seconds_sum{page="front"}'] < 60


def test_the_figures_tell_no_names_addresses_or_paths(database: Path) -> None:
    for address in stored.serve(database):
        for path in ("/secret-path", "/tracker/links", "/?q=secret-query", "/article/1"):
            httpx.get(address + path)
        text = httpx.get(f"{address}/metrics").text
        for private in ("secret", "example", str(database.parent), "harbour", *CLOSED):
            assert private not in text


def test_a_database_that_cannot_be_read_is_said_to_be(database: Path) -> None:
    for address in stored.serve(database):
        assert httpx.get(f"{address}/healthz").status_code == 200
        database.rename(database.with_name("gone.db"))
        answer = httpx.get(f"{address}/healthz")
        assert (answer.status_code, answer.text) == (503, "the database cannot be read\n")
        assert figures(address)["tracker_database_readable"] == 0
        database.with_name("gone.db").rename(database)
        assert httpx.get(f"{address}/healthz").status_code == 200
