"""How a change of words is classed, on labelled headlines, and which pages are rewritten all day."""

import sqlite3
from pathlib import Path

import pytest

from tests.old_databases import make_old
from tracker.analyse.changes import ChangeKind, change, title_change
from tracker.analyse.compared_words import Version
from tracker.analyse.running_pages import MANY_CHANGES, is_called_running
from tracker.store.database import opened, transaction
from tracker.store.revisions import note_running

REWORDINGS = [
    line.split("\t")
    for line in (Path(__file__).parent / "quality" / "rewordings.tsv").read_text(encoding="utf-8").splitlines()
]
"""Headlines before and after: t polished, s saying something else. Rules for polish saw the odd lines."""

RETITLED = [
    line.split("\t")
    for line in (Path(__file__).parent / "quality" / "retitled.tsv").read_text(encoding="utf-8").splitlines()
]
"""Headlines before and after, as outlets retitle them, by batch: s saying something else, r reworded, u of a page that
is rewritten all day. Each batch was labelled before it was measured, and used to mend the rules after."""


@pytest.mark.parametrize(("batches", "least"), [({"first", "second", "third"}, 0.97), ({"fourth", "fifth"}, 0.91)])
def test_headlines_that_outlets_retitle_are_seldom_called_substantive_wrongly(batches: set[str], least: float) -> None:
    found = [line for batch, *line in RETITLED if batch in batches]
    called = [
        label
        for label, before, after in found
        if change(Version(before, ""), Version(after, ""), debate=False).kind == "substantive"
        and not any(map(is_called_running, (before, after)))
    ]
    assert called.count("s") >= least * len(called)
    assert called.count("s") >= 0.65 * sum(label == "s" for label, *_ in found)


def test_most_pages_rewritten_all_day_are_known_by_their_names() -> None:
    pages = [(before, after) for _, kind, before, after in RETITLED if kind == "u"]
    assert sum(any(map(is_called_running, page)) for page in pages) >= 0.85 * len(pages)


@pytest.mark.parametrize("half", [0, 1])
def test_polish_of_a_headline_is_told_from_a_new_statement(half: int) -> None:
    found = [(label, title_change(before, after)) for label, before, after in REWORDINGS[half::2]]
    polished, said = ([called for label, called in found if label == kind] for kind in "ts")
    assert polished.count("substantive") <= 0.025 * len(polished)
    assert said.count("substantive") >= 0.78 * len(said)
    assert said.count("substantive") + said.count("reworded") >= 0.95 * len(said)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        pytest.param("Virus reaches the islands", "Coronavirus reaches the islands", "trivial", id="a short form"),
        pytest.param("The ruling was legal, says judge", "The ruling was illegal, says judge", "substantive", id="un-"),
        pytest.param("Donald Trump visits the port", "Trump visits the port", "trivial", id="a first name"),
        pytest.param("South Erland visits the port", "Erland visits the port", "substantive", id="another place"),
        pytest.param("Port hires Erie officials", "Port hires Sand officials", "substantive", id="another name"),
        pytest.param("Price of bread falls", "Price of bread rises", "substantive", id="the opposite"),
        pytest.param("Owner pays £1.5m", "Owner pays £2.5m", "substantive", id="another decimal"),
        pytest.param("Firm recalls 120,000 cars", "Firm recalls 120K cars", "trivial", id="thousands as K"),
        pytest.param("S'pore port to grow", "Singapore port to grow", "trivial", id="an apostrophe"),
        pytest.param("WHO visits the port", "World Health Organization visits the port", "trivial", id="an acronym"),
        pytest.param("Port paid 1,200 dockers", "Port paid 1200 dockers", "noise", id="a thousands separator"),
        pytest.param("Port paid 1,200 dockers", "Port paid 1,300 dockers", "substantive", id="another number"),
        pytest.param("Port paid two dockers", "Port paid 2 dockers", "trivial", id="a number in words"),
        pytest.param("Port isn't to grow", "Port is not to grow", "trivial", id="a contraction"),
        pytest.param("Port is to grow", "Port is not to grow", "substantive", id="a negation"),
        pytest.param("Port to grow on Monday", "Port to grow on Friday", "substantive", id="another day"),
        pytest.param("Firm to hire dockers", "Firm to fire dockers", "substantive", id="a letter that matters"),
        pytest.param("Exclusive: port to grow", "Port to grow: live updates", "trivial", id="labels"),
        pytest.param("The mayorâ€™s cafÃ©", "The mayor’s café", "noise", id="a broken encoding mended"),
    ],
)
def test_a_change_is_classed_by_what_a_reader_would_learn(before: str, after: str, kind: ChangeKind) -> None:
    assert title_change(before, after) == kind


