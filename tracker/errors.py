"""The tracker's exception hierarchy, with the exit code each error ends a command with.

TrackerError (1)
├── UsageError (2)        the command line names something that does not exist
├── ConfigError (3)       feeds.yaml or a rulebook is unusable; carries every Mistake
├── StoreError (1)        the database cannot be opened, read or written
│   └── Damaged           the database file itself is corrupt
├── Locked (75)           another run holds this database's lock
├── Unreachable (4)       every due feed failed
└── CollectError (1)      one document could not be fetched or parsed; poll.py turns it into an outcome
    ├── ForbiddenAddress  a host resolves to an address that may not be fetched
    ├── NotAFeed          the bytes are not a feed document
    │   └── ChallengePage they are a bot check
    ├── ParseTimeout      parsing took too long and was stopped
    └── ParserDied        the parser process ended without a result
"""

from dataclasses import dataclass
from typing import ClassVar


class TrackerError(Exception):
    """An error the user can read and act on; str() is one or more whole sentences."""

    exit_code: ClassVar[int] = 1


class UsageError(TrackerError):
    """The command line names something that does not exist."""

    exit_code: ClassVar[int] = 2


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake in a YAML file; line and column count from 1, and are 0 if it concerns the file as a whole."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.message}"


class ConfigError(TrackerError):
    """feeds.yaml or a rulebook is unusable; `mistakes` holds everything found, in file order."""

    exit_code: ClassVar[int] = 3

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = sorted(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class StoreError(TrackerError):
    """The database cannot be opened, read or written."""


class Damaged(StoreError):
    """The database file itself is corrupt."""


class Locked(TrackerError):
    """Another run holds this database's lock."""

    exit_code: ClassVar[int] = 75


class Unreachable(TrackerError):
    """Every due feed failed."""

    exit_code: ClassVar[int] = 4


class CollectError(TrackerError):
    """One document could not be fetched or parsed."""


class ForbiddenAddress(CollectError):
    """The host resolves to an address that may not be fetched."""


class NotAFeed(CollectError):
    """The bytes are not a readable feed document."""


class ChallengePage(NotAFeed):
    """The server sent a bot check instead of a feed."""


class ParseTimeout(CollectError):
    """Parsing the document exceeded its time limit and was stopped."""


class ParserDied(CollectError):
    """The parser process ended without a result."""
