"""The one tree of errors that the tracker raises, each with the exit code it ends a command with.

TrackerError (1)
├── UsageError (2)        the command line names something that is not there
├── ConfigError (3)       feeds.yaml or a rulebook cannot be used; carries every Mistake
├── StoreError (1)        the database cannot be opened, read or written
│   └── Damaged           the file itself is not as it should be
├── Locked (75)           another run holds the lock of this database
├── Unreachable (4)       every due feed failed
└── CollectError (1)      one document could not be had or read; poll.py turns it into an outcome
    ├── ForbiddenAddress  a host resolves to an address that may not be fetched
    ├── NotAFeed          the bytes are no feed document
    │   └── ChallengePage they are a page that tells robots from people
    ├── ParseTimeout      reading the document took too long and was stopped
    └── ParserDied        the process that read the document ended without an answer
"""

from dataclasses import dataclass
from typing import ClassVar


class TrackerError(Exception):
    """Something the user can read and act on; str() is one or more whole sentences."""

    exit_code: ClassVar[int] = 1


class UsageError(TrackerError):
    """The command line names something that is not there."""

    exit_code: ClassVar[int] = 2


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake in a YAML file; line and column count from 1."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class ConfigError(TrackerError):
    """feeds.yaml or a rulebook cannot be used; `mistakes` holds all that was found, in file order."""

    exit_code: ClassVar[int] = 3

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = sorted(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class StoreError(TrackerError):
    """The database cannot be opened, read or written."""


class Damaged(StoreError):
    """The database file itself is not as it should be."""


class Locked(TrackerError):
    """Another run holds the lock of this database."""

    exit_code: ClassVar[int] = 75


class Unreachable(TrackerError):
    """Every due feed failed."""

    exit_code: ClassVar[int] = 4


class CollectError(TrackerError):
    """One document could not be had or read."""


class ForbiddenAddress(CollectError):
    """The host resolves to an address that may not be fetched."""


class NotAFeed(CollectError):
    """The bytes are no feed document that can be read."""


class ChallengePage(NotAFeed):
    """In place of a feed the server sent a page that tells robots from people."""


class ParseTimeout(CollectError):
    """Reading the document took longer than it may, and was stopped."""


class ParserDied(CollectError):
    """The process that read the document ended without an answer."""
