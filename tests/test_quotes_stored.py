"""Who is quoted in titles and summaries, as the database and the site have it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tracker.cli.main import main
from tracker.store.database import opened

CONFIG = """
settings: {contact: someone@example.org}
sources:
  - {id: post, name: The Post, kind: national, country: GB, language: en, feeds: ["https://post.example/rss"]}
"""

SAID = "Encryption in Messenger is a “gift to those who abuse children”, says Peter Wanless of the NSPCC"


def line(number: int, source: str, title: str, summary: str = "", **more: str) -> str:
    url = f"https://{source.lower().replace(' ', '')}.example/{number}"
    item = {
        "url": url,
        "title": title,
        "summary": summary,
        "source": source,
        "published": f"2026-11-0{number}T08:00:00Z",
    }
    return json.dumps(item | more)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "feeds.yaml").write_text(CONFIG)
    return tmp_path


def run(desk: Path, *words: str) -> None:
    answer = CliRunner().invoke(main, ["--config", str(desk / "feeds.yaml"), "--db", str(desk / "t.db"), *words])
    assert answer.exit_code == 0, answer.output


def imported(desk: Path, *lines: str) -> None:
    (desk / "lines.jsonl").write_text("\n".join(lines))
    run(desk, "import", str(desk / "lines.jsonl"))


def rows(desk: Path, query: str) -> list[dict[str, Any]]:
    with opened(desk / "t.db") as db:
        return list(db.query(query))


def speakers(desk: Path) -> Mapping[str, dict[str, Any]]:
    return {row["speaker"]: row for row in rows(desk, "SELECT * FROM speakers")}


def test_the_same_words_in_two_outlets_are_one_quotation_of_one_speaker(desk: Path) -> None:
    imported(
        desk,
        line(2, "The Post", SAID),
        line(3, "The Herald", "Meta attacked", "Encryption: “Gift to those who abuse children!”, said Peter Wanless"),
    )  # fmt: skip
    first, second = rows(desk, "SELECT * FROM quotations ORDER BY article")
    assert (first["words"], first["speaker_tag"]) == ("gift to those who abuse children", "peter-wanless")
    assert second["first_article"] == first["article"] == first["first_article"]
    wanless = speakers(desk)["Peter Wanless"]
    assert (wanless["quotations"], wanless["articles"], wanless["sources"]) == (1, 2, 2)
    assert (wanless["first_at"], wanless["last_at"]) == ("2026-11-02T08:00:00Z", "2026-11-03T08:00:00Z")


def test_what_a_copy_quotes_is_its_originals(desk: Path) -> None:
    imported(desk, line(2, "The Post", SAID), line(3, "The Herald", SAID))
    wanless = speakers(desk)["Peter Wanless"]
    assert (wanless["quotations"], wanless["articles"], wanless["copies"], wanless["sources"]) == (1, 1, 1, 2)


def test_articles_on_other_matters_are_not_read_for_quotations(desk: Path) -> None:
    imported(desk, line(2, "The Post", "“We will win the cup,” says Ann Lee"))
    assert rows(desk, "SELECT * FROM quotes") == []


def test_a_namesake_gets_no_tag(desk: Path) -> None:
    imported(desk, line(2, "The Post", "Chat control is “a bad idea for all of us”, says striker Rob Jones"))
    (found,) = rows(desk, "SELECT speaker, tag FROM quotes")
    assert found == {"speaker": "Rob Jones", "tag": None}


def test_changed_words_replace_what_they_quoted(desk: Path) -> None:
    imported(desk, line(2, "The Post", SAID))
    imported(
        desk, line(2, "The Post", "Encryption: ministers “deeply regret this choice”, says Peter Wanless of the NSPCC")
    )
    assert [row["words"] for row in rows(desk, "SELECT words FROM quotes")] == ["deeply regret this choice"]


def test_retagging_finds_the_quotations_of_older_articles(desk: Path) -> None:
    imported(desk, line(2, "The Post", SAID))
    before = rows(desk, "SELECT article, field, start, words, speaker, tag FROM quotes")
    with opened(desk / "t.db") as db:
        db.execute("DELETE FROM quotes")
    run(desk, "retag")
    assert rows(desk, "SELECT article, field, start, words, speaker, tag FROM quotes") == before != []
