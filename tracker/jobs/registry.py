"""Map each job other than polling to its function; when jobs are due is decided elsewhere."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from tracker import extras
from tracker.config.load import Config
from tracker.errors import UsageError

Job = Callable[[Config, Path, datetime], str]
"""Takes the configuration, the database's path and the time (UTC); returns one line on the result, without addresses
or secrets, because the site shows it. Raises TrackerError on failure; the site shows its message too. A job may be
killed at any moment, and is then run again."""


def _export(config: Config, db: Path, now: datetime) -> str:
    from tracker.publish.exports.files import export

    return export(config, db, now)


def _release(config: Config, db: Path, now: datetime) -> str:
    from tracker.publish.release.bundle import release_job

    return release_job(config, db, now)


def _backup(config: Config, db: Path, now: datetime) -> str:
    from tracker.jobs.maintenance import backup

    return backup(config, db, now)


def _maintenance(config: Config, db: Path, now: datetime) -> str:
    from tracker.jobs.maintenance import maintenance

    return maintenance(config, db, now)


def _digest(config: Config, db: Path, now: datetime) -> str:
    from tracker.publish.digest.job import run

    return run(config, db, now)


def _alerts(config: Config, db: Path, now: datetime) -> str:
    from tracker.publish.alerts.job import run

    return run(config, db, now)


def _texts(config: Config, db: Path, now: datetime) -> str:
    if lacking := extras.missing("trafilatura"):
        raise UsageError(f"full texts need {lacking}")
    from tracker.pipeline.full_text import in_words, read_texts

    return in_words(asyncio.run(read_texts(config, db, now)))


JOBS: dict[str, Job] = {
    "export": _export,
    "release": _release,
    "backup": _backup,
    "maintenance": _maintenance,
    "digest": _digest,
    "alerts": _alerts,
    "texts": _texts,
}
"""Job name to its function, which imports what it needs when it runs: some of that takes a second to import."""
