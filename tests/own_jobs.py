"""Jobs of the tests: what they did, and what they are to fail with."""

import logging
import os
import time
from datetime import datetime
from pathlib import Path

from tracker.config.load import Config
from tracker.errors import TrackerError
from tracker.jobs.registry import Job

done: list[str] = []
fails: dict[str, Exception] = {}


def environment() -> dict[str, str]:
    """The environment of a process that has these jobs."""
    here = Path(__file__).parent
    path = os.pathsep.join([str(here / "with_own_jobs"), str(here.parent), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PYTHONPATH": path, "OWN_JOBS": "1"}


def _do(name: str, said: str) -> str:
    if name in fails:
        raise fails[name]
    done.append(name)
    return said


def export(config: Config, db: Path, now: datetime) -> str:
    return _do("export", "3 articles written")


def digest(config: Config, db: Path, now: datetime) -> str:
    return _do("digest", "sent to 2 recipients")


def alerts(config: Config, db: Path, now: datetime) -> str:
    return _do("alerts", "nothing new")


def backup(config: Config, db: Path, now: datetime) -> str:
    return _do("backup", "a copy of 3 MB")


def release(config: Config, db: Path, now: datetime) -> str:
    """Fails in a process of its own."""
    if "OWN_JOBS" in os.environ:
        raise TrackerError("it never works")
    return _do("release", "done")


def maintenance(config: Config, db: Path, now: datetime) -> str:
    """Says who it is beside the database, and does not end by itself for a long time."""
    db.with_name("at-work").write_text(str(os.getpid()))
    logging.getLogger("tracker").info("maintenance: at work in process %d", os.getpid())
    time.sleep(600)
    return "done at last"


JOBS: dict[str, Job] = {
    "export": export,
    "digest": digest,
    "alerts": alerts,
    "release": release,
    "backup": backup,
    "maintenance": maintenance,
}
