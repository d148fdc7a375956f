"""Atom that other programs read (RFC 4287): addresses, dates and ids, on the site behind a path and of a digest."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from lxml import etree

from tests import site_database
from tracker.cli.main import main

ATOM = "{http://www.w3.org/2005/Atom}"
PATHS = ["/search.atom?q=encryption", "/tag/encryption.atom", "/source/harbour.atom"]
FORWARDED = {"Host": "news.example", "X-Forwarded-Proto": "https"}
"""What a proxy says that serves the site at https://news.example/coverage/."""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("atom") / "site.db"
    site_database.build(path)
    return path


@pytest.fixture(scope="module")
def site(database: Path) -> Iterator[httpx.Client]:
    for address in site_database.serve(database, base_url="/coverage/"):
        with httpx.Client(base_url=address, headers=FORWARDED) as client:
            yield client


def mistakes(feed: etree._Element) -> list[str]:
    """What RFC 4287 forbids, or readers stumble over."""
    parts = [feed, *feed.findall(f"{ATOM}entry")]
    ids = [part.findtext(f"{ATOM}id") or "" for part in parts]
    dates = [part.findtext(f"{ATOM}updated") or "" for part in parts]
    links = [link.get("href") or "" for part in parts for link in part.findall(f"{ATOM}link")]
    nameless = [part for part in parts if not (part.findtext(f"{ATOM}title") or "").strip()]
    authorless = [part for part in parts[1:] if part.find(f"{ATOM}author") is None]
    return [
        *(f"id {one!r} is no address" for one in ids if not re.match(r"[a-z][a-z0-9+.-]*:\S+$", one)),
        *(f"id {one!r} comes twice" for one in {one for one in ids if ids.count(one) > 1}),
        *(f"{one!r} is no date" for one in dates if not re.fullmatch(r"\d{4}(-\d\d){2}T\d\d(:\d\d){2}Z", one)),
        *(f"{one!r} leads nowhere" for one in links if not re.match("https?://[^/]", one)),
        *("no title" for _ in nameless),
        *("no author" for _ in authorless if feed.find(f"{ATOM}author") is None),
    ]


@pytest.mark.parametrize("path", PATHS)
def test_the_sites_feeds_are_valid_and_name_their_own_address_behind_a_path(site: httpx.Client, path: str) -> None:
    feed = etree.fromstring(site.get(f"/coverage{path}").content)
    assert mistakes(feed) == []
    assert len(feed.findall(f"{ATOM}entry")) > 3
    own = [link.get("href") for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert own == [f"https://news.example/coverage{path}"]


def test_a_digest_in_atom_is_valid(database: Path, tmp_path: Path) -> None:
    config = tmp_path / "feeds.yaml"
    config.write_text(
        "sources: [{id: a, name: A, kind: tech, country: GB, language: en, feeds: [https://a.example/f]}]"
    )
    options = ["digest", "--day", "2026-03-20", "--format", "atom"]
    done = CliRunner().invoke(main, ["--config", str(config), "--db", str(database), *options])
    assert done.exit_code == 0, done.output
    feed = etree.fromstring(done.stdout.encode())
    assert mistakes(feed) == []
    assert feed.findall(f"{ATOM}entry")
