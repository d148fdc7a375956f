"""The codebook: every tag defined on paper, one's own too, with what was measured of it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlite_utils import Database as Tables

from tests.rulebooks import rulebook
from tracker.analyse.tagging.rules import AT_HOME, Rule, Rulebook, Tag
from tracker.analyse.tagging.terms import read_term
from tracker.cli.main import main
from tracker.config.rulebook_cache import built_in_rulebook
from tracker.publish.codebook import (
    both_by_definition,
    codebook_as_plain,
    codebook_in_markdown,
    quality_in_words,
)
from tracker.store.coding import Measurement, latest_measurements
from tracker.store.database import Database, opened, transaction

DOCUMENT = codebook_in_markdown(built_in_rulebook())
BUILT_IN = built_in_rulebook().tags
FEEDS = """\
settings: {contact: desk@example.org}
sources:
  - {id: one, name: One, kind: tech, country: GB, language: en, feeds: [https://one.example/rss]}
tags:
  - id: padlocks
    facet: theme
    label: Padlocks <b>and_others_</b>
    about: Locks that hang from doors. Not the sign in a browser.
    implies: [encryption]
    rules:
      - terms: {en: [padlock*, "Yale lock"], de: [vorhängeschloss]}
        context: {en: [door], tags: [facebook]}
        and: {en: [shed]}
        unless: {any: [browser]}
      - {terms: {en: [hasp]}, hint: true}
    yes: ["A padlock on the door of every shed", "The hasp"]
    no: [{text: "Das Vorhängeschloss im Browser", language: de}]
"""
SMALL = rulebook("""
- {id: encryption, facet: topic, label: Encryption, terms: {en: [encrypt*]}}
- {id: child-safety, facet: topic, label: Child safety, terms: {en: [child*]}}
- {id: scan, facet: theme, label: Scanning, implies: [encryption, child-safety], terms: {en: [scan*]}}
- {id: chat-control, facet: law, label: Chat control, implies: [scan], terms: {any: ["chat control"]}}
""")
MEASURED = Measurement(
    rulebook="1a2b3c4d5e6f7a8b",
    measured_at="2026-11-20T09:00:00Z",
    coded=50,
    coders=2,
    precision=0.94,
    precision_low=0.8571,
    precision_high=0.979,
    recall=0.7,
    recall_low=0.55,
    recall_high=0.81,
    agreement=0.96,
    kappa=0.913,
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "feeds.yaml"
    path.write_text(FEEDS, encoding="utf-8")
    return path


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "tracker.db"
    with opened(path) as db, transaction(db):
        measure(db, 1, "encryption", "2026-11-20T09:00:00Z", precision=0.5)
        measure(db, 2, "encryption", "2026-11-22T09:00:00Z", precision=0.9444)
        measure(db, 3, "encryption", "2026-11-21T09:00:00Z", precision=0.6)
        measure(db, 4, "padlocks", "2026-11-22T09:00:00Z", precision=None)
        measure(db, 5, "padlocks", "2026-11-22T09:00:00Z", precision=0.25)
    return path


def measure(db: Database, sample: int, tag: str, at: str, precision: float | None) -> None:
    Tables(db.conn)["samples"].insert({"id": sample, "tag": tag, "drawn_at": at, "rulebook": "f" * 16, "seed": 1})
    row = {"sample": sample, "tag": tag, "rulebook": "f" * 16, "measured_at": at, "coded": 40, "coders": 1}
    Tables(db.conn)["tag_quality"].insert({**row, "precision": precision})


def run(*arguments: str | Path) -> str:
    answer = CliRunner().invoke(main, ["codebook", *map(str, arguments)])
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def chapter(document: str, tag: str) -> str:
    """What stands under a tag's heading."""
    return re.split(r"\n##+ ", document.partition(f"\n### {tag}\n")[2], maxsplit=1)[0]


def read(text: str) -> str:
    """A text of a Markdown document as people see it."""
    return re.sub(r"\\([^\w\s])", r"\1", text)


def test_every_camp_of_the_rulebook_is_defined_for_coders() -> None:
    document = Path(__file__).parents[1] / "docs" / "codebook.md"
    defined = re.findall(r"^\| ([a-z ]+) \| .+ \|$", document.read_text(encoding="utf-8"), re.MULTILINE)
    assert {tag.camp for tag in BUILT_IN} - {""} <= set(defined)


def test_every_tag_is_defined_in_the_document() -> None:
    missing = {}
    for tag in BUILT_IN:
        said = read(chapter(DOCUMENT, tag.id))
        wanted = [f"**{tag.label}**: {tag.about}", *(f"\u201c{example.text}\u201d" for example in tag.examples)]
        wanted += [f"Rule `{rule.id}`" for rule in tag.rules]
        if absent := [text for text in wanted if text not in said]:
            missing[tag.id] = absent
    assert missing == {}


def test_every_link_within_the_document_leads_to_a_heading_and_to_one_only() -> None:
    headings = [line.lstrip("# ") for line in DOCUMENT.splitlines() if line.startswith("#")]
    anchors = [re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings]
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r"\]\(#([^)]*)\)", DOCUMENT)) <= set(anchors)


