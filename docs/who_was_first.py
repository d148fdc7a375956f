# %% [markdown]
# Which sources were first with stories on a tag: `python docs/who_was_first.py db/tracker.db encryption`.
# First among the sources watched: a source that is not watched may have been earlier.

# %%
import sys
from collections import Counter

import tracker
from tracker.publish.exports.queries import Filter

path, tag = sys.argv[1:]

# %% Count the stories that each source began, and those it took part in.
with tracker.open(path) as data:
    stories = list(data.stories(Filter(tags=(tag,))))
first = Counter(story.first_source for story in stories)

# %% The sources that were first most often, and the widest story of each.
for source, count in first.most_common(10):
    widest = max((story for story in stories if story.first_source == source), key=lambda story: story.owners)
    print(f"{source}: first with {count} of {len(stories)}; {widest.title!r}, {widest.owners} owners")
