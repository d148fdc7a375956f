"""Turn weeks or months into charts: columns, tooltips, axis labels and summaries; pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from tracker.analyse.debate import Debate
from tracker.models import BOTH
from tracker.publish.formatting import counted, day, month, number, share, short_day
from tracker.web.calendar import Span
from tracker.web.chart import Chart, ChartColumn, ChartMark
from tracker.web.queries.attention import Attention
from tracker.web.queries.weekly import SpanCount

Measure = Literal["articles", "share"]
"""What an attention chart plots: the number of articles, or their share of all articles seen."""

MEASURES: Final[dict[Measure, str]] = {"articles": "Number of articles", "share": "Share of all articles"}


FEW: Final = 20
"""A share of fewer articles than this says little."""

Address = Callable[[Span], str]
"""Where the articles behind a column are."""


@dataclass(frozen=True, slots=True)
class Plot:
    """How attention is charted: its name and measure, where the articles are, and the events to mark.

    `top` is the minimum top of the axis.
    """

    name: str
    measure: Measure
    address: Address
    top: float = 0.0
    events: Sequence[tuple[date, str]] = ()


def coverage(counts: Sequence[SpanCount], until: datetime, address: Address, debate: Debate) -> Chart:
    """Chart relevant articles per week by relevance as of `until`, those on several topics at the bottom."""
    columns = (
        ChartColumn(
            key=str(count.span.first),
            label=label,
            tooltip=span_title(count, until, debate),
            values=tuple(count.counts.get(one, 0) for one in debate.relevances),
            observed=count.observed,
            is_over=is_over(count.span, until),
            link=address(count.span),
        )
        for count, label in zip(counts, axis_labels([count.span for count in counts]), strict=True)
    )
    return Chart(f"Relevant articles by {_noun(counts)}", sentence(counts, until), tuple(columns))


def attention(weeks: Sequence[Attention], until: datetime, plot: Plot) -> Chart:
    """Chart matching articles per week, or their share of all articles seen, as of `until`."""
    as_share = plot.measure == "share"
    columns = (
        ChartColumn(
            key=str(one.span.first),
            label=label,
            tooltip=_attention_tooltip(one, until),
            values=((one.share or 0.0) if as_share else one.matching,),
            observed=one.observed,
            is_over=is_over(one.span, until),
            few=as_share and 0 < one.total < FEW,
            link=plot.address(one.span),
        )
        for one, label in zip(weeks, axis_labels([one.span for one in weeks]), strict=True)
    )
    title = f"{plot.name}: {'share of all articles' if as_share else 'articles'} by {_noun(weeks)}"
    summary = _attention_summary(weeks, until, plot.measure)
    return Chart(title, summary, tuple(columns), as_share, plot.top, tuple(_marks(weeks, plot.events)))


def _marks(weeks: Sequence[Attention], events: Sequence[tuple[date, str]]) -> Iterator[ChartMark]:
    """Yield the events that fall into the chart, each where its day is."""
    for place, one in enumerate(weeks):
        for on, words in events:
            if one.span.first <= on <= one.span.last:
                part = ((on - one.span.first).days + 0.5) / ((one.span.last - one.span.first).days + 1)
                yield ChartMark(place + part, f"{day(on)}: {words}")


def summed(weeks: Sequence[Attention]) -> tuple[int, int]:
    """Return the number of matching and of all articles in the observed weeks."""
    seen = [one for one in weeks if one.observed]
    return sum(one.matching for one in seen), sum(one.total for one in seen)


def _attention_summary(weeks: Sequence[Attention], until: datetime, measure: Measure) -> str:
    """Summarise an attention chart in words."""
    seen = [one for one in weeks if one.observed]
    if not seen:
        return f"None of these {counted(len(weeks), _noun(weeks))} was observed (grey, not zero)."
    matching, total = summed(weeks)
    text = f"{counted(matching, 'article')} in {_observed(seen)}"
    if total:
        text += f", {share(matching / total)} of the total"
    if matching:
        peak = max(seen, key=lambda one: (one.share or 0.0) if measure == "share" else one.matching)
        most = share(peak.share) if measure == "share" else number(peak.matching)
        text += f"; peak: {most} in {_span_name(peak.span)}"
    unobserved = len(weeks) - len(seen)
    text += f". {counted(unobserved, _noun(weeks))} not observed (grey, not zero)." if unobserved else "."
    if measure == "share" and any(0 < one.total < FEW for one in seen):
        text += f" Pale shares are of fewer than {FEW} articles."
    return text + (_unfinished(weeks[-1], weeks[-1].matching, until) if weeks else "")


def is_over(span: Span, until: datetime) -> bool:
    """Return whether the week or month had ended; an unfinished one looks like a drop but is not."""
    return span.to_at <= until


def _unfinished(last: SpanCount | Attention, found: int, until: datetime) -> str:
    """Return a sentence on a partial last week or month; empty if it is complete or not observed."""
    if not last.observed or is_over(last.span, until):
        return ""
    return f" Current {last.span.noun} is partial" + (" (pale bar)." if found else ".")


def _attention_tooltip(one: Attention, until: datetime) -> str:
    """Describe one week or month in words."""
    if not one.observed:
        return f"{days(one.span)}: not observed{_known(one.matching)}"
    text = f"{_days_to_date(one.span, until)}: {counted(one.matching, 'article')} of {number(one.total)}"
    return text + (f", {share(one.share)}" if one.share else "")


def axis_labels(spans: Sequence[Span]) -> list[str]:
    """Return axis labels: each January its year, every week of days its first, every fourth week (eighth from 40 on)
    its Monday; else empty."""
    if spans and spans[0].noun == "month":
        return [str(span.first.year) if span.first.month == 1 else "" for span in spans]
    if len(spans) < 10:
        return [short_day(span.first) for span in spans]
    shown = range(1, len(spans) - 1, 7 if spans[0].noun == "day" else 4 if len(spans) < 40 else 8)
    return [short_day(span.first) if number in shown else "" for number, span in enumerate(spans)]


def sentence(counts: Sequence[SpanCount], until: datetime) -> str:
    """Summarise the coverage chart in words."""
    seen = [count for count in counts if count.observed]
    total, unobserved = sum(count.total for count in seen), len(counts) - len(seen)
    text = f"{counted(total, 'article')} in {_observed(seen)}"
    if total:
        peak = max(seen, key=lambda count: count.total)
        text += f"; peak: {number(peak.total)} in {_span_name(peak.span)}"
    text += f". {counted(unobserved, _noun(counts))} not observed (grey, not zero)." if unobserved else "."
    return text + (_unfinished(counts[-1], counts[-1].total, until) if counts else "")


def span_title(count: SpanCount, until: datetime, debate: Debate) -> str:
    """Describe one week or month: its days and counts, or that it was not observed."""
    if not count.observed:
        return f"{days(count.span)}: not observed{_known(count.total)}"
    only = " only" if len(debate.topics) > 1 else ""
    names = {BOTH: debate.several.removesuffix(" topics")} | {
        topic.id: f"{topic.noun}{only}" for topic in debate.topics
    }
    counts = (f"{count.counts.get(one, 0)} {names[one]}" for one in debate.relevances)
    return f"{_days_to_date(count.span, until)}: {', '.join(counts)}"


def _known(articles: int) -> str:
    """Say how many articles of an unobserved time later polls found."""
    return f"; {counted(articles, 'article')} known from later polls" if articles else ""


def days(span: Span) -> str:
    """Return the days of a day, week or month, such as `2 Feb 2026`, `2 Feb to 8 Feb 2026`."""
    if span.first == span.last:
        return day(span.last)
    return f"{short_day(span.first)} to {day(span.last)}"


def _days_to_date(span: Span, until: datetime) -> str:
    return days(span) + ("" if is_over(span, until) else ", to date")


def _observed(seen: Sequence[SpanCount] | Sequence[Attention]) -> str:
    """Return the number of observed weeks or months in words."""
    return counted(len(seen), f"observed {_noun(seen)}")


def _span_name(span: Span) -> str:
    """Name a week or month within a sentence: `2 Feb 2026`, `the week of 2 Feb 2026`, `Feb 2026`."""
    if span.noun == "day":
        return day(span.first)
    return month(span.first) if span.noun == "month" else f"the week of {day(span.first)}"


def _noun(counts: Sequence[SpanCount | Attention]) -> str:
    return counts[0].span.noun if counts else "week"
