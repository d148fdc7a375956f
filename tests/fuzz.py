"""Random damage to feed documents: reading them ends well, safely and soon, and both readers agree.

python -m tests.fuzz [MINUTES [SEED]]   damages documents for so long, 1 minute by default. The seed is printed; the
document of the first failure is written to a file that the message names.
"""

import json
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from tests.damage import SEEDS, damaged
from tracker.analyse.text import AUTHOR_LIMIT, SUMMARY_LIMIT, TITLE_LIMIT
from tracker.collect.entries import ENTRIES_LIMIT
from tracker.collect.parse import parse_at_once, parse_patiently
from tracker.errors import CollectError
from tracker.models import Entry, Parsed

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://example.org/news/feed.xml"
CORPUS = Path(__file__).parents[2] / "shared" / "data" / "feeds"
LARGEST = 20_000
"""Largest document that is damaged, in bytes: the small ones are as odd as the large, and read sooner."""
SECONDS_AT_ONCE = 2
SECONDS_PATIENTLY = 20

Read = Callable[[bytes, str, str | None, datetime], Parsed | None]


class TooLong(BaseException):  # must pass where feedparser and we catch every Exception
    """The alarm."""


def documents() -> list[bytes]:
    """Those written for this and, where they are, real ones."""
    found = [seed.encode() for seed in SEEDS]
    if CORPUS.is_dir():
        paths = sorted(path for path in CORPUS.rglob("*") if path.is_file() and path.stat().st_size <= LARGEST)
        found += [path.read_bytes() for path in paths if path.name != "MANIFEST.tsv"]
    return found


def check(body: bytes, content_type: str | None) -> str:
    """How the reading ended, in a word; raises AssertionError when not as it should."""
    quick, quick_error = result(parse_at_once, body, content_type, SECONDS_AT_ONCE)
    try:
        patient, error = result(parse_patiently, body, content_type, SECONDS_PATIENTLY)
    except TooLong:  # what the pool kills such documents for
        assert quick is None, "read at once, but too long for feedparser"
        return "too long"
    for parsed in (quick, patient):
        if parsed is not None:
            check_entries(parsed)
    if quick_error is not None:
        assert type(error) is type(quick_error), f"at once {quick_error!r}, patiently {error!r}"
        return "refused at once"
    if quick is None:
        return "refused" if error else "read patiently"
    if error is not None:
        assert str(error).startswith("feedparser fails"), f"read at once, but patiently {error!r}"
        return "read at once, fails feedparser"
    assert quick == patient, f"at once\n{quick}\npatiently\n{patient}"
    return "read at once"


def result(
    read: Read, body: bytes, content_type: str | None, seconds: int
) -> tuple[Parsed | None, CollectError | None]:
    """What reading gives within this many seconds: entries, or the error that says why there are none."""
    with alarm(seconds):
        try:
            return read(body, URL, content_type, NOW), None
        except CollectError as error:
            return None, error


def check_entries(parsed: Parsed) -> None:
    """Every entry is safe, and what is left out is counted."""
    assert len(parsed.entries) <= ENTRIES_LIMIT
    assert parsed.skipped >= 0
    assert len({entry.guid for entry in parsed.entries}) == len(parsed.entries), "guids are there twice"
    assert parsed.every is None or timedelta(minutes=1) <= parsed.every <= timedelta(days=31)
    for entry in parsed.entries:
        check_entry(entry)


def check_entry(entry: Entry) -> None:
    parts = urlsplit(entry.url)
    assert parts.scheme.lower() in {"http", "https"}, entry.url
    assert parts.netloc, entry.url
    assert len(entry.url) <= 2048
    assert entry.title.strip()
    assert len(entry.title) <= TITLE_LIMIT
    assert len(entry.summary) <= SUMMARY_LIMIT
    assert len(entry.author or "") <= AUTHOR_LIMIT
    assert entry.guid
    assert len(entry.guid) <= 2048 + 600
    for text in (entry.title, entry.summary, entry.author or "", entry.published_raw or "", entry.url):
        assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in text), repr(text)
    text = entry.title + entry.summary + (entry.author or "")
    text.encode()  # no halves of characters
    assert entry.published is None or entry.published.tzinfo is UTC


@contextmanager
def alarm(seconds: int) -> Iterator[None]:
    """Raise TooLong in the block after this many seconds."""

    def ring(*_: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def run(minutes: float, seed: int) -> Counter[str]:
    """Damage documents for so long; the counts of how reading them ended. Ends the process at a failure."""
    dice, all_documents, ends = random.Random(seed), documents(), Counter[str]()
    end = time.monotonic() + 60 * minutes
    while time.monotonic() < end:
        body = damaged(dice, all_documents)
        content_type = dice.choice([None, "text/xml", "text/xml; charset=iso-8859-1", "application/json; charset=x"])
        try:
            ends[check(body, content_type)] += 1
        except (Exception, TooLong) as error:  # noqa: BLE001 - whatever it is, it is what was looked for
            path = Path(tempfile.mkstemp(prefix="fuzz-", suffix=".bin")[1])
            path.write_bytes(body)
            sys.exit(f"{type(error).__name__} with {json.dumps(content_type)} on {path}: {error}")
    return ends


if __name__ == "__main__":
    chosen = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(2**32)
    print("seed", chosen, flush=True)
    counts = run(float(sys.argv[1]) if len(sys.argv) > 1 else 1, chosen)
    print(counts.total(), "documents:", dict(counts.most_common()))
