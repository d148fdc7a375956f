"""Cache what was computed from feeds.yaml and the rules in a file beside the database, until any of its inputs changes.

Such a file is only a copy: a line with a key and a checksum, then the content. One that is missing, damaged or
made from other input counts as missing, and one that cannot be written does no harm.
"""

import hashlib
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from tracker.errors import TrackerError
from tracker.files import PRIVATE, unfinished

_TRACKER: Final = Path(__file__).parents[1]
_SOURCES: Final = ("analyse/**/*.py", "analyse/**/*.yaml", "config/*.py", "models.py")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A cache file; keeps nothing if `path` is None or its database `db` does not exist yet."""

    path: Path | None = None
    db: Path | None = None

    @classmethod
    def beside(cls, db: Path, name: str) -> "KeptFile":
        """Return the file of this name beside a database, which need not exist yet."""
        return cls(db.with_name(f"{db.name}.{name}.json"), db)

    def read(self, made_of: str) -> bytes | None:
        """Return the content computed from this text by this version of the program; None if there is none."""
        try:
            head, _, content = self.path.read_bytes().partition(b"\n") if self.path else (b"", b"", b"")
        except OSError:
            return None
        return content if head and head == _head(made_of, content) else None

    def write(self, made_of: str, content: bytes) -> None:
        """Replace the content, if the folder exists and can be written."""
        if self.path is None or not self.path.parent.is_dir() or (self.db and not self.db.is_file()):
            return
        with suppress(TrackerError), unfinished(self.path, PRIVATE) as part:
            part.write_bytes(_head(made_of, content) + b"\n" + content)


NOTHING_KEPT: Final = KeptFile()


def _head(made_of: str, content: bytes) -> bytes:
    """Return the first line of a file with this content: its key and checksum."""
    key = hashlib.sha256(_program(_TRACKER) + made_of.encode())
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
