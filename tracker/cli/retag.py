"""The command retag: re-apply the rules to all stored articles."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import click

from tracker.cli.options import (
    Paths,
    config_option,
    db_option,
    existing_database,
    json_option,
    pass_paths,
    print_json,
    quiet_option,
    read_config,
)
from tracker.cli.progress import progress_bar
from tracker.clock import utc_now
from tracker.config.load import Config
from tracker.pipeline.grouping import change_scope
from tracker.publish.formatting import counted
from tracker.store import counts
from tracker.store.database import exclusive, opened, opened_by_reader
from tracker.store.tags import Difference, count_articles, preview_retag, titles_of
from tracker.store.tags import retag as retag_all


@click.command(epilog="Example:  tracker retag --dry-run")
@click.option("--dry-run", is_flag=True, help="Show what would change without changing it.")
@config_option
@db_option
@quiet_option
@json_option
@pass_paths
def retag(paths: Paths, dry_run: bool, quiet: bool, as_json: bool) -> None:
    """Re-apply the rules to all stored articles.

    The site shows the old tags until all articles are done.
    """
    config, silent = read_config(paths), quiet or as_json
    difference, titles = _preview(config, paths, silent) if dry_run else _retag(config, paths, silent)
    if as_json:
        print_json(_as_plain(difference, titles))
    elif not quiet:
        click.echo(_in_words(difference, titles, dry_run=dry_run))


def _retag(config: Config, paths: Paths, silent: bool) -> tuple[Difference, dict[int, str]]:
    with exclusive(paths.db), opened(existing_database(paths)) as db:

        def change() -> Difference:
            with progress_bar(count_articles(db), "retagging", hidden=silent) as bar:
                difference = retag_all(db, config.rulebook, utc_now(), bar.update)
            counts.refresh(db, ZoneInfo(config.timezone), utc_now())
            return difference

        difference = change_scope(db, config.group, utc_now(), change)
        return difference, titles_of(db, difference.examples)


def _preview(config: Config, paths: Paths, silent: bool) -> tuple[Difference, dict[int, str]]:
    with opened_by_reader(existing_database(paths)) as db:
        with progress_bar(count_articles(db), "tagging", hidden=silent) as bar:
            difference = preview_retag(db, config.rulebook, bar.update)
        return difference, titles_of(db, difference.examples)


def _as_plain(difference: Difference, titles: Mapping[int, str]) -> dict[str, Any]:
    def examples(numbers: Sequence[int]) -> list[dict[str, Any]]:
        return [{"id": number, "title": titles[number]} for number in numbers]

    return {
        "articles": difference.articles,
        "tags": {
            tag: {
                "gained": change.gained,
                "lost": change.lost,
                "gained_by": examples(change.gained_by),
                "lost_by": examples(change.lost_by),
            }
            for tag, change in difference.changes.items()
        },
        "relevance": [{"from": old, "to": new, "articles": n} for (old, new), n in difference.relevance.items()],
    }


def _in_words(difference: Difference, titles: Mapping[int, str], *, dry_run: bool) -> str:
    verb = "would be retagged" if dry_run else "retagged"
    lines = [f"{counted(difference.articles, 'article')} {verb}, {counted(len(difference.changes), 'tag')} changed"]
    lines += [f"  relevance {old} -> {new}: {n}" for (old, new), n in difference.relevance.most_common()]
    for tag, change in difference.changes.items():
        lines.append(f"  {tag}: +{change.gained} -{change.lost}")
        lines += [f"    + {titles[number]}" for number in change.gained_by]
        lines += [f"    - {titles[number]}" for number in change.lost_by]
    return "\n".join(lines)
