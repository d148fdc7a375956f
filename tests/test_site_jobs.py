"""The page of jobs, as visitors see it."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path

import httpx
import pytest

from tests import axe
from tests import site_database as stored
from tests.browser import Visit, chromium, needs_chromium
from tracker.analyse.timetable import When
from tracker.config.model import Schedule
from tracker.store import jobs
from tracker.store.database import opened

SCHEDULE = Schedule(backup=When("daily 03:30", at=time(3, 30)), digest=When("monday 07:00", at=time(7), weekdays=(0,)))
HOSTILE = "<img src=x onerror=alert(1)> could not be read"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "site.db"
    stored.build(path)
    return path


def with_runs(path: Path) -> None:
    early = datetime(2026, 3, 1, tzinfo=UTC)
    with opened(path) as db:
        jobs.declare(db, {"backup": "daily 03:30", "digest": "monday 07:00"}, early)
        for job, outcome, said in (
            ("backup", "done", "a copy of 3 MB"),
            ("digest", "failed", HOSTILE),
            ("old", "done", ""),
        ):
            due_at = datetime(2026, 3, 20, 3, 30, tzinfo=UTC)
            number = jobs.begin(db, job, due_at if job == "backup" else None, due_at)
            jobs.end(db, number, outcome, said, datetime(2026, 3, 20, 3, 31, 40, tzinfo=UTC))


@pytest.fixture
def address(database: Path) -> Iterator[str]:
    with_runs(database)
    yield from stored.serve(database, schedule=SCHEDULE)


def test_each_job_shows_when_it_is_done_how_it_went_and_when_it_is_next_due(address: str) -> None:
    page = httpx.get(f"{address}/jobs").text
    assert "1 of 3 jobs failed" in page
    for words in ("daily at 03:30", "Mondays at 07:00", "a copy of 3 MB", "1 min", "no longer scheduled", "by hand"):
        assert words in page
    assert "2026-03-21T03:30:00+00:00" in page, "the backup's next time"
    assert HOSTILE not in page
    assert "&lt;img src=x" in page
    assert "/jobs" in httpx.get(f"{address}/health").text


def test_without_jobs_the_page_says_how_to_have_some(database: Path) -> None:
    for address in stored.serve(database):
        page = httpx.get(f"{address}/jobs").text
        assert "No jobs are scheduled" in page
        assert "tracker jobs run --due" in page


@needs_chromium
def test_the_page_is_fit_for_a_phone_and_axe_finds_nothing_wrong(address: str) -> None:
    with chromium() as browser:
        window = Visit(browser, address)
        window.goto("/jobs")
        for width in (390, 1280):
            window.page.set_viewport_size({"width": width, "height": 900})
            assert window.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
            assert axe.violations(window.page, axe.source()) == []
        assert window.heard() == []
