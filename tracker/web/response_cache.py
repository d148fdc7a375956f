"""How an answer that is known already is not made again: its ETag, and the answers of late, as long as no data changed.

Every page says `no-cache`: whoever keeps it asks each time whether it still holds. So a reload shows what is stored
now, and costs a 304 as long as nothing was stored; a max-age would save that request and show what is old.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from secrets import token_bytes
from typing import Any, Final

from tracker.web.queries.connection import Wrong

REVALIDATED: Final = (b"cache-control", b"no-cache")
FOR_EVER: Final = (b"cache-control", b"public, max-age=31536000, immutable")

LARGEST: Final = 1_000_000
"""Bytes of the largest answer that is kept."""

_ROOM: Final = 32_000_000
"""Bytes of all answers that are kept."""

Headers = Sequence[tuple[bytes, bytes]]


class Freshness:
    """Names the state of everything that an answer depends on.

    That is the data, as SQLite counts changes to it for one connection; the local hour, for pages that look back from
    today and say for how long nothing was polled; and this process, which stands for its code, templates and settings.
    """

    def __init__(self, connect: Callable[[], Any], hour: Callable[[], str]) -> None:
        self._connect = connect
        self._hour = hour
        self._process = token_bytes(16)
        self._connection: Any = None

    def state(self) -> str | None:
        """The present state; None when the database cannot be read."""
        try:
            if self._connection is None:
                self._connection = self._connect()
            ((version,),) = self._connection.execute("PRAGMA data_version")
        except Wrong:
            return None
        return f"{version} {self._hour()}"

    def tag(self, state: str, *address: str) -> bytes:
        """The ETag of an address in a state: nobody can have it who was not given it there.

        Weak, because a page made anew in one state may differ in a byte, such as the time that it took.
        """
        digest = blake2b("\n".join((state, *address)).encode("utf-8", "replace"), digest_size=12, key=self._process)
        return f'W/"{digest.hexdigest()}"'.encode()


def is_known(tag: bytes, headers: Headers) -> bool:
    """Whether who asks has the answer with this tag already (RFC 9110, section 13.1.2)."""
    opaque = tag.removeprefix(b"W/")
    given = b",".join(value for name, value in headers if name == b"if-none-match")
    return any(part.strip().removeprefix(b"W/") == opaque for part in given.split(b","))


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer with status 200."""

    headers: Headers
    body: bytes


class Answers:
    """The answers of late, of one state of the data only; those not asked for longest go first."""

    def __init__(self) -> None:
        self._state = ""
        self._kept: OrderedDict[bytes, Answer] = OrderedDict()
        self._bytes = 0

    def get(self, state: str, tag: bytes) -> Answer | None:
        """The answer with this tag, if it is kept."""
        if state != self._state:
            self._state, self._bytes = state, 0
            self._kept.clear()
        found = self._kept.get(tag)
        if found is not None:
            self._kept.move_to_end(tag)
        return found

    def keep(self, state: str, tag: bytes, answer: Answer) -> None:
        """Keep an answer that was made in this state, if that is still the present one and it is not too large."""
        if state != self._state or len(answer.body) > LARGEST or tag in self._kept:
            return
        self._kept[tag] = answer
        self._bytes += len(answer.body)
        while self._bytes > _ROOM:
            self._bytes -= len(self._kept.popitem(last=False)[1].body)
