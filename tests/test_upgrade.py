"""A database of version 0.1.0, brought up to date and tagged anew, says what one made by this program says.

tests/old/demo-0.1.0.sql.xz is what `tracker demo` of version 0.1.0 left, as SQL.
"""

import csv
import json
import lzma
import os
import re
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from tests.forked_command import run_command
from tests.replays import Replay

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parent.parent
OLD = PROJECT / "tests" / "old" / "demo-0.1.0.sql.xz"

NUMBERED = {"article", "story", "copy_of", "headline"}
"""Columns with the number of an article, which depends on the order in which feeds responded."""
OF_THEIR_DAY = {
    "coverage": {"story", "first_seen_at", "last_seen_at"},
    "gaps": {"id"},
    "health": {"next_poll_at", "last_new_at", "last_outcome", "per_day", "polls"},
    "revisions": {"id"},
}
"""Columns that differ between two replays or follow from how a document was polled then: numbers that are not an
article's, a time with a random delay, what a damaged document still showed, stories, and what the poll of the last
evening, which the demo then had not, changes."""

LOST = re.compile("‹[^›]*›")
"""What version 0.1.0 took for markup and left out of titles; it did not keep the feed's own words."""

COLLECTED = """SELECT canonical_url, published_at, author, language, first_seen_at FROM articles;
SELECT canonical_url, guid, s.first_seen_at, s.last_seen_at FROM sightings AS s JOIN articles AS a ON a.id = article;
SELECT canonical_url, r.title, r.summary, seen_until, replaced_at FROM revisions AS r
JOIN articles AS a ON a.id = article;
SELECT url, started_at, outcome, status, bytes, entries, new FROM polls JOIN feeds ON feeds.id = feed;
SELECT url, from_at, to_at, reason FROM gaps JOIN feeds ON feeds.id = feed"""


def command(folder: Path, *arguments: object) -> str:
    """Run `tracker` on the database of a folder and return what it writes."""
    given = ("--config", PROJECT / "feeds.yaml", "--db", folder / "tracker.db", *arguments)
    done = run_command(*given, cwd=folder, env=os.environ)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("old") / "tracker.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(lzma.decompress(OLD.read_bytes()).decode())
        db.execute("PRAGMA journal_mode = wal")
    return path


@pytest.fixture(scope="module")
def upgraded(old: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the old database as the program of today has made it, and its release and digest."""
    return published(old, tmp_path_factory.mktemp("upgraded"), "retag")


@pytest.fixture(scope="module")
def fresh(replayed: Replay, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same for a database that the program of today has polled itself."""
    return published(replayed.database, tmp_path_factory.mktemp("fresh"), "status")


def published(database: Path, folder: Path, first: str) -> Path:
    with closing(sqlite3.connect(database)) as db:
        db.execute("VACUUM INTO ?", (str(folder / "tracker.db"),))
    command(folder, first)
    command(folder, "release", "--folder", folder / "releases")
    (folder / "digest.atom").write_text(command(folder, "digest", "--week", "2025-W06", "--format", "atom"))
    return folder


def table(folder: Path, name: str) -> list[dict[str, str]]:
    [path] = (folder / "releases").glob(f"*/{name}.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def said(folder: Path, name: str) -> Counter[tuple[tuple[str, str], ...]]:
    """Return the rows of a table of the release, with addresses instead of numbers and lists in one order."""
    address = {row["id"]: row["canonical_url"] for row in table(folder, "coverage")}
    numbered = NUMBERED | ({"id"} if name in {"coverage", "stories"} else set())

    def value(column: str, text: str) -> str:
        if column in numbered:
            return address.get(text, text)
        if text.startswith("["):
            return json.dumps(sorted(json.loads(text)))
        return LOST.sub("", re.sub(r"127\.0\.0\.1:\d+", "demo", text))

    left_out = OF_THEIR_DAY.get(name, set()) | {"feed"}
    return Counter(
        tuple((column, value(column, text)) for column, text in row.items() if column not in left_out)
        for row in table(folder, name)
    )


def test_an_upgrade_keeps_whatever_was_collected(old: Path, upgraded: Path) -> None:
    with closing(sqlite3.connect(old)) as before, closing(sqlite3.connect(upgraded / "tracker.db")) as after:
        for query in COLLECTED.split(";"):
            assert Counter(before.execute(query)) == Counter(after.execute(query)), query


@pytest.mark.parametrize(
    "name",
    ["coverage", "revisions", "versions", "attention", "days", "continuity", "health"],
)
def test_an_upgraded_database_publishes_what_a_new_one_does(name: str, upgraded: Path, fresh: Path) -> None:
    assert said(upgraded, name) == said(fresh, name)


def test_its_gaps_are_gaps_today(upgraded: Path, fresh: Path) -> None:
    assert said(upgraded, "gaps") <= said(fresh, "gaps")  # version 0.1.0 read damaged documents as if they were whole


def test_its_stories_are_nearly_all_the_same(upgraded: Path, fresh: Path) -> None:
    old, new = said(upgraded, "stories"), said(fresh, "stories")  # grouped anew, by the latest tags
    assert (old & new).total() >= 0.95 * max(old.total(), new.total())


def test_its_digest_is_the_same(upgraded: Path, fresh: Path) -> None:
    assert (upgraded / "digest.atom").read_text() == (fresh / "digest.atom").read_text()


def test_its_release_has_the_same_files(upgraded: Path, fresh: Path) -> None:
    [a], [b] = ((folder / "releases").glob("*/") for folder in (upgraded, fresh))
    assert {path.name for path in a.iterdir()} == {path.name for path in b.iterdir()}
