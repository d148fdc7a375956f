"""The command tag: tag texts that come as JSON lines, or headlines typed on a terminal."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, TextIO

import click

from tracker.analyse.debate import Debate
from tracker.cli.json_lines import json_line, read_objects
from tracker.cli.options import Paths, config_option, pass_paths
from tracker.errors import TrackerError
from tracker.models import BOTH, NO_TOPIC, Relevance, Tagging
from tracker.publish.formatting import counted


@click.command(epilog="""Example:  echo '{"id": 1, "title": "Signal threatens to leave"}' | tracker tag""")
@click.argument("file", type=click.File(encoding="utf-8-sig", errors="surrogateescape"), default="-")
@click.option("--json/--words", "as_json", default=None, help="JSON lines, or words.  [default: words on a terminal]")
@config_option
@pass_paths
def tag(paths: Paths, file: TextIO, as_json: bool | None) -> None:
    """Tag any text with the rules, without a database.

    Reads JSON lines {"id", "title", "summary", "language"?} and writes JSON lines {"id", "relevance", "tags", "scores",
    "evidence", "left_out", "near"}. A tag needs a score of 2. "evidence" holds the words that triggered each tag,
    "left_out" how many more there were, and "near" the near misses. Invalid lines are reported on standard error and
    the command exits with 1; the others are still tagged.

    With --words, a line that is not JSON is a headline, and each result is a few lines for people.
    """
    as_json = not sys.stdout.isatty() if as_json is None else as_json
    rulebook = paths.cache.load_rulebook(paths.config)
    if not as_json and file.isatty():
        click.echo("Type a headline and press Enter; Ctrl-D ends.", err=True)
    debate, bad = Debate.of(rulebook.tags), 0
    topics = {BOTH: debate.named("and"), NO_TOPIC: "not on the debate"}
    for number, item, problem in read_objects(file, _problem, bare=None if as_json else "title"):
        if item is None:
            bad += 1
            click.echo(f"line {number}: {problem}", err=True)
            continue
        tagging = rulebook.tag(item["title"], item.get("summary") or "", item.get("language"))
        click.echo(_as_json(item, tagging) if as_json else "\n".join(_in_words(item["title"], tagging, topics)))
    if bad:
        raise TrackerError(f"{counted(bad, 'line')} could not be read")


def _as_json(item: dict[str, Any], tagging: Tagging) -> str:
    scores = dict(zip(tagging.tags, tagging.scores, strict=True))
    more = {name: number for name, number in zip(tagging.tags, tagging.left_out, strict=True) if number}
    return json_line({"id": item.get("id"), **asdict(tagging), "scores": scores, "left_out": more})


def _in_words(title: str, tagging: Tagging, topics: Mapping[Relevance, str]) -> Iterator[str]:
    """Yield the title, what it is about, each tag with the words that gave it, and the tags it nearly got."""
    from tracker.publish.labels import MISSING  # noqa: PLC0415  imports what JSON lines do not need

    yield title
    yield f"  {topics.get(tagging.relevance, tagging.relevance)}"
    width = max(map(len, tagging.tags), default=0)
    for name in tagging.tags:
        found = [one for one in tagging.evidence if one.tag == name]
        terms = _quoted(one.words for one in found if one.role == "term")
        beside = _quoted(one.words for one in found if one.role == "context")
        yield f"  {name:<{width}}  {terms}" + (f" near {beside}" if beside else "")
    for miss in tagging.near:
        excluding = f": {_quoted([miss.excluding])}" if miss.excluding else ""
        yield f"  nearly {miss.tag}: {_quoted([miss.words])}, {MISSING[miss.missing]}{excluding}"


def _quoted(words: Iterable[str]) -> str:
    """Return the distinct words in quotes, as they were first written."""
    distinct = {word.casefold(): word for word in reversed(list(words))}
    return ", ".join(f'"{word}"' for word in reversed(distinct.values()))


def _problem(item: object) -> str:
    if not isinstance(item, dict):
        return 'not a JSON object; write {"id": ..., "title": ..., "summary": ...}'
    if not isinstance(item.get("title"), str):
        return '"title" is missing or not text'
    wrong = [key for key in ("summary", "language") if not isinstance(item.get(key), str | None)]
    return f'"{wrong[0]}" is not text' if wrong else ""
