"""Unpacks a body piece by piece: the only module that knows zlib, and how to meet a bomb."""

import codecs
import zlib
from collections.abc import Iterator, Sequence

from tracker.errors import CollectError

ACCEPTED = "gzip, deflate"
"""What a server may be asked for: only what can be undone with a limit on each step."""

_MEMBERS = 1000
"""Most gzip members in one body; more than a few are made to waste time."""

_LAYERS = 3
"""Most times that one body is unpacked: a gzip file, packed again for transport, and once more by mistake."""

_HEAD = 64
"""How many bytes are looked at to tell what the data is."""

_GZIP, _ZLIB, _RAW = 31, 15, -15  # zlib's window bits, which also choose the container
_STEP = 1 << 18  # bytes inflated at a time: what a bomb may cost before anybody can stop it

_COMPRESSIONS = frozenset({"gzip", "deflate"})
_NOTHING = frozenset({"", "identity"})  # codings that change nothing

_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE)
_CONTROLS = frozenset(range(0x20)) - frozenset(b"\t\n\r\f")


class BadEncoding(CollectError):
    """The body is not encoded as its Content-Encoding says, or in a way that was not asked for."""


class TooLarge(CollectError):
    """The body is larger than what is read."""


class Inflater:
    """Turns the chunks of one body into the document, of at most `limit` bytes.

    `encoding` is the Content-Encoding header, None when absent. The data has the last word on it: what begins as
    gzip is unpacked whether or not the header says so, and what is plainly a document is taken as it stands,
    whatever coding is named.
    """

    def __init__(self, encoding: str | None, limit: int) -> None:
        codings = [part.partition(";")[0].strip().lower().removeprefix("x-") for part in (encoding or "").split(",")]
        self._outermost = _Layer(codings, limit, _LAYERS)

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """The part of the document that this chunk completes, piece by piece, so that each can be met.

        Raises TooLarge beyond the limit and BadEncoding where the data cannot be unpacked.
        """
        return self._outermost.feed(chunk)

    def finish(self) -> Iterator[bytes]:
        """What is left of the document when the body has ended; raises BadEncoding when it ended too early."""
        return self._outermost.finish()


class _Layer:
    """Undoes one coding of a body, and hands the result to the next layer; what is plain passes through.

    `codings` are those still to be undone, the outermost last; `left` says how many layers may yet be unpacked.
    """

    def __init__(self, codings: Sequence[str], limit: int, left: int) -> None:
        self._codings = codings
        self._limit = limit
        self._left = left
        self._size = 0
        self._head = b""
        self._passes: bool | None = None
        """Whether the data passes as it is; None as long as too little has come to tell."""
        self._stream: _Stream | None = None
        self._inner: _Layer | None = None

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """What Inflater.feed() says, of this layer's data."""
        if self._passes is None:
            chunk, self._head = self._head + chunk, b""
            if len(chunk) < _HEAD:
                self._head = chunk
                return
            self._begin(chunk)
        yield from self._unpacked(chunk)

    def finish(self) -> Iterator[bytes]:
        """What Inflater.finish() says, of this layer's data."""
        if self._passes is None:
            self._begin(self._head)
            yield from self._unpacked(self._head)
        if self._stream is not None and self._inner is not None:
            self._stream.finish()
            yield from self._inner.finish()

    def _begin(self, data: bytes) -> None:
        """Decide by the beginning of the data how it is packed, if it is."""
        compressions = [coding for coding in self._codings if coding in _COMPRESSIONS]
        unknown = [coding for coding in self._codings if coding not in _COMPRESSIONS | _NOTHING]
        stated = compressions[-1] if compressions else ""
        if data.startswith(b"\x1f\x8b\x08"):
            stated = "gzip"
        elif _is_document(data) or not data:
            stated = ""
        elif unknown and not stated:
            raise BadEncoding(f"The Content-Encoding {unknown[-1][:50]!r} was not asked for.")
        stated = stated if self._left else ""
        self._passes = not stated
        if stated:
            self._stream = _Stream(stated)
            self._inner = _Layer([*unknown, *compressions[:-1]], self._limit, self._left - 1)

    def _unpacked(self, data: bytes) -> Iterator[bytes]:
        """The part of the document within this data."""
        if self._stream is None or self._inner is None:
            yield self._counted(data)
            return
        for piece in self._stream.feed(data):
            yield from self._inner.feed(self._counted(piece))

    def _counted(self, piece: bytes) -> bytes:
        """The piece; raises TooLarge when what this layer gives has outgrown the limit with it."""
        self._size += len(piece)
        if self._size > self._limit:
            raise TooLarge(f"The document is larger than {self._limit:,} bytes.")
        return piece


class _Stream:
    """Undoes gzip or deflate, of any number of members."""

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._members = 0
        self._member: zlib._Decompress | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What the data unpacks to, step by step; raises BadEncoding where it is not what it is said to be."""
        while data:
            if self._member is None and not self._begin(data):
                break
            piece, data = self._inflated(data)
            yield piece

    def finish(self) -> None:
        """Raises BadEncoding when the data ended before a member did."""
        if self._member is not None:
            raise BadEncoding(f"The {self._coding} data ends too early.")

    def _begin(self, data: bytes) -> bool:
        """Open the next member; False when there is none, as what follows the end is ignored, as in browsers."""
        if self._members and (self._coding == "deflate" or not data.startswith(b"\x1f")):
            return False
        self._members += 1
        if self._members > _MEMBERS:
            raise BadEncoding(f"The gzip data has more than {_MEMBERS} members.")
        self._member = zlib.decompressobj(_GZIP if self._coding == "gzip" else _window_of_deflate(data))
        return True

    def _inflated(self, data: bytes) -> tuple[bytes, bytes]:
        """One step's worth of what the data unpacks to, and the data still to be read."""
        member = self._member
        if member is None:
            raise AssertionError("no member is open")  # feed opens one
        try:
            piece = member.decompress(data, _STEP)
        except zlib.error as error:
            raise BadEncoding(f"The body is not valid {self._coding} data.") from error
        if not member.eof:
            return piece, member.unconsumed_tail
        self._member = None
        return piece, member.unused_data


def _window_of_deflate(data: bytes) -> int:
    """How to read deflated data: it comes with zlib's header (RFC 1950), from some servers without."""
    return _ZLIB if data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0 else _RAW


def _is_document(data: bytes) -> bool:
    """Whether the beginning of the data is plainly that of XML, HTML or JSON, in whatever encoding."""
    mark = next((mark for mark in _MARKS if data.startswith(mark)), b"")
    head = data[len(mark) : _HEAD].replace(b"\0", b"").lstrip()  # UTF-16 and 32 of ASCII become ASCII
    return head.startswith((b"<", b"{", b"[")) and _CONTROLS.isdisjoint(head)
