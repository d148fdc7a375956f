"""Write GAPS.md: what a release is known to lack."""

from collections.abc import Mapping, Sequence
from typing import Any

from tracker.publish.formatting import percent
from tracker.publish.labels import GAP
from tracker.publish.release.queries import Month

_BEGIN = """\
# What is known to be missing

A feed shows only its latest entries. What left a feed between two polls is not in these data and cannot be \
recovered. Each such interval is a row of `gaps.csv`; where `bridged` is 1, the next document still showed an entry \
from before, so nothing was missed. Of the time before its first poll, only what a feed held then is known.

## By month

The share of the time in which nothing can have been missed, over all feeds that were polled. A feed counts \
from its first poll to its last; months are UTC, hours those of all feeds together. `continuity.csv` has each feed by \
itself.

"""

_BETWEEN = """

## Still open when the snapshot was made

"""

_END = """

## What no feed shows

- Articles that their publishers put into none of the feeds that are watched.
- Texts of articles: titles and summaries are what feeds hold, and tags follow from them alone.
- Changes between two polls, and of entries that had left their feed.
- Dates that feeds do not state: `published_at` is empty then, and the day of first sight counts.
"""


def gaps_in_words(months: Sequence[Month], still_open: Sequence[Mapping[str, Any]]) -> str:
    """Describe in Markdown what was not seen, month by month, and what no feed shows."""
    table = [
        "| Month | Feeds | Observed | Gaps | Hours missed |\n|---|---|---|---|---|",
        *(
            f"| {one.month} | {one.feeds:,} | {percent(100 * one.observed)} | {one.gaps:,} | {one.hours_missed:,.0f} |"
            for one in months
        ),
    ]
    opened = [f"- {one['source']}, <{one['url']}>, since {one['from_at']}: {GAP[one['reason']]}" for one in still_open]
    by_month = "\n".join(table) if months else "No feed was polled: all articles were imported."
    return _BEGIN + by_month + _BETWEEN + ("\n".join(opened) or "None.") + _END
