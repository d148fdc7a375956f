"""Real documents of every kind through one round."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from tests.corpus import NOW, documents, serve
from tests.servers import Server
from tracker.models import Round
from tracker.outcomes import Outcome
from tracker.pipeline.round import due_feeds, open_poll_context, run_round
from tracker.store.database import open_database

pytestmark = pytest.mark.slow


def test_every_real_document_ends_in_an_outcome_and_hinders_no_other(shared_data: Path, tmp_path: Path) -> None:
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
    assert set(done.outcomes) == {Outcome.OK, Outcome.NOT_A_FEED, Outcome.UNUSABLE}
    stored = open_database(db)
    rows = list(stored.query("SELECT outcome, entries, skipped, error FROM polls ORDER BY feed"))
    assert len(rows) == len(corpus)
    assert [row for row in rows if row["outcome"] != "ok" and not row["error"]] == []
    assert Counter(row["outcome"] for row in rows) == Counter({name.value: n for name, n in done.outcomes.items()})
    assert list(stored.query("PRAGMA integrity_check")) == [{"integrity_check": "ok"}]
    links = stored.query("SELECT url FROM articles WHERE url NOT LIKE 'http://%' AND url NOT LIKE 'https://%'")
    assert list(links) == []
    markup = stored.query("SELECT title FROM articles WHERE title LIKE '%<script%' OR title LIKE '%&lt;%'")
    assert list(markup) == []
