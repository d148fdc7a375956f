"""What is said when an answer cannot be given: its status and a sentence, and whether the fault is ours."""

import logging
from dataclasses import dataclass
from traceback import walk_tb
from types import TracebackType
from typing import Any, Final

from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400, Response
from datasette.views.base import DatasetteError

from tracker.web.queries.connection import Wrong, is_refused, is_unreadable
from tracker.web.stream import Busy, TooSlow

log = logging.getLogger(__name__)

_SLOW: Final = "The database could not answer within the time that a page may take. A filter helps."
_UNREADABLE: Final = "The database cannot be read at the moment. Please try again."
_NO_DATABASE: Final = "Database not found"  # Datasette takes an address that it does not know for a database's
_SENSELESS: Final = "This address asks for something that cannot be: {}"


@dataclass(frozen=True, slots=True)
class Fault:
    """What the visitor is told. `title` is a heading in place of the status's own."""

    status: int
    error: str
    title: str | None = None


async def answer(datasette: Any, request: Any, exception: Exception) -> Any:
    """The answer to a request that raised something; what is our own mistake is logged with its traceback."""
    fault = fault_of(exception)
    if fault.status == 500:
        log.error("%s could not be answered", request.path, exc_info=exception)
    headers = {"Retry-After": "30"} if fault.status == 503 else {}
    shown = {"ok": False, "error": fault.error, "status": fault.status, "title": fault.title}
    if request.path.endswith(".json"):
        return Response.json(shown, status=fault.status, headers=headers)
    if request.path.endswith(".csv"):
        return Response.text(f"{fault.error}\n", status=fault.status, headers=headers)
    page = await datasette.render_template("error.html", shown, request=request)
    return Response.html(page, status=fault.status, headers=headers)


def fault_of(exception: Exception) -> Fault:
    """What an exception means to the visitor."""
    fault = _too_much(exception) or _by_sqlite(exception) or _by_datasette(exception)
    return fault or Fault(500, "Something went wrong on this side. It is in the server's log.")


def _too_much(exception: Exception) -> Fault | None:
    """What would have taken too long, or would have to wait too long."""
    if isinstance(exception, Busy):
        return Fault(503, f"{exception}.".capitalize(), "Too busy")
    if isinstance(exception, QueryInterrupted | TooSlow) or getattr(exception, "title", None) == "SQL Interrupted":
        return Fault(400, _SLOW, "That took too long")
    return None


def _by_sqlite(exception: Exception) -> Fault | None:
    if isinstance(exception, Wrong) and is_unreadable(exception):
        return Fault(503, _UNREADABLE, "Not readable")
    if isinstance(exception, Wrong) and is_refused(exception):
        return Fault(403, "This may not be read.", "Forbidden")
    return None


def _by_datasette(exception: Exception) -> Fault | None:
    if isinstance(exception, Base400):
        said = str(exception.args[0])
        return Fault(exception.status, "404" if said == _NO_DATABASE else said)
    if isinstance(exception, DatasetteError):
        # Datasette says 500 where an address names a column that is not there.
        status = 400 if exception.status == 500 else exception.status
        return Fault(status, str(exception.message), exception.title)
    if _stumbled(exception.__traceback__):
        return Fault(400, _SENSELESS.format(str(exception)[:200] or type(exception).__name__))
    return None


def _stumbled(trace: TracebackType | None) -> bool:
    """True when it is Datasette that could not make sense of the address, and not code of ours that failed."""
    owners = [str(frame.f_globals.get("__name__", "")).partition(".")[0] for frame, _ in walk_tb(trace)]
    return [name for name in owners if name in {"datasette", "tracker"}][-1:] == ["datasette"]
