"""How the log is written, to standard error: one line an event, for people or as JSON; knows how a line is made safe.

What a line says may come from a feed, so nothing in it can begin another one.
"""

import json
import logging
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from types import TracebackType
from typing import Final, Literal, TextIO

Form = Literal["text", "json"]

_OWN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
"""What every record of logging has; anything else is a field of the event."""

_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_UNSEEN_IN_LINES: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")


_WITHIN: Final = 60.0
_SAME_LINE: Final = 5
_SAME_KIND: Final = 200
"""How often a line, and lines that differ only in their numbers and values, are written in so many seconds."""

_REMEMBERED: Final = 2000
_NUMBER: Final = re.compile(r"0x[0-9a-f]+|\d+")


def set_up(form: Form) -> None:
    """From now on what is logged goes to standard error in this form; libraries speak only of trouble."""
    handler = _Sparing()
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


@dataclass(slots=True)
class _Run:
    """What came of one kind since a moment, and the last of those that were not written."""

    since: float
    came: int = 0
    held: int = 0
    last: logging.LogRecord | None = None

    def told(self) -> logging.LogRecord | None:
        """How many were not written, as an event; None when all were."""
        if self.last is None:
            return None
        said = {"msg": f"repeated {self.held} times: {self.last.msg}", "exc_info": None, "repeated": self.held}
        return logging.makeLogRecord(vars(self.last) | said)


class _Sparing(logging.StreamHandler[TextIO]):
    """Writes the same line five times a minute, and says how often it came besides: a log cannot fill the disk.

    Lines that differ only in numbers and values, such as those of one round about its feeds, may be two hundred.
    """

    def __init__(self) -> None:
        super().__init__()
        self._runs: dict[object, _Run] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Write the event, or count it."""
        self._tell(record.created)
        kind = (record.name, record.levelno, _NUMBER.sub("#", str(record.msg)))
        like_it = self._run(kind, record.created)
        line = (*kind, str(record.msg), repr(record.args))
        if like_it.came <= _SAME_KIND and self._run(line, record.created).came <= _SAME_LINE:
            super().emit(record)
        else:
            like_it.held, like_it.last = like_it.held + 1, record

    def close(self) -> None:
        """Say what is left to be said."""
        self._tell(None)
        super().close()

    def _run(self, key: object, now: float) -> _Run:
        run = self._runs.setdefault(key, _Run(now))
        run.came += 1
        return run

    def _tell(self, now: float | None) -> None:
        """Say how much of each kind was not written in the minute that is over; all of it when `now` is None."""
        for key, run in list(islice(self._runs.items(), 20)) if now is not None else list(self._runs.items()):
            if now is not None and 0 <= now - run.since < _WITHIN and len(self._runs) <= _REMEMBERED:
                break
            del self._runs[key]
            if (told := run.told()) is not None:
                super().emit(told)


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
