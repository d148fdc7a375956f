"""What a program that watches over the site is told."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests import site_database as stored
from tracker.publish.tables import CLOSED
from tracker.store.database import opened
from tracker.web.queries.process_figures import process_problem

DAY = timedelta(days=1)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    stored.build(tmp_path / "site.db")
    return tmp_path / "site.db"


def figures(address: str) -> dict[str, float]:
    text = httpx.get(f"{address}/metrics").text
    return {name: float(value) for name, value in re.findall(r"^(tracker\w*(?:\{.*\})?) (\S+)$", text, re.MULTILINE)}


def test_the_figures_of_the_database_are_reported(database: Path) -> None:
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


def test_the_jobs_are_reported_with_when_they_were_last_done_and_what_failed_since(database: Path) -> None:
    with opened(database) as db:
        db.conn.executemany(
            "INSERT INTO job_runs (job, started_at, ended_at, outcome) VALUES (?, ?, ?, ?)",
            [
                ("backup", "2026-03-01T03:30:00Z", "2026-03-01T03:30:09Z", "failed"),
                ("backup", "2026-03-02T03:30:00Z", "2026-03-02T03:30:09Z", "done"),
                ("backup", "2026-03-03T03:30:00Z", "2026-03-03T03:30:09Z", "failed"),
                ("backup", "2026-03-04T03:30:00Z", None, "killed"),
                ("backup", "2026-03-05T03:30:00Z", None, "running"),
                ("digest", "2026-03-05T03:30:00Z", "2026-03-05T03:30:01Z", "failed"),
            ],
        )
    for address in stored.serve(database):
        told = figures(address)
        done = datetime(2026, 3, 2, 3, 30, 9, tzinfo=UTC).timestamp()
        assert told['tracker_job_last_success_timestamp_seconds{job="backup"}'] == done
        assert told['tracker_job_last_success_timestamp_seconds{job="digest"}'] == 0
        assert told['tracker_job_failures{job="backup"}'] == 2
        assert told['tracker_job_failures{job="digest"}'] == 1


def test_a_process_that_should_poll_and_does_not_is_said_to_be_ill(database: Path) -> None:
    """Its feeds were last polled at twenty minutes to twelve, and have been due for longer."""
    half_an_hour = timedelta(minutes=30)
    with opened(database) as db:
        db.execute("UPDATE feeds SET next_poll_at = '2026-03-20T11:00:00Z'")
    assert process_problem(database, half_an_hour, stored.NOW) is None
    assert process_problem(database, None, stored.NOW + DAY) is None, "who only serves need not poll"
    assert process_problem(database, half_an_hour, stored.NOW + DAY) == (
        "no feed was polled since 2026-03-20T11:40:00Z, though some are due"
    )
    with opened(database) as db:
        db.execute("UPDATE feeds SET next_poll_at = '2026-03-21T11:50:00Z'")
    assert process_problem(database, half_an_hour, stored.NOW + DAY) is None, "none has been due for long"
