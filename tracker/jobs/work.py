"""The jobs that are done besides polling, each by one function; knows their names, and nothing of when they are due."""

import importlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from tracker.config.load import Config

Job = Callable[[Config, Path, datetime], str]
"""Does what feeds.yaml asks for, with the database at a path, at a moment; returns one line for people on what came of
it, without addresses or secrets, because the site shows it. Raises TrackerError when it could not be done."""

JOBS: dict[str, str] = {
    "backup": "tracker.jobs.upkeep:backup",
}
"""Each job of the schedule, and where its function is."""


def job(name: str) -> Job:
    """The function of a job, imported when it is asked for: some of what they need takes a second to import."""
    module, function = JOBS[name].split(":")
    found: Job = getattr(importlib.import_module(module), function)
    return found
