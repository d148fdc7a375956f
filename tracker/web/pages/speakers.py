"""The page of who is quoted most, and the page of one speaker with every statement and how it was repeated."""

from dataclasses import dataclass
from typing import Any, Final

from datasette.utils.asgi import NotFound

from tracker.analyse.quotes.repeated import words_of
from tracker.analyse.word_diff import Run, word_diff
from tracker.publish.links import Links
from tracker.web.pages.responses import html, opened, page
from tracker.web.queries.speakers import Statement, most_quoted, one_speaker, statements

UNBOUNDED = True
"""Visitors make up names."""

_MOST: Final = 200
"""Speakers that the page shows; the CSV has all."""

_STATEMENTS: Final = 60
"""Statements of one speaker that a page shows."""

_LATER: Final = 12
"""Articles that repeat a statement, of those that the page shows."""


@dataclass(frozen=True, slots=True)
class Repetition:
    """A later quotation of a statement; `runs` lead from the first words to its own, none if they are the same."""

    row: Any
    runs: tuple[Run, ...]


@page
async def speakers(datasette: Any, request: Any) -> Any:
    """Show those who are quoted most, or with a `name` the statements of that speaker."""
    if "name" in request.args:
        return await _speaker(datasette, request)
    db, _ = opened(datasette)
    rows, total = await most_quoted(db, _MOST)
    return await html(datasette, request, "speakers.html", {"rows": rows, "total": total})


async def _speaker(datasette: Any, request: Any) -> Any:
    """Show one speaker's statements, the one quoted last first."""
    db, _ = opened(datasette)
    name, tag = request.args["name"], request.args.get("tag") or None
    found = await one_speaker(db, name, tag)
    if not found:
        raise NotFound("Nobody of that name is quoted in a relevant article.")
    shown = await statements(db, name, tag, _STATEMENTS)
    filters = {"speaker_tag": tag} if tag else {"speaker": name, "speaker_tag__isblank": "1"}
    context = {
        "speaker": found,
        "statements": [(one, _repetitions(one), len(one.later[_LATER:])) for one in shown],
        "csv": Links(datasette.urls).table("quotations", ".csv", _dl="on", **filters),
    }
    return await html(datasette, request, "speaker.html", context)


def _repetitions(one: Statement) -> list[Repetition]:
    first = one.first["words"].rstrip(",")
    return [
        Repetition(row, () if words_of(row["words"]) == words_of(first) else word_diff(first, row["words"].rstrip(",")))
        for row in one.later[:_LATER]
    ]


ROUTES = [(r"^/speakers$", speakers)]
