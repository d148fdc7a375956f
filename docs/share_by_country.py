# %% [markdown]
# The share of a tag per country and month: `python docs/share_by_country.py db/tracker.db encryption`.
# A month counts only by its observed days; one without any is a gap, not zero.

# %%
import sys
from collections import defaultdict
from datetime import date

import tracker

path, tag = sys.argv[1:]

# %% Add up the observed days of each country and month.
matching: dict[tuple[str, str], int] = defaultdict(int)
total: dict[tuple[str, str], int] = defaultdict(int)
unseen: dict[tuple[str, str], int] = defaultdict(int)
with tracker.open(path) as data:
    for count in data.counts(tag, date(2000, 1, 1), date.max):
        place = count.country or "unknown", f"{count.day:%Y-%m}"
        if count.total is None:
            unseen[place] += 1
        else:
            matching[place] += count.matching
            total[place] += count.total


# %% One line per country and month, with its denominator and what was not seen.
def share(place: tuple[str, str]) -> str:
    """The share of a country and month, or why there is none."""
    if place not in total:
        return "not observed"
    return f"{matching[place] / total[place]:.1%} of {total[place]}" if total[place] else "no articles"


for country, month in sorted({*total, *unseen}):
    place = country, month
    print(f"{country}  {month}  {share(place)}  ({unseen[place]} days of a source not observed)")
