"""That parse() ends well on every feed document of ../shared/data, and misses no entry that feedparser finds."""

import csv
import io
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest

from tracker.analyse.urls import absolute
from tracker.collect.entries import ENTRIES_LIMIT
from tracker.collect.parse import parse
from tracker.errors import CollectError, NotAFeed

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
URL = "https://example.org/news/feed.xml"
DATA = Path(__file__).parents[2] / "shared" / "data" / "feeds"

# Documents in which feedparser finds more entries with usable links and words than we do.
FEWER = {
    "feedjira/spec/sample_feeds/DuplicateContentAtomFeed.xml": "begins as an HTML page; the feed is in its body",
    "feedparser/tests/wellformed/rss/item_description_code_br.xml": "all its words are the escaped markup <br />",
}


def expected_entries(body: bytes) -> int:
    """How many different entries with a usable link and any words feedparser finds by itself."""
    document = feedparser.parse(io.BytesIO(body), response_headers={"content-location": URL})
    return len({key for item in document.entries[:ENTRIES_LIMIT] if (key := _key(item))})


def _key(item: Any) -> tuple[str, str] | None:
    link = item["link"] if "link" in item else ""  # noqa: SIM401 - get() answers for absent keys
    words = [item[name] for name in ("title", "summary") if name in item and isinstance(item[name], str)]
    if not isinstance(link, str) or absolute(link, URL) is None or not any(text.strip() for text in words):
        return None
    return (item["id"] if "id" in item and isinstance(item["id"], str) else link), link


def outcome(path: str) -> tuple[str, str, int, int]:
    """One document of the corpus: how it ended, the entries that we found and those that we should have."""
    body = (DATA / path).read_bytes()
    try:
        found = len(parse(body, URL, None, NOW).entries)
    except (NotAFeed, CollectError) as error:
        return path, type(error).__name__, 0, expected_entries(body)
    return path, "Parsed", found, expected_entries(body)


@pytest.mark.skipif(not DATA.is_dir(), reason=f"the feed documents are not there: {DATA}")
def test_every_document_ends_well_and_no_entry_is_missed() -> None:
    with (DATA / "MANIFEST.tsv").open() as manifest:
        paths = [row["path"] for row in csv.DictReader(manifest, delimiter="\t", quoting=csv.QUOTE_NONE)]
    with ProcessPoolExecutor(2, multiprocessing.get_context("forkserver")) as pool:
        outcomes = list(pool.map(outcome, paths, chunksize=20))

    assert len(outcomes) > 3000
    assert {how for _, how, _, _ in outcomes} == {"Parsed", "NotAFeed"}
    assert {path for path, _, found, expected in outcomes if found < expected} == set(FEWER)
    assert sum(how == "Parsed" for _, how, _, _ in outcomes) > 0.97 * len(outcomes)
