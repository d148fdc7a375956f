"""Real documents of every kind through one round, which misses no entry that feedparser finds."""

import asyncio
import io
from collections import Counter
from pathlib import Path
from typing import Any

import feedparser
import pytest

from tests.corpus import NOW, documents, serve
from tests.servers import Server
from tracker.analyse.urls import absolute
from tracker.collect.entries import ENTRIES_LIMIT
from tracker.models import Round
from tracker.outcomes import Outcome
from tracker.pipeline.round import due_feeds, open_poll_context, run_round
from tracker.store.database import open_database

pytestmark = pytest.mark.slow

URL = "https://example.org/news/feed.xml"

FEWER = {
    "fastfeedparser-integration/tests/integration/osm-pl.xml": "breaks off in its last entry",
    "feedjira/spec/sample_feeds/DuplicateContentAtomFeed.xml": "begins as an HTML page; the feed is in its body",
    "feedparser/tests/wellformed/rss/item_description_code_br.xml": "all its words are the escaped markup <br />",
}
"""Documents in which feedparser finds more entries with usable links and words than we do."""


def expected_entries(body: bytes) -> int:
    """How many different entries with a usable link and any words feedparser finds by itself."""
    headers = {"content-location": URL}
    document = feedparser.parse(io.BytesIO(body), response_headers=headers, sanitize_html=False)
    return len({key for item in document.entries[:ENTRIES_LIMIT] if (key := _key(item))})


def _key(item: Any) -> tuple[str, str] | None:
    link = item["link"] if "link" in item else ""  # noqa: SIM401 - get() answers for absent keys
    words = [item[name] for name in ("title", "summary") if name in item and isinstance(item[name], str)]
    if not isinstance(link, str) or absolute(link, URL) is None or not any(text.strip() for text in words):
        return None
    return (item["id"] if "id" in item and isinstance(item["id"], str) else link), link


def test_every_real_document_ends_in_an_outcome_with_no_entry_missed_and_hinders_no_other(
    shared_data: Path, tmp_path: Path
) -> None:
    corpus = list(documents(shared_data / "feeds"))
    db = tmp_path / "corpus.db"

    async def one_round() -> Round:
        async with Server() as server:
            config = serve(server, corpus)
            async with open_poll_context(config, db) as desk:
                return await run_round(desk, await due_feeds(desk, NOW), NOW)

    done = asyncio.run(one_round())
    assert len(corpus) > 3000
    assert done.polls == len(corpus)
    assert set(done.outcomes) == {Outcome.OK, Outcome.CUT_SHORT, Outcome.NOT_A_FEED, Outcome.UNUSABLE}
    stored = open_database(db)
    rows = list(stored.query("SELECT outcome, entries, skipped, error FROM polls ORDER BY feed"))
    assert len(rows) == len(corpus)
    assert sum(row["outcome"] != "not-a-feed" for row in rows) > 0.97 * len(rows)
    fewer = {
        document.name
        for number, (document, row) in enumerate(zip(corpus, rows, strict=True))
        if (number % 3 == 0 or document.name in FEWER)  # the others are compared in test_fast_reader.py
        and row["entries"] < expected_entries(document.path.read_bytes())
    }
    assert fewer == set(FEWER)
    assert [row for row in rows if row["outcome"] != "ok" and not row["error"]] == []
    assert Counter(row["outcome"] for row in rows) == Counter({name.value: n for name, n in done.outcomes.items()})
    assert list(stored.query("PRAGMA integrity_check")) == [{"integrity_check": "ok"}]
    links = stored.query("SELECT url FROM articles WHERE url NOT LIKE 'http://%' AND url NOT LIKE 'https://%'")
    assert list(links) == []
    markup = stored.query("SELECT title FROM articles WHERE title LIKE '%<script%' OR title LIKE '%&lt;%'")
    assert list(markup) == []
