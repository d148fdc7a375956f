"""The command tag: tag texts that come as JSON lines."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, TextIO

import click

from tracker.cli.options import Paths, config_option, pass_paths
from tracker.errors import TrackerError


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
    rulebook = paths.cache.load_rulebook(paths.config)
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
