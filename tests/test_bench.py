"""The parts of the benches run, in small: what their figures are is not looked at."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench import library, load, scale, watch
from bench.contenders import Floor, Tracker
from bench.documents import SMALL
from bench.grouping import grouping
from bench.meter import Usage
from bench.report import Results, machine, report
from bench.rounds import PHASES, series
from bench.server import SAME
from bench.speed import Parsing, Tagging

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the meter works on Linux only")


def quiet(_text: str) -> None:
    """Say nothing."""


def test_rounds_are_measured_and_reported() -> None:
    python = Path(sys.executable)
    rounds = series([Floor(python), Tracker(python)], 3, quiet, size=SMALL, times=1)
    assert {phase: set(used) for phase, used in rounds.usage.items()} == {key: {"floor", "tracker"} for key in PHASES}
    results = Results(machine(), rounds, rounds, {"ordinary news": Tagging(1, 1, 1, 1)}, Parsing(1, 1))
    text = report(results)
    assert "tracker / floor" in text
    assert SAME in text


def test_grouping_is_measured() -> None:
    assert grouping(300).stored == 300


def test_a_steady_load_is_reported_with_the_feeds_that_were_not_polled() -> None:
    found = load.Load(3, timedelta(minutes=18), Usage(12, 1200, 100), [1.0, 30.0])
    text = load.report(found)
    assert found.missed == 1
    assert "| feeds due an hour" in text


@pytest.mark.slow
def test_each_step_is_measured_on_a_made_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_HOURLY", timedelta(days=1))
    monkeypatch.setattr(watch, "_THIN", timedelta(days=60))
    now = datetime(2026, 11, 30, 12, tzinfo=UTC)
    library.make(tmp_path / "made.db", 1500, now, quiet)
    archive = scale.measured(tmp_path / "made.db", 1500, now, times=1)
    text = scale.report([archive, archive])
    assert "retag" in text
    assert all(step.cost > 0 for step in archive.steps)