_FIRE = "Fire destroys the old mill"
_SUMMARY = "Crews were called to the mill on the river at dawn, and the bridge beside it was shut for the morning."


@pytest.mark.parametrize(
    ("title", "summary", "kind"),
    [
        pytest.param("Mill on the river burns", _SUMMARY, "reworded", id="the same in other words"),
        pytest.param("Fire at the mill on the river", _SUMMARY, "reworded", id="words of the summary"),
        pytest.param("How the fire at the mill looked", _SUMMARY, "reworded", id="a question or explainer"),
        pytest.param("'So very sad': fire destroys the old mill", _SUMMARY, "reworded", id="a quotation for colour"),
        pytest.param(_FIRE, "Neighbours say that the mill had stood empty.", "reworded", id="another sentence"),
        pytest.param(_FIRE, _SUMMARY.replace("dawn", "sunrise"), "trivial", id="another word in the summary"),
        pytest.param("Fire destroys the old mill: two dead", _SUMMARY, "substantive", id="an outcome"),
        pytest.param("Man arrested as fire destroys the old mill", _SUMMARY, "substantive", id="another outcome"),
        pytest.param("Nobody arrested over fire at the old mill", _SUMMARY, "reworded", id="an outcome denied"),
        pytest.param("Fire destroys the old mill leaves 40 homeless", _SUMMARY, "reworded", id="a number added"),
        pytest.param("Fire destroys the old mill in Sandhaven", _SUMMARY, "reworded", id="a place added"),
        pytest.param("Fire destroys the old mill after arrest", _SUMMARY, "reworded", id="an outcome as background"),
        pytest.param("Why was the old mill destroyed?", _SUMMARY, "reworded", id="a question"),
        pytest.param("Fire crews open harbour school on island", _SUMMARY, "reworded", id="new words, but few"),
        pytest.param(
            _FIRE,
            _SUMMARY.replace("at dawn", "and one man was killed, police say today"),
            "reworded",
            id="an outcome below",
        ),
    ],
)
def test_a_change_is_substantive_where_it_states_what_the_earlier_version_did_not(
    title: str, summary: str, kind: ChangeKind
) -> None:
    assert change(Version(_FIRE, _SUMMARY), Version(title, summary), debate=False).kind == kind


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Ferry firm fined $40,000", "Fine of $40k for ferry firm"),
        ("Ferry firm to pay $1.2b", "Ferry firm must pay $1.2 billion"),
        ("Rates rise to 3.60%", "Rates climb to 3.6 per cent"),
        ("Heat hits 40C in Ashby", "Heat of 40 degrees in Ashby"),
        ("Two bank branches to close", "Bank branches to close on June 12"),
    ],
)
def test_a_number_written_otherwise_or_beside_a_date_is_no_other_number(before: str, after: str) -> None:
    assert change(Version(before, ""), Version(after, ""), debate=False).kind in {"trivial", "reworded"}


def test_the_words_of_a_headline_take_a_side_in_articles_on_the_debate() -> None:
    before, after = Version("Ministers drop scanning plan", "S"), Version("Ministers pause scanning plan", "S")
    assert change(before, after, debate=True).kind == "substantive"
    assert change(before, after, debate=False).kind == "reworded"


def test_a_search_that_ends_is_substantive_though_the_earlier_words_hoped_for_it() -> None:
    before = Version("Police ask for help to find missing boy", "Police hope to find a boy of 12.")
    assert (
        change(before, Version("Police find missing boy", "Police found the boy."), debate=False).kind == "substantive"
    )


def test_what_the_earlier_words_say_otherwise_is_no_news() -> None:
    before, after = Version("Two held over warehouse raid", ""), Version("Two arrested over warehouse raid", "")
    assert change(before, after, debate=False).kind == "reworded"


def test_another_day_in_a_summary_is_no_polish() -> None:
    text = "An air quality alert holds for everybody with weak lungs in the whole county through {} night."
    found = change(Version("Alert", text.format("Tuesday")), Version("Alert", text.format("Wednesday")))
    assert found.kind == "substantive"


