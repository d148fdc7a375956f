"""Read articles from JSON lines into entries: the only module that knows that format."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tracker.analyse.dates import read_date
from tracker.analyse.text import AUTHOR_LIMIT, SUMMARY_LIMIT, TITLE_LIMIT, headline, plain, text_lines
from tracker.analyse.urls import absolute
from tracker.errors import CollectError, UsageError
from tracker.models import Entry

SOURCE_LIMIT = 200
"""Most code points kept of a source's name."""

_DATE_LIMIT = 100
_PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
"""Magic bytes of compressed files, spreadsheets included."""

_BROKEN = re.compile("[\udc80-\udcff]")
"""Bytes that are not UTF-8, as `surrogateescape` decodes them."""


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One line: the entry, its source's name and its full text, or what is wrong with it."""

    number: int
    source: str = ""
    entry: Entry | None = None
    text: str = ""
    problem: str = ""


def require_lines(path: Path) -> None:
    """Raise UsageError when a file is not JSON lines at all, which would otherwise be one problem per line."""
    with path.open("rb") as content:
        beginning = content.read(4096)
    if beginning.startswith(_PACKED):
        raise UsageError(f"{path} is compressed; decompress it first")
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in beginning[:2]:
        raise UsageError(f"{path} is UTF-16; save it as UTF-8")
    line = beginning.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0].rstrip()
    if line == b"[" or line.startswith(b"[{"):
        raise UsageError(f"{path} holds one JSON list; write one object a line")
    if not line.startswith((b"{", b"[")) and re.fullmatch(rb"[\w \"'.-]+([,;\t][\w \"'.-]+)+", line):
        raise UsageError(f"{path} contains CSV, not JSON Lines; write one object per line")
    if line and not re.search(rb"^\s*[{\[]", beginning, re.MULTILINE):
        raise UsageError(f"{path} is not JSON Lines; write one object per line")


def read_lines(lines: Iterable[str], now: datetime) -> Iterator[ImportLine]:
    """Yield each non-empty line, as an entry or with its problem; `lines` are decoded with `surrogateescape`."""
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        if _BROKEN.search(text):
            yield ImportLine(number, problem="this is not UTF-8; save the file as UTF-8")
            continue
        try:
            item = json.loads(text, parse_int=float)
            entry = _entry(item, now)
            source = _source(item)
            body = text_lines(item.get("text") or "")
        except CollectError as error:
            yield ImportLine(number, problem=str(error))
        except RecursionError:
            yield ImportLine(number, problem="this is JSON, but nested too deep")
        except ValueError as error:
            yield ImportLine(number, problem=f"this is not JSON: {error}")
        else:
            yield ImportLine(number, source, entry, body)


def _source(item: dict[str, Any]) -> str:
    """Return the source's name in readable form; raises CollectError when it contains no words."""
    source = plain(item["source"], SOURCE_LIMIT)
    if not any(map(str.isalnum, source)):
        raise CollectError('"source" has no words')
    return source


def _entry(item: Any, now: datetime) -> Entry:
    """Return the entry; raises CollectError naming what is missing or of the wrong type."""
    if not isinstance(item, dict):
        raise CollectError('not a JSON object; write {"url", "title", "summary", "published", "source"}')
    for key in ("url", "title", "source"):
        if not isinstance(item.get(key), str) or not item[key].strip():
            raise CollectError(f'"{key}" is missing or not text')
    for key in ("summary", "published", "author", "language", "text"):
        if not isinstance(item.get(key), str | None):
            raise CollectError(f'"{key}" is not text')
    url = absolute(item["url"], item["url"])
    if url is None:
        raise CollectError(f'"url" is not a web address: {item["url"][:100]!r}')
    title = headline(item["title"], TITLE_LIMIT)
    for key, words in (("title", title), ("source", plain(item["source"], SOURCE_LIMIT))):
        if not words:
            raise CollectError(f'"{key}" has no words')
    raw = plain(item.get("published") or "", _DATE_LIMIT) or None
    published, quality = read_date(raw, now)
    return Entry(
        guid=url,
        url=url,
        title=title,
        summary=plain(item.get("summary") or "", SUMMARY_LIMIT),
        author=plain(item.get("author") or "", AUTHOR_LIMIT) or None,
        language=_language(item.get("language")),
        published=published,
        published_raw=raw,
        date_quality=quality,
    )


def _language(stated: str | None) -> str | None:
    """Return the primary part of a language tag, in lower case; raises CollectError when it is invalid."""
    if not stated:
        return None
    found = re.fullmatch(r"([A-Za-z]{2,3})(?:[-_][\w-]*)?", stated)
    if not found:
        raise CollectError('"language" is not a language code such as en')
    return found[1].lower()
