"""What is said of long work: how far it has come, and how long it will take only once that can be told."""

import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from tracker.cli.progress import TimeLeft, in_words

LINE = '{"url": "https://one.example/%d", "title": "Ministers on encryption", "source": "one"}\n'
FEEDS = """\
settings: {contact: desk@example.org}
sources:
  - {id: one, name: One, kind: tech, country: GB, language: en, feeds: [https://one.example/rss]}
"""


def estimates(speeds: Sequence[float], total: int) -> list[float | None]:
    """What is estimated after each second of work at these speeds, in steps a second."""
    left, done, found = TimeLeft(0), 0.0, []
    for second, speed in enumerate(speeds, 1):
        done += speed
        found.append(left.seconds(round(done), total, second))
    return found


def test_even_work_is_estimated_rightly_from_the_first_estimate_on() -> None:
    found = estimates([10] * 99, 1000)
    assert found[:4] == [None] * 4
    assert found[4:] == [pytest.approx(100 - second) for second in range(5, 100)]


def test_nothing_is_estimated_before_a_twentieth_is_done() -> None:
    found = estimates([1] * 80, 1000)
    assert found[:49] == [None] * 49
    assert found[49] == pytest.approx(950)


def test_an_estimate_follows_a_change_of_speed_in_small_steps() -> None:
    found = [left for left in estimates([10] * 30 + [2] * 120, 1000) if left is not None]
    assert found[-1] == pytest.approx((1000 - 300 - 240) / 2, rel=0.05)
    assert all(later < 1.25 * earlier for earlier, later in pairwise(found))


def test_work_that_halts_for_long_is_not_divided_by_nothing() -> None:
    assert estimates([0] * 600, 1000) == [None] * 600


@pytest.mark.parametrize(
    ("done", "left", "said"),
    [
        pytest.param(12, None, "12 of 3,000", id="too early to tell"),
        pytest.param(150, 0.4, "150 of 3,000, about 5 s left", id="nearly done"),
        pytest.param(150, 43, "150 of 3,000, about 45 s left", id="seconds"),
        pytest.param(150, 170, "150 of 3,000, about 3 min left", id="minutes"),
        pytest.param(150, 5000, "150 of 3,000, about 1 h 23 min left", id="hours"),
        pytest.param(3000, 5, "3,000 of 3,000", id="done"),
    ],
)
def test_the_time_left_is_rounded_and_follows_the_count(done: int, left: float | None, said: str) -> None:
    assert in_words(done, 3000, left) == said


def test_work_shows_its_count_on_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text(FEEDS, encoding="utf-8")
    (tmp_path / "articles.jsonl").write_text("".join(LINE % number for number in range(600)), encoding="utf-8")
    reader, terminal = pty.openpty()
    with os.fdopen(reader, "rb", buffering=0) as shown, os.fdopen(terminal, "wb", buffering=0) as stderr:
        command = [sys.executable, "-m", "tracker", "import", "articles.jsonl"]
        subprocess.run(command, cwd=tmp_path, stderr=stderr, check=True, timeout=600)
        text = shown.read(4096).decode()
    assert "importing" in text
    assert "500 of 600" in text
