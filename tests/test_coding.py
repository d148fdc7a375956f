"""Measuring a tag by hand, as people do it: draw a sample, answer in a spreadsheet, score it."""

import csv
import io
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.site_database import NOW
from tests.test_cli import Desk
from tracker.analyse.tagging.agreement import STRATA, Coder
from tracker.models import utc_text
from tracker.publish.csv_cells import original
from tracker.store.coding import Place, Sample, draw, places, record
from tracker.store.database import Database, opened, transaction

TRUTH = {"tagged": 38, "near": 12, "rest": 10}
"""How many articles of each stratum the tag belongs to: it is given to 40, and 60 of 400 should have it."""
SIZES = {"tagged": 40, "near": 60, "rest": 300}
RECALL = 38 / 60

Sheet = list[dict[str, str]]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk whose database holds the made-up population."""
    made = Desk(tmp_path)
    with opened(made.db) as db, transaction(db):
        _population(db)
    return made


def _population(db: Database) -> None:
    """Articles that say in their summary whether the tag belongs to them, in no order."""
    db.execute("INSERT INTO rulebooks VALUES ('first', '2026-01-01T00:00:00Z', '{}')")
    db.execute("INSERT INTO sources (id, name, family) VALUES ('one', '=One & Only', 'one')")
    tags = [("csam", "theme", "Abuse images", "Images of abuse."), ("encryption", "topic", "Encryption", "")]
    db.conn.executemany("INSERT INTO tags (id, facet, label, about) VALUES (?, ?, ?, ?)", tags)
    articles = [(stratum, n < TRUTH[stratum]) for stratum, size in SIZES.items() for n in range(size)]
    Random(4).shuffle(articles)
    for number, (stratum, about) in enumerate(articles, 1):
        on_debate = stratum == "near" and number % 2
        db.execute(
            "INSERT INTO articles (id, canonical_url, url, source, title, summary, date_quality, first_seen_at, "
            "last_seen_at, relevance, rulebook) VALUES (?1, ?2, ?2, 'one', ?3, ?4, 'absent', ?5, ?5, ?6, 'first')",
            (number, f"https://one.example/{number}", f"=1+{number}; «Ä», \"{number}\"", "yes" if about else "no",
             utc_text(NOW), "encryption" if on_debate else "none"),
        )  # fmt: skip
        if stratum == "tagged":
            db.execute("INSERT INTO article_tags (article, tag) VALUES (?, 'csam')", (number,))
        elif stratum == "near" and not on_debate:
            db.execute(
                "INSERT INTO near_misses (article, tag, missing, words) VALUES (?, 'csam', 'context', 'images')",
                (number,),
            )


def sheet(content: bytes | str) -> Sheet:
    text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
    return list(csv.DictReader(io.StringIO(text, newline="")))


def save(path: Path, rows: Sheet, delimiter: str = ",") -> Path:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode())
    return path


def coded(rows: Sheet, yes: str = "1", no: str = "0") -> Sheet:
    """The sheet as somebody fills it in who is always right."""
    return [row | {"coder_1": yes if row["summary"] == "yes" else no} for row in rows]


def right_answers(*samples: Sample) -> dict[Place, dict[Coder, bool]]:
    """What somebody answers who is always right."""
    return {
        (sample.id, article["article"]): {"coder_1": article["summary"] == "yes"}
        for sample in samples
        for article in sample.articles
    }


def drawn(desk: Desk, *options: str, n: int = 80) -> Sheet:
    return sheet(desk.run("sample", "--tag", "csam", "--n", str(n), "--quiet", *options).out)


def stored(desk: Desk, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(desk.db) as db:
        found = list(db.execute(query))
    db.close()
    return found


# ---- drawing


def test_a_sample_is_half_tagged_and_a_quarter_each_of_near_and_rest_and_is_recorded(desk: Desk) -> None:
    done = desk.run("sample", "--tag", "csam", "--n", "80", "csam.csv")
    assert done.out == ""
    assert done.err.splitlines() == [
        "sample 1 (seed 1): 40 of 40 articles with the tag, 20 of 60 articles near it, 20 of 300 articles of the rest",
        "answer 1 (yes) or 0 (no) in coder_1; a second person who does not see these answers, in coder_2",
        "then: tracker score csam.csv",
    ]
    assert stored(desk, "SELECT id, tag, rulebook, seed FROM samples") == [(1, "csam", "first", 1)]
    counts = "SELECT stratum, stratum_size, count(*) FROM sample_articles GROUP BY stratum ORDER BY stratum"
    assert stored(desk, counts) == [("near", 60, 20), ("rest", 300, 20), ("tagged", 40, 40)]
    near = "SELECT count(*) FROM near_misses AS n JOIN sample_articles AS s USING (article) WHERE stratum != 'near'"
    assert stored(desk, near) == [(0,)]


def test_the_sheet_shows_a_coder_all_of_an_article_and_nothing_of_what_the_rules_say(desk: Desk) -> None:
    desk.run("sample", "--tag", "csam", "--n", "80", "csam.csv")
    content = (desk.folder / "csam.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfsample,article,")
    assert content.count(b"\r\n") == 81
    rows = sheet(content)
    assert (
        list(rows[0])
        == (
            "sample article tag definition source published_at language title summary url coder_1 coder_2 agreed note"
        ).split()
    )
    assert not any(row[column] for row in rows for column in ("coder_1", "coder_2", "agreed", "note"))
    assert {(row["sample"], row["tag"], row["definition"]) for row in rows} == {
        ("1", "csam", "Abuse images: Images of abuse.")
    }
    for row in rows:
        number = row["article"]
        assert (row["source"], row["title"]) == ("'=One & Only", f'\'=1+{number}; «Ä», "{number}"')
        assert original(row["title"]) == f'=1+{number}; «Ä», "{number}"'
    strata = dict(stored(desk, "SELECT article, stratum FROM sample_articles"))
    first_half = Counter(strata[int(row["article"])] for row in rows[:40])
    assert 10 <= first_half["tagged"] <= 30
    assert [int(row["article"]) for row in rows] != sorted(int(row["article"]) for row in rows)


def test_a_seed_draws_the_same_again_and_without_one_each_sample_is_another(desk: Desk) -> None:
    first, second, again = drawn(desk), drawn(desk), drawn(desk, "--seed", "1")
    numbers = [[row["article"] for row in rows] for rows in (first, second, again)]
    assert numbers[0] == numbers[2] != numbers[1]
    assert [rows[0]["sample"] for rows in (first, second, again)] == ["1", "2", "3"]
    assert stored(desk, "SELECT seed FROM samples ORDER BY id") == [(1,), (2,), (1,)]


@pytest.mark.parametrize(
    ("size", "sizes", "given"),
    [
        pytest.param(100, (500, 500, 500), (50, 25, 25), id="enough of all"),
        pytest.param(4, (500, 500, 500), (2, 1, 1), id="the smallest"),
        pytest.param(7, (500, 500, 500), (5, 1, 1), id="no multiple of four"),
        pytest.param(100, (3, 500, 500), (3, 25, 72), id="few tagged"),
        pytest.param(100, (500, 10, 20), (70, 10, 20), id="few others"),
        pytest.param(100, (3, 500, 30), (3, 67, 30), id="few tagged and a small rest"),
        pytest.param(100, (5, 6, 7), (5, 6, 7), id="fewer than asked for"),
        pytest.param(100, (0, 0, 500), (0, 0, 100), id="only the rest"),
    ],
)
def test_a_stratum_with_too_few_articles_leaves_its_places_to_the_others(
    size: int, sizes: tuple[int, int, int], given: tuple[int, int, int]
) -> None:
    assert places(size, dict(zip(STRATA, sizes, strict=True))) == dict(zip(STRATA, given, strict=True))


def test_what_cannot_be_drawn_is_said_and_nothing_is_recorded(desk: Desk, tmp_path: Path) -> None:
    told = desk.run("sample", "--tag", "csan", code=2)
    assert told.err == "there is no tag 'csan' in db/tracker.db; did you mean 'csam'?\n"
    desk.write("kept.csv", "hours of work")
    assert "kept.csv already exists" in desk.run("sample", "--tag", "csam", "kept.csv", code=2).err
    assert (desk.folder / "kept.csv").read_text() == "hours of work\n"
    assert "Usage:" in desk.run("sample", "--tag", "csam", "--n", "3", code=2).err
    with opened(desk.db) as db, transaction(db):
        for table in ("near_misses", "article_tags", "articles"):
            db.execute(f"DELETE FROM {table}")
    assert "no article is stored yet" in desk.run("sample", "--tag", "csam", code=1).err
    assert stored(desk, "SELECT count(*) FROM samples") == [(0,)]
    assert "there is no database" in desk.run("sample", "--tag", "csam", "--db", "none.db", code=1).err


def test_articles_tagged_with_other_rules_are_reported(desk: Desk) -> None:
    with opened(desk.db) as db, transaction(db):
        db.execute("INSERT INTO rulebooks VALUES ('second', '2026-02-01T00:00:00Z', '{}')")
        db.execute("UPDATE articles SET rulebook = 'second' WHERE id > 17")
    said = desk.run("sample", "--tag", "csam", "a.csv").err
    assert "17 articles tagged with other rules: run `tracker retag`" in said


# ---- scoring


def test_a_population_is_measured_as_it_is(desk: Desk) -> None:
    save(desk.folder / "csam.csv", coded(drawn(desk, n=200)))
    (found,) = desk.run("score", "csam.csv", "--json").json
    assert (found["sample"], found["tag"], found["rulebook"], found["changed"]) == (1, "csam", "first", False)
    quality = found["quality"]
    assert (quality["coded"], quality["tagged"], quality["right"], quality["coders"]) == (200, 40, 38, 1)
    assert quality["precision"]["value"] == 0.95
    assert [round(quality["precision"][end], 4) for end in ("low", "high")] == [0.8350, 0.9862]
    assert quality["recall"]["low"] < RECALL < quality["recall"]["high"]
    assert (quality["agreement"], quality["kappa"]) == (None, None)
    text = desk.run("score", "csam.csv").out
    assert text.startswith("csam: precision 0.95 (0.83-0.99, 38 of 40), recall about 0.")
    assert text.endswith(", no kappa, as no row has answers of 2 coders\n")
    columns = "sample, tag, rulebook, coded, precision, recall, recall_low, recall_high, agreement, kappa, coders"
    recall = [quality["recall"][part] for part in ("value", "low", "high")]
    assert stored(desk, f"SELECT {columns} FROM tag_quality") == [
        (1, "csam", "first", 200, 0.95, *recall, None, None, 1)
    ]


def test_of_twenty_samples_nearly_all_intervals_hold_the_true_recall(desk: Desk) -> None:
    with opened(desk.db) as db, transaction(db):
        samples = [draw(db, "csam", 120, None, NOW) for _ in range(20)]
        found = record(db, right_answers(*samples), NOW)
    recalls = [one.quality.recall for one in found if one.quality.recall]
    assert sum(recall.low <= RECALL <= recall.high for recall in recalls) >= 18
    assert sum(recall.value for recall in recalls) / 20 == pytest.approx(RECALL, abs=0.08)


def test_two_coders_are_compared_and_open_disagreements_left_out(desk: Desk) -> None:
    rows = coded(drawn(desk))
    for row in rows:
        row["coder_2"] = row["coder_1"]
    flipped = [row for row in rows if row["coder_1"] == "1"][:4]
    for row in flipped:
        row["coder_2"] = "0"
    flipped[0]["agreed"] = "1"
    line = desk.run("score", save(desk.folder / "csam.csv", rows)).out
    assert "(agreement 0.95, 80 rows by 2 coders); 3 disagreements without 'agreed' left out" in line
    assert stored(desk, "SELECT coded, agreement, coders FROM tag_quality") == [(77, 0.95, 2)]
    answers = "SELECT coder, count(*) FROM codings GROUP BY coder ORDER BY coder"
    assert stored(desk, answers) == [("agreed", 1), ("coder_1", 80), ("coder_2", 80)]


def test_each_coder_may_fill_in_a_copy(desk: Desk) -> None:
    first = coded(drawn(desk))
    second = [row | {"coder_1": "", "coder_2": row["coder_1"]} for row in reversed(first)]
    save(desk.folder / "a.csv", first)
    save(desk.folder / "b.csv", second)
    assert "kappa 1.00 (agreement 1.00, 80 rows by 2 coders)" in desk.run("score", "a.csv", "b.csv").out


def test_scoring_again_replaces_what_was_answered_before(desk: Desk) -> None:
    rows = drawn(desk)
    desk.run("score", save(desk.folder / "csam.csv", coded(rows)))
    desk.run("score", save(desk.folder / "csam.csv", coded(rows)[:50]))
    assert stored(desk, "SELECT count(*) FROM codings") == [(50,)]
    assert stored(desk, "SELECT sample, coded FROM tag_quality") == [(1, 50)]


def test_several_samples_and_tags_in_one_file_are_told_apart(desk: Desk) -> None:
    rows = coded(drawn(desk)) + coded(drawn(desk, n=40))
    rows += coded(sheet(desk.run("sample", "--tag", "encryption", "--n", "20").out))
    told = desk.run("score", save(desk.folder / "all.csv", rows)).out.splitlines()
    assert [line.split(":")[0] for line in told] == ["csam", "csam", "encryption"]
    assert "precision not known" in told[2]
    assert stored(desk, "SELECT sample, coded FROM tag_quality") == [(1, 80), (2, 40), (3, 20)]


def test_figures_are_of_the_rules_of_the_draw_and_say_so(desk: Desk) -> None:
    file = save(desk.folder / "csam.csv", coded(drawn(desk)))
    before = desk.run("score", file).out
    with opened(desk.db) as db, transaction(db):
        db.execute("INSERT INTO rulebooks VALUES ('second', '2026-02-01T00:00:00Z', '{}')")
        db.execute("DELETE FROM article_tags")
    after = desk.run("score", file).out
    assert after == before + "  The rules have changed since the draw: this is true of rulebook first.\n"
    assert stored(desk, "SELECT rulebook FROM tag_quality") == [("first",)]


# ---- what spreadsheets do to a file


def reordered(rows: Sheet) -> Sheet:
    return [dict(reversed((row | {"my own": "x", "Colour": "red"}).items())) for row in rows]


def shouted(rows: Sheet) -> Sheet:
    return [{name.title() + " ": f" {cell} " for name, cell in row.items()} for row in rows]


def bare(rows: Sheet) -> Sheet:
    return [{name: row[name] for name in ("coder_1", "article", "sample")} for row in rows]


def as_is(rows: Sheet) -> Sheet:
    return rows


@pytest.mark.parametrize(
    ("change", "delimiter", "encode"),
    [
        pytest.param(as_is, ",", lambda text: b"\xef\xbb\xbf" + text.encode(), id="a byte order mark"),
        pytest.param(as_is, ";", str.encode, id="semicolons"),
        pytest.param(as_is, ",", lambda text: text.replace("\r\n", "\n").encode(), id="bare line feeds"),
        pytest.param(as_is, ";", lambda text: text.encode("cp1252"), id="semicolons and an old encoding"),
        pytest.param(as_is, "\t", lambda text: text.encode("utf-16"), id="tabs and UTF-16"),
        pytest.param(reordered, ",", str.encode, id="other columns in another order"),
        pytest.param(shouted, ",", str.encode, id="capitals and spaces"),
        pytest.param(bare, ",", str.encode, id="only what is needed"),
        pytest.param(as_is, ",", lambda text: (text + ",,,\r\n\r\n;\r\n").encode()[:-3], id="empty rows below"),
    ],
)
def test_a_sheet_is_read_as_spreadsheets_save_it(
    desk: Desk, change: Callable[[Sheet], Sheet], delimiter: str, encode: Callable[[str], bytes]
) -> None:
    file = save(desk.folder / "csam.csv", change(coded(drawn(desk))), delimiter)
    file.write_bytes(encode(file.read_bytes().decode()))
    assert "38 of 40" in desk.run("score", file).out


@pytest.mark.parametrize(("yes", "no"), [("1", "0"), ("y", "N"), ("Yes", "no"), ("TRUE", "FALSE")])
def test_answers_may_be_written_in_several_ways(desk: Desk, yes: str, no: str) -> None:
    assert "38 of 40" in desk.run("score", save(desk.folder / "csam.csv", coded(drawn(desk), yes, no))).out


def test_every_bad_cell_is_named_and_nothing_is_stored(desk: Desk) -> None:
    rows = coded(drawn(desk))
    undrawn = str(min(set(range(1, 401)) - {int(row["article"]) for row in rows}))
    rows[0]["coder_1"] = "perhaps"
    rows[1]["coder_2"] = "2"
    rows[2]["article"] = undrawn
    rows[3]["sample"] = "7"
    rows[4]["article"] = "1.5e3"
    rows[5] |= {"sample": "", "agreed": "?"}
    rows.append(rows[6] | {"coder_1": "1" if rows[6]["coder_1"] == "0" else "0"})
    rows.append(rows[7])
    done = desk.run("score", save(desk.folder / "csam.csv", rows), code=1)
    file = desk.folder / "csam.csv"
    assert done.out == ""
    told = done.err.splitlines()
    assert [": ".join(line.removeprefix(f"{file}:").split(": ")[:3]).split(";")[0] for line in told[:-1]] == [
        "2: coder_1: 'perhaps' is not an answer",
        "3: coder_2: '2' is not an answer",
        f"4: article: article {undrawn} was not drawn in sample 1",
        f"5: article: article {rows[3]['article']} was not drawn in sample 7",
        "6: article: '1.5e3' is not a number that `tracker sample` wrote",
        "7: sample: '' is not a number that `tracker sample` wrote",
        "7: agreed: '?' is not an answer",
        f"82: coder_1: '{rows[80]['coder_1']}' contradicts an earlier row on the same article",
    ]
    assert told[-1] == "nothing was stored: 8 invalid cells"
    assert stored(desk, "SELECT (SELECT count(*) FROM codings) + (SELECT count(*) FROM tag_quality)") == [(0,)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "there is no column 'sample' in the first line", id="empty"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "there is no column 'sample'", id="a picture"),
        pytest.param(b"sample,article\r\n1,1\r\n", "there is no column 'coder_1'", id="no answers"),
        pytest.param(b"sample,article,coder_1,coder_1\r\n", "there is more than one column 'coder_1'", id="two of one"),
        pytest.param(b"sample,article,coder_1\r\n", "coder_1, coder_2 and agreed are all empty", id="only a header"),
        pytest.param(b"sample,article,coder_1\r\n1,1," + b"x" * 200_000, "cannot be read as CSV: ", id="a huge cell"),
    ],
)
def test_a_file_that_is_no_coded_sample_is_one_clear_sentence(desk: Desk, content: bytes, message: str) -> None:
    (desk.folder / "other.csv").write_bytes(content)
    done = desk.run("score", "other.csv", code=1)
    assert len(done.err.splitlines()) == 1
    assert message in done.err
    assert "Usage:" in desk.run("score", "nowhere.csv", code=2).err


def test_an_empty_sheet_leaves_earlier_answers_alone(desk: Desk) -> None:
    rows = drawn(desk)
    desk.run("score", save(desk.folder / "csam.csv", coded(rows)))
    assert "are all empty" in desk.run("score", save(desk.folder / "csam.csv", rows), code=1).err
    assert stored(desk, "SELECT count(*) FROM codings") == [(80,)]


def test_nothing_of_a_score_is_kept_when_storing_it_fails(desk: Desk) -> None:
    with opened(desk.db) as db:
        with transaction(db):
            sample = draw(db, "csam", 80, None, NOW)
        db.execute("CREATE TRIGGER full BEFORE INSERT ON tag_quality BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        with pytest.raises(sqlite3.IntegrityError, match="disk full"), transaction(db):
            record(db, right_answers(sample), NOW)
    assert stored(desk, "SELECT count(*) FROM codings") == [(0,)]


def test_a_sheet_on_standard_output_is_utf_8_in_any_locale(desk: Desk) -> None:
    done = desk.run("sample", "--tag", "csam", "--n", "8", LC_ALL="C", PYTHONIOENCODING="ascii")
    assert len(sheet(done.out)) == 8
    assert "«Ä»" in sheet(done.out)[0]["title"]
