"""The commands about feeds.yaml and its rules: check, tag, retag."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, TextIO
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
    progress_bar,
    quiet_option,
    tell_warnings,
)
from tracker.clock import utc_now
from tracker.config.load import Config, load, load_rulebook
from tracker.errors import TrackerError
from tracker.publish.summaries import many
from tracker.store import counts
from tracker.store.database import exclusive, opened, opened_by_reader, transaction
from tracker.store.tags import Difference, count_articles, preview_retag, titles_of
from tracker.store.tags import retag as retag_all


@click.command(epilog="Example:  tracker check --config feeds.yaml")
@config_option
@json_option
@pass_paths
def check(paths: Paths, as_json: bool) -> None:
    """Check feeds.yaml: values, URLs and every example of its tags."""
    config = load(paths.config)
    summary = {
        "sources": len(config.sources),
        "feeds": len(config.feeds),
        "tags": len(config.rulebook.tags),
        "rulebook": config.rulebook.hash,
        "warnings": [*config.warnings, *map(str, config.doubts)],
    }
    if as_json:
        print_json(summary)
        return
    tell_warnings(paths, config)
    numbers = (len(config.sources), "source"), (len(config.feeds), "feed"), (len(config.rulebook.tags), "tag")
    click.echo(f"{', '.join(many(*number) for number in numbers)} (rulebook {config.rulebook.hash}): all right")


@click.command(epilog="""Example:  echo '{"id": 1, "title": "Signal threatens to leave"}' | tracker tag""")
@click.argument("file", type=click.File(encoding="utf-8-sig", errors="surrogateescape"), default="-")
@config_option
@pass_paths
def tag(paths: Paths, file: TextIO) -> None:
    """Tag any text with the rules, without a database.

    Reads JSON lines {"id", "title", "summary", "language"?} and writes JSON lines {"id", "relevance", "tags", "scores",
    "evidence", "left_out", "near"}. A tag needs a score of 2. "evidence" holds the words that triggered each tag,
    "left_out" how many more there were, and "near" the near misses. Invalid lines are reported on standard error and
    the command exits with 1; the others are still tagged.
    """
    rulebook = load_rulebook(paths.config)
    bad = 0
    for number, item, problem in _json_lines(file):
        if item is None:
            bad += 1
            click.echo(f"line {number}: {problem}", err=True)
            continue
        tagging = rulebook.tag(item["title"], item.get("summary") or "", item.get("language"))
        scores = dict(zip(tagging.tags, tagging.scores, strict=True))
        more = {name: number for name, number in zip(tagging.tags, tagging.left_out, strict=True) if number}
        click.echo(_json_line({"id": item.get("id"), **asdict(tagging), "scores": scores, "left_out": more}))
    if bad:
        raise TrackerError(f"{bad} {'line' if bad == 1 else 'lines'} could not be read")


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
    config, silent = load(paths.config), quiet or as_json
    difference, titles = _preview(config, paths, silent) if dry_run else _retag(config, paths, silent)
    if as_json:
        print_json(_as_plain(difference, titles))
    elif not quiet:
        click.echo(_in_words(difference, titles, dry_run=dry_run))


def _retag(config: Config, paths: Paths, silent: bool) -> tuple[Difference, dict[int, str]]:
    with exclusive(paths.db), opened(existing_database(paths)) as db:
        with progress_bar(count_articles(db), "retagging", hidden=silent) as bar, transaction(db):
            difference = retag_all(db, config.rulebook, utc_now(), bar.update)
            counts.refresh(db, ZoneInfo(config.timezone), utc_now())
        return difference, titles_of(db, difference.examples)


def _preview(config: Config, paths: Paths, silent: bool) -> tuple[Difference, dict[int, str]]:
    with opened_by_reader(existing_database(paths)) as db:
        with progress_bar(count_articles(db), "tagging", hidden=silent) as bar:
            difference = preview_retag(db, config.rulebook, bar.update)
        return difference, titles_of(db, difference.examples)


def _json_lines(file: TextIO) -> Iterator[tuple[int, dict[str, Any] | None, str]]:
    """Yield each line's number, its object or None, and what is wrong with it."""
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            line.encode()
            item = json.loads(line)
        except UnicodeEncodeError:
            yield number, None, "not UTF-8"
            continue
        except (ValueError, RecursionError) as error:
            yield number, None, f"not JSON: {error}"
            continue
        wrong = _problem(item)
        yield number, None if wrong else item, wrong


def _json_line(value: object) -> str:
    """Return the value as one line of JSON; in ASCII if it contains a lone surrogate, which cannot be encoded."""
    line = json.dumps(value, ensure_ascii=False)
    return json.dumps(value) if any("\ud800" <= char <= "\udfff" for char in line) else line


def _problem(item: object) -> str:
    if not isinstance(item, dict):
        return 'this is no object; write {"id": ..., "title": ..., "summary": ...}'
    if not isinstance(item.get("title"), str):
        return '"title" is missing or no text'
    wrong = [key for key in ("summary", "language") if not isinstance(item.get(key), str | None)]
    return f'"{wrong[0]}" is no text' if wrong else ""


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
    lines = [f"{many(difference.articles, 'article')} {verb}, {many(len(difference.changes), 'tag')} changed"]
    lines += [f"  relevance {old} -> {new}: {n}" for (old, new), n in difference.relevance.most_common()]
    for tag, change in difference.changes.items():
        lines.append(f"  {tag}: +{change.gained} -{change.lost}")
        lines += [f"    + {titles[number]}" for number in change.gained_by]
        lines += [f"    - {titles[number]}" for number in change.lost_by]
    return "\n".join(lines)
