"""How the log is written, to standard error: one line an event, for people or as JSON; knows how a line is made safe.

What a line says may come from a feed, so nothing in it can begin another one.
"""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Literal

Form = Literal["text", "json"]

_OWN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
"""What every record of logging has; anything else is a field of the event."""

_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_UNSEEN_IN_LINES: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def set_up(form: Form) -> None:
    """From now on what is logged goes to standard error in this form; libraries speak only of trouble."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Json() if form == "json" else _Text("%(asctime)s %(message)s", "%Y-%m-%d %H:%M:%S"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=form == "json")
    logging.getLogger("tracker").setLevel(logging.INFO)
    logging.captureWarnings(True)
    if form == "json":
        sys.excepthook = _logged


def form() -> Form:
    """How the log is written."""
    return "json" if any(isinstance(one.formatter, _Json) for one in logging.getLogger().handlers) else "text"


def _logged(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What ends the program unexpectedly, as a line like any other."""
    logging.getLogger("tracker").critical("the program ended unexpectedly", exc_info=(kind, error, trace))


class _Text(logging.Formatter):
    """A line for people; those of a traceback follow it, each of them indented."""

    def format(self, record: logging.LogRecord) -> str:
        """The event as text."""
        record.message = _UNSEEN.sub(_escaped, record.getMessage())
        record.asctime = self.formatTime(record, self.datefmt)
        line = self.formatMessage(record)
        if not record.exc_info:
            return line
        trace = self.formatException(record.exc_info)
        return "\n    ".join([line, *_UNSEEN_IN_LINES.sub(_escaped, trace).split("\n")])


class _Json(logging.Formatter):
    """One JSON object: ts (UTC), level, logger, event, the fields of the event, and its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The event as JSON, all of it in ASCII and in one line."""
        moment = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, object] = {
            "ts": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _OWN and name not in line}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
