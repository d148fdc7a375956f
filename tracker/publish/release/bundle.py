"""Build a release next to its destination, then move it there, unless the same release exists already."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path

from tracker.config.load import Config
from tracker.errors import TrackerError, UsageError
from tracker.files import folder_in_the_making, make_folder, settle_folder
from tracker.publish.codebook import codebook_as_plain, codebook_in_markdown
from tracker.publish.formatting import counted
from tracker.publish.release.checksums import SUMS, digest, sums_text
from tracker.publish.release.crate import CRATE, crate
from tracker.publish.release.croissant import CROISSANT, croissant
from tracker.publish.release.documents import Account, citation, readme
from tracker.publish.release.queries import Facts, facts
from tracker.publish.release.snapshot import snapshot, take_snapshot
from tracker.publish.release.tables import DERIVED, PUBLISHED, SNAPSHOT, described, write_derived
from tracker.store.coding import latest_measurements
from tracker.store.database import Database, exclusive
from tracker.store.tags import debate

Say = Callable[[str], object]
"""Called with progress messages."""

_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,79}")


@dataclass(frozen=True, slots=True)
class Released:
    """Where a release is; `made` is False when it existed already. `fingerprint`, the SHA-256 of its SHA256SUMS,
    identifies a copy of the whole."""

    path: Path
    made: bool
    articles: int
    size: int
    fingerprint: str


def release_job(config: Config, db: Path, now: datetime) -> str:  # noqa: ARG001  a release is of the time of its data
    """The scheduled job: release what is stored."""
    return released_in_words(make(config, db))


def released_in_words(done: Released) -> str:
    """Describe a release in one line."""
    if not done.made:
        return f"release {done.path.name} already holds these data; nothing was written"
    return f"release {done.path.name}: {counted(done.articles, 'article')}, {done.size / 1e6:,.1f} MB"


def make(
    config: Config, db: Path, *, folder: Path | None = None, version: str | None = None, say: Say = lambda _: None
) -> Released:
    """Release what is stored now, in a folder of its own under `folder`, or under that of feeds.yaml.

    Its version is the day of the newest data, in the time zone of days; a later release of the same day gets `.2`
    appended, and so on. Releases are never changed. Raises TrackerError when there is nothing to release, or the
    database was tagged by rules other than the configured ones, which the codebook describes.
    """
    if version is not None and not _VERSION.fullmatch(version):
        raise UsageError(
            f"{version!r} is not a valid version; use letters, digits, dots and hyphens, as in 2026-11-28.2"
        )
    folder = (folder or db.parent / config.release.folder).absolute()
    make_folder(folder)
    with exclusive(folder, "release"), folder_in_the_making(folder / ".release.part") as part:
        say("copying the database")
        taken = take_snapshot(db, part / SNAPSHOT, PUBLISHED)
        with snapshot(part / SNAPSHOT) as data:
            found = _checked(facts(data), config)
            for name in DERIVED:
                say(f"writing {name}")
                write_derived(data, name, part / name)
            _write(part / "datapackage.json", described(data, part))
            _write_codebook(part, config, data)
            topics = debate(data)
        zone = taken.zone or config.timezone
        account = Account(config.release, config.contact, "", found, zone, taken.uncounted_days, topics)
        return _settled(part, _versions(folder, account, version), account)


def _checked(found: Facts | None, config: Config) -> Facts:
    """Return the facts, if they can be released."""
    if found is None:
        raise TrackerError("there is nothing to release yet: the database has no articles; run `tracker poll` first")
    if found.rulebook != config.rulebook.hash:
        raise TrackerError(
            f"articles are tagged by rulebook {found.rulebook}, but the codebook of the release would describe "
            f"{config.rulebook.hash}, the current one; run `tracker retag` first"
        )
    return found


def _write_codebook(part: Path, config: Config, data: Database) -> None:
    measured = latest_measurements(data)
    _write(part / "codebook.md", codebook_in_markdown(config.rulebook, measured))
    plain = codebook_as_plain(config.rulebook, measured)
    _write(part / "codebook.json", json.dumps(plain, ensure_ascii=False, indent=2) + "\n")


def _versions(folder: Path, account: Account, version: str | None) -> Iterator[Path]:
    """Yield the places that the release may take, in order."""
    if version:
        yield folder / version
        return
    day = f"{account.local:%Y-%m-%d}"
    yield folder / day
    yield from (folder / f"{day}.{number}" for number in count(2))


def _settled(part: Path, places: Iterator[Path], account: Account) -> Released:
    """Return the release at the first place that is free, or already holds the same."""
    digests = {path.name: digest(path) for path in part.iterdir()}
    for place in places:
        _write_texts(part, replace(account, version=place.name), digests)
        sums = part / SUMS
        size = sum(path.stat().st_size for path in part.iterdir())
        same = place.exists() and (place / SUMS).is_file() and (place / SUMS).read_bytes() == sums.read_bytes()
        released = Released(place, not same, account.facts.articles, size, digest(sums))
        if same:
            return released
        if not place.exists():
            settle_folder(part, place)
            return released
    raise TrackerError(
        f"release {place.name} already exists with other data; releases are never changed, so use another name"
    )


def _write_texts(part: Path, account: Account, digests: dict[str, str]) -> None:
    """Write README.md, CITATION.cff, the Croissant, the crate and SHA256SUMS, which name the version."""
    _write(part / "README.md", readme(account, [*digests, "README.md", "CITATION.cff", CROISSANT, CRATE, SUMS]))
    _write(part / "CITATION.cff", citation(account, digests[SNAPSHOT]))
    whole = digests | {name: digest(part / name) for name in ("README.md", "CITATION.cff")}
    sizes = {name: (part / name).stat().st_size for name in whole}
    package = (part / "datapackage.json").read_text(encoding="utf-8")
    _write(part / CROISSANT, croissant(account, package, whole, sizes))
    whole[CROISSANT], sizes[CROISSANT] = digest(part / CROISSANT), (part / CROISSANT).stat().st_size
    _write(part / CRATE, crate(account, whole, sizes))
    _write(part / SUMS, sums_text(whole | {CRATE: digest(part / CRATE)}))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")
