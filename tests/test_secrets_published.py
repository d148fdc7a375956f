"""What is behind `${NAME}` in an address is in nothing that the tracker stores, says or publishes."""

import asyncio
import base64
import json
import os
from pathlib import Path
from urllib.parse import quote, quote_plus

import httpx

from tests import site_database
from tests.forked_command import run_command
from tests.servers import Reply, Request, Server, redirect
from tracker.publish.tables import ORDER

PASSWORD = "correct horse/battery+staple&7"
KEY = "key-8fa31c77?x"
ENVIRONMENT = {"FEED_PASSWORD": PASSWORD, "FEED_KEY": KEY}
LOGIN = base64.b64encode(f"reader:{PASSWORD}".encode()).decode()
FORMS = {
    form
    for value in (PASSWORD, KEY)
    for form in (value, quote(value), quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1])
} | {LOGIN, PASSWORD.replace("&", "&amp;")}

YAML = """\
settings: {{contact: desk@example.org, allow_networks: [127.0.0.0/8], pause: 0s}}
sources:
  - id: press
    name: The Press
    kind: tech
    country: GB
    language: en
    feeds:
{feeds}
"""


def entry(number: int, key: str) -> str:
    return (
        f"<item><guid>https://press.example/{number}?key={key}</guid><title>Encryption, {number}: {KEY}</title>"
        f"<link>https://press.example/{number}?key={key}</link><description>For {key} only: {KEY}</description>"
        f"<author>{KEY}</author></item>"
    )


def feed(request: Request) -> Reply:
    """A feed that repeats what it was asked with wherever it can."""
    key = quote(KEY, safe="")
    body = f'<rss version="2.0"><channel><title>{KEY}</title>{entry(1, key)}{entry(2, key)}</channel></rss>'
    asked = request.target.decode()
    return Reply(body=body.encode(), headers=(("ETag", f'"{KEY}"'), ("Last-Modified", asked), ("X-Key", KEY)))


def refusal(request: Request) -> Reply:
    return Reply(403, body=request.head, headers=(("X-Key", KEY),))


async def polled(folder: Path) -> tuple[list[Request], str]:
    """The requests of three rounds over feeds that need secrets, and all that the commands said."""
    key = quote(KEY, safe="")
    async with Server() as server:
        server.say("/feed", feed)
        server.say("/moved", redirect(301, f"/feed?key={key}&moved=1"))
        server.say("/elsewhere", redirect(302, f"ftp://press.example/{key}"))
        server.say("/refused", refusal)
        server.say("/page", Reply(body=f"<!doctype html><title>{KEY}</title>".encode()))
        server.say("/broken", Reply(body=f'<rss version="2.0"><channel><{KEY}'.encode()))
        server.say(f"/{key}/path", feed)
        host = server.url("").removeprefix("http://").rstrip("/")
        paths = [f"{name}?key=${{FEED_KEY}}" for name in ("feed", "moved", "elsewhere", "refused", "page", "broken")]
        urls = [f"http://reader:${{FEED_PASSWORD}}@{host}/{path}" for path in (*paths, "${FEED_KEY}/path")]
        urls.append(f"http://127.0.0.9:{server.port}/unreachable?key=${{FEED_KEY}}")
        lines = "\n".join(f"      - '{url}'" for url in urls)
        await asyncio.to_thread((folder / "feeds.yaml").write_text, YAML.format(feeds=lines), encoding="utf-8")
        commands = [
            ("check",), ("poll",), ("poll", "--all"), ("poll", "--all", "--json"), ("status",), ("status", "--json"),
            ("politeness", "--json"), ("feeds", "list", "--json"), ("export", "all.csv"),
            ("feeds", "export", "all.opml"),
        ]  # fmt: skip
        said = [await asyncio.to_thread(run, folder, *command) for command in commands]
        return server.requests, "".join(said)


def run(folder: Path, *arguments: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")}
    done = run_command(*arguments, cwd=folder, env=kept | ENVIRONMENT)
    assert done.returncode == 0, (arguments, done.stderr.decode())
    return (done.stdout + done.stderr).decode()


def told_in(text: str) -> set[str]:
    """The forms of the secrets that stand in a text."""
    return {form for form in FORMS if form.lower() in text.lower()}


def test_no_secret_is_stored_said_or_published(tmp_path: Path) -> None:
    requests, said = asyncio.run(polled(tmp_path))
    assert {request.header(b"Authorization") for request in requests} == {f"Basic {LOGIN}".encode()}
    assert sum(quote(KEY, safe="").encode() in request.target for request in requests) == len(requests)
    assert "reader:${FEED_PASSWORD}@" in said
    assert told_in(said) == set()
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert told_in(path.read_bytes().decode("latin-1")) == set(), path.name
    exported = (tmp_path / "all.csv").read_text()
    assert '"Encryption, 1: ${FEED_KEY}"' in exported
    assert "https://press.example/2?key=${FEED_KEY}" in exported

    for address in site_database.serve(tmp_path / "db" / "tracker.db"):
        with httpx.Client(base_url=address, timeout=30) as site:
            tables = [f"/tracker/{name}{end}" for name in ORDER for end in (".json?_shape=array&_size=max", ".csv")]
            pages = ["/", "/health", "/tracker", "/article/1", "/tracker/feed_health", *tables]
            for page in pages:
                answer = site.get(page)
                assert answer.status_code == 200, page
                assert told_in(answer.text) == set(), page
            outcomes = {row["last_outcome"] for row in site.get("/tracker/feed_health.json?_shape=array").json()}
    assert {"same-body", "bad-redirect", "refused", "not-a-feed", "connection-error"} <= outcomes
