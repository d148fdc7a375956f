"""The command `tracker`: the group, and the list of its commands."""

import click

from tracker.cli import data, demo, feeds, polling, rules
from tracker.cli.options import TrackerGroup, config_option, db_option, set_up_logging


@click.group(cls=TrackerGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="encryption-coverage-tracker", prog_name="tracker")
@config_option
@db_option
def main() -> None:
    """Track news coverage on encryption and child safety.

    Exit codes: 0 done, 1 failed, 2 usage, 3 feeds.yaml is wrong, 4 every due feed failed, 75 another run is at work.
    """
    set_up_logging()


COMMANDS: tuple[click.Command, ...] = (
    rules.check,
    polling.poll,
    polling.run,
    polling.serve,
    rules.tag,
    rules.retag,
    data.export,
    data.import_,
    data.status,
    feeds.feeds,
    demo.demo,
)

for command in COMMANDS:
    main.add_command(command)
