"""What a source repeats under its items gives no tags, makes no copies, and is never taken away."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.rulebooks import rulebook
from tracker.analyse.boilerplate import blanked, repeated
from tracker.models import Entry, Feed, Source
from tracker.pipeline.grouping import Grouper
from tracker.pipeline.ingest import ingest
from tracker.store import feeds, search_index
from tracker.store.database import Database, opened, transaction
from tracker.store.tags import retag

NOW = datetime(2025, 2, 21, 15, 0, tzinfo=UTC)
FOOTER = (
    "- Subscribe to our channel: https://example.org/subscribe - Follow us on Twitter: https://twitter.com/museum "
    "Children under twelve enter free with the museum app. #Museum"
)
SUBJECTS = ("a whale", "old maps", "early clocks", "roman glass", "steam", "moths", "bells")
BOOK = rulebook("""
- {id: child-safety, facet: topic, label: Child safety, terms: {en: [child*]}, context: {any: [Twitter]}}
- {id: encryption, facet: topic, label: Encryption, terms: {en: [encrypt*]}}
""")


def video(number: int, summary: str | None = None, footer: str = FOOTER) -> Entry:
    subject = SUBJECTS[number % len(SUBJECTS)]
    words = summary or f"Curators of hall {number} present {subject}, which nobody has seen for {number + 20} years."
    made = Entry(f"guid-{number}", f"https://museum.example/{number}", f"The story of {subject}, part {number}")
    return replace(made, summary=f"{words} {footer}".strip(), published=NOW - timedelta(hours=30 - number))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with opened(tmp_path / "museum.db") as db:
        with transaction(db):
            museum = Source("museum", "The Museum", "museum", "broadcaster", "GB", "en")
            feeds.declare(db, [museum], [Feed("https://museum.example/feed", "museum")])
        yield db


def take(db: Database, *entries: Entry, at: datetime = NOW) -> None:
    with transaction(db):
        ingest(db, feeds.declared(db)[0], entries, BOOK, at)
        search_index.index(db)


def relevant(db: Database) -> list[str]:
    return [row["title"] for row in db.query("SELECT title FROM articles WHERE relevance <> 'none' ORDER BY id")]


def test_a_footer_under_every_item_gives_no_tag_from_the_first_document_on(db: Database) -> None:
    take(db, *(video(number) for number in range(6)))
    assert relevant(db) == []
    take(db, video(6), at=NOW + timedelta(hours=1))
    assert relevant(db) == []


def test_the_text_is_kept_whole_and_evidence_points_into_it(db: Database) -> None:
    said = "Police cannot read it. Ministers want encrypted museums opened."
    take(db, *(video(number) for number in range(6)), video(6, f"{said} {FOOTER} More on encryption here.", ""))
    (article,) = db.query("SELECT id, summary FROM articles WHERE relevance <> 'none'")
    assert FOOTER in article["summary"]
    evidence = [*db.query('SELECT start, "end", words FROM evidence WHERE article = ?', (article["id"],))]
    assert [row["words"] for row in evidence] == ["encrypted", "encryption"]
    assert all(article["summary"][row["start"] : row["end"]] == row["words"] for row in evidence)


def test_what_is_learned_later_is_applied_to_stored_articles_by_retagging(db: Database) -> None:
    take(db, *(video(number) for number in range(3)))
    assert len(relevant(db)) == 3
    take(db, *(video(number) for number in range(6)), at=NOW + timedelta(hours=1))
    with transaction(db):
        retag(db, BOOK, NOW + timedelta(hours=2))
    assert relevant(db) == []


def test_what_is_learned_does_not_depend_on_how_often_a_document_is_read(db: Database) -> None:
    for hours in range(3):
        take(db, *(video(number) for number in range(6 + hours)), at=NOW + timedelta(hours=hours))
    assert {row["passage"] for row in db.query("SELECT passage FROM boilerplate")} == {*repeated_of(FOOTER)}


def test_a_document_of_nothing_but_repetitions_fills_no_database(db: Database) -> None:
    noise = " ".join(f"This is the standing sentence {number}." for number in range(3000))
    take(db, *(video(number, footer=noise) for number in range(6)))
    assert next(db.query("SELECT count(*) AS n FROM boilerplate"))["n"] == 200


def test_articles_that_share_only_a_footer_are_no_copies_and_no_story(db: Database) -> None:
    footer = " ".join(f"Standing words about our {subject} and where to find them." for subject in SUBJECTS * 3)
    told = {
        "Ferry runs aground off Mull": "Forty passengers were taken to Oban by lifeboat.",
        "Bank holds interest rates": "Economists had expected a cut before the summer.",
        "Striker signs for United": "He leaves Porto after scoring thirty goals.",
        "Orchard pests spread north": "Growers fear for this autumn's apples.",
        "Novel about lighthouses wins prize": "Judges praised its quiet humour.",
    }
    items = (replace(video(number, words, footer), title=title) for number, (title, words) in enumerate(told.items()))
    take(db, *items)
    grouper, left = Grouper(), 1
    while left:
        with transaction(db):
            left = grouper.step(db, NOW)
    assert [*db.query("SELECT * FROM copies")] == []
    assert next(db.query("SELECT count(DISTINCT story) AS n FROM articles"))["n"] == len(told)


def repeated_of(footer: str) -> list[str]:
    return repeated((f"Title {number}", f"Words of item {number}. {footer}") for number in range(5))


@pytest.mark.parametrize(
    "footer",
    [
        pytest.param("Follow us on Twitter: https://twitter.com/x", id="link"),
        pytest.param("#Museum @museum", id="hashtag-and-handle"),
        pytest.param("The Associated Press contributed to this report.", id="credit"),
        pytest.param("| Watch our programmes live | Get the museum app today", id="bullets"),
        pytest.param("Abonnieren Sie unseren Kanal! Mehr auf www.museum.example", id="german"),
    ],
)
def test_what_every_item_repeats_is_blanked_and_nothing_else_moves(footer: str) -> None:
    text = f"Ministers met on Tuesday. {footer}"
    left = blanked(text, repeated_of(footer))
    assert left.strip() == "Ministers met on Tuesday."
    assert len(left) == len(text)


@pytest.mark.parametrize(
    "summaries",
    [
        pytest.param([f"Item {n}. The bill was passed by parliament." for n in range(4)], id="in-four-items-only"),
        pytest.param([f"Item {n}. {'Yes indeed. ' * 9}" for n in range(9)], id="two-words"),
        pytest.param(["Amendments to the bill on encryption" for _ in range(9)], id="all-that-an-item-says"),
        pytest.param(
            [f"Item {n}. The bill was passed by parliament." if n < 5 else f"Item {n}." for n in range(60)],
            id="in-few-of-many",
        ),
    ],
)
def test_what_is_no_footer_is_kept(summaries: list[str]) -> None:
    assert repeated((f"Title {number}", summary) for number, summary in enumerate(summaries)) == []


def test_one_item_at_many_addresses_repeats_nothing() -> None:
    assert repeated([("One title", "One item. The bill was passed by parliament.")] * 20) == []


def test_a_new_or_changed_footer_changes_no_article(db: Database) -> None:
    take(db, *(video(number) for number in range(6)))
    take(db, *(video(number, footer=f"{FOOTER} #Ferry") for number in range(6)), at=NOW + timedelta(hours=1))
    assert [*db.query("SELECT title FROM revisions")] == []
    whole = [row["summary"] for row in db.query("SELECT summary FROM articles")]
    assert all(summary.endswith("#Ferry") for summary in whole)
    take(db, replace(video(0, "Curators of hall 0 present nothing.", "")), at=NOW + timedelta(hours=2))
    assert len([*db.query("SELECT title FROM revisions")]) == 1