def test_tags_stand_under_their_facets_in_the_order_of_the_rulebook() -> None:
    written = codebook_in_markdown(SMALL)
    assert re.findall(r"^##+ (.*)$", written, re.MULTILINE) == [
        "Topics",
        "encryption",
        "child-safety",
        "Themes",
        "scan",
        "Laws",
        "chat-control",
    ]
    assert "- [Topics](#topics): 2\n- [Themes](#themes): 1\n- [Laws](#laws): 1\n" in written
    assert f"Rulebook `{SMALL.hash}`, 4 tags." in written


def test_what_follows_by_way_of_another_tag_is_reported_on_both_sides() -> None:
    written = codebook_in_markdown(SMALL)
    assert "Implies [scan](#scan), [encryption](#encryption), [child-safety](#child-safety)." in chapter(
        written, "chat-control"
    )
    assert "Implied by [scan](#scan), [chat-control](#chat-control)." in chapter(written, "encryption")
    assert [tag.id for tag in both_by_definition(SMALL)] == ["scan", "chat-control"]


def test_a_circle_of_implications_ends() -> None:
    circle = rulebook("""
    - {id: one, facet: theme, label: One, implies: [two], terms: {en: [first]}}
    - {id: two, facet: theme, label: Two, implies: [one], terms: {en: [second]}}
    """)
    assert "Implies [two](#two).\n\nImplied by [two](#two)." in chapter(codebook_in_markdown(circle), "one")


def test_long_lists_of_terms_are_folded_and_whole() -> None:
    terms = [f"word{number}" for number in range(100)]
    book = rulebook(f"- {{id: many, facet: theme, label: Many, terms: {{en: [{', '.join(terms)}]}}}}")
    written = chapter(codebook_in_markdown(book), "many")
    assert "<details><summary>1 rule, 100 terms</summary>\n\nRule `many`:" in written
    assert f"- terms, en: `{', '.join(terms)}`\n\n</details>" in written
    assert "<details>" not in codebook_in_markdown(SMALL)


def test_terms_for_texts_of_one_language_only_say_so() -> None:
    rule = Rule("own", {f"{AT_HOME}en": (read_term("pays"),)}, {}, (), {}, {})
    book = Rulebook([Tag("own", "theme", "Own", "", (), (rule,), ())])
    assert "- terms, en only: `pays`" in codebook_in_markdown(book)


def test_a_tag_without_a_definition_says_so() -> None:
    assert "**Scanning**: no definition is written yet." in codebook_in_markdown(SMALL)


