"""The command alerts: list alerts, preview what is due, release floods and send a test message."""

from typing import Any
from zoneinfo import ZoneInfo

import click

from tracker.analyse.debate import Debate
from tracker.cli.options import (
    Paths,
    TrackerGroup,
    config_option,
    db_option,
    existing_database,
    json_option,
    pass_paths,
    print_json,
    read_config,
)
from tracker.clock import utc_now
from tracker.config.load import Config
from tracker.config.sending import Alert, Recipient
from tracker.models import utc_text
from tracker.publish.alerts import job
from tracker.publish.alerts.finding import in_words
from tracker.publish.alerts.job import Waiting
from tracker.publish.alerts.render import letter
from tracker.publish.formatting import counted
from tracker.store.database import exclusive, opened


@click.group(
    cls=TrackerGroup,
    invoke_without_command=True,
    epilog="Example:  tracker alerts --dry-run;  tracker alerts test desk",
)
@click.option("--dry-run", is_flag=True, help="Print the messages that would be sent now, as mail.")
@json_option
@config_option
@db_option
@click.pass_context
def alerts(context: click.Context, dry_run: bool, as_json: bool) -> None:
    """Show alerts and what each recipient would get now.

    Lists the alerts in feeds.yaml. Nothing is sent: the job `alerts` does that.
    """
    if context.invoked_subcommand is not None:
        return
    paths = context.ensure_object(Paths)
    config = read_config(paths)
    found = job.waiting(config, existing_database(paths), utc_now())
    if as_json:
        stated = [_stated(one, config.debate) for one in config.alerts]
        print_json({"alerts": stated, "recipients": [_plain(one) for one in found]})
    elif dry_run:
        click.echo("\n\n".join(_shown(config, one) for one in found) or "no alert has a recipient")
    else:
        click.echo(
            "\n".join([*(_alert(one, config.debate) for one in config.alerts), *(_line(config, one) for one in found)])
            or "feeds.yaml has no alerts"
        )


@alerts.command("release", epilog="Example:  tracker alerts release example-news")
@click.argument("name", metavar="URL|SOURCE")
@config_option
@db_option
@pass_paths
def release(paths: Paths, name: str) -> None:
    """Release articles held back after a flood.

    A flood comes from one feed, or from the feeds of a source; `tracker alerts` shows what is held. Later alerts
    include what is released.
    """
    from tracker.pipeline.grouping import change_scope  # noqa: PLC0415  only this subcommand needs it

    config, now = read_config(paths), utc_now()
    with exclusive(paths.db), opened(existing_database(paths)) as db:
        number = change_scope(db, config.group, now, lambda: job.release(config, db, name, now))
    floods = f"{counted(number, 'flood')} released" if number else "nothing is held back"
    click.echo(f"{name}: {floods}")


@alerts.command("test", epilog="Example:  tracker alerts test desk")
@click.argument("recipient")
@config_option
@pass_paths
def test(paths: Paths, recipient: str) -> None:
    """Send a test message to a recipient named in feeds.yaml."""
    job.test(read_config(paths), recipient, utc_now())
    click.echo(f"{recipient}: test message accepted")


def _alert(alert: Alert, debate: Debate) -> str:
    """Describe what an alert watches for, and its recipients."""
    tags = (" and " if alert.every else " or ").join(alert.tags)
    parts = [
        f"search {alert.search!r}" if alert.search else "",
        f"tagged {tags}" if tags else "",
        f"relevance {' or '.join(debate.meant(alert.relevance))}" if alert.relevance else "",
        f"from {', '.join(alert.sources)}" if alert.sources else "",
        f"from {', '.join(alert.kinds)}" if alert.kinds else "",
    ]
    what = "; ".join(part for part in parts if part)
    return f"{alert.name}: {'spikes of ' if alert.spike else ''}{what} -> {', '.join(alert.to)}"


def _line(config: Config, waiting: Waiting) -> str:
    """Summarise what a recipient would be sent."""
    due = f"{job.in_words(waiting.finding.message)}{_held(config, waiting)}"
    held = (f"    {in_words(one)}" for one in waiting.finding.held)
    return "\n".join([f"  {waiting.recipient.name} ({_channel(waiting.recipient)}): {due}", *held])


def _held(config: Config, waiting: Waiting) -> str:
    if waiting.quiet:
        until = f"{waiting.recipient.quiet.end:%H:%M} in {config.timezone}" if waiting.recipient.quiet else ""
        return f", held until {until}" if until else ""
    if waiting.rest is None:
        return ""
    rest = waiting.rest.astimezone(ZoneInfo(config.timezone))
    return f", held until {rest:%H:%M %Z} because the last attempt failed"


def _channel(recipient: Recipient) -> str:
    """Describe how a recipient is reached, without the address, which may contain secrets."""
    quiet = f", quiet {recipient.quiet}" if recipient.quiet else ""
    return f"{recipient.channel}{quiet}"


def _shown(config: Config, waiting: Waiting) -> str:
    """Return the full message to a recipient."""
    message = waiting.finding.message
    if message.empty:
        return f"{waiting.recipient.name}: nothing to send"
    written = letter(message, job.channel_settings(config).wording)
    return f"{waiting.recipient.name}{_held(config, waiting)}: {written.subject}\n\n{written.text}"


def _stated(alert: Alert, debate: Debate) -> dict[str, Any]:
    names = ("name", "to", "search", "tags", "every", "relevance", "sources", "kinds", "spike")
    return {name: getattr(alert, name) for name in names} | {"relevance": debate.meant(alert.relevance)}


def _plain(waiting: Waiting) -> dict[str, Any]:
    message = waiting.finding.message
    return {
        "name": waiting.recipient.name,
        "way": waiting.recipient.channel,
        "quiet": waiting.quiet,
        "rests_until": waiting.rest,
        "stories": [
            {
                "story": item.news.story,
                "article": item.news.head.id,
                "title": item.news.head.title,
                "alerts": item.alerts,
            }
            for item in message.items
        ],
        "more": message.more,
        "spikes": [{"alert": one.alert, "label": one.label, "day": str(one.day)} for one in message.spikes],
        "held": [
            {"source": one.source, "feed": one.url, "since": utc_text(one.since), "articles": sorted(one.articles)}
            for one in waiting.finding.held
        ],
        "notices": [one.said for one in message.troubles],
    }
