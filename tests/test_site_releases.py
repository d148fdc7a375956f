"""Releases and digests on the site: listed, downloaded, and nothing else of the folder."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import site_database as stored
from tracker.publish.release.checksums import digest

SNAPSHOT = bytes(range(256)) * 8000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four releases, one of them through a link, another not finished, and something private."""
    root = tmp_path_factory.mktemp("releases")
    for version in ("2026-02-01", "2026-03-01.9", "2026-03-01.10", ".release.part"):
        (root / version).mkdir()
        (root / version / "coverage.db").write_bytes(SNAPSHOT)
        (root / version / "coverage.csv").write_text(f"id\n{version}\n")
        (root / version / "SHA256SUMS").write_text("checksums\n")
        (root / version / "notes.txt").write_text("private")
    (root / "linked").symlink_to(root / "2026-02-01")
    (root / "private.csv").write_text("private")
    (root / "2026-02-01" / "gaps.csv").symlink_to(root / "private.csv")
    return root


@pytest.fixture(scope="module")
def site(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    database = tmp_path_factory.mktemp("site") / "tracker.db"
    stored.build(database)
    for address in stored.serve(database, releases=folder):
        with httpx.Client(base_url=address, timeout=20) as client:
            yield client


def test_releases_are_listed_latest_first_with_their_files_and_fingerprint(site: httpx.Client, folder: Path) -> None:
    page = site.get("/releases").text
    assert re.findall(r"<summary>(2026[^ ,]*)", page) == ["2026-03-01.10", "2026-03-01.9", "2026-02-01"]
    assert digest(folder / "2026-03-01.10" / "SHA256SUMS") in page
    latest = page.partition("2026-03-01.9")[0]
    assert re.findall(r'href="(/releases/[^"]+)"', latest) == [
        f"/releases/2026-03-01.10/{name}" for name in ("coverage.db", "coverage.csv", "SHA256SUMS")
    ]


@pytest.mark.parametrize(
    ("name", "content"), [("coverage.db", SNAPSHOT), ("coverage.csv", b"id\n2026-02-01\n")], ids=["snapshot", "CSV"]
)
def test_a_file_of_a_release_arrives_whole_with_its_length(site: httpx.Client, name: str, content: bytes) -> None:
    answer = site.get(f"/releases/2026-02-01/{name}")
    assert answer.content == content
    assert answer.headers["content-length"] == str(len(content))
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert site.head(f"/releases/2026-02-01/{name}").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["2026-02-01/notes.txt", "2026-02-01/gaps.csv", "linked/coverage.csv", ".release.part/coverage.csv",
     "../private.csv", "%2e%2e/private.csv", "2026-02-01/..%2f..%2fprivate.csv", "2025-01-01/coverage.csv"],
)  # fmt: skip
def test_nothing_but_the_files_of_releases_can_be_downloaded(site: httpx.Client, path: str) -> None:
    answer = site.get(f"/releases/{path}", follow_redirects=True)
    assert answer.status_code == 404
    assert "private" not in answer.text.partition("<main")[2].partition("data-box")[0].replace(path, "")


def test_the_last_weeks_can_be_downloaded_as_text_markdown_and_csv(site: httpx.Client) -> None:
    page = site.get("/releases").text
    assert page.count(">Week of ") == 8
    assert "Week 11: 9 to 15 Mar 2026" in site.get("/digest/2026-W11.txt").text
    [table] = re.findall(r'href="([^"]+)">articles as CSV<span class="unseen"> of the week of 9 Mar 2026', page)
    assert len(list(csv.DictReader(io.StringIO(site.get(table.replace("&amp;", "&")).text)))) == 6


@pytest.mark.parametrize("path", ["/tracker", "/digest", "/"], ids=["data", "the week", "the citation of a page"])
def test_pages_lead_to_releases_and_digests(site: httpx.Client, path: str) -> None:
    assert 'href="/releases' in site.get(path).text


def test_a_site_without_releases_says_so(tmp_path: Path) -> None:
    stored.build(tmp_path / "tracker.db")
    for address in stored.serve(tmp_path / "tracker.db"):
        assert "No release has been made yet." in httpx.get(f"{address}/releases").text
        assert httpx.get(f"{address}/releases/2026-02-01/coverage.csv").status_code == 404
