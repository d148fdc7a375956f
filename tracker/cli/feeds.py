"""The commands that manage feeds.yaml: feeds list, add, remove, find, import, export."""

import asyncio
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

import click

from tracker.analyse.names import did_you_mean, slug_of
from tracker.analyse.urls import canonical, without_user
from tracker.cli.options import (
    Named,
    Paths,
    TrackerGroup,
    config_option,
    db_option,
    force_option,
    is_file_name,
    json_option,
    pass_paths,
    print_json,
    read_config,
    refuse_own_files,
)
from tracker.cli.parameters import FilePath, Setting
from tracker.clock import utc_now
from tracker.collect.discover import DiscoveredFeed, feeds_in
from tracker.collect.opml import Outline, is_ours, read, write
from tracker.collect.parse import parse
from tracker.config.edit import Addition, Edit, adding, removing
from tracker.config.values import FeedInterval, WebAddress
from tracker.errors import CollectError, TrackerError, UsageError
from tracker.files import write_whole
from tracker.models import Feed, Kind, Source
from tracker.pipeline.round import fetch_page
from tracker.publish.formatting import counted, duration, short_time
from tracker.store.database import opened_by_reader
from tracker.store.status import FeedHealth, feed_health

kind_option = click.option(
    "--kind", type=Named(get_args(Kind)), metavar="KIND", help=f"The type of publisher: {', '.join(get_args(Kind))}."
)
country_option = click.option("--country", metavar="CC", help="Two capital letters such as GB; or EU or INT.")
language_option = click.option("--language", metavar="LL", help="Two lower-case letters such as en.")
dry_run_option = click.option("--dry-run", is_flag=True, help="Print the change as a diff, and write nothing.")

_NEVER = "never polled"


@click.group(cls=TrackerGroup, epilog="Example:  tracker feeds list")
def feeds() -> None:
    """Manage the feeds in feeds.yaml.

    Its comments and order are kept.
    """


@feeds.command("list", epilog="Example:  tracker feeds list --json")
@config_option
@db_option
@json_option
@pass_paths
def list_(paths: Paths, as_json: bool) -> None:
    """List the feeds in feeds.yaml: their health, when they were and will be polled, and what went wrong."""
    config = read_config(paths)
    names = {source.id: source.name for source in config.sources}
    known = _health(paths.db)
    if as_json:
        print_json([_as_plain(feed, names[feed.source], known.get(feed.url)) for feed in config.feeds])
        return
    rows = [("source", "health", "last poll", "next poll", "feed")]
    problems = [""]
    for feed in config.feeds:
        health = known.get(feed.url)
        last, next_ = (short_time(at, config.timezone) for at in _polls(health))
        rows.append((feed.source, health.health if health else _NEVER, last, next_, _with_interval(feed)))
        problems.append(health.why or health.last_error or "" if health else "")
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    for row, problem in zip(rows, problems, strict=True):
        click.echo("  ".join([*(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)), row[-1]]))
        if problem:
            click.echo(f"{'':<{widths[0]}}  {problem}")
    click.echo(f"Times are in {config.timezone}.")


def _as_plain(feed: Feed, name: str, health: FeedHealth | None) -> dict[str, str | None]:
    last, next_ = _polls(health)
    return {
        "source": feed.source,
        "name": name,
        "url": feed.url,
        "every": duration(feed.every) if feed.every else None,
        "health": health.health if health else _NEVER,
        "why": health.why or None if health else None,
        "last_poll_at": last,
        "next_poll_at": next_,
        "last_error": health.last_error if health else None,
    }


def _polls(health: FeedHealth | None) -> tuple[str | None, str | None]:
    """Return when the feed was and will be polled, as stored (UTC)."""
    return (health.last_poll_at, health.next_poll_at) if health else (None, None)


def _with_interval(feed: Feed) -> str:
    return f"{feed.url} (every {duration(feed.every)})" if feed.every else feed.url


