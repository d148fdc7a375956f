"""Those to whom the tracker sends, as real servers on loopback in threads of their own: webhooks, ntfy, mail.

The ntfy is one written for these tests after its documented API: publishing as JSON, and access by a password.
"""

import base64
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller


@dataclass(frozen=True, slots=True)
class Posted:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class Receiver:
    """Keeps what is posted to it and answers with these statuses, the last one again and again; 0 is no answer."""

    answers: list[int] = field(default_factory=lambda: [200])
    posted: list[Posted] = field(default_factory=list)
    taken: list[Posted] = field(default_factory=list)
    """Those that were answered with success."""
    came: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    password: str | None = None
    topics: dict[str, list[Any]] = field(default_factory=dict)
    port: int = 0
    elsewhere: str = "/elsewhere"
    """Where answers that are redirects point."""

    def url(self, path: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def answer(self) -> int:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def publish(self, posted: Posted) -> tuple[int, bytes]:
        """What ntfy does with a message."""
        login = base64.b64encode(f"reader:{self.password}".encode()).decode()
        if self.password and posted.headers.get("authorization") != f"Basic {login}":
            return 401, b'{"code":40101,"http":401,"error":"unauthorized"}'
        said = posted.said
        if posted.path != "/" or not isinstance(said.get("topic"), str):
            return 400, b'{"code":40009,"http":400,"error":"invalid request: topic invalid"}'
        if len(said.get("message", "").encode()) > 4096:
            return 413, b'{"code":41301,"http":413,"error":"message too large"}'
        self.topics.setdefault(said["topic"], []).append(said)
        return 200, json.dumps({"id": "x", "event": "message", "topic": said["topic"]}).encode()


@contextmanager
def receiver(*answers: int, ntfy: bool = False, password: str | None = None) -> Iterator[Receiver]:
    """A server for webhooks, or an ntfy."""
    kept = Receiver(list(answers) or [200], password=password)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            posted = Posted(self.path, headers, self.rfile.read(length))
            kept.posted.append(posted)
            kept.came.set()
            status, body = kept.answer(), b""
            if status == 200 and ntfy:
                status, body = kept.publish(posted)
            kept.taken += [posted] if 200 <= status < 300 else []
            if status == 0:
                kept.over.wait()
                return
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", kept.elsewhere)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST  # noqa: N815  the library's name for it

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        kept.over.set()
        server.shutdown()
        server.server_close()


def closed_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass(slots=True)
class Mailbox:
    """Keeps what mail comes; `refuse` is the answer to the text of each, if it is to be refused."""

    port: int = 0
    refuse: str | None = None
    letters: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(  # noqa: N802  the library's name for it
        self, _server: object, _session: object, envelope: Any
    ) -> str:
        if self.refuse:
            return self.refuse
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 taken"


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """A mail server."""
    kept = Mailbox(port=closed_port())
    controller = Controller(kept, hostname="127.0.0.1", port=kept.port)
    controller.start()
    try:
        yield kept
    finally:
        controller.stop()
