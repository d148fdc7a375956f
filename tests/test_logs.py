"""What the log looks like, and what cannot be smuggled into it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FORGED = "nothing\n2026-01-01 00:00:00 the site was deleted\r\x1b[2J\u2028\x85end"


def lines_of(form: str, program: str, *arguments: str) -> list[str]:
    """What a program writes to standard error once the log is set up."""
    code = f"import logging, sys\nfrom tracker.cli import logs\nlogs.set_up({form!r})\n{program}"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=600,
        env={**os.environ, "TZ": "UTC"},
    )
    return done.stderr.splitlines()


LOGGED = "logging.getLogger('tracker.x').warning('said %s', sys.argv[1], extra={'job': 'export', 'n': 3})"
RAISED = """
try: raise ValueError(sys.argv[1])
except ValueError: logging.getLogger('tracker.x').exception('it failed')
"""


def test_an_event_is_a_line_for_people_whatever_its_words_hold() -> None:
    (line,) = lines_of("text", LOGGED, FORGED)
    assert line[24:] == "said nothing\\n2026-01-01 00:00:00 the site was deleted\\r\\x1b[2J\\u2028\\x85end"


def test_the_time_of_an_event_is_that_of_the_zone_of_feeds_yaml_and_names_it() -> None:
    zone = "from zoneinfo import ZoneInfo; logs.tell_time_in(ZoneInfo('Asia/Tokyo'))\n"
    record = (
        "logging.getLogger().handle(logging.makeLogRecord({'msg': 'x', 'levelno': 30, 'created': 1_750_000_000.5}))"
    )
    assert lines_of("text", zone + record) == ["2025-06-16 00:06:40 JST x"]
    assert lines_of("text", record) == ["2025-06-15 15:06:40 UTC x"]


def test_the_lines_of_a_traceback_are_indented_so_that_none_looks_like_an_event() -> None:
    first, *others = lines_of("text", RAISED, FORGED)
    assert first.endswith("it failed")
    assert others[0] == "    Traceback (most recent call last):"
    assert all(line.startswith("    ") for line in others)


def test_an_event_is_an_object_of_json_with_its_fields() -> None:
    (line,) = lines_of("json", LOGGED, FORGED)
    event = json.loads(line)
    assert event.pop("ts").endswith("Z")
    assert event == {
        "level": "warning", "logger": "tracker.x", "event": f"said {FORGED}", "job": "export", "n": 3,
    }  # fmt: skip
    assert line.isascii()


def test_exceptions_caught_or_not_and_warnings_are_one_line_of_json() -> None:
    for program in (RAISED, "raise ValueError(sys.argv[1])"):
        (line,) = lines_of("json", program, FORGED)
        assert json.loads(line)["exception"].startswith("Traceback")
    (line,) = lines_of("json", "import warnings; warnings.warn(sys.argv[1])", FORGED)
    assert json.loads(line)["level"] == "warning"


@pytest.mark.parametrize("library", ["uvicorn.error", "apscheduler.executors.default", "asyncio", "datasette"])
def test_libraries_are_heard_in_the_same_form(library: str) -> None:
    (line,) = lines_of("json", f"logging.getLogger({library!r}).error('trouble')")
    assert json.loads(line)["logger"] == library


FLOOD = """
for n in range(10_000): logging.getLogger('asyncio').error('no more descriptors: <socket fd=%d at 0x%x>' % (n, n))
for n in range(10_000): logging.getLogger('tracker.x').warning('the same')
logging.getLogger('tracker.x').warning('another')
"""


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_is_logged_again_and_again_is_counted_and_fills_no_disk(form: str) -> None:
    lines = lines_of(form, FLOOD)
    assert len(lines) < 250
    assert sum("the same" in line for line in lines) == 6
    assert sum("another" in line for line in lines) == 1
    (told,) = (line for line in lines if "repeated" in line and "the same" in line)
    assert "repeated 9995 times: the same" in told
    assert form == "text" or json.loads(told)["repeated"] == 9995
    (told,) = (line for line in lines if "repeated" in line and "descriptors" in line)
    assert "repeated 9800 times" in told


def test_a_line_may_come_again_in_the_next_minute_and_what_was_held_back_is_reported_then() -> None:
    program = """
def said(at):
    record = {'name': 'tracker.x', 'levelno': 30, 'levelname': 'WARNING', 'msg': 'x', 'created': at}
    logging.getLogger().handle(logging.makeLogRecord(record))
for at in [0, 1, 2, 3, 4, 5, 6, 61, 30]: said(1_000_000 + at)
"""
    assert [line[24:] for line in lines_of("text", program)] == ["x"] * 5 + ["repeated 2 times: x", "x", "x"]


def command(folder: Path, *arguments: str, log: str | None = None) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "tracker", *arguments],
        check=False, cwd=folder, capture_output=True, text=True, timeout=600,
        env=os.environ | ({"TRACKER_LOG": log} if log else {}),
    )  # fmt: skip
    return done.stderr.splitlines()


def test_warnings_and_errors_of_commands_are_json_too_by_option_or_environment(tmp_path: Path) -> None:
    for lines in (command(tmp_path, "--log", "json", "status"), command(tmp_path, "status", log="json")):
        assert [json.loads(line)["level"] for line in lines] == ["error"]
    assert command(tmp_path, "status")[0].startswith("feeds.yaml: there is no such file")
