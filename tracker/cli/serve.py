"""The commands that serve the site: serve, and run, which also polls."""

import asyncio
import logging
import sys

import click

from tracker.analyse.debate import Debate
from tracker.analyse.search.synonyms import synonyms
from tracker.cli import logs
from tracker.cli.init import offer
from tracker.cli.options import (
    Paths,
    config_option,
    configured,
    db_option,
    existing_database,
    load_config,
    pass_paths,
    quiet_option,
    verbose_option,
)
from tracker.cli.parameters import WholeNumber
from tracker.config.load import Config
from tracker.config.model import Release
from tracker.config.poll_config import EXAMPLE_CONTACT
from tracker.config.rulebook_cache import built_in_rulebook
from tracker.jobs import daemon
from tracker.jobs import site_server as sites
from tracker.jobs.site_server import Address
from tracker.web.app import SiteSettings

host_option = click.option(
    "--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="The address to listen on."
)
port_option = click.option(
    "--port",
    default=8001,
    show_default=True,
    type=WholeNumber(0, 65535),
    metavar="PORT",
    help="The port to listen on; 0 picks a free one.",
)


def _with_slashes(_context: click.Context, _option: click.Parameter, value: str) -> str:
    return f"/{value.strip('/')}/".replace("//", "/")


base_url_option = click.option(
    "--base-url",
    default="/",
    show_default=True,
    metavar="PATH",
    callback=_with_slashes,
    help="The path of the site behind a proxy.",
)
sql_option = click.option("--sql", is_flag=True, help="Let visitors query the public tables in SQL, within limits.")


def _reachable(config: Config | None) -> str | None:
    """Return the contact to show to visitors; None while the configuration still has the example."""
    return config.contact if config and config.contact != EXAMPLE_CONTACT else None


def _job_command(paths: Paths) -> list[str]:
    """Return the command that runs a job in its own process, with the same log format."""
    files = ["--config", str(paths.config), "--db", str(paths.db)]
    quiet = [] if logging.getLogger("tracker").isEnabledFor(logging.INFO) else ["--quiet"]
    return [sys.executable, "-m", "tracker", "--log", logs.form(), *files, "jobs", "run", *quiet]


@click.command(epilog="Example:  tracker run --port 8001")
@host_option
@port_option
@base_url_option
@sql_option
@config_option
@db_option
@quiet_option
@verbose_option
@pass_paths
def run(paths: Paths, host: str, port: int, base_url: str, sql: bool, quiet: bool, verbose: bool) -> None:  # noqa: ARG001, PLR0913  one parameter per option; verbose is set by its callback
    """Poll feeds, run jobs and serve the site until stopped.

    Feeds are polled and jobs run when they are due. Ctrl-C or SIGTERM stops the program.
    """
    offer(paths.config)
    config = load_config(paths, quiet=quiet)
    site = SiteSettings(
        timezone=config.timezone,
        debate=config.debate,
        base_url=base_url,
        robots=config.robots,
        sql=sql,
        contact=_reachable(config),
        synonyms=synonyms(config.rulebook.tags),
        schedule=config.schedule,
        releases=paths.db.parent / config.release.folder,
        polls=True,
    )
    asyncio.run(daemon.run(config, paths.db, Address(host, port), site, _job_command(paths)))


@click.command(epilog="Example:  tracker serve --port 8080 --base-url /coverage-tracker/")
@host_option
@port_option
@base_url_option
@sql_option
@config_option
@db_option
@quiet_option
@pass_paths
def serve(paths: Paths, host: str, port: int, base_url: str, sql: bool, quiet: bool) -> None:  # noqa: ARG001, PLR0913  one parameter per option; quiet is set by its callback
    """Serve the site without polling."""
    config = configured(paths)
    rulebook = config.rulebook if config else built_in_rulebook()
    site = SiteSettings(
        timezone=config.timezone if config else "UTC",
        debate=Debate.of(rulebook.tags),
        base_url=base_url,
        robots=config.robots if config else True,
        sql=sql,
        contact=_reachable(config),
        synonyms=synonyms(rulebook.tags),
        schedule=config.schedule if config else None,
        releases=paths.db.parent / (config.release if config else Release()).folder,
    )
    asyncio.run(sites.serve(existing_database(paths), Address(host, port), site))
