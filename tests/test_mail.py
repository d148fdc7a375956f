"""Mail to a real server on loopback: what arrives, and what is known when it does not."""

import ssl
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
import trustme
from aiosmtpd.smtp import SMTP, Envelope

from tests.hostile_texts import TEXTS
from tests.mailbox import Mailbox, hang_up
from tracker.config.sending import Mail
from tracker.publish.mail import Letter, NotSent, Unsure, message, send

NOW = datetime(2026, 11, 28, 7, 0, tzinfo=UTC)
TO = "analyst@charity.example"
PASSWORD = "swordfish-9 {}%"
ENVIRONMENT = {"MAIL_PASSWORD": PASSWORD}
TEXT = "One\n.two\n..\n\nthree é\n"
LETTER = Letter("digest/daily/2026-11-27/mail/1", "Friday – 4 articles", TEXT, "<p>One</p>", NOW)


def plan(port: int, server: str = "smtp://127.0.0.1", **more: object) -> Mail:
    usual = {"server": f"{server}:{port}", "from": "Coverage tracker <tracker@press.example>"}
    return Mail.model_validate(usual | more)


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """A certificate authority that this process trusts."""
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return made


def served(authority: trustme.CA, name: str = "localhost") -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as made:
        yield made


def test_a_letter_arrives_in_both_forms_for_one_recipient(mailbox: Mailbox) -> None:
    assert send(plan(mailbox.port), TO, LETTER, {})
    (got,) = mailbox.messages
    assert mailbox.recipients == [[TO]]
    assert got.defects == []
    assert (got["To"], got["From"]) == (TO, "Coverage tracker <tracker@press.example>")
    assert got["Subject"] == "Friday – 4 articles"
    assert got["Date"].datetime == NOW
    assert got["Auto-Submitted"] == "auto-generated"
    assert got.get_content_type() == "multipart/alternative"
    plain, html = got.iter_parts()
    assert [part.get_content_type() for part in (plain, html)] == ["text/plain", "text/html"]
    assert plain.get_content().replace("\r\n", "\n") == LETTER.text
    assert html.get_content().strip() == LETTER.html
    assert max(map(len, mailbox.raw[0].split(b"\r\n"))) <= 998
    assert b"\n" not in mailbox.raw[0].replace(b"\r\n", b"")


def test_a_message_has_the_same_id_whenever_it_is_made_and_another_for_each_recipient() -> None:
    mail = plan(25)
    ids = [message(mail, to, letter)["Message-ID"] for to in (TO, "b@c.example") for letter in (LETTER, LETTER)]
    assert ids[0] == ids[1] != ids[2] == ids[3]
    assert ids[0] != message(mail, TO, replace(LETTER, key="another"))["Message-ID"]
    assert ids[0].endswith("@press.example>")


ENCODED = ["=?utf-8?q?x=0D=0ABcc:_all=40evil.example?=", "Keys =?utf-8?b?AAo=?= lost", "é =?x?q?=FF?= " * 30]


@pytest.mark.parametrize("text", [*TEXTS, "x\r\nBcc: all@evil.example", "x\n\n<script>", "é" * 400, *ENCODED], ids=repr)
def test_no_words_become_a_header_or_break_the_message(text: str) -> None:
    made = message(plan(25), TO, replace(LETTER, subject=text, text=text, html=text))
    heads, _, _ = made.as_bytes().partition(b"\r\n\r\n")
    names = [line.partition(b":")[0] for line in heads.split(b"\r\n") if not line.startswith((b" ", b"\t"))]
    assert sorted(names) == sorted(
        [b"Subject", b"From", b"To", b"Date", b"Message-ID", b"Auto-Submitted", b"MIME-Version", b"Content-Type"]
    )


def test_a_long_subject_is_read_as_it_was_written() -> None:
    subject = "Week 12: 16 to 22 Mar 2026: 15 articles, 4 new stories, 13 changed headlines, 2 spikes"
    for written in (subject, subject.replace("a", "ä"), *(" ".join(text.split()) for text in ENCODED)):
        made = message(plan(25), TO, replace(LETTER, subject=written)).as_bytes()
        assert message_from_bytes(made, policy=default)["Subject"] == written


def test_starttls_comes_before_the_password(authority: trustme.CA) -> None:
    with Mailbox(tls=served(authority), login=("tracker", PASSWORD)) as mailbox:
        mail = plan(mailbox.port, "smtp://localhost", user="tracker", password="${MAIL_PASSWORD}")
        assert send(mail, TO, LETTER, ENVIRONMENT)
    assert mailbox.private == [True]


def test_tls_from_the_first_byte(authority: trustme.CA) -> None:
    with Mailbox(wrapped=served(authority), login=("tracker", PASSWORD)) as mailbox:
        mail = plan(mailbox.port, "smtps://localhost", user="tracker", password="${MAIL_PASSWORD}")
        assert send(mail, TO, LETTER, ENVIRONMENT)
    assert len(mailbox.messages) == 1


