"""Read and write JSON lines on standard input and output, for the commands that work without a database."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Problem = Callable[[object], str]
"""Returns the fault of an object in words; empty if it has none."""


def read_objects(
    lines: Iterable[str], problem: Problem, *, bare: str | None = None
) -> Iterator[tuple[int, dict[str, Any] | None, str]]:
    """Yield each line's number, its object or None, and what is wrong with it; blank lines are passed over.

    With `bare`, a line that is no object is one with the line's text under that key.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            line.encode()
            item = {bare: line.strip()} if bare and not line.lstrip().startswith("{") else json.loads(line)
        except UnicodeEncodeError:
            yield number, None, "not UTF-8"
            continue
        except (ValueError, RecursionError) as error:
            yield number, None, f"not JSON: {error}"
            continue
        wrong = problem(item)
        yield number, None if wrong else item, wrong


def json_line(value: object) -> str:
    """Return the value as one line of JSON; in ASCII if it contains a lone surrogate, which cannot be encoded."""
    line = json.dumps(value, ensure_ascii=False)
    return json.dumps(value) if any("\ud800" <= char <= "\udfff" for char in line) else line