def test_the_command_prints_own_tags_as_they_are_written(config: Path, tmp_path: Path) -> None:
    printed = run("--config", config, "--db", tmp_path / "none.db")
    assert printed.startswith("# Codebook\n\nRulebook `")
    assert chapter(printed, "padlocks").strip() == (
        "**Padlocks \\<b\\>and\\_others\\_\\</b\\>**: Locks that hang from doors. Not the sign in a browser.\n\n"
        "Implies [encryption](#encryption).\n\n"
        "Gets it:\n\n- \u201cA padlock on the door of every shed\u201d\n- \u201cThe hasp\u201d\n\n"
        "Does not get it:\n\n- \u201cDas Vorhängeschloss im Browser\u201d (de)\n\n"
        "Rule `padlocks`:\n\n- terms, en: `padlock*, Yale lock`\n- terms, de: `vorhängeschloss`\n"
        "- context, en: `door`\n- and, en: `shed`\n- unless, any: `browser`\n"
        "- context, a tag: [facebook](#facebook)\n\n"
        "Rule `padlocks/2`, a hint:\n\n- terms, en: `hasp`"
    )
    assert "### encryption\n" in printed
    assert "measured" not in printed


def test_one_tag_is_printed_alone(config: Path, tmp_path: Path) -> None:
    printed = run("--config", config, "--db", tmp_path / "none.db", "--tag", "padlocks")
    assert printed.startswith("### padlocks\n")
    assert printed.count("### ") == 1
    as_json = json.loads(run("--config", config, "--db", tmp_path / "none.db", "--tag", "padlocks", "--json"))
    assert [row["id"] for row in as_json["tags"]] == ["padlocks"]


def test_no_database_is_made_for_a_codebook(config: Path, tmp_path: Path) -> None:
    run("--config", config, "--db", tmp_path / "none.db")
    assert [path.name for path in tmp_path.iterdir()] == ["feeds.yaml"]


def test_what_was_measured_last_stands_beside_the_tag(config: Path, stored: Path) -> None:
    printed = run("--config", config, "--db", stored)
    assert "Quality: precision 0.94, recall not known on 40 articles, 1 coder" in chapter(printed, "encryption")
    assert "Quality: precision 0.25, recall not known" in chapter(printed, "padlocks")
    assert "Quality: not measured yet." in chapter(printed, "child-safety")


def test_programs_get_everything(config: Path, stored: Path) -> None:
    answer: dict[str, Any] = json.loads(run("--json", "--config", config, "--db", stored))
    tags = {tag["id"]: tag for tag in answer["tags"]}
    assert re.fullmatch(r"[0-9a-f]{16}", answer["rulebook"])
    assert tags.keys() == {tag.id for tag in BUILT_IN} | {"padlocks"}
    own = tags["padlocks"]
    assert [example["text"] for example in own["yes"]] == ["A padlock on the door of every shed", "The hasp"]
    assert own["no"] == [{"text": "Das Vorhängeschloss im Browser", "language": "de"}]
    assert own["implies"] == ["encryption"]
    assert [rule["hint"] for rule in own["rules"]] == [False, True]
    assert own["rules"][0]["with_tags"] == ["facebook"]
    assert own["quality"]["precision"] == 0.25
    assert tags["encryption"]["quality"]["precision"] == 0.9444
    assert tags["child-safety"]["quality"] is None


def test_a_measurement_is_said_in_a_sentence_with_the_rules_it_belongs_to() -> None:
    same = quality_in_words(MEASURED, MEASURED.rulebook)
    assert same == (
        "precision 0.94 (0.86-0.98), recall 0.70 (0.55-0.81) on 50 articles, 2 coders, kappa 0.91, "
        "measured 2026-11-20 with rulebook 1a2b3c4d5e6f7a8b"
    )
    assert quality_in_words(MEASURED, "another") == f"{same} (not the present one)"


def test_a_codebook_says_nothing_of_quality_where_nothing_could_be_measured() -> None:
    assert "Quality" not in codebook_in_markdown(SMALL)
    assert "Quality: not measured yet." in codebook_in_markdown(SMALL, {})
    assert all(tag["quality"] is None for tag in codebook_as_plain(SMALL)["tags"])


def test_the_same_rulebook_gives_the_same_codebook() -> None:
    again = Rulebook(SMALL.tags)
    assert codebook_in_markdown(again) == codebook_in_markdown(SMALL)


def test_nothing_is_measured_in_a_new_database(tmp_path: Path) -> None:
    with opened(tmp_path / "new.db") as db:
        assert latest_measurements(db) == {}
