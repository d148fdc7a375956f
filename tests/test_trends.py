"""Charts of weeks and months: each bar tells of its own, and one that is not over is no fall."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.site_database import DEBATE
from tracker.web import chart_series
from tracker.web.calendar import Span, Week, spans_between, spans_of, weeks_from
from tracker.web.chart import svg
from tracker.web.chart_series import Plot
from tracker.web.queries.attention import Attention
from tracker.web.queries.weekly import SpanCount

ZONE = ZoneInfo("Europe/London")
UNTIL = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
"""A Friday."""


def attention(week: Week, matching: int = 2, *, observed: bool = True) -> Attention:
    return Attention(week, matching, 10, 1, 1, observed)


def weeks_until(until: datetime, count: int, zone: ZoneInfo) -> tuple[Week, ...]:
    day = until.astimezone(zone).date()
    return weeks_from(day - timedelta(weeks=count - 1), day, zone)


def plot(**changed: object) -> Plot:
    values = {"name": "NSPCC", "measure": "articles", "address": address} | changed
    return Plot(**values)


def address(span: Span) -> str:
    return f"/articles?from={span.first}&to={span.last}"


def bars(drawn: str) -> list[tuple[str, str]]:
    """The classes and the words of every bar."""
    columns = re.findall(r"<a [^>]*><title>([^<]*)</title>(.*?)</a>", drawn)
    return [(kind, words) for words, shown in columns for kind in re.findall(r'<rect class="([^"]*)"', shown)]


@pytest.mark.parametrize("count", [1, 12, 26, 52, 59, 88, 260])
def test_every_bar_tells_of_its_own_week_however_many_there_are(count):
    weeks = weeks_until(UNTIL, count, ZONE)
    chart = chart_series.attention([attention(week) for week in weeks], UNTIL, plot())
    said = [words for _, words in bars(svg(chart, width=960, height=260, name="chart"))]
    assert said[:count] == [column.tooltip for column in chart.columns]


def test_a_week_that_is_not_over_is_faint_and_called_so_far():
    chart = chart_series.attention([attention(week) for week in weeks_until(UNTIL, 26, ZONE)], UNTIL, plot())
    faint = {words for classes, words in bars(svg(chart, width=960, height=260, name="chart")) if "faint" in classes}
    assert faint == {"16 Mar to 22 Mar 2026, to date: 2 articles of 10, 20%"}
    assert chart.summary.endswith(" Current week is partial (pale bar).")
    assert "to date" not in chart.columns[-2].tooltip


def test_a_week_that_is_over_is_a_week_like_any_other():
    weeks = weeks_until(UNTIL, 26, ZONE)
    chart = chart_series.attention([attention(week) for week in weeks], weeks[-1].to_at, plot())
    assert "faint" not in svg(chart, width=960, height=260, name="chart")
    assert "to date" not in chart.summary


def test_a_week_that_is_not_over_and_has_nothing_yet_is_reported_without_a_bar_that_nobody_sees():
    *before, last = weeks_until(UNTIL, 26, ZONE)
    chart = chart_series.attention([*map(attention, before), attention(last, 0)], UNTIL, plot())
    assert chart.summary.endswith("Current week is partial.")


def test_a_week_that_was_not_seen_is_grey_and_not_faint_though_it_is_not_over():
    *before, last = weeks_until(UNTIL, 26, ZONE)
    unseen = attention(last, observed=False)
    chart = chart_series.attention([*map(attention, before), unseen], UNTIL, plot())
    assert chart.columns[-1].tooltip == "16 Mar to 22 Mar 2026: not observed; 2 articles known from later polls"
    assert "faint" not in svg(chart, width=960, height=260, name="chart")
    assert "partial" not in chart.summary


def test_coverage_by_topic_says_so_far_too():
    counts = [
        SpanCount(week, {"both": 1, "encryption": 2, "child-safety": 3}, observed=True)
        for week in weeks_until(UNTIL, 26, ZONE)
    ]
    chart = chart_series.coverage(counts, UNTIL, address, DEBATE)
    assert chart.columns[-1].tooltip == "16 Mar to 22 Mar 2026, to date: 1 both, 2 encryption only, 3 child safety only"
    assert svg(chart, width=960, height=260, name="chart").count("faint") == 3, "a bar for each topic"
    assert chart_series.coverage(counts, UNTIL + timedelta(days=7), address, DEBATE).summary.endswith(
        "in the week of 22 Sep 2025."
    )


def test_one_article_is_no_bar_of_full_height():
    chart = chart_series.attention([attention(week, 1) for week in weeks_until(UNTIL, 26, ZONE)], UNTIL, plot())
    assert re.findall(r'class="y"[^>]*>(\d+)</text>', svg(chart, width=960, height=260, name="chart"))[-1] == "4"


def test_a_source_of_which_nothing_was_seen_has_no_number_at_all():
    unseen = [attention(week, 0, observed=False) for week in weeks_until(UNTIL, 26, ZONE)]
    chart = chart_series.attention(unseen, UNTIL, plot())
    assert chart.summary == "None of these 26 weeks was observed (grey, not zero)."


@pytest.mark.parametrize(("day", "last"), [(28, "2026-03"), (31, "2026-03")])
def test_a_month_that_has_not_begun_is_none_that_was_not_seen(day, last):
    until = datetime(2026, 3, day, 12, 0, tzinfo=UTC)
    months = spans_of(weeks_until(until, 260, ZONE), until, ZONE)
    assert months[-1].number == last, "the week of 30 March ends in April"


def test_what_is_known_of_a_week_that_was_not_seen_is_hatched_and_not_hidden():
    *before, last = weeks_until(UNTIL, 26, ZONE)
    chart = chart_series.attention([*map(attention, before), attention(last, observed=False)], UNTIL, plot())
    drawn = svg(chart, width=960, height=260, name="chart")
    assert bars(drawn)[-2:] == [(kind, chart.columns[-1].tooltip) for kind in ("unseen-time", "known")]
    assert 'fill="url(#chart-known)"' in drawn
    assert '<pattern id="chart-known"' in drawn


def test_a_bar_leads_to_its_articles_and_a_picture_for_a_phone_has_no_links():
    chart = chart_series.attention([attention(week) for week in weeks_until(UNTIL, 3, ZONE)], UNTIL, plot())
    found = re.findall(r'<a href="([^"]+)"', svg(chart, width=960, height=260, name="chart"))
    assert found[0] == "/articles?from=2026-03-02&amp;to=2026-03-08"
    assert len(found) == 3
    small = svg(chart, width=400, height=240, name="small", plain=True)
    assert "<a " not in small
    assert 'role="img"' in small


def test_events_stand_on_their_days_and_those_outside_are_left_out():
    events = [(date(2026, 3, 4), "A vote <once>"), (date(2020, 1, 1), "Long ago")]
    weeks = weeks_until(UNTIL, 3, ZONE)
    chart = chart_series.attention([attention(week) for week in weeks], UNTIL, plot(events=events))
    assert [mark.words for mark in chart.marks] == ["4 Mar 2026: A vote <once>"]
    assert 0.3 < chart.marks[0].at < 0.4, "a Wednesday"
    assert "<title>4 Mar 2026: A vote &lt;once&gt;</title>" in svg(chart, width=960, height=260, name="chart")


def test_a_share_of_few_articles_is_pale_and_its_number_is_told():
    week, *_ = weeks_until(UNTIL, 3, ZONE)
    many = Attention(week, 2, 100, 1, 1, observed=True)
    chart = chart_series.attention([attention(week), many], UNTIL, plot(measure="share"))
    assert [column.few for column in chart.columns] == [True, False]
    assert chart.columns[0].tooltip.endswith("2 articles of 10, 20%")
    assert "Pale shares are of fewer than 20 articles." in chart.summary


@pytest.mark.parametrize(
    ("days", "noun", "columns"),
    [(1, "day", 1), (7, "day", 7), (45, "day", 45), (46, "week", 7), (365, "week", 53), (500, "month", 17)],
)
def test_a_period_is_shown_in_days_weeks_or_months(days, noun, columns):
    last = UNTIL.date()
    spans = spans_between(last - timedelta(days=days - 1), last, UNTIL, ZONE)
    assert ({span.noun for span in spans}, len(spans)) == ({noun}, columns)
    assert spans[0].first <= last - timedelta(days=days - 1)
    assert spans[-1].last >= last


def test_a_period_of_a_lifetime_is_cut_to_its_last_ten_years():
    assert spans_between(date(1990, 1, 1), UNTIL.date(), UNTIL, ZONE)[0].number == "2016-03"


def test_days_are_called_by_their_date():
    spans = spans_between(date(2026, 3, 1), date(2026, 3, 9), UNTIL, ZONE)
    chart = chart_series.attention([Attention(span, 2, 10, 1, 1, observed=True) for span in spans], UNTIL, plot())
    assert chart.columns[0].tooltip == "1 Mar 2026: 2 articles of 10, 20%"
    assert "18 articles in 9 observed days" in chart.summary
    assert [column.label for column in chart.columns][:2] == ["1 Mar", "2 Mar"]
