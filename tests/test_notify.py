"""Services by apprise: told for real through an ntfy on loopback, failures told apart, and no secret said."""

import logging
import re
import sys
from pathlib import Path

import pytest

from tests.receivers import closed_port, receiver
from tracker.publish.alerts import delivery
from tracker.publish.mail import NotSent, Unsure
from tracker.publish.push import harmless, notify

TOPIC, PASSWORD = "topic-7f3a91", "pass/word+7"
ENVIRONMENT = {"NTFY_TOPIC": TOPIC, "NTFY_PASSWORD": PASSWORD}


def told(template: str, body: str = "A story", environment: dict[str, str] | None = None) -> bool:
    return notify(template, "A title", body, environment or ENVIRONMENT, lambda: True)


def test_an_ntfy_gets_title_and_text_as_they_are() -> None:
    with receiver(ntfy=True) as server:
        assert told(f"ntfy://127.0.0.1:{server.port}/${{NTFY_TOPIC}}", "Zwei & <drei> *vier*\nfünf")
    (message,) = server.topics[TOPIC]
    assert message["title"] == "A title"
    assert message["message"] == "Zwei & <drei> *vier*\nfünf"


def test_a_password_with_signs_is_the_one_that_was_meant() -> None:
    with receiver(ntfy=True, password=PASSWORD) as server:
        assert told(f"ntfy://reader:${{NTFY_PASSWORD}}@127.0.0.1:{server.port}/${{NTFY_TOPIC}}")
    assert list(server.topics) == [TOPIC]


def test_a_whole_address_may_be_a_secret() -> None:
    with receiver(ntfy=True) as server:
        address = f"ntfy://127.0.0.1:{server.port}/{TOPIC}"
        assert told("${ADDRESS}", environment={"ADDRESS": address})
    assert list(server.topics) == [TOPIC]


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500])
def test_a_refusal_is_certain_and_says_no_secret(status: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with receiver(status, ntfy=True) as server, pytest.raises(NotSent, match=str(status)) as caught:
        told(f"ntfy://reader:${{NTFY_PASSWORD}}@127.0.0.1:{server.port}/${{NTFY_TOPIC}}")
    for secret in (TOPIC, PASSWORD, "127.0.0.1"):
        assert secret not in str(caught.value)
        assert secret not in caplog.text


def test_a_gateway_that_got_no_answer_leaves_it_open() -> None:
    with receiver(504, ntfy=True) as server, pytest.raises(Unsure):
        told(f"ntfy://127.0.0.1:{server.port}/${{NTFY_TOPIC}}")


def test_a_server_that_never_answers_leaves_it_open() -> None:
    with receiver(0, ntfy=True) as server, pytest.raises(Unsure):
        told(f"ntfy://127.0.0.1:{server.port}/${{NTFY_TOPIC}}?rto=0.3")


def test_nobody_who_listens_is_a_certain_failure() -> None:
    with pytest.raises(NotSent, match="cannot be reached") as caught:
        told(f"ntfy://127.0.0.1:{closed_port()}/${{NTFY_TOPIC}}")
    assert TOPIC not in str(caught.value)


def test_of_two_topics_one_told_is_not_told_again() -> None:
    with receiver(200, 500, ntfy=True) as server, pytest.raises(Unsure):
        told(f"ntfy://127.0.0.1:{server.port}/${{NTFY_TOPIC}}/other")
    assert len(server.posted) == 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("asked", ["", "?redirect=yes"], ids=["plain", "asked for in the address"])
def test_no_other_server_gets_the_message_or_the_password_by_a_redirect(status: int, asked: str) -> None:
    with receiver(ntfy=True) as other, receiver(status, ntfy=True) as server:
        server.elsewhere = other.url("/")
        with pytest.raises(NotSent, match=str(status)):
            told(f"ntfy://reader:${{NTFY_PASSWORD}}@127.0.0.1:{server.port}/${{NTFY_TOPIC}}{asked}")
        assert len(server.posted) == 1
        assert other.posted == []


def test_an_address_that_no_service_has_is_a_mistake_in_words() -> None:
    with pytest.raises(NotSent, match="does not understand"):
        told("nonsense://x")


EXAMPLES = {
    "NTFY_TOPIC": TOPIC,
    "TELEGRAM_TOKEN": "123456789:AAabcdefghijklmnopqrstuvwxyz0123456",
    "PUSHOVER_USER": "u" * 30,
    "PUSHOVER_TOKEN": "a" * 30,
    "SLACK_HOOK": "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
    "MASTODON_TOKEN": "m" * 43,
    "BLUESKY_APP_PASSWORD": "abcd-efgh-ijkl-mnop",
}


def test_apprise_understands_every_address_of_the_documentation() -> None:
    text = (Path(__file__).parent.parent / "docs" / "alerts.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"[a-z]+://[^\s`]*\$\{[^\s`]+|(?<=apprise: )\$\{\w+\}", text))
    assert len(shown) == 6
    for address in shown:
        assert not notify(address, "t", "b", EXAMPLES, lambda: False), "not claimed, so not sent"


def test_without_its_variable_nothing_is_sent() -> None:
    with pytest.raises(NotSent, match="NTFY_TOPIC"):
        told("ntfy://127.0.0.1/${NTFY_TOPIC}", environment={"OTHER": "x"})


def test_what_is_claimed_by_another_is_not_sent() -> None:
    with receiver(ntfy=True) as server:
        assert not notify(f"ntfy://127.0.0.1:{server.port}/x", "t", "b", ENVIRONMENT, lambda: False)
    assert server.posted == []


def test_nothing_of_an_address_is_left_in_a_line() -> None:
    address = "slack://tokenA123/tokenB%2F456/tokenC789/#news?avatar=yes"
    line = f"POST {address} failed for tokenA123, tokenB/456 and https://x/tokenB%2F456/tokenC789 in news"
    assert not any(part in harmless(line, address) for part in ("tokenA", "tokenB", "tokenC", "news"))


def test_without_apprise_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(NotSent, match=r"pip install 'encryption-coverage-tracker\[push\]'"):
        delivery._push(*5 * [None])
