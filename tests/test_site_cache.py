"""What need not be made again: a reload is a 304, a page that stays is kept, and neither outlives the data."""

import gzip
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests import site_database as stored
from tracker.store.database import open_database
from tracker.web.response_cache import CompleteResponse, ResponseCache

PAGES = ["/", "/health", "/article/1", "/tracker", "/tracker/coverage", "/tracker/coverage?_search=encryption",
         "/tracker/articles/1", "/tracker/coverage.json?_shape=array", "/tracker/coverage.csv"]  # fmt: skip


@pytest.fixture
def database(tmp_path: Path) -> Path:
    stored.build(tmp_path / "site.db")
    return tmp_path / "site.db"


@pytest.fixture
def site(database: Path) -> Iterator[httpx.Client]:
    for address in stored.serve(database):
        with httpx.Client(base_url=address, timeout=600) as client:
            yield client


def store_something(database: Path) -> None:
    db = open_database(database)
    stored.article(db, "https://new.example/1", "Brand new: encryption", "", "both", ["encryption"], stored.NOW)
    db.close()


def again(site: httpx.Client, page: str, answer: httpx.Response) -> httpx.Response:
    return site.get(page, headers={"If-None-Match": answer.headers["etag"]})


@pytest.mark.parametrize("page", PAGES)
def test_a_reload_is_a_304_until_something_is_stored(site: httpx.Client, database: Path, page: str) -> None:
    first = site.get(page)
    assert first.status_code == 200
    assert re.fullmatch(r'W/"[0-9a-f]{24}"', first.headers["etag"])
    assert first.headers["cache-control"] == "no-cache"
    same = again(site, page, first)
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", first.headers["etag"])
    assert same.headers["content-security-policy"]
    store_something(database)
    changed = again(site, page, first)
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]


def test_what_is_stored_is_on_the_page_at_once(site: httpx.Client, database: Path) -> None:
    assert "Brand new" not in site.get("/").text
    assert "Brand new" not in site.get("/").text
    store_something(database)
    assert "Brand new" in site.get("/").text


def test_a_page_that_is_kept_is_the_same_page(site: httpx.Client) -> None:
    for page in PAGES[:-1]:
        first, second = site.get(page), site.get(page)
        assert first.content == second.content
        assert first.headers["content-type"] == second.headers["content-type"]
        assert second.headers["content-length"] == str(second.num_bytes_downloaded)


def test_a_page_is_kept_for_the_host_under_which_it_was_asked_for(site: httpx.Client) -> None:
    page = "/tracker/coverage.json?_size=5"
    links = [site.get(page, headers={"Host": host}).json()["next_url"] for host in ("one.example", "two.example")]
    assert [link.split("/")[2] for link in links] == ["one.example", "two.example"]


def test_a_new_hour_makes_pages_anew(database: Path) -> None:
    """Pages look back from today, and say for how long nothing was polled."""
    moment = [stored.NOW]
    for address in stored.serve(database, clock=lambda: moment[0]):
        tags = []
        for passed in (timedelta(), timedelta(minutes=59), timedelta(hours=1)):
            moment[0] = stored.NOW + passed
            tags.append(httpx.get(address).headers["etag"])
        assert tags[0] == tags[1] != tags[2]


def test_two_processes_never_share_a_tag(database: Path) -> None:
    """Each may have other code, templates and settings, and each counts the changes of the data for itself."""
    assert len({httpx.get(address).headers["etag"] for _ in range(2) for address in stored.serve(database)}) == 2


@pytest.mark.parametrize("tags", ['"x"', "*", 'W/"x", "y"', ""])
def test_a_tag_that_was_not_given_is_no_reason_for_a_304(site: httpx.Client, tags: str) -> None:
    other = site.get("/health").headers["etag"]
    for sent in (tags, other):
        assert site.get("/", headers={"If-None-Match": sent}).status_code == 200
    assert site.get("/nothing", headers={"If-None-Match": other}).status_code == 404
    assert site.get("/tracker/links", headers={"If-None-Match": other}).status_code == 403


def test_one_of_several_tags_is_enough_and_weakness_does_not_count(site: httpx.Client) -> None:
    tag = site.get("/").headers["etag"]
    for sent in (f'"x", {tag}', tag.removeprefix("W/")):
        assert site.get("/", headers={"If-None-Match": sent}).status_code == 304


