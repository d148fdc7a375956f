"""Undoes a Content-Encoding piece by piece: the only module that knows zlib, and how to meet a bomb."""

import zlib
from collections.abc import Iterator

from tracker.errors import CollectError

ACCEPTED = "gzip, deflate"
"""What a server may be asked for: only what can be undone with a limit on each step."""

_MEMBERS = 1000
"""Most gzip members in one body; more than a few are made to waste time."""

_GZIP, _ZLIB, _RAW = 31, 15, -15  # zlib's window bits, which also choose the container
_STEP = 1 << 18  # bytes inflated at a time: what a bomb may cost before anybody can stop it


class BadEncoding(CollectError):
    """The body is not encoded as its Content-Encoding says, or in a way that was not asked for."""


class TooLarge(CollectError):
    """The body is larger than what is read."""


class Inflater:
    """Turns the chunks of one body into the document, of at most `limit` bytes.

    `encoding` is the Content-Encoding header, None when absent. Raises BadEncoding for one that is not
    known: more than one, too, as no honest server compresses twice.
    """

    def __init__(self, encoding: str | None, limit: int) -> None:
        self._encoding = (encoding or "identity").strip().lower().removeprefix("x-")
        if self._encoding not in {"identity", "gzip", "deflate", ""}:
            raise BadEncoding(f"The Content-Encoding {self._encoding[:50]!r} was not asked for.")
        self._plain = self._encoding in {"identity", ""}
        self._limit = limit
        self._size = 0
        self._members = 0
        self._waiting = b""
        self._member: zlib._Decompress | None = None

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """The part of the document that this chunk completes, piece by piece, so that each can be met.

        Raises TooLarge beyond the limit and BadEncoding where the data is not what it is said to be.
        """
        if self._plain:
            yield self._counted(chunk)
            return
        data = self._waiting + chunk
        self._waiting = b""
        while data:
            if self._member is None and not self._begin(data):
                break
            piece, data = self._inflated(data)
            yield piece

    def finish(self) -> None:
        """Raises BadEncoding when the body ended before the document did."""
        if self._member is not None or self._waiting:
            raise BadEncoding(f"The {self._encoding} data ends too early.")

    def _begin(self, data: bytes) -> bool:
        """Opens the next member; False when there is none (padding) or too little data to tell."""
        if self._members and (self._encoding == "deflate" or not data.startswith(b"\x1f")):
            return False  # what follows the end of the data is ignored, as browsers do
        if self._encoding == "deflate" and len(data) < 2:
            self._waiting = data
            return False
        self._members += 1
        if self._members > _MEMBERS:
            raise BadEncoding(f"The gzip data has more than {_MEMBERS} members.")
        self._member = zlib.decompressobj(self._window(data))
        return True

    def _window(self, data: bytes) -> int:
        """How to read the data: deflate comes with zlib's header (RFC 1950), from some servers without."""
        if self._encoding == "gzip":
            return _GZIP
        return _ZLIB if data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0 else _RAW

    def _inflated(self, data: bytes) -> tuple[bytes, bytes]:
        """One step's worth of the document, and the data still to be read."""
        member = self._member
        if member is None:
            raise AssertionError("no member is open")  # feed opens one
        try:
            piece = self._counted(member.decompress(data, _STEP))
        except zlib.error as error:
            raise BadEncoding(f"The body is not valid {self._encoding} data.") from error
        if not member.eof:
            return piece, member.unconsumed_tail
        self._member = None
        return piece, member.unused_data

    def _counted(self, piece: bytes) -> bytes:
        """The piece; raises TooLarge when the document has outgrown the limit with it."""
        self._size += len(piece)
        if self._size > self._limit:
            raise TooLarge(f"The document is larger than {self._limit:,} bytes.")
        return piece