@feeds.command(
    "add", epilog="Example:  tracker feeds add https://x.example/rss --name 'The X' --kind tech --country GB"
)
@click.argument("url", type=Setting(WebAddress, "url"))
@click.option("--source", "source_id", metavar="ID", help="The id of the feed's source, existing or new.")
@click.option("--name", help="The name of a new source.")
@click.option("--family", metavar="ID", help="The owner of a new source.  [default: the source itself]")
@kind_option
@country_option
@language_option
@click.option("--every", metavar="TIME", type=Setting(FeedInterval, "time"), help="How often to poll: 30m, 2h or 1d.")
@dry_run_option
@config_option
@pass_paths
def add_(  # noqa: PLR0913  one parameter per option
    paths: Paths,
    url: str,
    source_id: str | None,
    name: str | None,
    family: str | None,
    kind: Kind | None,
    country: str | None,
    language: str | None,
    every: timedelta | None,
    dry_run: bool,
) -> None:
    """Add a feed, and its source if that is new.

    URL is the address of the feed itself; `tracker feeds find` finds the feeds of a web page. If it contains a password
    or key, write ${NAME} in its place, in single quotes, and set NAME in the environment.
    """
    config = read_config(paths, to_add=True)
    source = next((one for one in config.sources if one.id == source_id), None)
    if source is not None and (name or family or kind or country or language):
        raise UsageError(f"the source {source.id!r} already exists; edit it in {paths.config}")
    if source is None:
        missing = [f"--{key}" for key, value in (("name", name), ("kind", kind), ("country", country)) if not value]
        if missing:
            ids = [one.id for one in config.sources]
            known = f"there is no source {source_id!r} yet" if source_id else "this is a new source"
            known += did_you_mean(source_id, ids) if source_id else ""
            raise UsageError(f"{known}: give {', '.join(missing)}, or --source with the id of an existing one")
        slug = source_id or slug_of(name or "")
        source = Source(slug, name or "", family or slug, kind, country, language or "en")
    edit = adding(paths.config, [Addition(source, Feed(url, source.id, every))])
    _make(edit, f"added {url} to {source.name}; try it with `tracker poll {url}`", dry_run=dry_run)


def _make(edit: Edit, said: str, *, dry_run: bool) -> None:
    """Write the change and say so; or, in a dry run, print it."""
    if not dry_run:
        edit.write()
        click.echo(said)
    elif edit.diff:
        click.echo(edit.diff, nl=False)
    else:
        click.echo("nothing would change", err=True)


@feeds.command("remove", epilog="Example:  tracker feeds remove https://x.example/rss")
@click.argument("name", metavar="URL|SOURCE")
@dry_run_option
@config_option
@pass_paths
def remove_(paths: Paths, name: str, dry_run: bool) -> None:
    """Remove a feed, or a source and its feeds; collected articles stay."""
    edit = removing(paths.config, name)
    _make(edit, "\n".join(f"removed {url}" for url in edit.removed), dry_run=dry_run)


@feeds.command("find", epilog="Example:  tracker feeds find https://www.example.org/news")
@click.argument("page", metavar="URL")
@config_option
@json_option
@pass_paths
def find(paths: Paths, page: str, as_json: bool) -> None:
    """Find the feeds that a web page offers.

    For the URL of a feed, prints the feed itself.
    """
    fetched = asyncio.run(fetch_page(read_config(paths, to_add=True), page))
    if fetched.body is None:
        raise TrackerError(f"{page} could not be read: {fetched.error or fetched.outcome.value}")
    try:
        found = [DiscoveredFeed(fetched.url, parse(fetched.body, fetched.url, fetched.content_type, utc_now()).title)]
    except CollectError:
        found = feeds_in(fetched.body, fetched.url)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    if not found:
        raise TrackerError(f"{fetched.url} does not link to a feed; try /feed, /rss or /atom.xml")
    for one in found:
        click.echo(f"{one.url}  {one.title}")


