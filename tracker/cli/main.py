"""The command `tracker`: the top-level group, which imports a command only when that one runs.

Serving the site takes a second to import, tagging a tenth of that.
"""

from collections.abc import Callable

import click

from tracker.cli.options import TrackerGroup, config_option, db_option, log_option

Loader = Callable[[], click.Command]

COMMANDS: dict[str, Loader] = {}
"""What imports each command, in the order of the help. A loader's docstring is the command's line there."""


def _command(load: Loader) -> Loader:
    """Add a command, under its loader's name."""
    COMMANDS[load.__name__.strip("_")] = load
    return load


@_command
def _init() -> click.Command:
    """Write a first feeds.yaml."""
    from tracker.cli.init import init

    return init


@_command
def _check() -> click.Command:
    """Check feeds.yaml: values, URLs and every example of its tags."""
    from tracker.cli.check import check

    return check


@_command
def _poll() -> click.Command:
    """Poll once: due feeds, or those named by URL or source."""
    from tracker.cli.poll import poll

    return poll


@_command
def _run() -> click.Command:
    """Poll feeds, run jobs and serve the site until stopped."""
    from tracker.cli.serve import run

    return run


@_command
def _serve() -> click.Command:
    """Serve the site without polling."""
    from tracker.cli.serve import serve

    return serve


@_command
def _jobs() -> click.Command:
    """Show scheduled jobs; run them by hand or from cron."""
    from tracker.cli.jobs import jobs

    return jobs


@_command
def _tag() -> click.Command:
    """Tag any text with the rules, without a database."""
    from tracker.cli.tag import tag

    return tag


@_command
def _quotes() -> click.Command:
    """Find quotations and who is quoted, without a database."""
    from tracker.cli.quotes import quotes

    return quotes


@_command
def _codebook() -> click.Command:
    """Print the codebook as Markdown."""
    from tracker.cli.coding import codebook

    return codebook


@_command
def _retag() -> click.Command:
    """Re-apply the rules to all stored articles."""
    from tracker.cli.retag import retag

    return retag


@_command
def _sample() -> click.Command:
    """Draw a random sample of articles to code by hand."""
    from tracker.cli.coding import sample

    return sample


@_command
def _suggest() -> click.Command:
    """Suggest articles to read in search of what the rules miss."""
    from tracker.cli.coding import suggest

    return suggest


@_command
def _score() -> click.Command:
    """Measure a tag's accuracy on a hand-coded sample."""
    from tracker.cli.coding import score

    return score


@_command
def _export() -> click.Command:
    """Export the data to a file, standard output or a folder."""
    from tracker.cli.export import export

    return export


@_command
def _release() -> click.Command:
    """Make or verify a dated bundle of the data."""
    from tracker.cli.release import release

    return release


@_command
def _digest() -> click.Command:
    """Print or send what was new in the last full day or week."""
    from tracker.cli.digest import digest

    return digest


@_command
def _alerts() -> click.Command:
    """Show alerts and what each recipient would get now."""
    from tracker.cli.alerts import alerts

    return alerts


@_command
def _import() -> click.Command:
    """Import articles from a file as if they were polled."""
    from tracker.cli.import_file import import_

    return import_


@_command
def _backfill() -> click.Command:
    """Store archives of feeds as if polled then, or of web pages."""
    from tracker.cli.backfill import backfill

    return backfill


@_command
def _backup() -> click.Command:
    """Back up the database, even while it is in use."""
    from tracker.cli.upkeep import backup

    return backup


@_command
def _restore() -> click.Command:
    """Replace the database with a backup, or list the backups."""
    from tracker.cli.upkeep import restore

    return restore


@_command
def _maintenance() -> click.Command:
    """Check the database's integrity; keep it fast and small."""
    from tracker.cli.upkeep import maintenance

    return maintenance


@_command
def _status() -> click.Command:
    """Show what is stored and which feeds need attention."""
    from tracker.cli.status import status

    return status


@_command
def _politeness() -> click.Command:
    """Show how many requests we sent to each host."""
    from tracker.cli.status import politeness

    return politeness


@_command
def _story() -> click.Command:
    """Show a story's articles, merge two stories or split one."""
    from tracker.cli.stories import story

    return story


@_command
def _feeds() -> click.Command:
    """Manage the feeds in feeds.yaml."""
    from tracker.cli.feeds import feeds

    return feeds


@_command
def _demo() -> click.Command:
    """Replay seven years of made-up feeds, without a network."""
    from tracker.cli.demo import demo

    return demo


class _Commands(TrackerGroup):
    """Looks commands up in COMMANDS."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return list(COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  click's signature
        """Write the list of commands without importing any."""
        width = formatter.width - 6 - max(map(len, COMMANDS))
        with formatter.section("Commands"):
            formatter.write_dl([(name, _line(load, width)) for name, load in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Resolve the command; for an unknown one, let click suggest similar names."""
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            raise click.NoSuchCommand(error.command_name, possibilities=COMMANDS, ctx=ctx) from None

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's signature
        load = COMMANDS.get(cmd_name)
        return load and load()


def _line(load: Loader, width: int) -> str:
    """Shorten a command's line as click does."""
    return click.Command(None, help=load.__doc__).get_short_help_str(width)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog="Example:  tracker --config feeds.yaml --db db/tracker.db poll",
)
@click.version_option(package_name="encryption-coverage-tracker", prog_name="tracker")
@config_option
@db_option
@log_option
def main() -> None:
    """Track news coverage on encryption and child safety.

    Exit codes: 0 success, 1 failure, 2 usage error, 3 invalid feeds.yaml, 4 every due feed failed, 75 another run is
    in progress.
    """
