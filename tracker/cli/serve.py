"""The commands that serve the site: run, which also polls, and serve."""

import asyncio

import click

from tracker import jobs
from tracker.analyse.synonyms import synonyms
from tracker.cli.options import (
    Paths,
    config_option,
    db_option,
    existing_database,
    load_config,
    pass_paths,
    quiet_option,
    timezone,
)
from tracker.config.load import load_rulebook
from tracker.jobs import Address
from tracker.publish.site.app import SiteSettings

host_option = click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where to listen.")
port_option = click.option(
    "--port",
    default=8001,
    show_default=True,
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="On which port; 0 takes a free one.",
)


def _with_slashes(_context: click.Context, _option: click.Parameter, value: str) -> str:
    return f"/{value.strip('/')}/".replace("//", "/")


base_url_option = click.option(
    "--base-url", default="/", show_default=True, metavar="PATH", callback=_with_slashes, help="Path behind a proxy."
)


@click.command(epilog="Example:  tracker run --port 8001")
@host_option
@port_option
@base_url_option
@config_option
@db_option
@quiet_option
@pass_paths
def run(paths: Paths, host: str, port: int, base_url: str, quiet: bool) -> None:
    """Poll what is due, again and again, and serve the site; ends on Ctrl-C or SIGTERM."""
    config = load_config(paths, quiet=quiet)
    names = synonyms(config.rulebook.tags)
    site = SiteSettings(timezone=config.timezone, base_url=base_url, synonyms=names)
    asyncio.run(jobs.run(config, paths.db, Address(host, port), site))


@click.command(epilog="Example:  tracker serve --port 8080 --base-url /coverage-tracker/")
@host_option
@port_option
@base_url_option
@config_option
@db_option
@quiet_option
@pass_paths
def serve(paths: Paths, host: str, port: int, base_url: str, quiet: bool) -> None:  # noqa: ARG001  set by its callback
    """Serve the site without polling."""
    names = synonyms(load_rulebook(paths.config).tags)
    site = SiteSettings(timezone=timezone(paths), base_url=base_url, synonyms=names)
    asyncio.run(jobs.serve(existing_database(paths), Address(host, port), site))
