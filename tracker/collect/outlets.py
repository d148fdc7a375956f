"""Finds out of an aggregator's item who published it: the only module that knows how aggregators name outlets."""

import re

from tracker.analyse.text import AUTHOR_LIMIT, plain
from tracker.analyse.urls import host
from tracker.collect.formats.items import Item
from tracker.models import Outlet

_SEPARATORS = (" - ", " – ", " — ", " | ")
"""What stands between a headline and the name of its outlet: Google News writes the first."""

_WORD = re.compile(r"\w+")


def named_outlet(item: Item, link: str | None, url: str) -> Outlet | None:
    """The outlet that the item of the document at `url` names, at `link`; None for the document's own site.

    A name without a link counts only where aggregators alone write it: in other feeds it is mostly their own.
    """
    name = plain(item.outlet, AUTHOR_LIMIT)
    if not name or (link is None and not item.aggregated):
        return None
    if link is not None and _site(link) == _site(url):
        return None
    return Outlet(name, link)


def without_outlet(title: str, summary: str, outlet: Outlet) -> tuple[str, str]:
    """The title without the outlet's name at its end, and the summary, empty if it only repeats the two.

    Google News ends every title so, and its description is the linked title with the outlet again.
    """
    for separator in _SEPARATORS:
        ending = f"{separator}{outlet.name}"
        if len(title) > len(ending) and title.casefold().endswith(ending.casefold()):
            title = title[: -len(ending)].rstrip()
            break
    known = _words(title) | _words(outlet.name)
    return title, "" if _words(summary) <= known else summary


def _words(text: str) -> set[str]:
    """The different words of a text, whatever their case."""
    return set(_WORD.findall(text.casefold()))


def _site(url: str) -> str:
    """The host of an address, without the www. that many leave out."""
    return host(url).removeprefix("www.")
