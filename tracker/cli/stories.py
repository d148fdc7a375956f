"""The command story: show a story, and correct wrong grouping by hand."""

import click

from tracker.cli.options import Paths, config_option, db_option, existing_database, pass_paths, timezone
from tracker.cli.parameters import WholeNumber
from tracker.clock import utc_now
from tracker.publish.formatting import counted, short_time
from tracker.store import stories
from tracker.store.database import opened, opened_by_reader, transaction

_ARTICLE = WholeNumber(min=1)


@click.group(epilog="Example:  tracker story show 1234")
def story() -> None:
    """Show a story's articles, merge two stories or split one.

    Name a story by any of its articles; the number is in the URL of the article's page. Corrections are kept (in
    `story_changes`) for good: no later article or retagging undoes them.
    """


@story.command(epilog="Example:  tracker story show 1234")
@click.argument("article", type=_ARTICLE)
@config_option
@db_option
@pass_paths
def show(paths: Paths, article: int) -> None:
    """List the articles of an article's story, oldest first."""
    with opened_by_reader(existing_database(paths)) as db:
        number = stories.story_of(db, article)
        zone = timezone(paths)
        for one in stories.members(db, number):
            copy = f"  (copy of {one.copy_of})" if one.copy_of else ""
            click.echo(f"{one.id:>8}  {short_time(one.at, zone)}  {one.source}: {one.title}{copy}")
        click.echo(f"Times are in {zone}.")


@story.command(epilog="Example:  tracker story merge 1234 1301")
@click.argument("article", type=_ARTICLE)
@click.argument("other", type=_ARTICLE)
@config_option
@db_option
@pass_paths
def merge(paths: Paths, article: int, other: int) -> None:
    """Merge the second article's story into the first's.

    For stories that are one event.
    """
    with opened(existing_database(paths)) as db, transaction(db):
        moved = stories.merge(db, article, other, utc_now())
        click.echo(f"{counted(moved, 'article')} moved to story {stories.story_of(db, article)}")


@story.command(epilog="Example:  tracker story split 1301 1302")
@click.argument("articles", type=_ARTICLE, nargs=-1, required=True, metavar="ARTICLE...")
@config_option
@db_option
@pass_paths
def split(paths: Paths, articles: tuple[int, ...]) -> None:
    """Split articles and their copies off from their story.

    For articles that are about another event.
    """
    with opened(existing_database(paths)) as db, transaction(db):
        number = stories.split(db, articles, utc_now())
        click.echo(f"story {number} now has {counted(len(stories.members(db, number)), 'article')}")
