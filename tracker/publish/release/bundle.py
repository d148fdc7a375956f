"""How a release comes to be: made whole beside its place, then put there, or not, where the same is there already."""

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
from tracker.publish.release.checksums import SUMS, digest, sums_text
from tracker.publish.release.citation import citation
from tracker.publish.release.queries import Facts, facts
from tracker.publish.release.readme import Account, readme
from tracker.publish.release.snapshot import snapshot, take_snapshot
from tracker.publish.release.tables import DERIVED, PUBLISHED, SNAPSHOT, described, write_derived
from tracker.publish.summaries import many
from tracker.store.database import Database, exclusive
from tracker.store.quality import latest_measurements

Say = Callable[[str], object]
"""Hears what is being done, for who waits."""

_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,79}")


@dataclass(frozen=True, slots=True)
class Released:
    """Where a release is; `made` is False when it was there already. `fingerprint` is the SHA-256 of its SHA256SUMS,
    by which a copy of the whole can be told to be one."""

    path: Path
    made: bool
    articles: int
    size: int
    fingerprint: str


def release_job(config: Config, db: Path, now: datetime) -> str:  # noqa: ARG001  a release is of the time of its data
    """The job of the schedule: a release of what is stored."""
    return released_in_words(make(config, db))


def released_in_words(done: Released) -> str:
    """One line on a release."""
    if not done.made:
        return f"release {done.path.name} holds these data already; nothing was written"
    return f"release {done.path.name}: {many(done.articles, 'article')}, {done.size / 1e6:,.1f} MB"


def make(
    config: Config, db: Path, *, folder: Path | None = None, version: str | None = None, say: Say = lambda _: None
) -> Released:
    """Make a release of what is stored now, in a folder of its own under `folder`, or that of feeds.yaml.

    Its version is the day of the newest data, in the zone of days; a later one of the same day has `.2` behind it, and
    so on. Releases are never changed. Raises TrackerError when there is nothing to release, or the database was
    tagged by other rules than those of the configuration, which the codebook describes.
    """
    if version is not None and not _VERSION.fullmatch(version):
        raise UsageError(f"{version!r} is no version; write letters, digits, dots and hyphens, as in 2026-11-28.2")
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
        zone = taken.zone or config.timezone
        account = Account(config.release, config.contact, "", found, zone, taken.uncounted_days)
        return _settled(part, _versions(folder, account, version), account)


def _checked(found: Facts | None, config: Config) -> Facts:
    """The facts, if there can be a release of them."""
    if found is None:
        raise TrackerError("there is nothing to release yet: the database holds no article; `tracker poll` brings them")
    if found.rulebook != config.rulebook.hash:
        raise TrackerError(
            f"articles are tagged by rulebook {found.rulebook}, and the codebook of the release would describe "
            f"{config.rulebook.hash}, which feeds.yaml has now; run `tracker retag` first"
        )
    return found


def _write_codebook(part: Path, config: Config, data: Database) -> None:
    measured = latest_measurements(data)
    _write(part / "codebook.md", codebook_in_markdown(config.rulebook, measured))
    plain = codebook_as_plain(config.rulebook, measured)
    _write(part / "codebook.json", json.dumps(plain, ensure_ascii=False, indent=2) + "\n")


def _versions(folder: Path, account: Account, version: str | None) -> Iterator[Path]:
    """The places that the release may take, the first one first."""
    if version:
        yield folder / version
        return
    day = f"{account.local:%Y-%m-%d}"
    yield folder / day
    yield from (folder / f"{day}.{number}" for number in count(2))


def _settled(part: Path, places: Iterator[Path], account: Account) -> Released:
    """The release at the first place that is free, or that has the same already."""
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
    raise TrackerError(f"release {place.name} is there with other data; releases are never changed, so name another")


def _write_texts(part: Path, account: Account, digests: dict[str, str]) -> None:
    """README.md, CITATION.cff and SHA256SUMS, which name the version."""
    _write(part / "README.md", readme(account, [*digests, "README.md", "CITATION.cff", SUMS]))
    _write(part / "CITATION.cff", citation(account, digests[SNAPSHOT]))
    whole = digests | {name: digest(part / name) for name in ("README.md", "CITATION.cff")}
    _write(part / SUMS, sums_text(whole))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")
