"""Map exceptions to error responses: status, message, and whether the fault is ours."""

import logging
from dataclasses import dataclass
from traceback import walk_tb
from types import TracebackType
from typing import Any, Final

from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400, Response
from datasette.views.base import DatasetteError

from tracker.web.queries.connection import SqliteError, is_refused, is_unreadable
from tracker.web.stream import Busy, TooSlow

log = logging.getLogger(__name__)

_SLOW: Final = "The database took too long to answer. Try adding a filter."
_UNREADABLE: Final = "The database cannot be read at the moment. Please try again."
_NO_DATABASE: Final = "Database not found"  # Datasette reads an unknown path as a database name
_INVALID: Final = "This address is not valid: {}"


@dataclass(frozen=True, slots=True)
class Fault:
    """What the visitor sees; `title` replaces the status's default heading."""

    status: int
    error: str
    title: str | None = None


async def answer(datasette: Any, request: Any, exception: Exception) -> Any:
    """Return the response for a failed request; log our own faults with a traceback."""
    fault = fault_of(exception)
    if fault.status == 500:
        log.error("%s could not be answered", request.path, exc_info=exception)
    return await response_for(fault, datasette, request)


async def response_for(fault: Fault, datasette: Any, request: Any) -> Any:
    """Return a fault in the format that the URL asks for: JSON, text in place of CSV, or a page."""
    headers = {"Retry-After": "30"} if fault.status == 503 else {}
    shown = {"ok": False, "error": fault.error, "status": fault.status, "title": fault.title}
    if request.path.endswith(".json"):
        return Response.json(shown, status=fault.status, headers=headers)
    if request.path.endswith(".csv"):
        return Response.text(f"{fault.error}\n", status=fault.status, headers=headers)
    page = await datasette.render_template("error.html", shown, request=request)
    return Response.html(page, status=fault.status, headers=headers)


def fault_of(exception: Exception) -> Fault:
    """Return the error to show for an exception."""
    fault = _overload_fault(exception) or _sqlite_fault(exception) or _datasette_fault(exception)
    return fault or Fault(500, "The fault is ours. The server's log has the details.")


def _overload_fault(exception: Exception) -> Fault | None:
    """Return the fault for requests that ran or waited too long, else None."""
    if isinstance(exception, Busy):
        return Fault(503, f"{exception}.".capitalize(), "Too busy")
    if isinstance(exception, QueryInterrupted | TooSlow) or getattr(exception, "title", None) == "SQL Interrupted":
        return Fault(400, _SLOW, "That took too long")
    return None


def _sqlite_fault(exception: Exception) -> Fault | None:
    if isinstance(exception, SqliteError) and is_unreadable(exception):
        return Fault(503, _UNREADABLE, "Database unavailable")
    if isinstance(exception, SqliteError) and is_refused(exception):
        return Fault(403, "Access to this data is not allowed.", "Forbidden")
    return None


def _datasette_fault(exception: Exception) -> Fault | None:
    if isinstance(exception, Base400):
        message = str(exception.args[0])
        return Fault(exception.status, "404" if message == _NO_DATABASE else message)
    if isinstance(exception, DatasetteError):
        # Datasette answers 500 when a URL names an unknown column.
        status = 400 if exception.status == 500 else exception.status
        return Fault(status, str(exception.message), exception.title)
    if _raised_by_datasette(exception.__traceback__):
        return Fault(400, _INVALID.format(str(exception)[:200] or type(exception).__name__))
    return None


def _raised_by_datasette(trace: TracebackType | None) -> bool:
    """Return whether Datasette itself failed to make sense of the URL, rather than our code."""
    owners = [str(frame.f_globals.get("__name__", "")).partition(".")[0] for frame, _ in walk_tb(trace)]
    return [name for name in owners if name in {"datasette", "tracker"}][-1:] == ["datasette"]
