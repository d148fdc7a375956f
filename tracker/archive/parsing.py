"""The task of a worker: turn one archive into one part."""

import hashlib
import re
from dataclasses import dataclass

from tracker.archive import parts
from tracker.archive.captures import Capture, History, Unreadable, captures, fingerprint
from tracker.archive.parts import ParsedCapture
from tracker.collect.parse import parse_at_once
from tracker.errors import CollectError

_FORM = 1
"""Raised whenever parts made before are to be made anew: the parser or the columns have changed."""


@dataclass(frozen=True, slots=True)
class Part:
    """The part of an archive.

    `problem` says why it holds only what came before the archive's damage, empty if it is whole; a part of which
    nothing could be read has no captures and no file.
    """

    history: History
    address: str
    captures: int
    problem: str = ""


def make_part(history: History, folder: str) -> Part:
    """Make the part of an archive in `folder`, unless it is there.

    A part is named after what it is made of, so a changed archive is read anew. What came before damage is kept, but
    read anew by the next run, in case the archive was mended with its size and time unchanged.
    """
    try:
        made_of = "\n".join((str(_FORM), history.feed, history.address, history.document, fingerprint(history)))
    except Unreadable as error:
        return Part(history, "", 0, str(error))
    address = f"{folder.rstrip('/')}/{name_of_part(history.address, made_of)}"
    if parts.exists(address) and not parts.metadata(address)["problem"]:
        return Part(history, address, parts.count(address))
    rows, problem = _read(history)
    if not rows:
        return Part(history, "", 0, problem or f"{history.address} holds no file named after the time of its capture")
    parts.write(address, rows, problem)
    return Part(history, address, len(rows), problem)


def _read(history: History) -> tuple[list[ParsedCapture], str]:
    """Return the captures earliest first, parsed, and what ended the archive too early."""
    rows: list[ParsedCapture] = []
    problem = ""
    try:
        rows += (_parsed(capture, history.feed) for capture in captures(history))
    except Unreadable as error:
        problem = f"{error}; {len(rows)} captures came before that"
    return sorted(rows, key=lambda row: (row.capture.at, row.capture.name)), problem


def _parsed(capture: Capture, url: str) -> ParsedCapture:
    """Parse what is parsed at once; what takes longer, or fails, is left to processes that can be killed."""
    try:
        return ParsedCapture(capture, parse_at_once(capture.body, url, None, capture.at))
    except CollectError:
        return ParsedCapture(capture, None)


def name_of_part(archive: str, made_of: str) -> str:
    """Return the file name of a part: the archive's, and a digest of what the part is made of."""
    words = re.sub(r"[^A-Za-z0-9]+", "-", archive.rstrip("/").rpartition("/")[2]).strip("-")[:40]
    return f"{words}-{hashlib.sha256(made_of.encode()).hexdigest()[:16]}.parquet"
