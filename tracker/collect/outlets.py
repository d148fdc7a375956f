"""Extract an item's publisher from an aggregator's feed: the only module that knows how aggregators name outlets."""

import re

from tracker.analyse.text import AUTHOR_LIMIT, plain
from tracker.analyse.urls import host
from tracker.collect.formats.items import Item
from tracker.models import Outlet

_SEPARATORS = (" - ", " – ", " — ", " | ")
"""Separators between a headline and its outlet's name: Google News uses the first."""

_WORD = re.compile(r"\w+")


def named_outlet(item: Item, link: str | None, url: str) -> Outlet | None:
    """Return the outlet named by an item of the document at `url`, at `link`; None for the document's own site.

    A name without a link counts only where only aggregators write it: in other feeds it is mostly their own.
    """
    name = plain(item.outlet, AUTHOR_LIMIT)
    if not name or (link is None and not item.aggregated):
        return None
    if link is not None and _site(link) == _site(url):
        return None
    return Outlet(name, link)


def without_outlet(title: str, summary: str, outlet: Outlet) -> tuple[str, str]:
    """Strip the outlet's name from the end of the title; empty the summary if it only repeats the two.

    Google News ends every title this way, and its description is the linked title with the outlet again.
    """
    for separator in _SEPARATORS:
        ending = f"{separator}{outlet.name}"
        if len(title) > len(ending) and title.casefold().endswith(ending.casefold()):
            title = title[: -len(ending)].rstrip()
            break
    known = _words(title) | _words(outlet.name)
    return title, "" if _words(summary) <= known else summary


def _words(text: str) -> set[str]:
    """Return the set of case-folded words in a text."""
    return set(_WORD.findall(text.casefold()))


def _site(url: str) -> str:
    """Return the host of an address, without the optional www."""
    return host(url).removeprefix("www.")
