"""The command codebook: print what the tags mean, for human coders."""

import click

from tracker.cli.options import Paths, config_option, db_option, json_option, pass_paths, print_json
from tracker.errors import UsageError
from tracker.publish.codebook import codebook_as_plain, codebook_in_markdown
from tracker.store.coding import latest_measurements
from tracker.store.database import opened_by_reader


@click.command(epilog="Example:  tracker codebook > codebook.md")
@config_option
@db_option
@json_option
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="Print only this tag; repeatable.")
@pass_paths
def codebook(paths: Paths, as_json: bool, tags: tuple[str, ...]) -> None:
    """Print the codebook as Markdown.

    It holds every tag's definition, examples and rules, your own tags in feeds.yaml included, and each tag's measured
    quality if there is a database.
    """
    rulebook = paths.cache.load_rulebook(paths.config)
    if unknown := sorted({*tags} - {tag.id for tag in rulebook.tags}):
        raise UsageError(f"unknown tag {', '.join(unknown)}; `tracker codebook` lists them all")
    measured = None
    if paths.db.exists():
        with opened_by_reader(paths.db) as db:
            measured = latest_measurements(db)
    if as_json:
        print_json(codebook_as_plain(rulebook, measured, tags))
    else:
        click.echo(codebook_in_markdown(rulebook, measured, tags), nl=False)
