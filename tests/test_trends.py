"""Charts of weeks and months: each bar tells of its own, and one that is not over is no fall."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tracker.web import chart_series
from tracker.web.calendar import Week, spans_of, weeks_until
from tracker.web.chart import svg
from tracker.web.queries.attention import Attention
from tracker.web.queries.weekly import SpanCount

ZONE = ZoneInfo("Europe/London")
UNTIL = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
"""A Friday."""


def attention(week: Week, matching: int = 2, *, observed: bool = True) -> Attention:
    return Attention(week, matching, 10, 1, 1, observed)


def bars(drawn: str) -> list[tuple[str, str]]:
    """The classes and the words of every bar."""
    return re.findall(r'<rect [^>]*class="(rect[^"]*)"[^>]*><title>([^<]*)</title>', drawn)


@pytest.mark.parametrize("count", [1, 12, 26, 52, 59, 88, 260])
def test_every_bar_tells_of_its_own_week_however_many_there_are(count):
    weeks = weeks_until(UNTIL, count, ZONE)
    chart = chart_series.attention([attention(week) for week in weeks], UNTIL, "NSPCC", "articles")
    said = [words for _, words in bars(svg(chart, width=960, height=260, name="chart"))]
    assert said[:count] == [column.tooltip for column in chart.columns]


def test_a_week_that_is_not_over_is_faint_and_called_so_far():
    chart = chart_series.attention(
        [attention(week) for week in weeks_until(UNTIL, 26, ZONE)], UNTIL, "NSPCC", "articles"
    )
    faint = {words for classes, words in bars(svg(chart, width=960, height=260, name="chart")) if "so-far" in classes}
    assert faint == {"16 Mar to 22 Mar 2026, to date: 2 articles of 10, 20%"}
    assert chart.summary.endswith(" Current week is partial (pale bar).")
    assert "to date" not in chart.columns[-2].tooltip


def test_a_week_that_is_over_is_a_week_like_any_other():
    weeks = weeks_until(UNTIL, 26, ZONE)
    chart = chart_series.attention([attention(week) for week in weeks], weeks[-1].to_at, "NSPCC", "articles")
    assert "so-far" not in svg(chart, width=960, height=260, name="chart")
    assert "to date" not in chart.summary


def test_a_week_that_is_not_over_and_has_nothing_yet_is_reported_without_a_bar_that_nobody_sees():
    *before, last = weeks_until(UNTIL, 26, ZONE)
    chart = chart_series.attention([*map(attention, before), attention(last, 0)], UNTIL, "NSPCC", "articles")
    assert chart.summary.endswith("Current week is partial.")


def test_a_week_that_was_not_seen_is_grey_and_not_faint_though_it_is_not_over():
    *before, last = weeks_until(UNTIL, 26, ZONE)
    unseen = attention(last, observed=False)
    chart = chart_series.attention([*map(attention, before), unseen], UNTIL, "NSPCC", "articles")
    assert chart.columns[-1].tooltip == "16 Mar to 22 Mar 2026: not observed"
    assert "so-far" not in svg(chart, width=960, height=260, name="chart")
    assert "partial" not in chart.summary


def test_coverage_by_topic_says_so_far_too():
    counts = [SpanCount(week, 1, 2, 3, observed=True) for week in weeks_until(UNTIL, 26, ZONE)]
    chart = chart_series.coverage(counts, UNTIL)
    assert chart.columns[-1].tooltip == "16 Mar to 22 Mar 2026, to date: 1 both, 2 encryption only, 3 child safety only"
    assert svg(chart, width=960, height=260, name="chart").count("so-far") == 3, "a bar for each topic"
    assert chart_series.coverage(counts, UNTIL + timedelta(days=7)).summary.endswith("in the week of 22 Sep 2025.")


def test_one_article_is_no_bar_of_full_height():
    chart = chart_series.attention(
        [attention(week, 1) for week in weeks_until(UNTIL, 26, ZONE)], UNTIL, "NSPCC", "articles"
    )
    assert re.findall(r">(\d+)</text>", svg(chart, width=960, height=260, name="chart"))[-1] == "4"


def test_a_source_of_which_nothing_was_seen_has_no_number_at_all():
    unseen = [attention(week, 0, observed=False) for week in weeks_until(UNTIL, 26, ZONE)]
    chart = chart_series.attention(unseen, UNTIL, "NSPCC", "articles")
    assert chart.summary == "None of these 26 weeks was observed (grey, not zero)."


@pytest.mark.parametrize(("day", "last"), [(28, "2026-03"), (31, "2026-03")])
def test_a_month_that_has_not_begun_is_none_that_was_not_seen(day, last):
    until = datetime(2026, 3, day, 12, 0, tzinfo=UTC)
    months = spans_of(weeks_until(until, 260, ZONE), until, ZONE)
    assert months[-1].number == last, "the week of 30 March ends in April"
