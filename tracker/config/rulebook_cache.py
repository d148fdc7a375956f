"""Cache a compiled rulebook in a file: compiling the built-in one takes a second of CPU, reading it back a fiftieth.

The content is a line with the rulebook's hash and number of tags, followed by its JSON (rulebook_json.py).
"""

from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from tracker.config.kept_file import NOTHING_KEPT, KeptFile

if TYPE_CHECKING:
    from tracker.analyse.tagging.rules import Rulebook


class Summary(NamedTuple):
    """What identifies a rulebook: its hash, and how many tags it has."""

    hash: str
    tags: int


@dataclass(frozen=True, slots=True)
class RulebookCache:
    """The file in which a rulebook is cached."""

    file: KeptFile = NOTHING_KEPT

    @classmethod
    def beside(cls, db: Path) -> "RulebookCache":
        """Return the cache beside a database, which need not exist yet."""
        return cls(KeptFile.beside(db, "rulebook"))

    def get(self, own: str = "") -> "Rulebook | None":
        """Return the rulebook of the built-in rules and of `own`, a feeds.yaml; None if that one is not cached."""
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
def built_in_rulebook(kept: RulebookCache = NO_CACHE) -> "Rulebook":
    """Return the built-in rulebook alone, read once; raises ConfigError if it is invalid."""
    if _compiled.cache_info().currsize:
        return _compiled()
    if (found := kept.get()) is not None:
        return found
    kept.put(_compiled())
    return _compiled()


@cache
def _compiled() -> "Rulebook":
    """Return the built-in rulebook, compiled once in this process."""
    from tracker.config.rulebook import compile_built_in  # noqa: PLC0415  a rulebook that is kept needs no compiler

    return compile_built_in()


def _summary(line: bytes) -> Summary:
    """Parse the first line of the content; raises ValueError when it is anything else."""
    name, tags = line.decode().split(" ")
    return Summary(name, int(tags))
