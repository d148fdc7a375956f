"""The command codebook: what the tags mean, for people who code by hand."""

import click

from tracker.cli.options import Paths, config_option, db_option, json_option, pass_paths, print_json
from tracker.config.load import load_rulebook
from tracker.errors import UsageError
from tracker.publish.codebook import codebook_as_plain, codebook_in_markdown
from tracker.store.database import opened_by_reader
from tracker.store.quality import latest_measurements


@click.command(epilog="Example:  tracker codebook > codebook.md")
@config_option
@db_option
@json_option
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="Print this tag only; may be given several times.")
@pass_paths
def codebook(paths: Paths, as_json: bool, tags: tuple[str, ...]) -> None:
    """Print the codebook: every tag with its definition, examples and rules, as Markdown.

    Your own tags in feeds.yaml are included. If there is a database, each tag comes with what was measured of it.
    """
    rulebook = load_rulebook(paths.config)
    if unknown := sorted({*tags} - {tag.id for tag in rulebook.tags}):
        raise UsageError(f"no tag is called {', '.join(unknown)}; `tracker codebook` prints them all")
    measured = None
    if paths.db.exists():
        with opened_by_reader(paths.db) as db:
            measured = latest_measurements(db)
    if as_json:
        print_json(codebook_as_plain(rulebook, measured, tags))
    else:
        click.echo(codebook_in_markdown(rulebook, measured, tags), nl=False)
