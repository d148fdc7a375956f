"""The command codebook: what the tags mean, for people who code by hand."""

import click

from tracker.cli.options import Paths, config_option, db_option, json_option, pass_paths, print_json
from tracker.config.load import load_rulebook
from tracker.publish.codebook import codebook_as_plain, codebook_in_markdown
from tracker.store.database import opened
from tracker.store.quality import latest_measurements


@click.command(epilog="Example:  tracker codebook > codebook.md")
@config_option
@db_option
@json_option
@pass_paths
def codebook(paths: Paths, as_json: bool) -> None:
    """Print the codebook: every tag with its definition, examples and rules, as Markdown.

    Tags of feeds.yaml are among them. Where there is a database, what was measured of each tag stands beside it.
    """
    rulebook = load_rulebook(paths.config)
    measured = None
    if paths.db.exists():
        with opened(paths.db) as db:
            measured = latest_measurements(db)
    if as_json:
        print_json(codebook_as_plain(rulebook, measured))
    else:
        click.echo(codebook_in_markdown(rulebook, measured), nl=False)
