"""Stories merged and split by hand: what people put right stays as they put it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.test_grouping import group, groups, store
from tracker.cli.main import main
from tracker.store.database import opened

LETTER = "Scientists warn ministers that scanning messages would break encryption"
FINE = "Regulator fines video site over missing age checks"


def entry(key: str, title: str, hour: int, source: str = "one") -> dict[str, str]:
    summary = f"{title}, according to papers seen by this outlet, number {key}."
    return {"id": key, "source": source, "title": title, "summary": summary, "at": f"2025-03-01T{hour:02}:00:00Z"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with a story of two articles, a story of one, and an article alone."""
    with opened(tmp_path / "x.db") as db:
        store(
            db,
            [
                entry("a", LETTER, 8),
                entry("b", "Scientists tell ministers: scanning of messages breaks encryption", 9, "two"),
                entry("c", FINE, 9, "three"),
                entry("d", "Storm closes bridges along the northern coast", 9, "four"),
            ],
        )
        group(db)
    return tmp_path / "x.db"


def tell(path: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["story", words[0], "--db", str(path), *words[1:]])
    return done.exit_code, done.output


def stories_of(path: Path) -> set[frozenset[str]]:
    with opened(path) as db:
        return groups(db)[0]


def test_stories_are_merged_and_the_change_is_kept(path: Path) -> None:
    assert stories_of(path) == {frozenset("ab"), frozenset("c"), frozenset("d")}
    assert tell(path, "merge", "1", "3") == (0, "1 article moved to story 1\n")
    assert stories_of(path) == {frozenset("abc"), frozenset("d")}
    with opened(path) as db:
        (change,) = db.query("SELECT * FROM story_changes")
        assert (change["kind"], change["from_story"], change["to_story"]) == ("merge", 3, 1)
        assert json.loads(change["articles"]) == [3]
        (row,) = db.query("SELECT * FROM stories_view")
        assert (row["articles"], row["outlets"], row["owners"], row["first_source"]) == (3, 3, 3, "one")
    assert tell(path, "merge", "1", "3") == (2, "articles 1 and 3 are already in one story\n")


def test_an_article_that_is_split_off_stays_apart_from_what_comes_later(path: Path) -> None:
    assert tell(path, "split", "2") == (0, "story 2 now has 1 article\n")
    with opened(path) as db:
        store(db, [entry("e", LETTER.replace("warn", "have warned"), 10, "five")])
        group(db)
    assert frozenset("ae") in stories_of(path)
    assert frozenset("b") in stories_of(path)


def test_the_article_that_began_a_story_is_not_split_from_it(path: Path) -> None:
    code, said = tell(path, "split", "1")
    assert code == 2
    assert "split the others from it instead" in said
    assert frozenset("ab") in stories_of(path)


@pytest.mark.parametrize("words", [("show", "99"), ("merge", "1", "99"), ("split", "99"), ("split", "2", "3")])
def test_what_cannot_be_done_is_reported_and_changes_nothing(path: Path, words: tuple[str, ...]) -> None:
    before = stories_of(path)
    code, said = tell(path, *words)
    assert code == 2
    assert "there is no article 99" in said or "several stories" in said
    assert stories_of(path) == before


def test_a_story_is_listed_oldest_first(path: Path) -> None:
    code, said = tell(path, "show", "2")
    assert code == 0
    *articles, zone = said.splitlines()
    assert zone.startswith("Times are in ")
    assert [line.split()[0] for line in articles] == ["1", "2"]
