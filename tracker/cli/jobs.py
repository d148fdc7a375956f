"""The commands about jobs: jobs list, and jobs run, for cron and for use by hand."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime

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
from tracker.errors import ConfigError, Locked, TrackerError, UsageError
from tracker.jobs.runs import JobListing, Runner, note_unusable
from tracker.models import utc_text
from tracker.publish.formatting import local_time

log = logging.getLogger("tracker.jobs")


class _Moment(click.DateTime):
    """A moment in the format of the database."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%dT%H:%M:%S%z"])


@click.group(epilog="Example:  tracker jobs list")
def jobs() -> None:
    """Show scheduled jobs; run them by hand or from cron.

    `tracker run` runs the jobs of `schedule:` in feeds.yaml when they are due. With cron alone, `tracker jobs run
    --due` does: both ask the database what is due, take the same locks and leave the same rows, and run a job once
    however many times it was missed.
    """


@jobs.command("list", epilog="Example:  tracker jobs list --json")
@config_option
@db_option
@json_option
@pass_paths
def list_(paths: Paths, as_json: bool) -> None:
    """List the jobs with their schedules, last results and next times.

    Times are in the time zone of feeds.yaml.
    """
    config = load_config(paths, quiet=True)
    lines = Runner(config, existing_database(paths)).lines()
    if as_json:
        print_json([asdict(line) for line in lines])
    elif lines:
        click.echo("\n".join(row for line in lines for row in _in_words(line, config.timezone)))
    else:
        click.echo("no job is scheduled and none has ever run; schedule some in `schedule:` in feeds.yaml")


def _in_words(line: JobListing, timezone: str) -> Iterator[str]:
    following = f", next {local_time(utc_text(line.next.at), timezone)}" if line.next else ""
    yield f"{line.job}: {line.schedule or 'not scheduled'}{following}"
    if line.last is None:
        yield "  has not run yet"
    else:
        began = local_time(utc_text(line.last.started_at), timezone)
        yield (
            f"  {line.last.outcome}, {began}: {line.last.said}" if line.last.said else f"  {line.last.outcome}, {began}"
        )


@jobs.command(epilog="Example, for cron:  */5 * * * * cd /srv/tracker && tracker jobs run --due --quiet")
@click.argument("names", nargs=-1, metavar="[JOB]...")
@click.option("--due", "only_due", is_flag=True, help="Run only jobs that are due; without JOB, all of those.")
@click.option(
    "--due-at", type=_Moment(), hidden=True, help="The time for which the job was due; passed by `tracker run`."
)
@config_option
@db_option
@quiet_option
@pass_paths
def run(paths: Paths, names: tuple[str, ...], only_due: bool, due_at: datetime | None, quiet: bool) -> None:
    """Run jobs now: those named or, with --due, those due.

    Jobs run one after another. Each run is recorded in `job_runs` and shown on the site's jobs page. A failed job does
    not stop the next one; the command then exits with 1, or with 75 if the only failures were jobs that another
    process was running.
    """
    try:
        config = load_config(paths, quiet=quiet)
    except ConfigError as error:
        for name in names if due_at else ():
            note_unusable(paths.db, name, due_at, error)
        raise
    if not names and not only_due:
        raise UsageError("name a job, or give --due; `tracker jobs list` shows the jobs")
    runner = Runner(config, paths.db)
    runner.check(names)
    if due_at:
        _do_all(dict.fromkeys(names, due_at), runner)
    elif only_due:
        runner.declare()
        _do_all(runner.due(names or None), runner)
    else:
        _do_all(dict.fromkeys(names), runner)


def _do_all(orders: Mapping[str, datetime | None], runner: Runner) -> None:
    """Run each job for the time at which it was due or, if that is None, as run by hand; results go to the log.

    Exits with the code of the failures, or with 1 if their codes differ.
    """
    codes: list[int] = []
    for name, due_at in orders.items():
        try:
            if due_at is None:
                runner.by_hand(name)
            else:
                runner.in_turn(name, due_at)
        except Locked:
            log.warning("%s: already running in another process; nothing done", name, extra={"job": name})
            codes.append(Locked.exit_code)
        except TrackerError as error:
            codes.append(error.exit_code)
        except Exception:
            log.exception("%s: internal error", name, extra={"job": name})
            codes.append(TrackerError.exit_code)
    if codes:
        click.get_current_context().exit(codes[0] if len(set(codes)) == 1 else TrackerError.exit_code)