def test_what_is_offered_is_taken_even_with_a_certificate_that_nobody_knows() -> None:
    with Mailbox(tls=served(trustme.CA())) as mailbox:
        assert send(plan(mailbox.port), TO, LETTER, {})
    assert mailbox.private == [True]


def refusal(mail: Mail, error: type[Exception] = NotSent, environment: dict[str, str] | None = None) -> str:
    with pytest.raises(error) as caught:
        send(mail, TO, LETTER, environment or {})
    said = str(caught.value)
    assert TO not in said
    assert PASSWORD not in said
    assert b64encode(PASSWORD.encode()).decode() not in said
    return said


@pytest.mark.parametrize("name", ["elsewhere.example", None])
def test_a_certificate_that_is_not_the_servers_is_not_trusted(authority: trustme.CA, name: str | None) -> None:
    certificate = served(authority, name) if name else served(trustme.CA())
    with Mailbox(tls=certificate, login=("tracker", PASSWORD)) as mailbox:
        mail = plan(mailbox.port, "smtp://localhost", user="tracker", password="${MAIL_PASSWORD}")
        assert "certificate" in refusal(mail, environment=ENVIRONMENT)
    assert mailbox.messages == []


def test_nothing_goes_to_a_server_without_starttls_where_that_is_required(mailbox: Mailbox) -> None:
    assert "offers no STARTTLS" in refusal(plan(mailbox.port, starttls="required"))
    assert mailbox.messages == []


def test_a_wrong_password_is_said_without_it(authority: trustme.CA) -> None:
    with Mailbox(tls=served(authority), login=("tracker", "another")) as mailbox:
        mail = plan(mailbox.port, "smtp://localhost", user="tracker", password="${MAIL_PASSWORD}")
        assert "check `user`" in refusal(mail, environment=ENVIRONMENT)


@pytest.mark.parametrize(("given", "arrives"), [("pässwörd £", True), ("pässword £", False)])
def test_a_login_may_have_letters_beyond_ascii(authority: trustme.CA, given: str, arrives: bool) -> None:
    with Mailbox(tls=served(authority), login=("Jürgen", "pässwörd £")) as mailbox:
        mail = plan(mailbox.port, "smtp://localhost", user="Jürgen", password="${MAIL_PASSWORD}")
        if arrives:
            assert send(mail, TO, LETTER, {"MAIL_PASSWORD": given})
        else:
            assert "check `user`" in refusal(mail, environment={"MAIL_PASSWORD": given})


def test_a_password_that_the_environment_does_not_have_is_named(mailbox: Mailbox) -> None:
    assert "MAIL_PASSWORD" in refusal(plan(mailbox.port, user="tracker", password="${MAIL_PASSWORD}"))


def test_a_server_that_is_not_there_certainly_got_nothing(mailbox: Mailbox) -> None:
    with Mailbox() as gone:
        port = gone.port
    assert "cannot be reached" in refusal(plan(port))


def answers(said: str, step: str) -> dict[str, object]:
    return {step: lambda server, envelope: said}


@pytest.mark.parametrize(
    "rules",
    [
        answers(f"550 5.1.1 <{TO}> has no mailbox here, {PASSWORD}", "at_recipient"),
        answers("451 try later", "at_text"),
        answers("554 this is spam", "at_text"),
        {"at_recipient": hang_up},
    ],
    ids=["no such mailbox", "later", "spam", "gone before the text"],
)
def test_a_refusal_is_certain(rules: dict[str, object]) -> None:
    with Mailbox(**rules) as mailbox:
        mail = plan(mailbox.port).model_copy(update={"password": "${MAIL_PASSWORD}"})  # known, and not needed here
        said = refusal(mail, environment=ENVIRONMENT)
    assert "mail server" in said
    assert mailbox.messages == []


def test_what_happened_after_the_text_was_sent_is_not_known_without_an_answer() -> None:
    for rules in ({"at_text": hang_up}, answers("taken", "at_text"), answers("150 thinking", "at_text")):
        with Mailbox(**rules) as mailbox:
            assert "may or may not have arrived" in refusal(plan(mailbox.port), Unsure)


def test_any_answer_that_says_done_means_that_it_was_sent() -> None:
    with Mailbox(**answers("251 will forward", "at_text")) as mailbox:
        assert send(plan(mailbox.port), TO, LETTER, {})


def test_it_is_claimed_when_the_server_waits_for_the_text_and_not_before() -> None:
    order: list[str] = []

    def at_recipient(server: SMTP, envelope: Envelope) -> None:
        order.append("recipient")

    def at_text(server: SMTP, envelope: Envelope) -> None:
        order.append("text")

    def claim() -> bool:
        order.append("claim")
        return len(order) < 4

    with Mailbox(at_recipient=at_recipient, at_text=at_text) as mailbox:
        assert send(plan(mailbox.port), TO, LETTER, {}, claim)
        assert not send(plan(mailbox.port), TO, LETTER, {}, claim)
    assert order == ["recipient", "claim", "text", "recipient", "claim"]
    assert len(mailbox.messages) == 1
