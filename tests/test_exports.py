"""The CSV: nothing in it that a spreadsheet would run, and nothing lost on the way there."""

import csv
import io
import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.rulebooks import rulebook
from tracker.errors import TrackerError
from tracker.files import write_whole
from tracker.models import Entry, Feed, FileFormat, Source
from tracker.pipeline.ingest import ingest
from tracker.publish.csv_cells import harmless, original
from tracker.publish.exports.files import Target, write_file, write_stream
from tracker.publish.exports.presets import PRESETS
from tracker.publish.exports.queries import Filter
from tracker.store import feeds
from tracker.store.database import Database, opened, transaction
from tracker.store.tags import apply_rulebook

NOW = datetime(2025, 7, 1, 12, 0, tzinfo=UTC)
BOOK = rulebook("""
- {id: encryption, facet: topic, label: Encryption, terms: {en: [encrypt*]}}
- {id: child-safety, facet: topic, label: Child safety, terms: {en: [child*]}}
- {id: scanning, facet: theme, label: 'Scanning, "client-side"', terms: {en: [scan*]}}
""")
TITLES = [
    '=HYPERLINK("http://evil.example")',
    '\'Tis the season; "encryption", they say',
    "'=1+1 with a quote before it",
    "@mention, -1 and +2",
    "Scanning children’s phones: a naïve idea 🔒",
    "«Chat control» – день за днём",
]


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """Six articles whose titles try what they can; one was published at the end of a summer day, one has no date."""
    with opened(tmp_path / "tracker.db") as made:
        with transaction(made):
            feeds.declare(
                made,
                [Source("one", "One, Two & Three", "one", "tech", "GB", "en")],
                [Feed("https://one.example/rss", "one")],
            )
            apply_rulebook(made, BOOK, NOW)
            dates = [datetime(2025, 6, 30, hour, 30, tzinfo=UTC) for hour in (1, 11, 20, 22, 23)] + [None]
            entries = [
                Entry(f"g{n}", f"https://one.example/{n}", title, summary="line", published=published)
                for n, (title, published) in enumerate(zip(TITLES, dates, strict=True))
            ]
            ingest(made, feeds.declared(made)[0], entries[::-1], BOOK, NOW)
        yield made


def text(db: Database, wanted: Filter | None = None) -> str:
    out = io.BytesIO()
    write_stream(db, PRESETS["coverage"], wanted or Filter(), FileFormat(), out)
    return out.getvalue().decode()


def titles(db: Database, wanted: Filter) -> list[str]:
    return [original(row["title"]) for row in csv.DictReader(io.StringIO(text(db, wanted), newline=""))]


cells = st.text(st.sampled_from("'=+-@＝＋－＠\t\r\n\"aé,;")) | st.text()


@given(cells)
@example("''=1")
@example("'")
def test_taking_the_apostrophe_away_gives_the_original(cell: str) -> None:
    assert original(harmless(cell)) == cell


@given(cells)
def test_no_cell_begins_like_a_formula(cell: str) -> None:
    assert not harmless(cell).startswith(tuple("=+-@＝＋－＠\t\r\n"))


@given(st.text(st.characters(exclude_characters="=+-@＝＋－＠\t\r\n'")))
def test_other_texts_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell


@pytest.mark.parametrize("value", [-1, 0, None, 2.5])
def test_numbers_are_no_formulas(value: float | None) -> None:
    assert harmless(value) == value


def test_the_csv_read_back_is_the_view(db: Database) -> None:
    rows = list(csv.DictReader(io.StringIO(text(db), newline=""), strict=True))
    back = [{name: original(cell) for name, cell in row.items()} for row in rows]
    view = [
        {name: "" if value is None else str(value) for name, value in row.items()}
        for row in db.query("SELECT * FROM coverage")
    ]
    assert back == sorted(view, key=lambda row: int(row["id"]))
    assert [row["title"] for row in back] == TITLES
    assert json.loads(back[4]["tags"]) == ["child-safety", "scanning"]
    assert json.loads(back[4]["themes"]) == ['Scanning, "client-side"']


