"""Tidy the head of an HTTP answer as browsers do, as h11 refuses an answer for one bad header line."""

import re

_LONGEST = 100 * 1024
"""Most bytes of a head that are held back, as httpcore allows."""

_END = re.compile(rb"\n\r?\n")
_STATUS = re.compile(rb"HTTP/(?P<version>\d(?:\.\d)?)[ \t]+(?P<status>\d{3})(?!\d)", re.IGNORECASE)
_HEADER = re.compile(
    rb"(?P<name>[-!#$%&'*+.^_`|~0-9A-Za-z]++)[ \t]*+:[ \t]*+(?P<value>(?:[^\x00\s]++(?:[ \t]++[^\x00\s]++)*+)?)[ \t]*+"
)


class HeadTidier:
    """Passes an answer on, its head once it is complete and tidy, its body as it is.

    White space before a header's colon is removed (RFC 9112 section 5.1), as is what follows the status. A line that is
    no header is left out, and so is `Transfer-Encoding: identity`, which HTTP/1.1 once had. What is no HTTP is left as
    it is.
    """

    def __init__(self) -> None:
        self._held = bytearray()
        self._searched = 0
        self._passes = False

    def feed(self, data: bytes) -> bytes:
        """Return what can be passed on after these bytes; empty bytes are the end."""
        if self._passes:
            return data
        self._held += data
        ready = self._heads()
        if self._passes or not data or len(self._held) > _LONGEST or not _begins(self._held):
            self._passes = True
            ready += self._held
            self._held.clear()
        return ready

    def _heads(self) -> bytes:
        """Take the complete heads from what is held and return them tidy; after one of 1xx another follows."""
        ready = b""
        while not self._passes and (end := _END.search(self._held, self._searched)):
            head = _tidy(bytes(self._held[: end.end()]))
            del self._held[: end.end()]
            ready += head
            self._searched = 0
            status = _STATUS.match(head)
            self._passes = status is None or not status["status"].startswith(b"1")
        self._searched = max(0, len(self._held) - 2)
        return ready


def _begins(data: bytearray) -> bool:
    """Whether this may be the beginning of an HTTP answer."""
    start = data[:9].lstrip(b"\r\n")[:5].upper()
    return start == b"HTTP/"[: len(start)]


def _tidy(head: bytes) -> bytes:
    """Return a complete head without what h11 refuses and browsers ignore; what is no HTTP as it is."""
    first, *lines = [line.rstrip(b"\r") for line in head.lstrip(b"\r\n").rstrip(b"\r\n").split(b"\n")]
    status = _STATUS.match(first)
    if status is None:
        return head
    version = status["version"] if status["version"].startswith(b"1.") else b"1.1"
    tidied = [b"HTTP/%s %s" % (version, status["status"])]
    for line in _unfolded(lines):
        header = _HEADER.fullmatch(line)
        if header and (header["name"].lower(), header["value"].lower()) != (b"transfer-encoding", b"identity"):
            tidied.append(b"%s: %s" % (header["name"], header["value"]))
    return b"\r\n".join(tidied) + b"\r\n\r\n"


def _unfolded(lines: list[bytes]) -> list[bytes]:
    """Join lines that continue the one before (RFC 9112 section 5.2)."""
    joined: list[list[bytes]] = []
    for line in lines:
        if joined and line.startswith((b" ", b"\t")):
            joined[-1].append(line.strip())
        else:
            joined.append([line])
    return [b" ".join(parts) for parts in joined]
