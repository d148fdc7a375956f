"""The rules on ordinary news: floors on real feeds that two readers judged, and on everyday headlines of every kind."""

from collections import Counter
from pathlib import Path

import pytest

from tests.quality.everyday import everyday
from tests.quality.news import Half, Report, labels, report
from tracker.config.rulebook_cache import built_in_rulebook

FLOORS: dict[Half, tuple[float, float, float]] = {"dev": (0.98, 0.98, 0.05), "held": (0.85, 0.8, 0.2)}
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
    often = {rule: counts for rule, counts in done.rules.items() if counts.total() >= 10}
    if half == "dev":
        assert often
    assert [rule for rule, counts in often.items() if counts[True] < 0.8 * counts.total()] == []


def test_everyday_headlines_of_the_debate_are_told_from_those_of_its_neighbours() -> None:
    rulebook, counts = built_in_rulebook(), Counter[tuple[bool, bool]]()
    for item in everyday():
        given = rulebook.tag(item.title, item.summary, item.language).relevance != "none"
        counts[bool(item.topics), given] += 1
    right, wrong, missed = counts[True, True], counts[False, True], counts[True, False]
    assert right >= 0.98 * (right + wrong)
    assert right >= 0.98 * (right + missed)
