"""The command release: make a dated bundle of the data, or verify one."""

from collections.abc import Callable
from pathlib import Path

import click

from tracker.cli.options import (
    Paths,
    config_option,
    db_option,
    existing_database,
    json_option,
    load_config,
    pass_paths,
    print_json,
    quiet_option,
)
from tracker.cli.parameters import FilePath
from tracker.errors import TrackerError, UsageError
from tracker.publish.formatting import counted
from tracker.publish.release.bundle import make, released_in_words
from tracker.publish.release.verify import verify


@click.command(epilog="Example:  tracker release && tracker release --verify releases/2026-11-28")
@click.option(
    "--verify",
    "bundle",
    type=FilePath(file_okay=False),
    metavar="FOLDER",
    help="Verify this release instead of making one.",
)
@click.option(
    "--folder",
    type=FilePath(file_okay=False),
    metavar="FOLDER",
    help="Where to put it.  [default: release.folder of feeds.yaml, or `releases` beside the database]",
)
@click.option("--version", metavar="NAME", help="What to call it.  [default: the day of the newest data]")
@config_option
@db_option
@quiet_option
@json_option
@pass_paths
def release(  # noqa: PLR0913  one parameter per option
    paths: Paths, bundle: Path | None, folder: Path | None, version: str | None, quiet: bool, as_json: bool
) -> None:
    """Make or verify a dated bundle of the data.

    A release can be cited, verified and reproduced. It is a folder with a snapshot of the database without private
    data, CSVs, the codebook, the rules and their hash, a list of known gaps, CITATION.cff, a README and checksums. The
    same database gives the same bytes. Releases are never changed: a second one on the same day gets the suffix .2.

    --verify needs only the bundle. It reports everything missing, added or changed, and rebuilds all that derives from
    the snapshot. Exits with 1 if anything is wrong, else with 0; the last line is a fingerprint to compare with one
    published elsewhere.
    """
    silent = quiet or as_json
    if bundle is not None:
        if folder is not None or version is not None:
            raise UsageError("--verify cannot be combined with --folder or --version")
        _verify(bundle, quiet=quiet, as_json=as_json)
        return
    config = load_config(paths, quiet=silent)
    done = make(config, existing_database(paths), folder=folder, version=version, say=_reporter(silent))
    if as_json:
        print_json(done)
    elif not quiet:
        click.echo(f"{released_in_words(done)}, in {done.path}\nfingerprint {done.fingerprint}", err=True)


def _verify(bundle: Path, *, quiet: bool, as_json: bool) -> None:
    found = verify(bundle, _reporter(quiet or as_json))
    if as_json:
        print_json(found)
    else:
        for problem in found.problems:
            click.echo(f"{bundle}: {problem}", err=True)
        if not found.problems and not quiet:
            click.echo(f"{bundle} is complete and unchanged\nfingerprint {found.fingerprint}", err=True)
    if found.problems:
        raise TrackerError(f"this release has been changed or damaged: {counted(len(found.problems), 'problem')}")


def _reporter(silent: bool) -> Callable[[str], None]:
    """Return a function that prints progress on standard error, or nothing if `silent`."""
    return lambda what: None if silent else click.echo(f"  {what}", err=True)