@feeds.command("export", epilog="Example:  tracker feeds export feeds.opml")
@click.argument("file", type=FilePath(dir_okay=False, allow_dash=True), default="-")
@force_option
@config_option
@pass_paths
def export(paths: Paths, file: Path, force: bool) -> None:
    """Export the feeds as OPML for other feed readers.

    Without --force, replaces an existing file only if it is such an export.
    """
    refuse_own_files(paths, file)
    if is_file_name(file) and file.suffix.lower() not in {"", ".opml", ".xml"}:
        raise UsageError(f"{file} would contain OPML; name it {file.stem}.opml")
    config = read_config(paths)
    text = write(config.sources, config.feeds)
    if str(file) == "-":
        click.echo(text, nl=False)
    else:
        write_whole(file, text, ours=is_ours, force=force)


@feeds.command("import", epilog="Example:  tracker feeds import subscriptions.opml --kind tech --country US")
@click.argument("file", type=FilePath(dir_okay=False, exists=True))
@kind_option
@country_option
@language_option
@dry_run_option
@config_option
@pass_paths
def import_(  # noqa: PLR0913  one parameter per option
    paths: Paths, file: Path, kind: Kind | None, country: str | None, language: str | None, dry_run: bool
) -> None:
    """Add the feeds of an OPML file.

    Feeds already listed stay unchanged. The options fill in what the file does not say about a source. URLs that cannot
    be polled are reported and skipped.
    """
    known = {_feed_key(feed.url) for feed in read_config(paths, to_add=True).feeds}
    listed = read(file.read_bytes())
    offered: dict[str, Outline] = {}
    for outline in listed.feeds:
        offered.setdefault(_feed_key(outline.url), outline)
    outlines = [outline for url, outline in offered.items() if url not in known]
    silent = [outline for outline in outlines if not (outline.kind or kind) or not (outline.country or country)]
    if silent:
        raise UsageError(
            f"{file} does not give the kind and country of {counted(len(silent), 'feed')}, such as {silent[0].url}; "
            "give --kind and --country for them"
        )
    edit = adding(paths.config, [_addition(outline, kind, country, language) for outline in outlines])
    _make(edit, f"added {counted(len(outlines), 'feed')} to {paths.config}", dry_run=dry_run)
    for url in listed.left_out:
        click.echo(f"{file}: skipped {_why_left_out(url)}", err=True)
    if listed.left_out:
        total = len(listed.feeds) + len(listed.left_out)
        click.echo(f"{len(listed.left_out):,} of {total:,} addresses were skipped", err=True)


def _why_left_out(url: str) -> str:
    """Say why an address in a list is no feed that can be polled, without a password in it."""
    plain = without_user(url)
    if plain != url:
        return f"{plain!r}, which has a user or a password; add it with ${{NAME}} in their place"
    return f"{url!r}, which is not an http or https address"


def _feed_key(url: str) -> str:
    """Return a key that is equal for different spellings of a feed's URL, ignoring scheme, port and final slash."""
    return (canonical(url) or url).rstrip("/?#")


def _health(db: Path) -> dict[str, FeedHealth]:
    """Return the health of each feed in the database, by URL; empty if there is no database yet."""
    if not db.exists():
        return {}
    with opened_by_reader(db) as known:
        return {feed.url: feed for feed in feed_health(known, utc_now())}


def _addition(outline: Outline, kind: Kind | None, country: str | None, language: str | None) -> Addition:
    name = outline.source_name or outline.title or urlsplit(outline.url).hostname or outline.url
    slug = outline.source_id or slug_of(name)
    source = Source(
        slug,
        name,
        outline.family or slug,
        outline.kind or kind,
        outline.country or country,
        outline.language or language or "en",
        outline.domains,
    )
    return Addition(source, Feed(outline.url, slug, outline.every))