def test_lines_end_as_rfc_4180_has_it_and_the_header_names_every_column(db: Database) -> None:
    lines = text(db).split("\r\n")
    assert lines[-1] == ""
    assert len(lines) == 1 + len(TITLES) + 1
    assert lines[0].startswith("id,published_at,first_seen_at,source,title,summary,relevance,tags,themes")


def test_an_empty_export_still_has_its_header(db: Database) -> None:
    assert text(db, Filter(tags=("nothing",))).count("\r\n") == 1


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        pytest.param(Filter(tags=("scanning",)), [4], id="tag"),
        pytest.param(Filter(source="one"), [0, 1, 2, 3, 4, 5], id="source"),
        pytest.param(Filter(source="two"), [], id="another source"),
        pytest.param(Filter(relevance="encryption"), [1], id="relevance"),
        pytest.param(Filter(relevance="any"), [1, 4], id="any relevance"),
        pytest.param(Filter(relevance="none"), [0, 2, 3, 5], id="no relevance"),
        pytest.param(Filter(since=date(2025, 7, 1)), [5], id="since, in UTC"),
        pytest.param(Filter(until=date(2025, 6, 30)), [0, 1, 2, 3, 4], id="until includes its day"),
        pytest.param(Filter(since=date(2025, 7, 1), timezone="Europe/London"), [4, 5], id="a day of London"),
        pytest.param(Filter(since=date(2025, 7, 1), timezone="Europe/Berlin"), [3, 4, 5], id="a day of Berlin"),
        pytest.param(Filter(until=date(2025, 6, 29), timezone="America/New_York"), [0], id="a day of New York"),
        pytest.param(Filter(tags=("encryption",), since=date(2025, 7, 1)), [], id="filters add up"),
    ],
)
def test_filters_leave_what_they_say(db: Database, wanted: Filter, numbers: list[int]) -> None:
    assert titles(db, wanted) == [TITLES[number] for number in numbers]


def test_a_name_that_is_not_stored_is_noticed(db: Database) -> None:
    assert (Filter(tags=("encryptoin",)).unknown(db) or "").startswith("tag 'encryptoin'")
    assert (Filter(source="One").unknown(db) or "").startswith("source 'One'")
    assert Filter(tags=("encryption",), source="one").unknown(db) is None


def test_a_file_is_replaced_whole(db: Database, tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "coverage.csv"
    path.parent.mkdir()
    assert write_file(db, PRESETS["coverage"], Filter(), Target(path, FileFormat())) == 6
    assert write_file(db, PRESETS["coverage"], Filter(relevance="any"), Target(path, FileFormat())) == 2
    assert path.read_bytes() == text(db, Filter(relevance="any")).encode()
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_cannot_be_finished_leaves_the_earlier_one(db: Database, tmp_path: Path) -> None:
    path = tmp_path / "coverage.csv"
    write_file(db, PRESETS["coverage"], Filter(), Target(path, FileFormat()))
    earlier = path.read_bytes()
    db.execute("UPDATE articles SET title = CAST(x'ff' AS TEXT) WHERE id = 6")
    with pytest.raises(Exception, match="Could not decode to UTF-8"):
        write_file(db, PRESETS["coverage"], Filter(), Target(path, FileFormat()))
    assert path.read_bytes() == earlier
    assert [file.name for file in tmp_path.iterdir() if "coverage" in file.name] == ["coverage.csv"]


def test_what_is_there_and_no_file_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_whole(pipe, b"through", ours=lambda _: False)
    assert os.read(reader, 100) == b"through"
    os.close(reader)
    assert pipe.is_fifo()


def test_a_place_where_nothing_can_be_written_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TrackerError, match="cannot be written"):
        write_whole(tmp_path / "file" / "coverage.csv", b"", ours=lambda _: False)
