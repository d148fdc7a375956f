"""Notify a service such as ntfy or Slack; the only module that imports apprise.

The import takes most of a second, so this module is only imported when something is to be sent. apprise only says
whether a service was notified; the reason, which is the service's answer or that it was unreachable, goes to its log,
which is captured and read here. Log lines hold addresses and keys, so nothing leaves this module unredacted.
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final
from urllib.parse import quote, unquote

import apprise

from tracker.config.values import variables
from tracker.files import shipped
from tracker.publish.mail import NotSent, Unsure

NAME: Final = "Coverage tracker"

_SAID = 160
_SHORT = 4
_PARTS = re.compile(r"[/?#&=:@,\s]+")
_STATUS = re.compile(r"error=(\d{3})\b")
_UNCLEAR = frozenset({"408", "502", "504"})
_UNREACHED = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeout|Connection refused|SSLError|CERTIFICATE|getaddrinfo|"
    r"No address associated|Network is unreachable|No route to host",
    re.IGNORECASE,
)
_SENT = re.compile(r"\bSent\b.*\bnotification")


def notify(template: str, title: str, body: str, environment: Mapping[str, str], claim: Callable[[], bool]) -> bool:
    """Notify the service at an address. Return False when `claim`, called at the last moment, refuses.

    Raises NotSent and Unsure.
    """
    address = _revealed(template, environment)
    with _captured_log() as lines:
        service = _service(address)
        if not claim():
            return False
        try:
            notified = service.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT)
        except Exception as error:  # noqa: BLE001  of a hundred plugins nobody knows what each may raise
            raise Unsure(f"The service's plugin failed ({type(error).__name__}); it is not sent again.") from None
    if not notified:
        _explain(lines, address)
    return True


def _revealed(template: str, environment: Mapping[str, str]) -> str:
    """Return the address with its values filled in: verbatim if a value is the whole address, else percent-encoded."""
    for name in variables(template):
        if not environment.get(name):
            raise NotSent(f"The environment has no {name}, which this recipient needs; set it and it is tried again.")
        value = environment[name]
        template = value if template == f"${{{name}}}" else template.replace(f"${{{name}}}", quote(value, safe=""))
    return template


def _service(address: str) -> apprise.Apprise:
    """Return the service, with nothing kept on disk, nothing read from elsewhere, and no redirect followed.

    A redirect would take the message, and the keys in its headers, to a host that nobody configured.
    """
    asset = apprise.AppriseAsset(
        app_id=NAME,
        app_desc=NAME,
        async_mode=False,
        secure_logging=True,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
        http_redirects=False,
    )
    service = apprise.Apprise(asset=asset)
    if not service.add(address):
        raise NotSent(
            "apprise does not understand this recipient's address; "
            f"{shipped('docs/alerts.md')} shows some that it does."
        )
    for plugin in service:
        plugin.redirects = False  # an address can enable them with ?redirect=yes
    return service


class _LogCapture(logging.Handler):
    """Collects log records."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[tuple[int, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append((record.levelno, record.getMessage()))


@contextmanager
def _captured_log() -> Iterator[list[tuple[int, str]]]:
    """Capture what apprise and its HTTP library log in the body, hiding it from all other handlers."""
    capture = _LogCapture()
    loggers = [logging.getLogger(name) for name in ("apprise", "urllib3", "requests")]
    before = [(logger.level, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.addHandler(capture)
        logger.propagate = False
        logger.setLevel(logging.DEBUG)
    try:
        yield capture.lines
    finally:
        for logger, (level, propagate) in zip(loggers, before, strict=True):
            logger.removeHandler(capture)
            logger.setLevel(level)
            logger.propagate = propagate


def _explain(lines: Sequence[tuple[int, str]], address: str) -> None:
    """Raise NotSent or Unsure, whichever the log of a failed notification supports."""
    troubles = [line for level, line in lines if level >= logging.WARNING]
    statuses = [found[1] for line in troubles if (found := _STATUS.search(line))]
    unreached = any(_UNREACHED.search(line) for _, line in lines)
    partly = any(_SENT.search(line) for _, line in lines)
    said = harmless(troubles[0], address)[:_SAID] if troubles else "no reason is given"
    if not partly and ((statuses and not _UNCLEAR & {*statuses}) or (unreached and not statuses)):
        reach = " (it cannot be reached)" if unreached else ""
        raise NotSent(f"The service was not notified{reach}: {said}")
    raise Unsure(f"The service may or may not have been notified, so this is not sent again: {said}")


def harmless(text: str, address: str) -> str:
    """Remove every part of the address from a line, be it a host, a key or a topic, however it is written."""
    parts = {part for part in _PARTS.split(address.partition("://")[2]) if len(part) >= _SHORT}
    forms = {form for part in parts for form in (part, unquote(part), quote(unquote(part), safe=""))}
    for form in sorted((address, *forms), key=len, reverse=True):
        text = text.replace(form, "***")
    return " ".join(text.split())
