"""Turn weeks or months into charts: columns, tooltips, axis labels and summaries; pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

from tracker.publish.formatting import counted, day, month, number, share, short_day
from tracker.web.calendar import Span
from tracker.web.chart import Chart, ChartColumn
from tracker.web.queries.attention import Attention
from tracker.web.queries.weekly import SpanCount

Measure = Literal["articles", "share"]
"""What an attention chart plots: the number of articles, or their share of all articles seen."""

MEASURES: Final[dict[Measure, str]] = {"articles": "Number of articles", "share": "Share of all articles"}


def coverage(counts: Sequence[SpanCount], until: datetime) -> Chart:
    """Chart relevant articles per week by topic as of `until`: both, encryption only, child safety only."""
    columns = (
        ChartColumn(
            key=str(count.span.first),
            label=label,
            tooltip=span_title(count, until),
            values=(count.both, count.encryption, count.child_safety),
            observed=count.observed,
            is_over=is_over(count.span, until),
        )
        for count, label in zip(counts, axis_labels([count.span for count in counts]), strict=True)
    )
    return Chart(f"Relevant articles by {_noun(counts)}", sentence(counts, until), tuple(columns))


def attention(weeks: Sequence[Attention], until: datetime, name: str, measure: Measure, top: float = 0.0) -> Chart:
    """Chart matching articles per week, or their share of all articles seen, as of `until`."""
    as_share = measure == "share"
    columns = (
        ChartColumn(
            key=str(one.span.first),
            label=label,
            tooltip=_attention_tooltip(one, until),
            values=((one.share or 0.0) if as_share else one.matching,),
            observed=one.observed,
            is_over=is_over(one.span, until),
        )
        for one, label in zip(weeks, axis_labels([one.span for one in weeks]), strict=True)
    )
    title = f"{name}: {'share of all articles' if as_share else 'articles'} by {_noun(weeks)}"
    return Chart(title, _attention_summary(weeks, until, measure), tuple(columns), as_share, top)


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
        return f"{days(one.span)}: not observed"
    text = f"{_days_to_date(one.span, until)}: {counted(one.matching, 'article')} of {number(one.total)}"
    return text + (f", {share(one.share)}" if one.share else "")


def axis_labels(spans: Sequence[Span]) -> list[str]:
    """Return axis labels: every fourth week (eighth from 40 on) its Monday, each January its year; else empty."""
    if spans and spans[0].noun == "month":
        return [str(span.first.year) if span.first.month == 1 else "" for span in spans]
    shown = range(1, len(spans) - 1, 4 if len(spans) < 40 else 8)
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


def span_title(count: SpanCount, until: datetime) -> str:
    """Describe one week or month: its days and counts, or that it was not observed."""
    if not count.observed:
        return f"{days(count.span)}: not observed"
    counts = f"{count.both} both, {count.encryption} encryption only, {count.child_safety} child safety only"
    return f"{_days_to_date(count.span, until)}: {counts}"


def days(span: Span) -> str:
    """Return the days of a week or month, such as `2 Feb to 8 Feb 2026`."""
    return f"{short_day(span.first)} to {day(span.last)}"


def _days_to_date(span: Span, until: datetime) -> str:
    return days(span) + ("" if is_over(span, until) else ", to date")


def _observed(seen: Sequence[SpanCount] | Sequence[Attention]) -> str:
    """Return the number of observed weeks or months in words."""
    return counted(len(seen), f"observed {_noun(seen)}")


def _span_name(span: Span) -> str:
    """Name a week or month within a sentence: `the week of 2 Feb 2026`, `Feb 2026`."""
    return month(span.first) if span.noun == "month" else f"the week of {day(span.first)}"


def _noun(counts: Sequence[SpanCount | Attention]) -> str:
    return counts[0].span.noun if counts else "week"
