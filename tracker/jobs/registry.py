"""The jobs that are done besides polling, each by one function; knows their names, and nothing of when they are due."""

import importlib
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from tracker.config.load import Config

Job = Callable[[Config, Path, datetime], str]
"""Does what feeds.yaml asks for, with the database at a path, at a moment; returns one line for people on what came of
it, without addresses or secrets, because the site shows it. Raises TrackerError when it could not be done; the site
shows its sentences too. It may be killed at any moment, and is then done again."""

JOBS: dict[str, str] = {
    "export": "tracker.publish.exports.job:export",
    "release": "tracker.publish.release.bundle:release_job",
    "backup": "tracker.jobs.maintenance:backup",
    "maintenance": "tracker.jobs.maintenance:maintenance",
    "digest": "tracker.publish.digest.job:run",
    "alerts": "tracker.publish.alerts.job:run",
}
"""Each job of the schedule, and where its function is."""


def job(name: str, works: Mapping[str, str] = JOBS) -> Job:
    """The function of a job, imported when it is asked for: some of what they need takes a second to import."""
    module, function = works[name].split(":")
    found: Job = getattr(importlib.import_module(module), function)
    return found
