"""The rules on ordinary news: floors on real feeds that two readers judged, and on everyday headlines of every kind."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.quality.everyday import Record, everyday, record
from tests.quality.news import TOPICS, Half, Report, labels, report
from tracker.config.rulebook_cache import built_in_rulebook

pytestmark = pytest.mark.slow

FLOORS: dict[Half, tuple[float, float, float]] = {"dev": (0.99, 0.99, 0.04), "held": (0.89, 0.8, 0.15)}
"""Precision and recall of relevance at least, and false alarms in 1,000 articles at most."""


def test_feeds_on_which_rules_are_made_are_not_those_on_which_they_are_measured() -> None:
    dev, held = ({label.feed for label in labels(half).values()} for half in ("dev", "held"))
    assert len(dev) == len(held) == 6
    assert dev.isdisjoint(held)


@pytest.fixture(scope="module", params=FLOORS)
def measured(request: pytest.FixtureRequest, shared_data: Path) -> tuple[Half, Report]:
    assert (shared_data / "history").is_dir()
    half: Half = request.param
    return half, report(half, built_in_rulebook())


def test_the_rules_do_well_on_ordinary_news(measured: tuple[Half, Report]) -> None:
    half, done = measured
    precision, recall, alarms = FLOORS[half]
    score = done.total("relevant")
    assert score.precision
    assert score.recall
    assert score.precision.value >= precision
    assert score.recall.value >= recall
    assert done.false_alarms <= alarms


def test_no_rule_that_fires_often_on_ordinary_news_is_mostly_wrong(measured: tuple[Half, Report]) -> None:
    half, done = measured
    if half == "dev":
        assert any(counts.total() >= 10 for counts in done.rules.values())
    assert _mostly_wrong(done.rules) == []


def _mostly_wrong(rules: Mapping[str, Counter[bool]]) -> list[str]:
    """The rules that fired ten times or more and were wrong in more than a fifth."""
    return [rule for rule, counts in rules.items() if counts.total() >= 10 and counts[True] < 0.8 * counts.total()]


HEADLINES = {
    "everyday": (everyday(), 0.99, 0.985),
    "terse": (everyday("terse"), 0.99, 0.85),
    "last": ([item for item in everyday("terse") if item.kind == "last"], 0.99, 0.71),
    "unseen": (everyday("unseen"), 0.98, 0.74),
}
"""Headlines, with the least precision and recall of relevance; no rule was made with an eye on the last batch."""


@pytest.fixture(scope="module", params=HEADLINES)
def headlines(request: pytest.FixtureRequest) -> tuple[str, Record]:
    return request.param, record(built_in_rulebook(), HEADLINES[request.param][0])


def test_headlines_of_the_debate_are_told_from_those_of_its_neighbours(headlines: tuple[str, Record]) -> None:
    name, done = headlines
    _, precision, recall = HEADLINES[name]
    right, wrong, missed = map(len, (done.right, done.wrong, done.missed))
    assert right >= precision * (right + wrong)
    assert right >= recall * (right + missed)


def test_no_rule_that_fires_often_on_headlines_is_mostly_wrong(headlines: tuple[str, Record]) -> None:
    assert _mostly_wrong(headlines[1].rules) == []


def test_what_is_noise_is_relevant_only_by_more_than_hints() -> None:
    rulebook = built_in_rulebook()
    noise = {tag.id for tag in rulebook.tags if tag.facet == "noise"}
    hints = {rule.id for tag in rulebook.tags for rule in tag.rules if rule.hint}
    for item in everyday() + everyday("terse"):
        tagging = rulebook.tag(item.title, item.summary, item.language)
        if not noise.isdisjoint(tagging.tags) and tagging.relevance != "none":
            assert not {piece.rule for piece in tagging.evidence if piece.tag in TOPICS} <= hints, item.title
