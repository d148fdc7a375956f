"""The names of the jobs other than polling and the function of each; knows nothing about when they are due."""

import importlib
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from tracker.config.load import Config

Job = Callable[[Config, Path, datetime], str]
"""Takes the configuration, the database's path and the time (UTC); returns one line on the result, without addresses
or secrets, because the site shows it. Raises TrackerError on failure; the site shows its message too. A job may be
killed at any moment, and is then run again."""

JOBS: dict[str, str] = {
    "export": "tracker.publish.exports.job:export",
    "release": "tracker.publish.release.bundle:release_job",
    "backup": "tracker.jobs.maintenance:backup",
    "maintenance": "tracker.jobs.maintenance:maintenance",
    "digest": "tracker.publish.digest.job:run",
    "alerts": "tracker.publish.alerts.job:run",
}
"""Job name to the location of its function."""


def job(name: str, works: Mapping[str, str] = JOBS) -> Job:
    """Return a job's function, imported on demand: some of their dependencies take a second to import."""
    module, function = works[name].split(":")
    found: Job = getattr(importlib.import_module(module), function)
    return found
