"""The commands that look after the database: backup, restore, maintenance."""

from dataclasses import asdict
from pathlib import Path

import click

from tracker.cli.options import (
    Paths,
    config_option,
    configured,
    db_option,
    existing_database,
    json_option,
    pass_paths,
    print_json,
    quiet_option,
    read_config,
)
from tracker.cli.parameters import FilePath, WholeNumber
from tracker.cli.progress import progress_of
from tracker.clock import utc_now
from tracker.config.load import Config
from tracker.config.model import Backups
from tracker.errors import UsageError
from tracker.jobs.maintenance import back_up_into, back_up_to, describe_maintenance, run_maintenance
from tracker.store.database import exclusive, opened_by_reader
from tracker.store.disk_space import in_words
from tracker.store.maintenance import backup_folder
from tracker.store.maintenance.restore import restore as put_back
from tracker.store.maintenance.upkeep import removable_summaries, vacuum


@click.command(epilog="Example, for cron:  30 3 * * * cd /srv/tracker && tracker backup --quiet")
@click.argument("target", required=False, metavar="[FOLDER|FILE]", type=FilePath())
@click.option("--keep", type=WholeNumber(1), metavar="N", help="How many of the newest backups to keep.  [default: 7]")
@config_option
@db_option
@quiet_option
@json_option
@pass_paths
def backup(paths: Paths, target: Path | None, keep: int | None, quiet: bool, as_json: bool) -> None:
    """Back up the database, even while it is in use.

    The backup is checked by opening it, and is written completely or not at all. It is named after its start, e.g.
    tracker-2026-11-28T033000Z.db, and goes into FOLDER, the folder set in feeds.yaml, or `backups` next to the
    database. The newest 7 are kept, or as many as feeds.yaml says; in a FOLDER given here, all unless --keep says
    otherwise. A FILE, whose name ends in .db, is written under that name.
    """
    db = existing_database(paths)
    plan = _backup_settings(paths)
    now = utc_now()
    with progress_of("backing up", hidden=quiet or as_json) as progress:
        if target is not None and target.suffix == ".db" and not target.is_dir():
            back_up_to(target, db, now, progress)
            made, gone = target, list[Path]()
        else:
            folder, kept = (target, keep) if target else (plan.beside(db), keep or plan.keep)
            made, gone = back_up_into(folder, db, now, kept, progress)
    if as_json:
        print_json({"file": str(made), "bytes": made.stat().st_size, "removed": [str(path) for path in gone]})
    elif not quiet:
        older = f"; {len(gone)} older removed" if gone else ""
        click.echo(f"{made} ({in_words(made.stat().st_size)}): complete, and checked by opening it{older}", err=True)


def _backup_settings(paths: Paths) -> Backups:
    """Return the backup settings of feeds.yaml, or the defaults if there is no such file."""
    config = configured(paths)
    return config.backup if config else Backups()


@click.command(epilog="Example:  tracker restore db/backups/tracker-2026-11-28T033000Z.db")
@click.argument("file", required=False, type=FilePath(dir_okay=False))
@config_option
@db_option
@quiet_option
@json_option
@pass_paths
def restore(paths: Paths, file: Path | None, quiet: bool, as_json: bool) -> None:
    """Replace the database with a backup, or list the backups.

    Without FILE, lists the backups. FILE may be just the name of one in the backup folder; it is checked first. The
    current database is kept beside the new one under a dated name, and one of the two is in place at every moment.
    Nothing else may have it open: stop `tracker run` and `tracker serve` first. Entries polled since the backup are
    polled again if their feeds still show them; the rest is a gap.
    """
    if paths.db.exists() and paths.config.exists() and paths.db.samefile(paths.config):
        raise UsageError(f"{paths.db} is the configuration file; name the database with --db")
    folder = _backup_settings(paths).beside(paths.db)
    if file is None:
        _list(folder, paths.db, as_json=as_json)
        return
    found = next((one for one in (file, folder / file) if one.is_file()), None)
    if found is None:
        raise UsageError(f"{file} was not found, nor was it in {folder}; `tracker restore` lists the backups")
    with progress_of("restoring", hidden=quiet or as_json) as progress:
        done = put_back(paths.db, found, utc_now(), progress)
    if as_json:
        print_json({"file": str(found), "aside": done.aside and str(done.aside), **asdict(done.contents)})
    elif not quiet:
        aside = f"; the previous database was kept as {done.aside}" if done.aside else ""
        articles = done.contents.rows.get("articles", 0)
        click.echo(f"restored {found} to {paths.db}: {articles:,} articles{aside}", err=True)


def _list(folder: Path, db: Path, *, as_json: bool) -> None:
    """List the backups in a folder, newest first, and those from before upgrades."""
    kept = backup_folder.listed(folder, db)
    others = sorted(folder.glob(f"{db.stem}-before-*.db")) + sorted(db.parent.glob(f"{db.stem}-before-*.db"))
    if as_json:
        print_json([{"file": str(one), "bytes": one.stat().st_size} for one in (*(k.path for k in kept), *others)])
        return
    for path in (*(one.path for one in kept), *others):
        click.echo(f"{path}  {in_words(path.stat().st_size)}")
    if not kept and not others:
        click.echo(f"there are no backups in {folder}; `tracker backup` makes one", err=True)


@click.command(epilog="Example, for cron:  0 4 * * 7 cd /srv/tracker && tracker maintenance --quiet")
@click.option("--full", is_flag=True, help="Also compare every index with its table, which may take minutes.")
@click.option("--vacuum", "give_back", is_flag=True, help="Rewrite the file without its unused space.")
@click.option("--dry-run", is_flag=True, help="Only show how many summaries would be removed.")
@config_option
@db_option
@quiet_option
@json_option
@pass_paths
def maintenance(  # noqa: PLR0913  one parameter per option
    paths: Paths, full: bool, give_back: bool, dry_run: bool, quiet: bool, as_json: bool
) -> None:
    """Check the database's integrity; keep it fast and small.

    The database can stay in use, but --vacuum blocks writers. If `retention:` in feeds.yaml says so, old summaries of
    articles that match nothing are removed; nothing else is. Exits with 1 if the database is damaged, and names the
    newest intact backup.
    """
    config, db = read_config(paths), existing_database(paths)
    if dry_run:
        _preview(config, db)
        return
    say = None if quiet or as_json else lambda step: click.echo(f"{step} ...", err=True)
    with exclusive(db, "maintenance"):
        done = run_maintenance(config, db, utc_now(), full=full, say=say or (lambda _: None))
        gave = vacuum(db) if give_back else 0
    if as_json:
        print_json({**asdict(done), "given_back": gave})
    elif not quiet:
        click.echo(describe_maintenance(done) + (f"; freed {in_words(gave)}" if give_back else ""))


def _preview(config: Config, db: Path) -> None:
    age = config.retention.summaries
    if age is None:
        click.echo("nothing would be removed: feeds.yaml has no `retention:`")
        return
    with opened_by_reader(db) as database:
        found = removable_summaries(database, utc_now() - age)
    click.echo(f"{found.articles:,} summaries would be removed ({in_words(found.bytes)}); titles and counts stay")
