"""Read the pages of web archives, WARC or WACZ: the only module that knows fastwarc."""

import gzip
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

import fsspec
from fastwarc.warc import ArchiveIterator, WarcRecordType

from tracker.archive.captures import Unreadable

_DAMAGED = (OSError, EOFError, ValueError, ImportError, zipfile.BadZipFile)
"""What reading a file that is truncated or corrupt may raise; ImportError, where fsspec lacks what opens a URL."""

_HTML = frozenset({"text/html", "application/xhtml+xml"})
_LARGEST = 4 * 2**20
"""Most bytes of a page; larger ones are no articles, and take long to read."""

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Page:
    """A captured page: its address, when it was captured (UTC), and the byte in its WARC at which its record begins."""

    url: str
    at: datetime
    record: int
    body: bytes
    charset: str | None


def pages(address: str) -> Iterator[Page]:
    """Yield the pages that were answered with 200 in the order of the file, a path or fsspec URL.

    Raises Unreadable where the file cannot be read any further.
    """
    try:
        with fsspec.open(address, "rb") as content:
            if address.endswith(".wacz"):
                with zipfile.ZipFile(content) as packed:
                    for name in packed.namelist():
                        if name.endswith((".warc", ".warc.gz")):
                            with packed.open(name) as one:
                                yield from _pages(one)
            else:
                yield from _pages(content)
    except _DAMAGED as error:
        raise Unreadable(f"{address} cannot be read: {error or type(error).__name__}") from error


def _pages(content: IO[bytes]) -> Iterator[Page]:
    kinds = {"record_types": WarcRecordType.response, "max_content_length": _LARGEST}
    last = 0
    for record in ArchiveIterator(content, parse_http=True, auto_decode="all", fsspec_args=False, **kinds):
        last = record.stream_pos
        headers = record.http_headers
        if headers is None:
            raise OSError("the file breaks off")
        body: bytes = record.reader.read()
        if len(body) < record.content_length and not _is_encoded(headers):  # a truncated file looks like a shorter one
            raise OSError("the file breaks off")
        url, at = record.headers.get("WARC-Target-URI"), record.record_date
        if url and at and headers.status_code == 200 and record.http_content_type in _HTML:
            yield Page(url, at, last, body, record.http_charset)
    if content.seekable():
        _check_end(content, last)


def _check_end(content: IO[bytes], last: int) -> None:
    """Raise OSError or EOFError if a file, read from its last page on, breaks off within a record.

    ArchiveIterator takes a file that is cut within the header of a record for a shorter one.
    """
    content.seek(last)
    begins = content.read(5)
    content.seek(last)
    if begins != b"WARC/" and begins[:2] != _GZIP:
        return
    rest = gzip.open(content) if begins[:2] == _GZIP else content  # noqa: SIM115  nothing to close
    end = b""
    while chunk := rest.read(2**20):
        end = (end + chunk)[-4:]
    if end != b"\r\n\r\n":
        raise OSError("the file breaks off")


def _is_encoded(headers: Any) -> bool:
    return bool(headers.get("Content-Encoding") or headers.get("Transfer-Encoding"))
