"""Python reads what the exports write: the same rows, as frozen records with times, days and lists of their types."""

import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import tracker
from tests import site_database as stored
from tracker.errors import StoreError, UsageError
from tracker.publish.exports.queries import Filter

DOCS = Path(__file__).parent.parent / "docs"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("reading") / "tracker.db"
    stored.build(made)
    return made


def test_articles_pass_the_filter_and_have_typed_values(path: Path) -> None:
    with tracker.open(path) as data:
        found = list(data.articles(Filter(relevance="both")))
    assert found
    assert {one.relevance for one in found} == {"both"}
    assert all("encryption" in one.tags for one in found)
    assert all(one.first_seen_at.tzinfo == UTC for one in found)
    assert found == sorted(found, key=lambda one: one.published_at or one.first_seen_at)
    with pytest.raises(AttributeError):
        found[0].title = "another"


def test_stories_and_revisions_are_there_too(path: Path) -> None:
    with tracker.open(path) as data:
        assert all(one.outlets >= 1 and isinstance(one.last_at, datetime) for one in data.stories())
        assert all(isinstance(one.title_changed, bool) for one in data.revisions())


def test_quotations_say_who_is_quoted_where_and_which_repeat_others(path: Path, tmp_path: Path) -> None:
    copy = shutil.copy(path, tmp_path / "quoted.db")
    with closing(sqlite3.connect(copy)) as db:
        first, second = (row[0] for row in db.execute("SELECT id FROM articles WHERE published_at > '' LIMIT 2"))
        for article, same in ((first, 1), (second, 1), (second, 2)):
            db.execute(
                "INSERT INTO quotes (article, field, start, end, words, cue, confidence, speaker, same) "
                "VALUES (?, 'summary', ?, 9, 'We must act', 'said', 0.9, 'Ada Finch', ?)",
                (article, same, str(same)),
            )
        db.commit()
    with tracker.open(copy) as data:
        quotes = list(data.quotes())
    assert {(one.speaker, one.words) for one in quotes} == {("Ada Finch", "We must act")}
    assert sorted(one.repeats for one in quotes) == [False, False, True]
    assert all(one.published_at.tzinfo == UTC for one in quotes)


def test_a_day_that_was_not_observed_is_unknown_and_not_zero(path: Path) -> None:
    with tracker.open(path) as data:
        counts = list(data.counts("encryption", date(2026, 1, 1), stored.NOW.date()))
    assert {one.tag for one in counts} == {"encryption"}
    assert all((one.matching is None) == (one.observed is None or one.observed < 0.5) for one in counts)
    assert any(one.matching for one in counts)


def test_a_name_that_is_not_stored_is_said_and_not_an_empty_answer(path: Path) -> None:
    with tracker.open(path) as data, pytest.raises(UsageError, match="there is no tag 'encryptoin'"):
        list(data.counts("encryptoin", date(2026, 1, 1), date(2026, 1, 2)))


def test_a_path_without_a_database_is_said_and_nothing_is_created(tmp_path: Path) -> None:
    missing = tmp_path / "typo.db"
    with pytest.raises(StoreError, match=r"there is no database .*typo\.db"), tracker.open(missing):
        pass
    assert not list(tmp_path.iterdir())


def script(name: str, path: Path) -> str:
    """What a script of the documents prints for the tag encryption."""
    command = [sys.executable, str(DOCS / name), str(path), "encryption"]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=DOCS.parent).stdout


def test_the_script_on_shares_gives_denominators_and_leaves_gaps_open(path: Path) -> None:
    said = script("share_by_country.py", path)
    assert re.search(r"^GB  2026-03  \d+\.\d% of \d+  \(\d+ days of a source not observed\)$", said, re.MULTILINE)
    assert "not observed  (" in said


def test_the_script_on_shares_tells_a_month_without_articles_from_one_not_observed(path: Path, tmp_path: Path) -> None:
    empty = Path(shutil.copy(path, tmp_path / "empty.db"))
    with closing(sqlite3.connect(empty)) as db, db:
        db.execute("UPDATE source_days SET articles = 0")
    assert re.search(r"^GB  2026-03  no articles  \(", script("share_by_country.py", empty), re.MULTILINE)


def test_the_script_on_who_was_first_names_sources_and_stories(path: Path) -> None:
    assert re.search(r"^.+: first with \d+ of \d+; '.+', \d+ owners$", script("who_was_first.py", path), re.MULTILINE)