@pytest.mark.parametrize(
    ("title", "running"),
    [
        pytest.param("Budget day: live updates", True, id="live updates"),
        pytest.param("Live: storm reaches the coast", True, id="live first"),
        pytest.param("The count, as it happened", True, id="as it happened"),
        pytest.param("Storm Team weather forecast", True, id="weather"),
        pytest.param("Wahl im Liveticker", True, id="German"),
        pytest.param("EN DIRECT. La tempête touche la côte", True, id="French"),
        pytest.param("El recuento, minuto a minuto", True, id="Spanish"),
        pytest.param("Terremoto, la diretta", True, id="Italian"),
        pytest.param("Storm: volg hier live het laatste nieuws", True, id="Dutch"),
        pytest.param("Valet: senaste nytt", True, id="Swedish"),
        pytest.param("Følg live: stormen rammer kysten", True, id="Danish"),
        pytest.param("Wybory: relacja na żywo", True, id="Polish"),
        pytest.param("Eleições: acompanhe ao minuto", True, id="Portuguese"),
        pytest.param("Where the frogs live in winter", False, id="a verb"),
        pytest.param("Live in concert: the band returns", False, id="a concert"),
        pytest.param("Minister updates law on harbours", False, id="an update that is news"),
        pytest.param("Fish kill update: firm to pay", False, id="one update of a report"),
        pytest.param("Harbour vote: world updates", True, id="updates last"),
        pytest.param("Weather alert: snow on the coast", True, id="a weather alert"),
        pytest.param("Watch live: minister on harbours", False, id="a broadcast"),
    ],
)
def test_a_running_page_is_known_by_its_name(title: str, running: bool) -> None:
    assert is_called_running(title) == running


def test_stored_changes_are_classed_anew_by_the_migration(tmp_path: Path) -> None:
    path = make_old(tmp_path / "x.db", "m027_changes_left_out")
    with sqlite3.connect(path) as old:
        old.execute("UPDATE articles SET relevance = 'none', title = 'Mill burns', summary = ''")
        old.execute("UPDATE revisions SET title = 'Fire at the mill', kind = 'running' WHERE article = 1")
        old.execute("UPDATE revisions SET title = 'Mill burns, two dead' WHERE article = 2")
        old.execute("UPDATE articles SET title = 'Mill burns, two dead and one missing' WHERE id = 2")
        old.execute("UPDATE revisions SET title = 'Mill burned', kind = 'flip-flop' WHERE article = 3")
    old.close()
    with opened(path) as db:
        kinds = [row[0] for row in db.execute("SELECT kind FROM revisions ORDER BY article")]
    assert kinds == ["reworded", "substantive", "flip-flop"]


def test_a_page_that_changes_again_and_again_is_running_and_trivial_changes_do_not_make_it_one(tmp_path: Path) -> None:
    with opened(make_old(tmp_path / "x.db", "m022_suggested_samples")) as db, transaction(db):
        for kind in ("substantive", "trivial"):
            for number in range(MANY_CHANGES - 1):
                db.execute(
                    """INSERT INTO revisions (article, feed, title, summary, title_changed, seen_until, replaced_at,
                    kind) VALUES (2, 1, ?, '', 1, '2025-01-02T00:00:00Z', '2025-01-02T00:00:00Z', ?)""",
                    (f"Headline {number}", kind),
                )
        db.execute("DELETE FROM revisions WHERE article = 2 AND title LIKE 'Earlier%'")
        kinds = "SELECT kind, count(*) FROM revisions WHERE article = 2 GROUP BY kind ORDER BY kind"
        note_running(db, 2, ("A headline",))
        assert list(db.execute(kinds)) == [("substantive", MANY_CHANGES - 1), ("trivial", MANY_CHANGES - 1)]
        db.execute("UPDATE revisions SET kind = 'substantive' WHERE id = (SELECT max(id) FROM revisions)")
        note_running(db, 2, ("A headline",))
        assert list(db.execute(kinds)) == [("running", MANY_CHANGES), ("trivial", MANY_CHANGES - 2)]


def test_stored_changes_of_running_pages_are_found_by_the_migration(tmp_path: Path) -> None:
    path = make_old(tmp_path / "x.db", "m022_suggested_samples")
    with sqlite3.connect(path) as old:
        old.execute("UPDATE articles SET title = 'The vote: live updates' WHERE id = 1")
    old.close()
    with opened(path) as db:
        assert [row[0] for row in db.execute("SELECT kind FROM revisions ORDER BY article")] == [
            "running",
            "reworded",
            "reworded",
        ]
