"""The command check: look for mistakes in feeds.yaml."""

import click

from tracker.cli.options import (
    Paths,
    config_option,
    json_option,
    pass_paths,
    print_json,
    print_warnings,
    read_poll_config,
)
from tracker.publish.formatting import counted


@click.command(epilog="Example:  tracker check --config feeds.yaml")
@config_option
@json_option
@pass_paths
def check(paths: Paths, as_json: bool) -> None:
    """Check feeds.yaml: values, URLs and every example of its tags."""
    config = read_poll_config(paths)
    rulebook = config.rulebook_summary
    summary = {
        "sources": len(config.sources),
        "feeds": len(config.feeds),
        "tags": rulebook.tags,
        "rulebook": rulebook.hash,
        "warnings": [*config.warnings, *map(str, config.doubts)],
    }
    if as_json:
        print_json(summary)
        return
    print_warnings(paths, config)
    numbers = (len(config.sources), "source"), (len(config.feeds), "feed"), (rulebook.tags, "tag")
    click.echo(f"{', '.join(counted(*number) for number in numbers)} (rulebook {rulebook.hash}): no mistakes found")
