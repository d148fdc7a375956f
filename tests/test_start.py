"""No command imports what it does not use.

Modules are counted, not seconds, so that a busy machine does not matter.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bench.start import COMMANDS, Start, starts

BOUNDS = {
    "--help": 150,
    "status": 205,
    "check": 165,
    "tag, one text": 170,
    "poll, nothing due": 290,
    "poll, one 304": 550,
}
"""Most modules that each command may import, Python's own included: about a tenth more than it does."""

HEAVY = {"apprise", "apscheduler", "datasette", "feedparser", "pebble", "pyarrow", "rapidfuzz", "sqlite_utils"}
HEAVY |= {"dask", "distributed", "fsspec", "lxml", "pydantic", "selectolax", "uvicorn", "yaml"}
"""Libraries that none of these commands needs."""
NOT_NEEDED = {
    "--help": {"asyncio", "httpx", "sqlite3"},
    "status": {"asyncio", "httpx"},
    "check": {"asyncio", "httpx"},
    "tag, one text": {"asyncio", "httpx", "sqlite3"},
    "poll, nothing due": {"httpx"},
    "poll, one 304": set[str](),
}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the meter reads what Linux alone tells")


@pytest.fixture(scope="module")
def started() -> Mapping[str, Start]:
    return starts(Path(sys.executable), times=0)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_imports_no_more_than_it_uses(started: Mapping[str, Start], command: str) -> None:
    modules = started[command].modules
    libraries = {module.partition(".")[0] for module in modules}
    assert libraries & (HEAVY | NOT_NEEDED[command]) == set()
    assert len(modules) <= BOUNDS[command], sorted(modules)


def test_every_bound_is_of_a_command_that_is_measured() -> None:
    assert BOUNDS.keys() == NOT_NEEDED.keys() == COMMANDS.keys()
