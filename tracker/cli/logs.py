"""Write the log to standard error, one line per event, as text or JSON, with unsafe characters escaped.

Messages may contain text from feeds, so nothing in them can start a new line.
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
from zoneinfo import ZoneInfo

LogFormat = Literal["text", "json"]

_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
"""The attributes of every LogRecord; all others are fields of the event."""

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_IN_LINES: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")


_WINDOW: Final = 60.0
_SAME_LINE: Final = 5
_SAME_KIND: Final = 200
"""How many identical lines, and lines that differ only in numbers and values, are written within that time."""

_REMEMBERED: Final = 2000
_NUMBER: Final = re.compile(r"0x[0-9a-f]+|\d+")


def set_up(form: LogFormat) -> None:
    """Log to standard error in this format; libraries log warnings and errors only."""
    handler = _RateLimiting()
    handler.setFormatter(_Json() if form == "json" else _Text("%(asctime)s %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=form == "json")
    logging.getLogger("tracker").setLevel(logging.INFO)
    logging.captureWarnings(True)
    if form == "json":
        sys.excepthook = _log_uncaught


def tell_time_in(zone: ZoneInfo) -> None:
    """Log the times of a zone in text, rather than those of this computer; JSON stays in UTC."""
    _Text.zone = zone


def form() -> LogFormat:
    """Return the current log format."""
    return "json" if any(isinstance(one.formatter, _Json) for one in logging.getLogger().handlers) else "text"


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Log an uncaught exception."""
    logging.getLogger("tracker").critical("the program ended unexpectedly", exc_info=(kind, error, trace))


@dataclass(slots=True)
class _Run:
    """Counts of one kind of record since a moment, and the last record that was not written."""

    since: float
    came: int = 0
    held: int = 0
    last: logging.LogRecord | None = None

    def summary(self) -> logging.LogRecord | None:
        """Return a record saying how many were not written; None if all were."""
        if self.last is None:
            return None
        said = {"msg": f"repeated {self.held} times: {self.last.msg}", "exc_info": None, "repeated": self.held}
        return logging.makeLogRecord(vars(self.last) | said)


class _RateLimiting(logging.StreamHandler[TextIO]):
    """Write identical lines at most five times a minute and count the rest, so that the log cannot fill the disk.

    Lines that differ only in numbers and values, such as a round's about its feeds, may come two hundred times.
    """

    def __init__(self) -> None:
        super().__init__()
        self._runs: dict[object, _Run] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record, or count it."""
        self._write_summaries(record.created)
        kind = (record.name, record.levelno, _NUMBER.sub("#", str(record.msg)))
        like_it = self._run(kind, record.created)
        line = (*kind, str(record.msg), repr(record.args))
        if like_it.came <= _SAME_KIND and self._run(line, record.created).came <= _SAME_LINE:
            super().emit(record)
        else:
            like_it.held, like_it.last = like_it.held + 1, record

    def close(self) -> None:
        """Write the remaining summaries."""
        self._write_summaries(None)
        super().close()

    def _run(self, key: object, now: float) -> _Run:
        run = self._runs.setdefault(key, _Run(now))
        run.came += 1
        return run

    def _write_summaries(self, now: float | None) -> None:
        """Write a summary for each kind whose minute is over; for all kinds if `now` is None."""
        for key, run in list(islice(self._runs.items(), 20)) if now is not None else list(self._runs.items()):
            if now is not None and 0 <= now - run.since < _WINDOW and len(self._runs) <= _REMEMBERED:
                break
            del self._runs[key]
            if (summary := run.summary()) is not None:
                super().emit(summary)


class _Text(logging.Formatter):
    """A line of text with its time, followed by the indented lines of any traceback."""

    zone: ZoneInfo | None = None
    """Whose time it is; None for that of this computer."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802  its name in logging
        """Format the local time with its zone."""
        return f"{datetime.fromtimestamp(record.created, UTC).astimezone(self.zone):%Y-%m-%d %H:%M:%S %Z}"

    def format(self, record: logging.LogRecord) -> str:
        """Format the record as text."""
        record.message = _CONTROL.sub(_escaped, record.getMessage())
        record.asctime = self.formatTime(record)
        line = self.formatMessage(record)
        if not record.exc_info:
            return line
        trace = self.formatException(record.exc_info)
        return "\n    ".join([line, *_CONTROL_IN_LINES.sub(_escaped, trace).split("\n")])


class _Json(logging.Formatter):
    """A JSON object: ts (UTC), level, logger, event, the event's fields, and any traceback as `exception`."""

    def format(self, record: logging.LogRecord) -> str:
        """Format the record as one line of ASCII JSON."""
        moment = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, object] = {
            "ts": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _STANDARD and name not in line}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
