"""Send an email to one mailbox; the only module that knows SMTP and how a mail message is built.

Sending takes two steps, because each allows a different certainty. Until the server has agreed to take the text (354),
nothing was sent: whatever goes wrong, it certainly did not arrive, and `NotSent` says so. Once the text is on its way,
only the server's answer tells: a refusal is `NotSent` too; without an answer that can be read, nobody can know, and
that is `Unsure`. Between the two steps `claim` is called, and nothing goes out unless it agrees.
"""

import re
import smtplib
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from tracker.config.sending import Mail
from tracker.config.values import variables
from tracker.errors import TrackerError

TIMEOUT: Final = 60.0
"""Seconds to wait for each answer of the server, except the one to the text."""

PATIENCE: Final = 600.0
"""Seconds to wait for the answer to the text: ten minutes (RFC 5321, 4.5.3.2.6), as it decides the outcome."""

_SAID = 200

_DONE, _GO_ON, _REFUSED = 2, 3, {4, 5}
"""The kinds of answers, by their first digit (RFC 5321, 4.2.1): servers differ in the others."""

_NOT_AGAIN = "so it may or may not have arrived; it is not sent again."

_POLICY = SMTP.clone(max_line_length=250)
"""Some programs show a header folded before its first word with a leading space, or not at all."""


class NotSent(TrackerError):
    """It certainly was not sent; str() says why without an address or a secret, and a retry is safe."""


class Unsure(TrackerError):
    """It was handed over and no answer came: it may or may not arrive."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message in two formats. `key` identifies it permanently, so that a duplicate has the same Message-ID."""

    key: str
    subject: str
    text: str
    html: str
    written_at: datetime


def send(
    mail: Mail, to: str, letter: Letter, environment: Mapping[str, str], claim: Callable[[], bool] = lambda: True
) -> bool:
    """Send an email to one address. Return False when `claim`, called at the last moment, refuses.

    Raises NotSent and Unsure.
    """
    password = _password(mail, environment)
    content = message(mail, to, letter).as_bytes()
    with _explained(mail, to, password):
        connection = _connected(mail)
    try:
        with _explained(mail, to, password):
            _introduce(connection, mail, to, password)
        if not claim():
            return False
        with _explained(mail, to, password):
            _expect(connection.docmd("DATA"), _GO_ON)
        _hand_over(connection, content, lambda text: _harmless(text, to, password))
        return True
    finally:
        with suppress(smtplib.SMTPException, OSError):
            connection.quit()
        connection.close()


def message(mail: Mail, to: str, letter: Letter) -> EmailMessage:
    """Return the email as a message to one address (RFC 5322, multipart/alternative in UTF-8)."""
    name, address = parseaddr(mail.sender)
    made = EmailMessage(policy=_POLICY)
    subject = " ".join(letter.subject.split())
    made["Subject"] = _Literal(subject) if "=?" in subject else subject
    made["From"] = Address(" ".join(name.split()), addr_spec=address)
    made["To"] = Address(addr_spec=to)
    made["Date"] = format_datetime(letter.written_at)
    made["Message-ID"] = f"<{uuid5(NAMESPACE_URL, f'{letter.key} {to}')}@{address.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: keeps out-of-office replies away
    made.set_content(letter.text, charset="utf-8", cte="quoted-printable")
    made.add_alternative(letter.html, subtype="html", charset="utf-8", cte="quoted-printable")
    return made


class _Literal(str):
    """A subject that may hold encoded words (RFC 2047), which EmailMessage would decode, line breaks and all."""

    __slots__ = ()
    name = "Subject"

    def fold(self, *, policy: Policy) -> str:
        """Return the header as it is sent; the policy calls this."""
        words = Header(self, "utf-8", header_name=self.name).encode(linesep=policy.linesep)
        return f"{self.name}: {words}{policy.linesep}"


def _password(mail: Mail, environment: Mapping[str, str]) -> str:
    for name in variables(mail.password or ""):
        if environment.get(name):
            return environment[name]
        raise NotSent(f"The environment has no {name}, which mail needs; set it where the tracker is started.")
    return ""


def _connected(mail: Mail) -> smtplib.SMTP:
    """Return a connection, encrypted if the plan says so."""
    if mail.secure == "tls":
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=TIMEOUT, context=ssl.create_default_context())
    connection = smtplib.SMTP(mail.host, mail.port, timeout=TIMEOUT)
    try:
        connection.ehlo_or_helo_if_needed()
        if mail.secure == "starttls" or connection.has_extn("starttls"):
            _begin_tls(connection, mail)
    except BaseException:
        connection.close()
        raise
    return connection


