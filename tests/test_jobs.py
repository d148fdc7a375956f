"""Jobs as they are run: their locks, rows and outcomes, by hand, for a due time, and through a simulated year."""

import logging
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests import own_jobs
from tracker.analyse.timetable import MOST_TRIES, When
from tracker.config.load import load_text
from tracker.config.model import Schedule
from tracker.errors import Locked, TrackerError, UsageError
from tracker.jobs.registry import JOBS
from tracker.jobs.runs import Runner, shown
from tracker.models import utc_text
from tracker.publish import formatting, labels
from tracker.store.database import exclusive, opened

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
START = datetime(2026, 1, 1, 12, tzinfo=UTC)
FEEDS = """
settings: {{contact: desk@example.org, timezone: {zone}}}
sources: [{{id: one, name: One, kind: tech, country: GB, language: en, feeds: ["https://one.example/rss"]}}]
schedule: {{{schedule}}}
"""


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now.replace(microsecond=0)


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def make(tmp_path: Path, clock: Clock) -> Callable[..., Runner]:
    """A runner with the jobs of tests/own_jobs.py, in the schedule given."""

    def made(schedule: str, zone: str = "Europe/London") -> Runner:
        config = load_text(FEEDS.format(zone=zone, schedule=schedule), "feeds.yaml")
        runner = Runner(config, tmp_path / "tracker.db", clock, own_jobs.JOBS)
        runner.declare()
        return runner

    own_jobs.done.clear()
    own_jobs.fails.clear()
    return made


def runs(runner: Runner) -> list[dict[str, Any]]:
    with opened(runner.db) as db:
        return list(db.query("SELECT job, due_at, started_at, ended_at, outcome, said FROM job_runs ORDER BY id"))


def tick(runner: Runner) -> None:
    """What `run` does at a tick, in one process: it does what is due."""
    for name, due_at in runner.due().items():
        with suppress(TrackerError):  # noted in its row
            runner.in_turn(name, due_at)


def test_every_job_has_a_place_in_the_schedule() -> None:
    assert set(JOBS) == set(Schedule.model_fields) - {"poll"}


def test_a_run_by_hand_is_done_at_once_and_leaves_a_row(make: Any, clock: Clock) -> None:
    runner = make("")
    assert runner.by_hand("export") == "3 articles written"
    assert runs(runner) == [
        {
            "job": "export", "due_at": None, "started_at": utc_text(clock.now), "ended_at": utc_text(clock.now),
            "outcome": "done", "said": "3 articles written",
        }
    ]  # fmt: skip


def test_a_job_that_fails_leaves_its_reason_and_raises_it(make: Any) -> None:
    runner = make("")
    own_jobs.fails["export"] = TrackerError("the disk is\nfull at /srv/tracker/db/tracker.db")
    with pytest.raises(TrackerError, match="full"):
        runner.by_hand("export")
    (row,) = runs(runner)
    assert (row["outcome"], row["said"]) == ("failed", "the disk is full at tracker.db")
    own_jobs.fails["export"] = KeyError("secret")
    with pytest.raises(KeyError):
        runner.by_hand("export")
    assert runs(runner)[1]["said"] == "an internal error (KeyError); the log has details"


def test_what_a_run_says_is_one_line_without_folders() -> None:
    assert shown("a\nb  c") == "a b c"
    assert shown("no file /srv/x/y.db, see https://example.org/a/b") == "no file y.db, see https://example.org/a/b"
    assert shown("3/4 of 10 and/or more") == "3/4 of 10 and/or more"
    assert len(shown("x" * 1000)) == 300


def test_an_unknown_job_is_named_with_those_there_are(make: Any) -> None:
    with pytest.raises(UsageError, match=r"no job 'exprot'; did you mean 'export'\? \(there are: export, digest"):
        make("").check(["exprot"])


def test_two_runs_of_one_job_never_overlap_and_other_jobs_go_on(make: Any) -> None:
    runner = make("export: 1h, backup: 1h")
    with exclusive(runner.db, "job-export"):
        with pytest.raises(Locked):
            runner.by_hand("export")
        assert set(runner.due()) == {"backup"}, "what is at work is not begun again"
    assert set(runner.due()) == {"backup", "export"}


def test_a_due_time_that_another_process_served_meanwhile_is_not_served_again(make: Any, clock: Clock) -> None:
    runner = make("export: daily 13:00")
    clock.now += HOUR
    (due_at,) = runner.due().values()
    assert runner.in_turn("export", due_at) == "3 articles written"
    assert runner.in_turn("export", due_at) is None
    assert len(runs(runner)) == 1


