"""A real mail server on loopback that keeps what it gets, or does what a test asks of it in between.

with Mailbox() as mailbox:
    ...send to mailbox.port...
    mailbox.messages[0]["Subject"]
"""

import asyncio
import ssl
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

Step = Callable[[SMTP, Envelope], str | None]
"""What is done when a recipient is named or a text has come; the answer in place of the usual one, or None."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How the server behaves: `tls` is for STARTTLS, `wrapped` for TLS from the first byte, `login` whom it lets in."""

    tls: ssl.SSLContext | None = None
    wrapped: ssl.SSLContext | None = None
    login: tuple[str, str] | None = None
    at_recipient: Step | None = None
    at_text: Step | None = None


class Mailbox:
    """The server, in a thread of its own; `messages` are those it said that it took, `said` the logins it saw."""

    def __init__(self, **rules: Any) -> None:
        self.rules = Rules(**rules)
        self.messages: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.recipients: list[list[str]] = []
        self.private: list[bool] = []
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._do(self._listen())
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._do(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(self._protocol, "127.0.0.1", 0, ssl=self.rules.wrapped)

    async def _stop(self) -> None:
        self._server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    def _protocol(self) -> SMTP:
        rules = self.rules
        login: dict[str, Any] = {}
        if rules.login:  # to ask for it without STARTTLS is warned of, though all is private where it is wrapped
            login = {"authenticator": self._authenticate, "auth_required": not rules.wrapped}
        return SMTP(
            self, hostname="mail.example", loop=self._loop, tls_context=rules.tls, require_starttls=bool(rules.tls),
            auth_require_tls=not rules.wrapped, **login,
        )  # fmt: skip

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == self.rules.login, handled=False)

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        said = self.rules.at_recipient(server, envelope) if self.rules.at_recipient else None
        return said or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        said = self.rules.at_text(server, envelope) if self.rules.at_text else None
        if said and not said.startswith("250"):
            return said
        content = envelope.original_content or b""
        self.raw.append(content)
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.recipients.append(list(envelope.rcpt_tos))
        self.private.append(session.ssl is not None)
        return said or "250 OK"


def hang_up(server: SMTP, envelope: Envelope) -> str | None:
    """The connection ends without an answer."""
    server.transport.abort()
    return None
