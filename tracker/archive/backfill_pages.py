"""A backfill from web archives: read every file on a cluster, import the relevant pages, and write the counts."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final

from tracker.analyse.publishers import Publishers, place_of_domain, places_of_feed
from tracker.archive import cluster, parts
from tracker.archive.backfill import Cluster, Progress
from tracker.archive.pages import Judge, Key, PagePart, make_page_part
from tracker.collect.import_rows import read_rows
from tracker.config.load import Config
from tracker.files import write_whole
from tracker.pipeline.import_file import Imported, import_articles
from tracker.store.database import exclusive, opened

COUNTS: Final = "pages.csv"
"""The file of counts, in the folder of the database: per source and day of capture (UTC) all pages and the relevant
ones. A day of which no file has any page has a row without source and numbers."""

_HEADER: Final = ("day", "source", "pages", "relevant")


@dataclass(frozen=True, slots=True)
class BackfilledPages:
    """The result: files, pages in them, those that failed, and what was imported.

    `problems` name files that could not be read whole.
    """

    archives: int
    pages: int
    failed: int
    imported: Imported
    problems: tuple[str, ...]


def backfill_pages(  # noqa: PLR0913  what, where to, by whom and when
    config: Config, db: Path, archives: Sequence[str], where: Cluster, now: datetime, progress: Progress
) -> BackfilledPages:
    """Import the relevant pages of web archives as of `now`, and write how many pages there were as COUNTS.

    Parts that an earlier run finished are used as they are. Raises TrackerError when the scheduler does not answer,
    Locked when a round is running.
    """
    progress.reading(len(archives))
    found, problems = _read(archives, _Task(where.folder, judge_of(config)), where, progress)
    every: Counter[Key] = Counter()
    relevant: Counter[Key] = Counter()
    for part in found:
        every.update(part.pages)
        relevant.update(part.relevant)
    failed = sum(part.failed for part in found)
    progress.storing(relevant.total())
    with exclusive(db), opened(db) as database:
        lines = read_rows(zip(count(1), _rows(found)), now)
        imported = import_articles(database, lines, config, now, progress.step)
    write_whole(db.with_name(COUNTS), _counts(every, relevant), ours=_is_counts)
    problems += [f"relevant page {line.number}: {line.problem}" for line in imported.problems]
    return BackfilledPages(len(archives), every.total(), failed, imported, tuple(problems))


@dataclass(frozen=True, slots=True)
class _Task:
    """Makes the part of a web archive in a folder."""

    folder: str
    judge: Judge

    def __call__(self, archive: str) -> PagePart:
        return make_page_part(archive, self.folder, self.judge)


def judge_of(config: Config) -> Judge:
    """Return the judge of pages by this configuration."""
    places = [place for feed in config.feeds for place in places_of_feed(feed.url, feed.source)]
    places += [place_of_domain(domain, source.id) for source in config.sources for domain in source.domains]
    return Judge(config.rulebook, Publishers(places))


def _read(archives: Sequence[str], task: _Task, where: Cluster, progress: Progress) -> tuple[list[PagePart], list[str]]:
    """Make the part of each file; return those that have pages, the earliest first, and what is wrong with others."""
    found: list[PagePart] = []
    problems: list[str] = []
    with cluster.connected(where.scheduler, min(where.workers, len(archives))) as client:
        for ended in cluster.run(client, task, archives):
            progress.step(1)
            part = ended.result
            problem = part.problem if part else f"{ended.task} cannot be read: {ended.problem}"
            problems += [problem] if problem else []
            found += [part] if part and part.pages else []
    return sorted(found, key=lambda part: (part.first, part.address)), sorted(problems)


def _rows(found: Sequence[PagePart]) -> Iterator[dict[str, Any]]:
    for part in found:
        yield from parts.read_rows(part.address)


def _counts(every: Counter[Key], relevant: Counter[Key]) -> bytes:
    """Return the file of counts."""
    days = {date.fromisoformat(day) for _, day in every}
    span = range((max(days) - min(days)).days if days else 0)
    holes = {min(days) + timedelta(days=n) for n in span} - days
    rows = [(day, source, str(seen), str(relevant[source, day])) for (source, day), seen in every.items()]
    rows += [(str(day), "", "", "") for day in holes]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_HEADER)
    writer.writerows(sorted(rows))
    return text.getvalue().encode()


def _is_counts(path: Path) -> bool:
    with path.open(encoding="utf-8", errors="replace") as there:
        return there.readline().rstrip("\r\n") == ",".join(_HEADER)
