"""The job that reads the full texts of relevant articles."""

import asyncio
from datetime import datetime
from pathlib import Path

from tracker import extras
from tracker.config.load import Config
from tracker.errors import UsageError


def run(config: Config, db: Path, now: datetime) -> str:
    """Read the pages that are due and return one line; raises UsageError without the libraries of the extra."""
    if lacking := extras.missing("trafilatura"):
        raise UsageError(f"full texts need {lacking}")
    from tracker.pipeline.full_text import in_words, read_texts  # noqa: PLC0415  what reads pages is an extra

    return in_words(asyncio.run(read_texts(config, db, now)))
