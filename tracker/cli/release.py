"""The command release: a dated bundle of the data, and whether one is as it was made."""

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
from tracker.errors import TrackerError, UsageError
from tracker.publish.release.bundle import make, released_in_words
from tracker.publish.release.verify import verify


@click.command(epilog="Example:  tracker release && tracker release --verify releases/2026-11-28")
@click.option(
    "--verify",
    "bundle",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Make none, but see whether this one is whole and unchanged.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Where to put it.  [default: release.folder of feeds.yaml, or releases, beside the database]",
)
@click.option("--version", metavar="NAME", help="What to call it.  [default: the day of the newest data]")
@config_option
@db_option
@quiet_option
@json_option
@pass_paths
def release(  # noqa: PLR0913  one parameter an option
    paths: Paths, bundle: Path | None, folder: Path | None, version: str | None, quiet: bool, as_json: bool
) -> None:
    """Make a dated bundle of the data that can be cited, checked and made again; or check one.

    It is a folder with a snapshot of the database without what is private, CSVs, the codebook, the rules and their
    hash, what is known to be missing, CITATION.cff, a README and checksums. The same database gives the same bytes.
    A release is never changed: another one of the same day gets .2 behind its name.

    --verify needs the bundle alone. It names all that is missing, added or changed, and makes again all that follows
    from the snapshot; then the command ends with 1, or with 0 when nothing is wrong. Its last line is a fingerprint to
    compare with one published elsewhere.
    """
    silent = quiet or as_json
    if bundle is not None:
        if folder is not None or version is not None:
            raise UsageError("--verify makes no release, so it takes neither --folder nor --version")
        _verify(bundle, quiet=quiet, as_json=as_json)
        return
    config = load_config(paths, quiet=silent)
    done = make(config, existing_database(paths), folder=folder, version=version, say=_sayer(silent))
    if as_json:
        print_json(done)
    elif not quiet:
        click.echo(f"{released_in_words(done)}, in {done.path}\nfingerprint {done.fingerprint}", err=True)


def _verify(bundle: Path, *, quiet: bool, as_json: bool) -> None:
    found = verify(bundle, _sayer(quiet or as_json))
    if as_json:
        print_json(found)
    else:
        for problem in found.problems:
            click.echo(f"{bundle}: {problem}", err=True)
        if not found.problems and not quiet:
            click.echo(f"{bundle} is whole and unchanged\nfingerprint {found.fingerprint}", err=True)
    if found.problems:
        count = len(found.problems)
        raise TrackerError(f"this release is not as it was made: {count} thing{'s are' if count > 1 else ' is'} wrong")


def _sayer(silent: bool) -> Callable[[str], None]:
    """Tells what is being done on standard error, where a person may be waiting there."""
    return lambda what: None if silent else click.echo(f"  {what}", err=True)
