"""Weeks as charts: their columns, what they say in words, and which weeks a label stands under; pure."""

from collections.abc import Sequence

from tracker.publish.site import words
from tracker.publish.site.chart import Chart, Column
from tracker.publish.site.data.weekly import WeekCount
from tracker.publish.site.weeks import Week

_LONG = 60
"""From this many weeks on the labels are years."""


def coverage(counts: Sequence[WeekCount]) -> Chart:
    """Relevant articles per week by topic: both, encryption only, child safety only."""
    columns = (
        Column(
            key=str(count.week.monday),
            label=label,
            says=week_title(count),
            values=(count.both, count.encryption, count.child_safety),
            observed=count.observed,
        )
        for count, label in zip(counts, labels([count.week for count in counts]), strict=True)
    )
    return Chart("Relevant articles per week", sentence(counts), tuple(columns))


def labels(weeks: Sequence[Week]) -> list[str]:
    """What stands below each week: every fourth Monday, or each new year where there are many; else nothing."""
    mondays = [week.monday for week in weeks]
    if len(mondays) > _LONG:
        years = {monday.year: number for number, monday in reversed(list(enumerate(mondays))) if monday.month == 1}
        named = {number: str(year) for year, number in years.items()}
    else:
        named = {number: words.short_day(mondays[number]) for number in range(1, len(mondays) - 1, 4)}
    return [named.get(number, "") for number in range(len(mondays))]


def sentence(counts: Sequence[WeekCount]) -> str:
    """What the chart of coverage shows, in words."""
    seen = [count for count in counts if count.observed]
    total, blind = sum(count.total for count in seen), len(counts) - len(seen)
    text = f"{words.counted(total, 'article')} in {words.counted(len(seen), 'week')} that we watched"
    if total:
        peak = max(seen, key=lambda count: count.total)
        text += f"; most, {words.number(peak.total)}, in the week of {words.day(peak.week.monday)}"
    return text + (f". In {words.counted(blind, 'week')} most feeds were not seen: grey, not zero." if blind else ".")


def week_title(count: WeekCount) -> str:
    """One week in words: its days and its numbers, or that nobody looked."""
    if not count.observed:
        return f"{days(count.week)}: not observed"
    counts = f"{count.both} both, {count.encryption} encryption only, {count.child_safety} child safety only"
    return f"{days(count.week)}: {counts}"


def days(week: Week) -> str:
    """A week's days, as `2 Feb to 8 Feb 2026`."""
    return f"{words.short_day(week.monday)} to {words.day(week.sunday)}"
