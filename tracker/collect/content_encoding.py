"""Decompress a body piece by piece, safe against bombs: the only module that imports zlib."""

import codecs
import zlib
from collections.abc import Iterator, Sequence

from tracker.errors import CollectError

ACCEPTED = "gzip, deflate"
"""Codings to offer the server: only those that can be decompressed in limited steps."""

_MEMBERS = 1000
"""Most gzip members in one body; more are an attack."""

_LAYERS = 3
"""Most nested compressions of a body: a gzip file, compressed for transport, and once more by mistake."""

_HEAD = 64
"""Bytes inspected to recognise the data."""

_GZIP, _ZLIB, _RAW = 31, 15, -15  # zlib's window bits, which also choose the container
_STEP = 1 << 18  # bytes inflated at a time: what a bomb may cost before it can be stopped

_COMPRESSIONS = frozenset({"gzip", "deflate"})
_IDENTITY = frozenset({"", "identity"})  # codings that change nothing

_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE)
_CONTROLS = frozenset(range(0x20)) - frozenset(b"\t\n\r\f")


class BadEncoding(CollectError):
    """The body does not match its Content-Encoding, or uses one that was not requested."""


class TooLarge(CollectError):
    """The body exceeds the limit."""


class Inflater:
    """Decompresses the chunks of one body into a document of at most `limit` bytes.

    `encoding` is the Content-Encoding header, None if absent. The data overrules it: what starts as gzip is
    decompressed whatever the header says, and what is plainly a document is taken as is.
    """

    def __init__(self, encoding: str | None, limit: int) -> None:
        codings = [part.partition(";")[0].strip().lower().removeprefix("x-") for part in (encoding or "").split(",")]
        self._outermost = _Layer(codings, limit, _LAYERS)

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the decompressed pieces of a chunk, so that the caller can check each.

        Raises TooLarge beyond the limit and BadEncoding when the data cannot be decompressed.
        """
        return self._outermost.feed(chunk)

    def finish(self) -> Iterator[bytes]:
        """Yield the rest of the document after the last chunk; raises BadEncoding when the body ended too early."""
        return self._outermost.finish()


def inflated(body: bytes, limit: int) -> Iterator[bytes]:
    """Yield the document in a file that may be gzipped; raises as Inflater does."""
    inflater = Inflater(None, limit)
    yield from inflater.feed(body)
    yield from inflater.finish()


class _Layer:
    """Undoes one coding of a body and feeds the next layer; plain data passes through.

    `codings` are those still to undo, outermost last; `left` is how many layers may still be decompressed.
    """

    def __init__(self, codings: Sequence[str], limit: int, left: int) -> None:
        self._codings = codings
        self._limit = limit
        self._left = left
        self._size = 0
        self._head = b""
        self._passes: bool | None = None
        """Whether the data passes unchanged; None until enough has arrived to tell."""
        self._stream: _Stream | None = None
        self._inner: _Layer | None = None

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Do the same as Inflater.feed() for this layer's data."""
        if self._passes is None:
            chunk, self._head = self._head + chunk, b""
            if len(chunk) < _HEAD:
                self._head = chunk
                return
            self._begin(chunk)
        yield from self._decompress(chunk)

    def finish(self) -> Iterator[bytes]:
        """Do the same as Inflater.finish() for this layer's data."""
        if self._passes is None:
            self._begin(self._head)
            yield from self._decompress(self._head)
        if self._stream is not None and self._inner is not None:
            self._stream.finish()
            yield from self._inner.finish()

    def _begin(self, data: bytes) -> None:
        """Detect the compression, if any, from the beginning of the data."""
        compressions = [coding for coding in self._codings if coding in _COMPRESSIONS]
        unknown = [coding for coding in self._codings if coding not in _COMPRESSIONS | _IDENTITY]
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

    def _decompress(self, data: bytes) -> Iterator[bytes]:
        """Yield the part of the document in this data."""
        if self._stream is None or self._inner is None:
            yield self._check_size(data)
            return
        for piece in self._stream.feed(data):
            yield from self._inner.feed(self._check_size(piece))

    def _check_size(self, piece: bytes) -> bytes:
        """Return the piece; raises TooLarge when this layer's output exceeds the limit."""
        self._size += len(piece)
        if self._size > self._limit:
            raise TooLarge(f"The document is larger than {self._limit:,} bytes.")
        return piece


class _Stream:
    """Decompresses gzip or deflate with any number of members."""

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._members = 0
        self._member: zlib._Decompress | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the decompressed data in steps; raises BadEncoding when it is not valid."""
        while data:
            if self._member is None and not self._begin(data):
                break
            piece, data = self._inflate(data)
            yield piece

    def finish(self) -> None:
        """Raise BadEncoding when the data ended inside a member."""
        if self._member is not None:
            raise BadEncoding(f"The {self._coding} data ends too early.")

    def _begin(self, data: bytes) -> bool:
        """Open the next member; return False if none follows: trailing data is ignored, as in browsers."""
        if self._members and (self._coding == "deflate" or not data.startswith(b"\x1f")):
            return False
        self._members += 1
        if self._members > _MEMBERS:
            raise BadEncoding(f"The gzip data has more than {_MEMBERS} members.")
        self._member = zlib.decompressobj(_GZIP if self._coding == "gzip" else _window_of_deflate(data))
        return True

    def _inflate(self, data: bytes) -> tuple[bytes, bytes]:
        """Return one step of decompressed data, and the data still to be read."""
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
    """Return zlib's window bits for deflate data: with zlib's header (RFC 1950), or without it from some servers."""
    return _ZLIB if data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0 else _RAW


def _is_document(data: bytes) -> bool:
    """Whether the data plainly starts as XML, HTML or JSON, in any encoding."""
    mark = next((mark for mark in _BOMS if data.startswith(mark)), b"")
    head = data[len(mark) : _HEAD].replace(b"\0", b"").lstrip()  # UTF-16 and 32 of ASCII become ASCII
    return head.startswith((b"<", b"{", b"[")) and _CONTROLS.isdisjoint(head)
