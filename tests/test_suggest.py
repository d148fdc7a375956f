"""Suggesting articles that the rules may have missed, and what the answers teach."""

import csv
import io
import sqlite3
import sys
from pathlib import Path

import pytest

from tests.site_database import NOW
from tests.test_cli import Desk
from tracker.analyse.tagging.suggestions import Candidate, candidates
from tracker.errors import TrackerError
from tracker.models import utc_text
from tracker.publish.suggestion_sheet import suggest
from tracker.store.database import Database, opened, transaction

TAGGED = [f"Police hold {n} over abuse images found in a group chat" for n in "one two three four five six".split()]
MISSED = ["Man kept vile pictures of pupils, found in a group chat", "Vile pictures of pupils: police hold a teacher"]
OTHER = [f"{what} {n} of the season" for what in ("Football match", "Weather report", "Cookery show") for n in range(9)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk whose database holds six tagged articles, two like them and 27 that are not."""
    made = Desk(tmp_path)
    with opened(made.db) as db, transaction(db):
        db.execute("INSERT INTO rulebooks VALUES ('first', '2026-01-01T00:00:00Z', '[]')")
        db.execute("INSERT INTO sources (id, name, family) VALUES ('one', 'One', 'one')")
        db.execute("INSERT INTO tags (id, facet, label, about) VALUES ('csam', 'theme', 'Abuse images', 'Of abuse.')")
        db.execute("INSERT INTO tags (id, facet, label, position) VALUES ('child-safety', 'topic', 'Child safety', 9)")
        for title in (*TAGGED, *OTHER, *MISSED):
            store(db, title, relevant=title in TAGGED)
    return made


def store(db: Database, title: str, *, relevant: bool, language: str | None = "en") -> None:
    number = db.execute("SELECT coalesce(max(id), 0) + 1 FROM articles").fetchone()[0]
    db.execute(
        """INSERT INTO articles (id, canonical_url, url, source, title, date_quality, first_seen_at, last_seen_at,
        relevance, rulebook, language) VALUES (?1, ?2, ?2, 'one', ?3, 'absent', ?4, ?4, ?5, 'first', ?6)""",
        (
            number,
            f"https://one.example/{number}",
            title,
            utc_text(NOW),
            "child-safety" if relevant else "none",
            language,
        ),
    )
    if relevant:
        db.execute("INSERT INTO article_tags (article, tag) VALUES (?, 'csam')", (number,))


def rows(content: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"), newline="")))


def answered(desk: Desk, name: str, sheet: list[dict[str, str]], yes: list[str]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(sheet[0]))
    writer.writeheader()
    writer.writerows(row | {"coder_1": "1" if row["title"] in yes else "0"} for row in sheet)
    (desk.folder / name).write_text(out.getvalue(), encoding="utf-8")
    return name


def stored(desk: Desk, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(desk.db) as db:
        found = list(db.execute(query))
    db.close()
    return found


def test_articles_most_like_the_tagged_ones_come_first_with_the_words_that_weigh(desk: Desk) -> None:
    done = desk.run("suggest", "--tag", "csam", "--n", "4", "csam.csv")
    assert done.out == ""
    assert done.err.splitlines()[0] == (
        "suggestion 1: 4 articles of 29 without the tag csam, those most like the 6 with it first"
    )
    assert done.err.splitlines()[-1] == "then: tracker score csam.csv"
    sheet = rows((desk.folder / "csam.csv").read_text(encoding="utf-8"))
    assert {row["title"] for row in sheet[:2]} == set(MISSED)
    assert {"chat", "found", "group"} <= set(sheet[[row["title"] for row in sheet].index(MISSED[0])]["why"].split(", "))
    assert stored(desk, "SELECT kind, tag, rulebook FROM samples") == [("suggested", "csam", "first")]


def test_without_a_tag_the_question_is_whether_an_article_is_relevant(desk: Desk) -> None:
    sheet = rows(desk.run("suggest", "--n", "2", "--quiet").out)
    assert {row["title"] for row in sheet} == set(MISSED)
    assert {(row["tag"], row["definition"]) for row in sheet} == {("", "Relevant: Child safety")}


def test_answers_come_back_as_examples_and_as_terms_with_what_they_would_have_found(desk: Desk) -> None:
    sheet = rows(desk.run("suggest", "--tag", "csam", "--n", "4", "--quiet").out)
    told = desk.run("score", answered(desk, "a.csv", sheet, MISSED)).out
    first, yes, *examples = told.splitlines()[:4]
    assert (first, yes) == ("csam: 2 yes and 2 no of the suggested articles", "yes:")
    assert set(examples) == {f'  - "{title}"' for title in MISSED}
    assert "\n  vile  " in told
    assert "right 2 coded, 0 tagged already; wrong 0 coded; 0 not judged" in told
    (found,) = desk.run("score", "a.csv", "--json").json
    assert (found["coded_yes"], found["coded_no"], found["tag"]) == (2, 2, "csam")


def test_answers_on_suggested_articles_measure_nothing_and_are_not_asked_for_again(desk: Desk) -> None:
    sheet = rows(desk.run("suggest", "--tag", "csam", "--n", "4", "--quiet").out)
    desk.run("score", answered(desk, "a.csv", sheet, MISSED))
    assert stored(desk, "SELECT count(*) FROM tag_quality") == [(0,)]
    again = desk.run("suggest", "--tag", "csam", "--n", "50", "b.csv")
    assert "25 articles of 25 without the tag csam, those most like the 8 with it first" in again.err
    seen = {row["article"] for row in rows((desk.folder / "b.csv").read_text(encoding="utf-8"))}
    assert seen.isdisjoint(row["article"] for row in sheet)


def test_where_nothing_can_be_learned_the_reason_is_given(desk: Desk) -> None:
    assert "did you mean 'csam'" in desk.run("suggest", "--tag", "csan", code=2).err
    told = desk.run("suggest", "--tag", "child-safety", code=1).err
    assert told.startswith("0 stored articles with the tag child-safety, but at least 5 are needed to learn from")
    assert stored(desk, "SELECT count(*) FROM samples") == [(0,)]


def test_without_the_library_the_command_to_install_it_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with (
        opened(desk.db) as db,
        transaction(db),
        pytest.raises(TrackerError, match=r"pip install 'encryption-coverage-tracker\[suggest\]'"),
    ):
        suggest(db, "csam", 5, NOW)


def test_a_term_is_counted_by_what_is_known_of_the_articles_in_which_it_occurs() -> None:
    found = candidates(
        [
            ("Vile pictures of pupils", "yes"),
            ("Vile pictures in a chat", "yes"),
            ("Vile pictures, an arrest", "tagged"),
            ("Pictures of the year", "no"),
            ("Pupils win a prize", "unknown"),
        ],
        ["Vile pictures of pupils", "Vile pictures in a chat"],
        9,
    )
    assert found[0] == Candidate("vile", yes=2, no=0, tagged=1, unknown=0)
    assert found[1] == Candidate("vile pictures", yes=2, no=0, tagged=1, unknown=0)
    assert len(found) == 2, "both texts are found twice"


def test_no_term_is_a_number_or_begins_or_ends_with_a_function_word() -> None:
    text = "The 12 of them in the chats of a club"
    terms = {one.term for one in candidates([(text, "yes")], [text], 99)}
    assert terms <= {"chats", "club", "chats of"}
    assert "chats of" not in terms