def _begin_tls(connection: smtplib.SMTP, mail: Mail) -> None:
    """Start TLS. Raises NotSent when it is required but unavailable."""
    context = ssl.create_default_context()
    if mail.secure == "offered":  # an attacker able to pose as the server could strip the STARTTLS offer anyway
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    elif not connection.has_extn("starttls"):
        raise NotSent(
            f"The mail server at port {mail.port} offers no STARTTLS, so anybody on the way could read the message; "
            "use smtps:// or its port for submission, or allow it with `starttls: offered`."
        )
    connection.starttls(context=context)
    connection.ehlo()


def _introduce(connection: smtplib.SMTP, mail: Mail, to: str, password: str) -> None:
    """Log in, and name the sender and the recipient."""
    connection.ehlo_or_helo_if_needed()
    if mail.user:
        _log_in(connection, mail.user, password)
    _expect(connection.mail(parseaddr(mail.sender)[1]), _DONE)
    _expect(connection.rcpt(to), _DONE)


def _log_in(connection: smtplib.SMTP, user: str, password: str) -> None:
    """Log in; smtplib knows ASCII only, so anything else is sent by PLAIN in UTF-8 (RFC 4616)."""
    if (user + password).isascii():
        connection.login(user, password)
        return
    secret = b64encode(f"\0{user}\0{password}".encode()).decode()
    code, said = connection.docmd("AUTH", f"PLAIN {secret}")
    if code // 100 != _DONE:
        raise smtplib.SMTPAuthenticationError(code, said)


def _hand_over(connection: smtplib.SMTP, content: bytes, harmless: Callable[[str], str]) -> None:
    """Send the text, dot-stuffed (RFC 5321, 4.5.2), and read the server's answer."""
    if connection.sock:
        connection.sock.settimeout(PATIENCE)
    try:
        connection.send(re.sub(rb"(?m)^\.", b"..", content.rstrip(b"\r\n")) + b"\r\n.\r\n")
        code, said = connection.getreply()
    except (OSError, smtplib.SMTPException) as error:
        connection.close()
        raise Unsure(
            f"The connection to the mail server ended before it said whether it accepted the message, {_NOT_AGAIN}"
        ) from error
    if code // 100 in _REFUSED:
        raise NotSent(f"The mail server refused the message: {harmless(_answer(code, said))}")
    if code // 100 != _DONE:
        answer = harmless(_answer(code, said))
        raise Unsure(f"The mail server's answer to the message cannot be understood ({answer}), {_NOT_AGAIN}")


def _expect(answer: tuple[int, bytes], kind: int) -> None:
    if answer[0] // 100 != kind:
        raise smtplib.SMTPResponseException(*answer)


@contextmanager
def _explained(mail: Mail, to: str, password: str) -> Iterator[None]:
    """Turn errors raised inside into a sentence that says what to do, without an address or a secret."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise NotSent(
            "The mail server rejected the login: check `user` under `mail:` and the password in the environment "
            f"({_harmless(_answer(error.smtp_code, error.smtp_error), to, password)})."
        ) from None
    except smtplib.SMTPResponseException as error:
        said = _harmless(_answer(error.smtp_code, error.smtp_error), to, password)
        raise NotSent(f"The mail server refused: {said}") from None
    except ssl.SSLError as error:
        raise NotSent(
            f"Cannot connect securely to the mail server at port {mail.port}: {_tls(error)}; check `server` under "
            "`mail:`, its port, and the server's certificate."
        ) from None
    except (OSError, smtplib.SMTPException) as error:
        said = _harmless(str(error.strerror if isinstance(error, OSError) and error.strerror else error), to, password)
        raise NotSent(f"The mail server at port {mail.port} cannot be reached or does not respond: {said}") from None


def _tls(error: ssl.SSLError) -> str:
    """Describe what went wrong with a certificate, or with the protocol."""
    return str(getattr(error, "verify_message", None) or error.reason or error)


def _answer(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())}"[:_SAID]


def _harmless(text: str, to: str, password: str) -> str:
    """Return a server's words without the mailbox, and without the password in any form in which it was sent."""
    text = re.sub(re.escape(to), "the recipient", text, flags=re.IGNORECASE)
    for form in (password, b64encode(password.encode()).decode()):
        text = text.replace(form, "***") if form else text
    return text
