"""Cache what was computed from feeds.yaml and the rules in files beside the database, until an input changes.

Compiling the built-in rulebook takes a second of CPU, reading it back a fiftieth. A cache file is only a copy: a line
with a key and a checksum, then the content. One that is missing, damaged or made from other input counts as missing,
and one that cannot be written does no harm. The content of a rulebook is a line with its hash and number of tags,
followed by its JSON (rulebook_json.py).
"""

import hashlib
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from tracker.errors import TrackerError
from tracker.files import PRIVATE, unfinished

if TYPE_CHECKING:
    from tracker.analyse.tagging.rules import Rulebook

_TRACKER: Final = Path(__file__).parents[1]
_SOURCES: Final = ("analyse/**/*.py", "analyse/**/*.yaml", "config/*.py", "models.py")


@dataclass(frozen=True, slots=True)
class CacheFile:
    """A cache file; keeps nothing if `path` is None or its database `db` does not exist yet."""

    path: Path | None = None
    db: Path | None = None

    @classmethod
    def beside(cls, db: Path, name: str) -> "CacheFile":
        """Return the file of this name beside a database, which need not exist yet."""
        return cls(db.with_name(f"{db.name}.{name}.json"), db)

    def read(self, inputs: str) -> bytes | None:
        """Return the content computed from this text by this version of the program; None if there is none."""
        try:
            head, _, content = self.path.read_bytes().partition(b"\n") if self.path else (b"", b"", b"")
        except OSError:
            return None
        return content if head and head == _head(inputs, content) else None

    def write(self, inputs: str, content: bytes) -> None:
        """Replace the content, if the folder exists and can be written."""
        if self.path is None or not self.path.parent.is_dir() or (self.db and not self.db.is_file()):
            return
        with suppress(TrackerError), unfinished(self.path, PRIVATE) as part:
            part.write_bytes(_head(inputs, content) + b"\n" + content)


NO_CACHE_FILE: Final = CacheFile()


def _head(inputs: str, content: bytes) -> bytes:
    """Return the first line of a file with this content: its key and checksum."""
    key = hashlib.sha256(_program(_TRACKER) + inputs.encode())
    return f"{key.hexdigest()} {hashlib.sha256(content).hexdigest()}".encode()


@cache
def _program(folder: Path) -> bytes:
    """Hash all that contents depend on besides their text: built-in rules, the code that reads them, Unicode's tables.

    The code of a running process does not change when its files do.
    """
    hashed = hashlib.sha256(unicodedata.unidata_version.encode())
    for file in sorted(found for pattern in _SOURCES for found in folder.glob(pattern)):
        hashed.update(b"%d %b" % (file.stat().st_size, file.read_bytes()))
    return hashed.digest()


class Summary(NamedTuple):
    """What identifies a rulebook: its hash, and how many tags it has."""

    hash: str
    tags: int


@dataclass(frozen=True, slots=True)
class Origin:
    """What a rulebook is made of where it is not the shipped one.

    `text` is that of a feeds.yaml that names another rulebook or has tags of its own, `folder` that of the rulebook it
    names, and `content` a hash of the folder's files.
    """

    text: str = ""
    folder: Path | None = None
    content: str = ""

    @classmethod
    def of(cls, text: str, folder: Path | None) -> "Origin":
        """Return the origin as the folder's files are now."""
        return cls(text, folder, _hash_of(folder) if folder else "")

    @property
    def key(self) -> str:
        """What tells this rulebook from others; empty for the shipped one."""
        return f"{self.text}\0{self.content}" if self.folder else self.text


SHIPPED: Final = Origin()


def _hash_of(folder: Path) -> str:
    hashed = hashlib.sha256()
    for file in sorted(folder.glob("**/*.yaml")):
        with suppress(OSError):
            content = file.read_bytes()
            hashed.update(f"{file.relative_to(folder)} {len(content)} ".encode() + content)
    return hashed.hexdigest()


@dataclass(frozen=True, slots=True)
class RulebookCache:
    """The file in which a rulebook is cached."""

    file: CacheFile = NO_CACHE_FILE

    @classmethod
    def beside(cls, db: Path) -> "RulebookCache":
        """Return the cache beside a database, which need not exist yet."""
        return cls(CacheFile.beside(db, "rulebook"))

    def get(self, own: str = "") -> "Rulebook | None":
        """Return the rulebook whose origin has the key `own`; None if that one is not cached."""
        if (content := self.file.read(own)) is None:
            return None
        from tracker.config.rulebook_json import read_back  # noqa: PLC0415  few commands need the rules themselves

        head, _, text = content.partition(b"\n")
        with suppress(ValueError, LookupError, TypeError):
            return read_back(text, _summary(head).hash)
        return None

    def get_summary(self, own: str = "") -> Summary | None:
        """Return the summary of that rulebook without reading its rules; None if it is not cached."""
        with suppress(ValueError, LookupError):
            return _summary((self.file.read(own) or b"").partition(b"\n")[0])
        return None

    def put(self, rulebook: "Rulebook", own: str = "") -> None:
        """Replace the cached rulebook."""
        from tracker.config.rulebook_json import written  # noqa: PLC0415  as above

        self.file.write(own, f"{rulebook.hash} {len(rulebook.tags)}\n{written(rulebook)}".encode())


NO_CACHE: Final = RulebookCache()


@cache
def built_in_rulebook(cached: RulebookCache = NO_CACHE) -> "Rulebook":
    """Return the built-in rulebook alone, read once; raises ConfigError if it is invalid."""
    if _compiled.cache_info().currsize:
        return _compiled()
    if (found := cached.get()) is not None:
        return found
    cached.put(_compiled())
    return _compiled()


@cache
def _compiled() -> "Rulebook":
    """Return the built-in rulebook, compiled once in this process."""
    from tracker.config.rulebook import compile_built_in  # noqa: PLC0415  a cached rulebook needs no compiler

    return compile_built_in()


def _summary(line: bytes) -> Summary:
    """Parse the first line of the content; raises ValueError when it is anything else."""
    name, tags = line.decode().split(" ")
    return Summary(name, int(tags))