def test_what_failed_is_tried_three_times_and_the_next_day_again(make: Any, clock: Clock) -> None:
    runner = make("digest: daily 13:00")
    own_jobs.fails["digest"] = TrackerError("the mail server is away")
    for _ in range(24 * 12):
        tick(runner)
        clock.now += 5 * MINUTE
    rows = runs(runner)
    assert [row["started_at"][11:16] for row in rows] == ["13:00", "13:15", "13:30"]
    assert len(rows) == MOST_TRIES
    assert len({row["due_at"] for row in rows}) == 1
    own_jobs.fails.clear()
    clock.now += 2 * HOUR
    tick(runner)
    assert runs(runner)[-1]["outcome"] == "done"


def test_a_run_by_hand_settles_what_failed(make: Any, clock: Clock) -> None:
    runner = make("digest: daily 13:00")
    own_jobs.fails["digest"] = TrackerError("the mail server is away")
    clock.now += HOUR
    tick(runner)
    own_jobs.fails.clear()
    clock.now += 5 * MINUTE
    runner.by_hand("digest")
    clock.now += HOUR
    assert runner.due() == {}


def test_a_run_that_was_killed_is_noted_by_the_next_look_and_tried_again(make: Any, clock: Clock) -> None:
    runner = make("export: daily 13:00")
    clock.now += HOUR
    with opened(runner.db) as db:
        db.execute(
            "INSERT INTO job_runs (job, due_at, started_at, outcome) VALUES ('export', ?, ?, 'running')",
            [utc_text(clock.now), utc_text(clock.now)],
        )
    with exclusive(runner.db, "job-export"):
        runner.note_killed()
        assert runs(runner)[0]["outcome"] == "running", "it is at work: somebody holds its lock"
    assert runner.due() == {}
    assert (runs(runner)[0]["outcome"], runs(runner)[0]["ended_at"]) == ("killed", None)
    clock.now += 15 * MINUTE
    tick(runner)
    assert [row["outcome"] for row in runs(runner)] == ["killed", "done"]


def test_a_job_that_is_new_or_at_another_time_waits_for_its_next_time(make: Any, clock: Clock) -> None:
    clock.now = START + 3 * DAY
    assert make("export: daily 07:00").due() == {}
    clock.now += DAY
    (due_at,) = make("export: daily 07:00").due().values()
    make("export: daily 07:00").in_turn("export", due_at)
    assert make("export: daily 08:00").due() == {}
    assert make("export: daily 08:00", "Asia/Kolkata").due() == {}
    make("")
    clock.now += DAY
    assert make("export: daily 08:00").due() == {}, "it was out of the schedule meanwhile"


def test_a_clock_that_was_years_ahead_silences_nothing(make: Any, clock: Clock, caplog: Any) -> None:
    runner = make("export: daily 13:00, alerts: 1h")
    for now in (START + HOUR, START + 10 * 365 * DAY, START + 2 * HOUR):
        clock.now = now
        tick(make("export: daily 13:00, alerts: 1h"))
    clock.now = START + DAY + HOUR
    own_jobs.done.clear()
    with caplog.at_level(logging.WARNING):
        tick(runner)
    assert set(own_jobs.done) == {"export", "alerts"}
    assert "recorded more than a day in the future" in caplog.text


def test_a_job_first_scheduled_by_a_clock_years_ahead_is_done_at_its_next_time(make: Any, clock: Clock) -> None:
    clock.now = START + 10 * 365 * DAY
    make("export: daily 13:00")
    clock.now = START
    runner = make("export: daily 13:00")
    clock.now += HOUR
    assert set(runner.due()) == {"export"}


def test_old_runs_are_forgotten_beyond_two_thousand(make: Any, clock: Clock) -> None:
    runner = make("")
    with opened(runner.db) as db:
        db.conn.executemany(
            "INSERT INTO job_runs (job, started_at, outcome) VALUES (?, ?, 'done')",
            [("export", utc_text(START))] * 2100 + [("backup", utc_text(START))] * 5,
        )
    runner.by_hand("export")
    assert Counter(row["job"] for row in runs(runner)) == {"export": 2000, "backup": 5}


def moments(seed: int) -> Iterator[datetime]:
    """A year of looks every eight hours or sooner, with an outage of two days and a clock that is set back an hour."""
    chance = random.Random(seed)
    now, back, gone = START, START + 100 * DAY + 7 * MINUTE, START + 200 * DAY
    while now < START + 365 * DAY:
        if now > back:
            now, back = now - HOUR, START + 1000 * DAY
        if gone < now < gone + 2 * DAY:
            now = gone + 2 * DAY
        yield now
        now += chance.uniform(0.1, 1.0) * 8 * HOUR


