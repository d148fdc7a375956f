"""Recognise what a publisher repeats under its items: link blocks, hashtags, credits, invitations to subscribe.

Pure. A *passage* is a sentence, a link with what leads to it, or a hashtag; it is boilerplate where several items of
one document have it. Such passages are blanked, not cut, so that offsets into the text stay valid.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

_BREAK = re.compile(
    r"""(?: [.!?…]+["'”’»)\]]* | https?://\S+ | www\.\S+ | [#@]\w+ )\s+  # behind a sentence, a link, a hashtag
    | \s+(?= [-–—|•·►▶*]\s | [#@]\w )  # before a bullet, a hashtag""",
    re.VERBOSE,
)
_BULLETS = " -–—|•·►▶*"
_LINK = re.compile(r"https?://|www\.|[#@]\w")

_MIN_ITEMS = 5
_MIN_SHARE = 0.1
"""A passage is boilerplate if it occurs in at least this many items of a document, and in this share of them."""

_MIN_WORDS = 3
_MAX_LENGTH = 500
"""A passage with fewer words (unless it has a link) or more characters is never boilerplate."""


def repeated(items: Iterable[tuple[str, str]]) -> list[str]:
    """Return the boilerplate in a document's items, given as title and summary, by first appearance.

    Items with one title count once, because an outlet may list an article at several addresses.
    """
    by_title = dict(items)
    counts = Counter(
        passage
        for summary in by_title.values()
        for passage in dict.fromkeys(summary[start:end].strip(_BULLETS) for start, end in _repeatable(summary))
    )
    enough = max(_MIN_ITEMS, _MIN_SHARE * len(by_title))
    return [passage for passage, count in counts.items() if count >= enough]


def blanked(summary: str, boilerplate: Collection[str]) -> str:
    """Return the summary with spaces for its boilerplate; every other character keeps its position."""
    if not boilerplate:
        return summary
    parts, done = [], 0
    for start, end in _repeatable(summary):
        if summary[start:end].strip(_BULLETS) in boilerplate:
            parts += [summary[done:start], " " * (end - start)]
            done = end
    return "".join(parts) + summary[done:]


def _repeatable(summary: str) -> Iterator[tuple[int, int]]:
    """Yield the passages that may be boilerplate, as start and end.

    The first one only if it has a link: what opens an item may be all it says, even if its neighbours say it too.
    """
    for start, end in _passages(summary):
        length = end - start
        linked = _LINK.search(summary, start, end) is not None
        if length <= _MAX_LENGTH and (linked or (start and len(summary[start:end].split()) >= _MIN_WORDS)):
            yield start, end


def _passages(text: str) -> Iterator[tuple[int, int]]:
    """Yield consecutive passages, together the whole text."""
    start = 0
    for found in _BREAK.finditer(text):
        yield start, found.end()
        start = found.end()
    if start < len(text):
        yield start, len(text)
