"""How good the built-in rules are on labelled items that nobody looked at while writing them; floors only rise."""

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.quality.items import Style, items
from tests.quality.scores import compare
from tracker.analyse.languages.vocabulary import LANGUAGES
from tracker.config.rulebook_cache import built_in_rulebook

FLOORS: dict[Style, dict[str, float]] = {
    "oblique": {
        "both": 0.85,
        "encryption": 0.85,
        "child-safety": 0.86,
        "relevant or not": 0.86,
        "organisations": 0.89,
        "laws": 0.87,
        "themes": 0.53,
    },
    "plain": {
        "both": 0.97,
        "encryption": 0.97,
        "child-safety": 0.97,
        "relevant or not": 0.97,
        "organisations": 0.95,
        "laws": 0.97,
        "themes": 0.75,
    },
}
"""Of F1 on the unseen half."""


@pytest.mark.parametrize(("style", "kind"), [(style, kind) for style in FLOORS for kind in FLOORS[style]])
def test_the_rules_do_well_on_items_that_were_not_there_when_they_were_made(style: Style, kind: str) -> None:
    score = compare(built_in_rulebook(), items("unseen", style)).scores[kind]
    assert score.f1 >= FLOORS[style][kind], f"precision {score.precision:.3f}, recall {score.recall:.3f}"


def test_the_items_are_as_many_and_as_hard_as_they_are_said_to_be() -> None:
    found = items()
    assert len(found) >= 600
    assert len({item.id for item in found}) == len(found)
    assert {item.language for item in found} == {language.code for language in LANGUAGES}
    assert sum(item.relevance == "none" for item in found) >= len(found) * 0.45
    halves = Counter((item.half, item.relevance) for item in found)
    assert all(abs(halves["seen", one] - halves["unseen", one]) <= 0.15 * halves["seen", one] for _, one in halves)


def test_the_codes_are_tags_of_the_rulebook() -> None:
    facets = {tag.id: tag.facet for tag in built_in_rulebook().tags}
    for item in items():
        assert {facets[code] for code in item.organisations} <= {"organisation"}, item.id
        assert {facets[code] for code in item.laws} <= {"law"}, item.id
        assert {facets[code] for code in item.themes} <= {"theme"}, item.id


def test_no_item_stands_in_the_files_twice() -> None:
    lines = [
        json.loads(line)
        for file in (Path(__file__).parent / "quality" / "articles").glob("*.jsonl")
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    assert len({line["title"].casefold() for line in lines}) == len(lines)
