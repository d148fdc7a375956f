"""The command `tracker`: the top-level group and its list of commands."""

import importlib

import click

from tracker.cli.options import TrackerGroup, config_option, db_option, log_option

COMMANDS = {
    "check": "rules:check",
    "poll": "poll:poll",
    "run": "serve:run",
    "serve": "serve:serve",
    "jobs": "jobs:jobs",
    "tag": "rules:tag",
    "codebook": "codebook:codebook",
    "retag": "rules:retag",
    "sample": "coding:sample",
    "score": "coding:score",
    "export": "export:export",
    "release": "release:release",
    "digest": "digest:digest",
    "alerts": "alerts:alerts",
    "import": "data:import_",
    "backup": "upkeep:backup",
    "restore": "upkeep:restore",
    "maintenance": "upkeep:maintenance",
    "status": "data:status",
    "politeness": "data:politeness",
    "story": "stories:story",
    "feeds": "feeds:feeds",
    "demo": "demo:demo",
}
"""Each command's module under tracker.cli and its name there, in the order of the help."""


class _Commands(TrackerGroup):
    """Import commands on use: serving the site takes half a second to import, tagging does not."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return list(COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Resolve the command; for an unknown one, let click suggest similar names."""
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            raise click.NoSuchCommand(error.command_name, possibilities=COMMANDS, ctx=ctx) from None

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's signature
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(f"tracker.cli.{module}"), name)
        return command


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
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
