"""The job `export`: write what `exports:` in feeds.yaml asks for."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tracker.analyse.days import day_of
from tracker.config.load import Config
from tracker.config.model import Export
from tracker.errors import TrackerError
from tracker.files import shipped
from tracker.publish.exports.files import Target, write_folder
from tracker.publish.exports.presets import PRESETS
from tracker.publish.exports.queries import Filter
from tracker.store.database import opened


def export(config: Config, db: Path, now: datetime) -> str:
    """Write every folder of `exports:`; describe the files and rows. Raises TrackerError when there are none."""
    if not config.exports:
        raise TrackerError(
            f"feeds.yaml has no `exports:` section, so there is nothing to export; see {shipped('docs/exports.md')}"
        )
    written = []
    with opened(db) as database:
        for wanted in config.exports:
            presets = [PRESETS[name] for name in wanted.presets or PRESETS]
            narrowed = _filter(wanted, config.timezone, now)
            if unknown := narrowed.unknown(database):
                raise TrackerError(f"`exports:` in feeds.yaml names an unknown {unknown}")
            target = Target(db.parent / wanted.folder, wanted.file_format, published=wanted.published)
            written += write_folder(database, presets, narrowed, target)
    return f"{len(written)} files, {sum(one.rows for one in written):,} rows"


def _filter(wanted: Export, timezone: str, now: datetime) -> Filter:
    """Return the filter as of now: the last N days end today."""
    today = day_of(now, ZoneInfo(timezone))
    since = today - timedelta(days=wanted.days - 1) if wanted.days else None
    return Filter(wanted.tags, wanted.source, wanted.relevance, since, timezone=timezone)