@pytest.mark.parametrize("page", ["/nothing", "/article/999999", "/tracker/coverage?_sort=nope", "/tracker/links"])
def test_what_went_wrong_is_not_kept(site: httpx.Client, page: str) -> None:
    answer = site.get(page)
    assert answer.status_code >= 400
    assert "etag" not in answer.headers
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("page", [*PAGES, "/nothing", "/healthz", "/robots.txt", "/static/site.css"])
def test_head_says_what_get_would(site: httpx.Client, page: str) -> None:
    head, whole = site.head(page), site.get(page)
    assert (head.status_code, head.content) == (whole.status_code, b"")
    assert whole.content
    for name in ("content-type", "etag", "cache-control", "content-security-policy"):
        assert head.headers.get(name) == whole.headers.get(name)
    if "content-length" in head.headers:
        assert head.headers["content-length"] == whole.headers["content-length"]


def test_an_answer_varies_with_its_coding_only_and_sets_no_cookie(site: httpx.Client) -> None:
    plain = site.get("/tracker/coverage")
    with_cookie = site.get("/tracker/coverage", headers={"Cookie": "ds_actor=x; ds_messages=y", "Authorization": "x"})
    assert with_cookie.content == plain.content
    for answer in (plain, with_cookie):
        assert answer.headers["vary"] == "accept-encoding"
        assert "set-cookie" not in answer.headers
        assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [("gzip", True), ("br, gzip;q=0.5", True), ("*", True), ("identity", False), ("gzip;q=0", False), ("", False)],
)
def test_a_page_is_packed_for_who_takes_it_and_is_the_same_page(
    site: httpx.Client, accepted: str, packed: bool
) -> None:
    for _ in ("rendered", "kept"):
        with site.stream("GET", "/stories", headers={"Accept-Encoding": accepted}) as answer:
            raw = b"".join(answer.iter_raw())
        assert answer.headers.get("content-encoding") == ("gzip" if packed else None)
        assert int(answer.headers["content-length"]) == len(raw)
        assert (gzip.decompress(raw) if packed else raw).startswith(b"<!DOCTYPE html>")


def test_the_style_sheet_is_packed_and_the_same(site: httpx.Client) -> None:
    with site.stream("GET", "/static/site.css", headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert gzip.decompress(raw) == site.get("/static/site.css", headers={"Accept-Encoding": "identity"}).content
    assert len(raw) < 8_000


def test_what_is_short_is_not_packed(site: httpx.Client) -> None:
    assert "content-encoding" not in site.get("/robots.txt").headers


def test_search_engines_find_a_sitemap_whose_addresses_all_answer(site: httpx.Client) -> None:
    [address] = re.findall(r"Sitemap: (\S+)", site.get("/robots.txt").text)
    listed = re.findall(r"<loc>([^<]+)</loc>", site.get(address).text)
    paths = [one.removeprefix(str(site.base_url).rstrip("/")) for one in listed]
    assert {"/", "/digest", "/tag/nspcc", "/source/harbour", "/digest/2026-W11"} <= {*paths}
    assert [path for path in paths if site.get(path).status_code != 200] == []


def test_static_files_are_kept_for_ever_under_the_addresses_that_pages_use(site: httpx.Client) -> None:
    links = re.findall(r'href="(/static/[^"]+)"', site.get("/").text)
    assert len(links) == 2
    for link in links:
        assert site.get(link).headers["cache-control"] == "public, max-age=31536000, immutable"
        assert site.get(link.partition("?")[0]).headers["cache-control"] == "no-cache"
        assert site.get(f"{link}x").headers["cache-control"] == "no-cache"


def test_answers_have_a_limit_and_belong_to_one_state() -> None:
    answers = ResponseCache()
    large = CompleteResponse((), b"x" * 900_000)
    for number in range(50):
        answers.get("one", b"")
        answers.keep("one", b"%d" % number, large)
        answers.get("one", b"0")
    kept = [number for number in range(50) if answers.get("one", b"%d" % number)]
    assert 30 <= len(kept) <= 36
    assert 0 in kept, "what is asked for stays"
    answers.keep("one", b"huge", CompleteResponse((), b"x" * 1_000_001))
    assert answers.get("one", b"huge") is None
    assert answers.get("two", b"0") is None
    answers.keep("one", b"late", large)
    assert answers.get("two", b"late") is None, "it was made of what is no more"