@pytest.mark.slow
@pytest.mark.parametrize("zone", ["Europe/London"])
def test_a_simulated_year_does_each_job_once_for_each_of_its_times(make: Any, clock: Clock, zone: str) -> None:
    """Both changes of the clocks, two days of outage, an hour set back, and a process that is now and then started
    anew."""
    schedule = "backup: daily 01:30, digest: monday 07:00, release: day 1 02:30, export: 12h"
    runner = make(schedule, zone)
    chance = random.Random(8)
    with opened(runner.db):  # the last one to close a database empties its log, which takes ten times as long
        for now in moments(7):
            clock.now = now
            if chance.random() < 0.02:
                runner = make(schedule, zone)
            tick(runner)
    rows = runs(runner)
    assert {row["outcome"] for row in rows} == {"done"}
    local = ZoneInfo(zone)
    served = {name: [row for row in rows if row["job"] == name] for name in ("backup", "digest", "release", "export")}
    for name in ("backup", "digest", "release"):
        assert max(Counter(row["due_at"] for row in served[name]).values()) == 1
    first = (START.astimezone(local) + DAY).date()
    days = {datetime.fromisoformat(row["due_at"]).astimezone(local).date() for row in served["backup"]}
    every = {first + number * DAY for number in range(365)}
    assert len(served["backup"]) == len(days)
    (missed,) = every - days
    outage = (START + 200 * DAY).astimezone(local).date()
    assert outage < missed <= outage + DAY, "of the two days of the outage the last was caught up"
    mondays = {day for day in every if day.weekday() == 0}
    assert {datetime.fromisoformat(row["due_at"]).astimezone(local).date() for row in served["digest"]} == mondays
    firsts = {datetime.fromisoformat(row["due_at"]).astimezone(local).date() for row in served["release"]}
    assert firsts == {day for day in every if day.day == 1}
    begun = sorted(datetime.fromisoformat(row["started_at"]) for row in served["export"])
    assert min(later - earlier for earlier, later in pairwise(begun)) >= 11 * HOUR, (
        "twelve hours, of which the clock showed one twice"
    )
    assert 365 * 3 / 2 < len(begun) <= 365 * 2


# ---- the command


def tracker(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tracker", "--db", "t.db", *arguments],
        check=False, cwd=folder, env=own_jobs.environment(), capture_output=True, text=True, timeout=600,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "feeds.yaml").write_text(FEEDS.format(zone="Europe/London", schedule="export: 1h, backup: daily 03:30"))
    return tmp_path


def test_cron_does_what_is_due_and_the_list_shows_it(folder: Path) -> None:
    done = tracker(folder, "jobs", "run", "--due")
    assert (done.returncode, done.stdout) == (0, "")
    assert "export: 3 articles written" in done.stderr
    assert (tracker(folder, "jobs", "run", "--due", "--quiet")).stderr == ""
    listed = tracker(folder, "jobs", "list").stdout
    assert "export: 1h, next 20" in listed
    assert "3 articles written" in listed
    assert "backup: daily 03:30, next 20" in listed
    assert listed.count("has not run yet") == 1
    assert '"schedule": "daily 03:30"' in tracker(folder, "jobs", "list", "--json").stdout


def test_its_exit_codes_are_those_of_all_commands(folder: Path) -> None:
    assert tracker(folder, "jobs", "run").returncode == 2
    assert tracker(folder, "jobs", "run", "nothing").returncode == 2
    failed = tracker(folder, "jobs", "run", "release")
    assert failed.returncode == 1
    assert "release: failed: it never works" in failed.stderr
    both = tracker(folder, "jobs", "run", "--quiet", "release", "export")
    assert (both.returncode, both.stderr.count("\n")) == (1, 1)
    with exclusive(folder / "t.db", "job-export"):
        locked = tracker(folder, "jobs", "run", "export")
        assert locked.returncode == 75
        assert "export: already running in another process" in locked.stderr
    (folder / "feeds.yaml").write_text("sources: nonsense")
    assert tracker(folder, "jobs", "run", "export").returncode == 3


def test_a_due_job_that_finds_feeds_yaml_wrong_says_so_in_its_row(folder: Path) -> None:
    tracker(folder, "jobs", "run", "--due")
    (folder / "feeds.yaml").write_text("sources: nonsense")
    assert tracker(folder, "jobs", "run", "export", "--due-at", "2026-06-01T06:00:00Z").returncode == 3
    with opened(folder / "t.db") as db:
        (row,) = db.query("SELECT outcome, said FROM job_runs WHERE due_at = '2026-06-01T06:00:00Z'")
    assert row["outcome"] == "failed"
    assert row["said"].startswith("feeds.yaml cannot be used: feeds.yaml:1")


def test_times_of_the_schedule_are_said_in_words() -> None:
    assert labels.schedule(When("", at=time(3, 30))) == "daily at 03:30"
    assert labels.schedule(When("", at=time(7), weekdays=(0, 3))) == "Mondays and Thursdays at 07:00"
    assert labels.schedule(When("", at=time(5), day=1)) == "on day 1 of each month at 05:00"
    assert labels.schedule(When("", every=timedelta(minutes=5))) == "every 5m"
    assert [formatting.taken(timedelta(seconds=n)) for n in (0, 59, 61, 4000)] == ["0 s", "59 s", "1 min", "1 h 6 min"]
