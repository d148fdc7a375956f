"""The task of a worker on a web archive: keep its relevant pages as one part, and count the others.

Pages are read twice, because extraction is the cost: title, description and main text of every page by resiliparse, a
twentieth of the work, decide whether it is relevant; only then is its text extracted as that of any article.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pyarrow as pa
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.encoding import detect_encoding, map_encoding_to_html5
from resiliparse.parse.html import HTMLTree

from tracker.analyse.publishers import Publishers
from tracker.analyse.tagging.rules import Rulebook
from tracker.analyse.text import SUMMARY_LIMIT, TITLE_LIMIT, headline, plain
from tracker.analyse.urls import host
from tracker.archive import parts
from tracker.archive.captures import History, Unreadable, fingerprint
from tracker.archive.parsing import name_of_part
from tracker.archive.web_archives import Page, pages
from tracker.collect.article_page import read_page
from tracker.models import NO_TOPIC
from tracker.outcomes import PageOutcome

_FORM = "pages 1"
"""Changed whenever parts made before are to be made anew: the extraction or the columns have changed."""

_TEXT = ("url", "title", "source", "summary", "published", "author", "language", "text", "outcome", "archive")
_SCHEMA = pa.schema(
    [pa.field(name, pa.string()) for name in _TEXT]
    + [pa.field("record", pa.int64()), pa.field("captured_at", pa.timestamp("s", tz="UTC"))]
)
_LONGEST = 100_000
"""Most code points of a page's text by which its relevance is decided."""


@dataclass(frozen=True, slots=True)
class Judge:
    """What decides whose a page is and whether it is relevant."""

    rulebook: Rulebook
    publishers: Publishers

    def source(self, url: str) -> str:
        """Return the source of feeds.yaml that publishes an address; the host, without www, if none or several do."""
        found = self.publishers.of(url)
        return next(iter(found)) if len(found) == 1 else host(url).removeprefix("www.")


Key = tuple[str, str]
"""A source and a day of capture (UTC, YYYY-MM-DD)."""


@dataclass(frozen=True, slots=True)
class PagePart:
    """The part of a web archive: how many pages each source has on each day, and how many of them are relevant.

    `first` is when its earliest page was captured, None if it has none. `failed` pages, among those counted, could not
    be read. `problem` as in Part.
    """

    address: str
    pages: dict[Key, int]
    relevant: dict[Key, int]
    first: datetime | None = None
    failed: int = 0
    problem: str = ""


def make_page_part(archive: str, folder: str, judge: Judge) -> PagePart:
    """Make the part of a web archive in `folder`, unless it is there; what came before damage is kept.

    A part is named after its archive and the rulebook, so that a changed one is read anew.
    """
    history = History("", archive)
    try:
        made_of = "\n".join((_FORM, judge.rulebook.hash, archive, fingerprint(history)))
    except Unreadable as error:
        return PagePart("", {}, {}, problem=str(error))
    address = f"{folder.rstrip('/')}/{name_of_part(archive, made_of)}"
    if not parts.exists(address) or parts.metadata(address)["problem"]:
        reading = _Reading(archive, judge)
        parts.write_rows(address, _SCHEMA, reading.rows(), reading.metadata)
    return part_at(address)


def part_at(address: str) -> PagePart:
    """Return a part that was made before."""
    found = parts.metadata(address)
    counts = json.loads(found["counts"])
    every = {(source, day): seen for source, day, seen, _ in counts}
    relevant = {(source, day): kept for source, day, _, kept in counts}
    first = datetime.fromisoformat(found["first"]) if found["first"] else None
    return PagePart(address, every, relevant, first, int(found["failed"]), found["problem"])


class _Reading:
    """One reading of a web archive; what it counts is complete when its rows have been taken."""

    def __init__(self, archive: str, judge: Judge) -> None:
        self._archive = archive
        self._judge = judge
        self._every: Counter[Key] = Counter()
        self._relevant: Counter[Key] = Counter()
        self._first: datetime | None = None
        self._failed = 0
        self._problem = ""

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the relevant pages as rows."""
        try:
            for page in pages(self._archive):
                key = self._judge.source(page.url), f"{page.at:%Y-%m-%d}"
                self._every[key] += 1
                self._first = min(self._first or page.at, page.at)
                if row := self._row(page):
                    self._relevant[key] += 1
                    yield row | {"archive": self._archive, "source": key[0]}
        except Unreadable as error:
            self._problem = f"{error}; {self._every.total()} pages came before that"

    def metadata(self) -> dict[str, str]:
        """Return what is kept of the archive besides the rows."""
        counts = [(*key, seen, self._relevant[key]) for key, seen in sorted(self._every.items())]
        first = self._first.isoformat() if self._first else ""
        told = {"problem": self._problem, "failed": str(self._failed)}
        return told | {"first": first, "counts": json.dumps(counts)}

    def _row(self, page: Page) -> dict[str, Any] | None:
        """Return what is kept of a page; None if it is not relevant or cannot be read, which costs no other page."""
        try:
            return _row(page, self._judge)
        except Exception:  # noqa: BLE001  what a page holds is not trusted
            self._failed += 1
            return None


def _row(page: Page, judge: Judge) -> dict[str, Any] | None:
    """Return what is kept of a page; None if it is not relevant."""
    said = _said(page)
    title = headline(said["og:title"] or said["title"], TITLE_LIMIT)
    summary = plain(said["description"] or said["og:description"], SUMMARY_LIMIT)
    language = _language(said["language"])
    if judge.rulebook.tag_whole(title, summary, said["text"], language).relevance == NO_TOPIC:
        return None
    found = read_page(page.body, page.url, page.url)
    return {
        "url": page.url,
        "title": title,
        "summary": summary,
        "published": found.published,
        "author": found.author,
        "language": language,
        "text": found.text if found.outcome is PageOutcome.OK else "",
        "outcome": str(found.outcome),
        "record": page.record,
        "captured_at": page.at,
    }


_PLACES: Final = {
    "og:title": ("meta[property='og:title']", "content"),
    "description": ("meta[name='description']", "content"),
    "og:description": ("meta[property='og:description']", "content"),
    "language": ("html", "lang"),
}
"""What a page says of itself, and the attribute that has it."""


def _said(page: Page) -> dict[str, str]:
    """Return what a page says at _PLACES, its title, and its main text.

    The tree may only be dropped by the thread that made it. Dask's profiler holds on to the frames that it samples, so
    no frame may still refer to the tree when it ends.
    """
    tree = HTMLTree.parse_from_bytes(page.body, _encoding(page))
    node = None
    said = {}
    try:
        for name, (selector, attribute) in _PLACES.items():
            node = tree.document.query_selector(selector)
            said[name] = (node.getattr(attribute) or "") if node else ""
        said["title"] = tree.title or ""
        said["text"] = extract_plain_text(tree, main_content=True, alt_texts=False)[:_LONGEST]
        return said
    finally:
        del tree, node


def _encoding(page: Page) -> str:
    """Return the encoding of a page: the server's word, else the page's own, else what its bytes look like."""
    return map_encoding_to_html5(page.charset or detect_encoding(page.body, from_html_meta=True))  # type: ignore[no-any-return]


def _language(lang: str) -> str | None:
    """Return the language that a page states; None if it states none."""
    stated = lang.replace("_", "-").partition("-")[0].strip().lower()
    return stated if stated.isascii() and stated.isalpha() and len(stated) in {2, 3} else None
