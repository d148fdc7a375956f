"""Webhooks: signed such that others can check it, and never sent again where it may have arrived."""

import json
import logging
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.receivers import Posted, closed_port, receiver
from tracker.publish import webhook
from tracker.publish.mail import NotSent, Unsure
from tracker.publish.webhook import Hook, HookRequest, post

SECRET = "a secret's & key/+%"
ENVIRONMENT = {"HOOK_SECRET": SECRET, "HOOK_KEY": "path-key/1"}
AT = datetime(2026, 3, 18, 12, 0, tzinfo=UTC)
BODY = json.dumps({"title": "Verschlüsselung, “zwei” \u202e ﷽"}, ensure_ascii=False).encode()


def sent(url: str, body: bytes = BODY) -> bool:
    hook = Hook(url, "${HOOK_SECRET}", "desk@example.org")
    return post(hook, HookRequest("alert", "0123abcd", body, AT), ENVIRONMENT, lambda: True)


def posted(body: bytes = BODY) -> Posted:
    with receiver() as server:
        assert sent(server.url(), body)
        return server.posted[0]


def test_openssl_finds_the_same_signature(tmp_path: Path) -> None:
    request = posted()
    signed = request.headers["x-tracker-timestamp"].encode() + b"." + request.body
    command = ["openssl", "dgst", "-sha256", "-hmac", SECRET, "-hex"]
    done = subprocess.run(command, input=signed, capture_output=True, check=True)
    assert request.headers["x-tracker-signature"] == "sha256=" + done.stdout.decode().split()[-1]


def test_node_finds_the_same_signature_where_it_is_at_hand() -> None:
    if not shutil.which("node"):
        return  # openssl, above, is always there
    request = posted()
    script = """
    const crypto = require('node:crypto'); const chunks = [];
    process.stdin.on('data', chunk => chunks.push(chunk)).on('end', () => {
      const made = crypto.createHmac('sha256', process.argv[1]).update(process.argv[2] + '.');
      process.stdout.write('sha256=' + made.update(Buffer.concat(chunks)).digest('hex'));
    });"""
    command = ["node", "-e", script, "--", SECRET, request.headers["x-tracker-timestamp"]]
    done = subprocess.run(command, input=request.body, capture_output=True, check=True)
    assert request.headers["x-tracker-signature"] == done.stdout.decode()


def test_the_example_in_the_documentation_accepts_what_is_genuine_and_nothing_else() -> None:
    document = (Path(__file__).parent.parent / "docs" / "alerts.md").read_text(encoding="utf-8")
    code = document.split("```python\n")[1].split("```")[0]
    names: dict[str, object] = {}
    exec(code, names)
    genuine = names["genuine"]
    assert callable(genuine)
    request = posted()
    stamp, signature = request.headers["x-tracker-timestamp"], request.headers["x-tracker-signature"]
    now = AT.timestamp() + 10
    assert genuine(SECRET, stamp, signature, request.body, now)
    assert not genuine("another", stamp, signature, request.body, now)
    assert not genuine(SECRET, str(int(stamp) + 1), signature, request.body, now)
    assert not genuine(SECRET, stamp, signature, request.body + b" ", now)
    assert not genuine(SECRET, stamp, signature, request.body, now + 3600)


def test_a_request_says_what_it_is() -> None:
    headers = posted().headers
    assert headers["x-tracker-event"] == "alert"
    assert headers["x-tracker-delivery"] == "0123abcd"
    assert headers["x-tracker-timestamp"] == str(int(AT.timestamp()))
    assert headers["content-type"] == "application/json"
    assert "desk@example.org" in headers["user-agent"]


def test_secrets_in_the_address_reach_the_server_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with receiver() as server:
        url = f"http://reader:${{HOOK_KEY}}@127.0.0.1:{server.port}/${{HOOK_KEY}}?k=${{HOOK_KEY}}"
        assert sent(url)
    assert server.posted[0].path == "/path-key%2F1?k=path-key%2F1"
    assert server.posted[0].headers["authorization"].startswith("Basic ")
    assert "path-key" not in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 410, 429, 500, 503])
def test_an_answer_that_refuses_is_a_certain_failure_and_no_redirect_is_followed(status: int) -> None:
    with receiver(status) as server, pytest.raises(NotSent, match=str(status)):
        sent(server.url())
    assert len(server.posted) == 1


@pytest.mark.parametrize("status", [408, 502, 504])
def test_an_answer_of_somebody_on_the_way_leaves_it_open(status: int) -> None:
    with receiver(status) as server, pytest.raises(Unsure):
        sent(server.url())


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_every_answer_of_success_is_one(status: int) -> None:
    with receiver(status) as server:
        assert sent(server.url())


def test_a_server_that_never_answers_leaves_it_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT", 0.3)
    with receiver(0) as server, pytest.raises(Unsure):
        sent(server.url())


def test_nobody_who_listens_is_a_certain_failure_that_names_no_address() -> None:
    port = closed_port()
    with pytest.raises(NotSent, match="refused") as caught:
        sent(f"http://127.0.0.1:{port}/${{HOOK_KEY}}")
    assert "path-key" not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)


def test_without_its_secret_nothing_is_sent() -> None:
    with receiver() as server:
        hook = Hook(server.url(), "${OTHER}", "desk@example.org")
        with pytest.raises(NotSent, match="OTHER"):
            post(hook, HookRequest("alert", "1", BODY, AT), ENVIRONMENT, lambda: True)
    assert server.posted == []


def test_what_is_claimed_by_another_is_not_sent() -> None:
    with receiver() as server:
        hook = Hook(server.url(), "${HOOK_SECRET}", "desk@example.org")
        assert not post(hook, HookRequest("alert", "1", BODY, AT), ENVIRONMENT, lambda: False)
    assert server.posted == []
