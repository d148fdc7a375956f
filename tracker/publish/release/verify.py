"""Verify that a release is as it was made: its files, its snapshot, and all that derives from it, made again."""

import csv
import filecmp
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from tracker.errors import StoreError, UsageError
from tracker.publish.release.checksums import SUMS, differences, digest, read_sums
from tracker.publish.release.documents import made_by
from tracker.publish.release.queries import facts
from tracker.publish.release.snapshot import faults, snapshot
from tracker.publish.release.tables import DERIVED, PUBLISHED, SNAPSHOT, write_derived
from tracker.store.database import Database

_ALWAYS = (*DERIVED, SNAPSHOT, "README.md", "CITATION.cff", "codebook.md", "codebook.json")


@dataclass(frozen=True, slots=True)
class Verified:
    """Faults of a release, in sentences (empty: none), and the SHA-256 of its SHA256SUMS."""

    problems: list[str]
    fingerprint: str


def verify(folder: Path, say: Callable[[str], object] = lambda _: None) -> Verified:
    """Check everything in a release's folder, without changing it.

    This cannot tell whether somebody rebuilt the whole with other data: for that, compare the fingerprint with one
    published elsewhere. Raises UsageError when the folder is not a release.
    """
    sums = folder / SUMS
    if not sums.is_file():
        raise UsageError(f"{folder} has no {SUMS}, so it is not a complete release")
    digests = read_sums(sums.read_text(encoding="utf-8", errors="replace"))
    if digests is None:
        return Verified([f"{SUMS} is damaged: some of its lines lack a checksum or a name."], digest(sums))
    say("comparing checksums")
    problems = list(differences(folder, digests))
    problems += [f"{name} belongs in a release but is not listed in {SUMS}." for name in _ALWAYS if name not in digests]
    if (folder / SNAPSHOT).is_file():
        problems += _of_the_data(folder, say)
    return Verified(problems, digest(sums))


def _of_the_data(folder: Path, say: Callable[[str], object]) -> Iterator[str]:
    """Describe faults of the snapshot, or else of what derives from it."""
    try:
        with snapshot(folder / SNAPSHOT) as db:
            say(f"reading {SNAPSHOT}")
            if found := [f"{SNAPSHOT} {fault}." for fault in faults(db, PUBLISHED)]:
                yield from found
                return
            yield from _of_the_rules(folder, db)
            differ: list[str] = []
            for name in DERIVED:
                if (folder / name).is_file():
                    say(f"making {name} again")
                    differ += _of_a_file(folder / name, db)
            yield from differ
            if differ and not _is_ours(folder / "README.md", db):
                yield (
                    "Another version of the tracker or of SQLite made this release, according to its README.md, and "
                    "may have written these files differently: verify with that version, too."
                )
    except StoreError as error:
        yield f"{SNAPSHOT} cannot be read: {error}."


def _of_the_rules(folder: Path, db: Database) -> Iterator[str]:
    """Check that the rulebook's hash matches its text and the codebook that people read."""
    found = facts(db)
    if found is None:
        yield f"{SNAPSHOT} holds no articles, or no rulebook."
        return
    rules = folder / "rulebook.json"
    if rules.is_file() and digest(rules)[:16] != found.rulebook:
        yield f"rulebook.json is not the text that rulebook {found.rulebook} names: its hash is {digest(rules)[:16]}."
    for name in ("README.md", "CITATION.cff", "codebook.md", "codebook.json"):
        path = folder / name
        if path.is_file() and found.rulebook not in path.read_text(encoding="utf-8", errors="replace"):
            yield f"{name} does not name rulebook {found.rulebook}, by which the snapshot is tagged."


def _of_a_file(path: Path, db: Database) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as scratch:
        again = Path(scratch) / path.name
        write_derived(db, path.name, again)
        if not filecmp.cmp(path, again, shallow=False):
            yield f"{path.name} is not what {SNAPSHOT} gives: {_difference(path, again)}."


def _is_ours(readme: Path, db: Database) -> bool:
    """Decide whether the release says that these versions made it, or says nothing readable."""
    found = facts(db)
    return not (found and readme.is_file()) or made_by(found.sqlite) in readme.read_text("utf-8", "replace")


def _difference(path: Path, again: Path) -> str:
    """Describe where a file first differs from what it should be."""
    if path.suffix == ".csv" and (counts := (_rows(path), _rows(again)))[0] != counts[1]:
        return f"it has {counts[0]:,} rows instead of {counts[1]:,}"
    with path.open("rb") as one, again.open("rb") as other:
        for number, (line, expected) in enumerate(zip_longest(one, other), 1):
            if line != expected:
                return f"line {number:,} differs"
    return "it differs"


def _rows(path: Path) -> int:
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1
