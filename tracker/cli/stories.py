"""The command story: look at one, and put right by hand what was grouped wrongly."""

import click

from tracker.cli.options import Paths, config_option, db_option, existing_database, pass_paths
from tracker.clock import utc_now
from tracker.publish.summaries import many
from tracker.store import stories
from tracker.store.database import opened, opened_by_reader, transaction

_ARTICLE = click.IntRange(min=1)


@click.group(epilog="Example:  tracker story show 1234")
def story() -> None:
    """See the articles of a story; merge two, or split one.

    A story is named by any of its articles, whose number is in the address of the article's page. What is put right
    by hand is kept (`story_changes`) and stays so: nothing that arrives later or is tagged anew changes it.
    """


@story.command(epilog="Example:  tracker story show 1234")
@click.argument("article", type=_ARTICLE)
@config_option
@db_option
@pass_paths
def show(paths: Paths, article: int) -> None:
    """List the articles of the story to which an article belongs, oldest first."""
    with opened_by_reader(existing_database(paths)) as db:
        number = stories.story_of(db, article)
        for one in stories.members(db, number):
            copy = f"  (copy of {one.copy_of})" if one.copy_of else ""
            click.echo(f"{one.id:>8}  {one.at[:16].replace('T', ' ')}  {one.source}: {one.title}{copy}")


@story.command(epilog="Example:  tracker story merge 1234 1301")
@click.argument("article", type=_ARTICLE)
@click.argument("other", type=_ARTICLE)
@config_option
@db_option
@pass_paths
def merge(paths: Paths, article: int, other: int) -> None:
    """Put the story of the second article into that of the first: they are one event."""
    with opened(existing_database(paths)) as db, transaction(db):
        moved = stories.merge(db, article, other, utc_now())
        click.echo(f"{many(moved, 'article')} put into story {stories.story_of(db, article)}")


@story.command(epilog="Example:  tracker story split 1301 1302")
@click.argument("articles", type=_ARTICLE, nargs=-1, required=True, metavar="ARTICLE...")
@config_option
@db_option
@pass_paths
def split(paths: Paths, articles: tuple[int, ...]) -> None:
    """Take articles, and the copies of them, out of their story: they are another event."""
    with opened(existing_database(paths)) as db, transaction(db):
        number = stories.split(db, articles, utc_now())
        click.echo(f"story {number} now has {many(len(stories.members(db, number)), 'article')}")
