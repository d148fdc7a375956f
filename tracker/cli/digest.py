"""The command digest: print or send the digest of a day or week, or show the status of those sent."""

from datetime import date, datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

import click

from tracker.analyse.days import Length, Period, ended, period_of, so_far
from tracker.cli.options import (
    Named,
    Paths,
    config_option,
    configured,
    db_option,
    existing_database,
    load_config,
    pass_paths,
    quiet_option,
)
from tracker.cli.parameters import Ago, Day, day_meant
from tracker.clock import utc_now
from tracker.errors import UsageError
from tracker.publish.digest import job
from tracker.publish.digest.compose import DigestFormat, compose, count_what_is_left
from tracker.publish.digest.delivery import status
from tracker.store.database import may_write, opened_by_reader


class _Week(click.ParamType[date]):
    """An ISO 8601 week such as 2026-W48, as its Monday."""

    name = "week"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the Monday of the week."""
        if isinstance(value, date):
            return value
        year, _, week = str(value).partition("-W")
        try:
            return date.fromisocalendar(int(year), int(week), 1)
        except ValueError:
            self.fail(f"{value!r} is not a week; use one such as 2026-W48", param, ctx)


@click.command(epilog="Example:  tracker digest --day 2026-11-27 --format html > friday.html")
@click.option("--day", type=Day(), metavar="DAY", help="The digest of this day, e.g. 2026-11-27 or yesterday.")
@click.option("--week", type=_Week(), metavar="WEEK", help="The digest of this week, e.g. 2026-W48.")
@click.option("--so-far", "unfinished", is_flag=True, help="The digest of the day or week under way, until now.")
@click.option(
    "--format", "form", type=Named(get_args(DigestFormat)), default="text", show_default=True, help="The output format."
)
@click.option("--send", is_flag=True, help="Send it as configured in feeds.yaml to anyone who has not had it yet.")
@click.option("--status", "show_status", is_flag=True, help="Show the status of the digests sent.")
@config_option
@db_option
@quiet_option
@pass_paths
def digest(  # noqa: PLR0913  one parameter per option
    paths: Paths,
    day: date | Ago | None,
    week: date | None,
    unfinished: bool,
    form: DigestFormat,
    send: bool,
    show_status: bool,
    quiet: bool,
) -> None:
    """Print or send what was new in the last full day or week.

    Days and weeks are in the time zone of feeds.yaml. --send without a day or week does what the job `digest` does;
    nobody is ever sent a digest twice.
    """
    if sum(map(bool, (day, week, unfinished))) > 1:
        raise UsageError("use one of --day, --week and --so-far")
    if show_status and (send or day or week or unfinished):
        raise UsageError("--status covers every digest sent; leave out --send, --day, --week and --so-far")
    if send and unfinished:
        raise UsageError("only the digest of a whole day or week is sent; leave out --send or --so-far")
    config, now, db = configured(paths), utc_now(), existing_database(paths)
    setting = job.setting(config, "UTC")
    if unfinished:
        period: Period | None = so_far(setting.wanted.period, now, setting.zone)
    else:
        first = day_meant(day, setting.zone, now) if day else week
        period = _period(first, "weekly" if week else "daily", setting.zone, now)
    if show_status:
        with opened_by_reader(db) as database:
            click.echo(status(database, config, now))
    elif send:
        loaded = load_config(paths, quiet=quiet)
        line = job.send_again(loaded, db, period, now) if period else job.run(loaded, db, now)
        if not quiet:
            click.echo(line)
    else:
        with opened_by_reader(db) as database:
            if may_write(db):
                count_what_is_left(database, setting.zone, now)
            issue = compose(database, period or ended(setting.wanted.period, now, setting.zone), setting)
        click.echo(issue.form(form), nl=False)


def _period(first: date | None, length: Length, zone: ZoneInfo, now: datetime) -> Period | None:
    """Return the requested period, or None if none was; raises UsageError if it is not over."""
    if first is None:
        return None
    period = period_of(length, first, zone)
    if period.to_at > now:
        raise UsageError(f"{period.name} is not over; --so-far gives the digest until now")
    return period
