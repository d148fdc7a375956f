"""The command quotes: find the quotations in texts that come as JSON lines, and who is quoted."""

from dataclasses import asdict
from typing import TextIO

import click

from tracker.analyse.quotes.extraction import quotations
from tracker.analyse.quotes.known_speakers import KnownSpeakers
from tracker.cli.json_lines import json_line, read_objects
from tracker.cli.options import Paths, config_option, pass_paths
from tracker.errors import TrackerError
from tracker.publish.formatting import counted


@click.command(epilog="""Example:  echo '{"id": 1, "text": "\\"We will leave,\\" said Ann Lee."}' | tracker quotes""")
@click.argument("file", type=click.File(encoding="utf-8-sig", errors="surrogateescape"), default="-")
@config_option
@pass_paths
def quotes(paths: Paths, file: TextIO) -> None:
    """Find quotations and who is quoted, without a database.

    Reads JSON lines {"id", "text", "language"?} and writes JSON lines {"id", "quotes"}, where each quote is {"start",
    "end", "quote", "speaker", "speaker_id", "cue", "confidence"}. "start" and "end" count characters of the text,
    without the quotation marks. "speaker" is the fullest name the text gives, or the role of somebody unnamed, and
    "speaker_id" the person or organisation in the rulebook; either is null if unknown. Invalid lines are reported on
    standard error and the command exits with 1; the others are still read.
    """
    known = KnownSpeakers(paths.cache.load_rulebook(paths.config).tags)
    bad = 0
    for number, item, problem in read_objects(file, _problem):
        if item is None:
            bad += 1
            click.echo(f"line {number}: {problem}", err=True)
            continue
        found = [
            asdict(one) | {"speaker_id": known.id_of(one.speaker) if one.speaker else None}
            for one in quotations(item["text"], item.get("language"))
        ]
        click.echo(json_line({"id": item.get("id"), "quotes": [{key: one[key] for key in _KEYS} for one in found]}))
    if bad:
        raise TrackerError(f"{counted(bad, 'line')} could not be read")


_KEYS = ("start", "end", "quote", "speaker", "speaker_id", "cue", "confidence")


def _problem(item: object) -> str:
    if not isinstance(item, dict):
        return 'not a JSON object; write {"id": ..., "text": ...}'
    if not isinstance(item.get("text"), str):
        return '"text" is missing or not text'
    return "" if isinstance(item.get("language"), str | None) else '"language" is not text'
