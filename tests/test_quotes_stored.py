"""Who is quoted in titles and summaries, as the database and the site have it."""

import csv
import html
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from tests.quality.repeated import precision_and_recall
from tests.site_database import serve
from tracker.cli.main import main
from tracker.store.database import opened

CONFIG = """
settings: {contact: someone@example.org}
sources:
  - {id: post, name: The Post, kind: national, country: GB, language: en, feeds: ["https://post.example/rss"]}
"""

SAID = "Encryption in Messenger is a “gift to those who abuse children”, says Peter Wanless of the NSPCC"


def line(number: int, source: str, title: str, summary: str = "", **more: str) -> str:
    url = f"https://{source.lower().replace(' ', '')}.example/{number}"
    item = {
        "url": url,
        "title": title,
        "summary": summary,
        "source": source,
        "published": f"2026-11-0{number}T08:00:00Z",
    }
    return json.dumps(item | more)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "feeds.yaml").write_text(CONFIG)
    return tmp_path


def run(desk: Path, *words: str) -> None:
    answer = CliRunner().invoke(main, ["--config", str(desk / "feeds.yaml"), "--db", str(desk / "t.db"), *words])
    assert answer.exit_code == 0, answer.output


def imported(desk: Path, *lines: str) -> None:
    (desk / "lines.jsonl").write_text("\n".join(lines))
    run(desk, "import", str(desk / "lines.jsonl"))


def rows(desk: Path, query: str) -> list[dict[str, Any]]:
    with opened(desk / "t.db") as db:
        return list(db.query(query))


def speakers(desk: Path) -> Mapping[str, dict[str, Any]]:
    return {row["speaker"]: row for row in rows(desk, "SELECT * FROM speakers")}


def test_the_same_words_in_two_outlets_are_one_quotation_of_one_speaker(desk: Path) -> None:
    imported(
        desk,
        line(2, "The Post", SAID),
        line(3, "The Herald", "Meta attacked", "Encryption: “Gift to those who abuse children!”, said Peter Wanless"),
    )  # fmt: skip
    first, second = rows(desk, "SELECT * FROM quotations ORDER BY article")
    assert (first["words"], first["speaker_tag"]) == ("gift to those who abuse children", "peter-wanless")
    assert second["first_article"] == first["article"] == first["first_article"]
    wanless = speakers(desk)["Peter Wanless"]
    assert (wanless["quotations"], wanless["articles"], wanless["sources"]) == (1, 2, 2)
    assert (wanless["first_at"], wanless["last_at"]) == ("2026-11-02T08:00:00Z", "2026-11-03T08:00:00Z")


WHOLE = "“This decision is a gift to those who abuse children, and everybody at the company knows it,” said"
AGAIN = WHOLE.replace("everybody", "everyone") + " a spokesman for the charity."
ELSEWHERE = (
    "Parents' groups, teachers and several former officers met in Leeds on Thursday to talk about what the new default "
    "means for schools, and how detectives are to find those who approach pupils through games and chats from now on."
)


def test_a_statement_shortened_or_reworded_in_another_outlet_is_one_with_its_drift_shown(desk: Path) -> None:
    imported(
        desk,
        line(2, "The Post", "Meta encrypts Messenger, NSPCC protests", f"{WHOLE} Peter Wanless."),
        line(3, "The Herald", "Encryption: a “gift to those who abuse children”, says Peter Wanless"),
        line(4, "The Echo", "Encryption is no answer to grooming, say campaigners", f"{ELSEWHERE} {AGAIN}"),
        line(5, "The Sun", "Encryption is a “gift to those who abuse children”, says Ann Lee"),
    )
    firsts = rows(desk, "SELECT article, first_article FROM quotations ORDER BY article")
    assert [row["first_article"] for row in firsts] == [1, 1, 1, 4], "a few words of another's are another statement"
    assert speakers(desk)["Peter Wanless"]["quotations"] == 1
    for address in serve(desk / "t.db"):
        page = httpx.get(f"{address}/speakers?name=Peter+Wanless&tag=peter-wanless", timeout=20).text
    assert page.count("<h2 id=") == 1
    assert "as said by <bdi>a spokesman for the charity</bdi>" in page
    assert re.search("<del>.*?everybody.*?</del>.*?<ins>.*?everyone.*?</ins>", page, re.DOTALL)


def test_statements_are_told_apart_as_well_as_before() -> None:
    precision, recall = precision_and_recall()
    assert precision >= 0.96
    assert recall >= 0.96


def test_what_a_copy_quotes_is_its_originals(desk: Path) -> None:
    imported(desk, line(2, "The Post", SAID), line(3, "The Herald", SAID))
    wanless = speakers(desk)["Peter Wanless"]
    assert (wanless["quotations"], wanless["articles"], wanless["copies"], wanless["sources"]) == (1, 1, 1, 2)


def test_articles_on_other_matters_are_not_read_for_quotations(desk: Path) -> None:
    imported(desk, line(2, "The Post", "“We will win the cup,” says Ann Lee"))
    assert rows(desk, "SELECT * FROM quotes") == []


def test_a_namesake_gets_no_tag(desk: Path) -> None:
    imported(desk, line(2, "The Post", "Chat control is “a bad idea for all of us”, says striker Rob Jones"))
    (found,) = rows(desk, "SELECT speaker, tag FROM quotes")
    assert found == {"speaker": "Rob Jones", "tag": None}


def test_changed_words_replace_what_they_quoted(desk: Path) -> None:
    imported(desk, line(2, "The Post", SAID))
    imported(
        desk, line(2, "The Post", "Encryption: ministers “deeply regret this choice”, says Peter Wanless of the NSPCC")
    )
    assert [row["words"] for row in rows(desk, "SELECT words FROM quotes")] == ["deeply regret this choice"]


def test_retagging_finds_the_quotations_of_older_articles(desk: Path) -> None:
    imported(desk, line(2, "The Post", SAID))
    before = rows(desk, "SELECT article, field, start, words, speaker, tag FROM quotes")
    with opened(desk / "t.db") as db:
        db.execute("DELETE FROM quotes")
    run(desk, "retag")
    assert rows(desk, "SELECT article, field, start, words, speaker, tag FROM quotes") == before != []


@pytest.fixture
def site(desk: Path) -> Iterator[httpx.Client]:
    imported(
        desk,
        line(2, "The Post", SAID),
        line(3, "The Herald", SAID),
        line(4, "The Herald", "Chat control is “a mistake for everyone <b>here</b>”, says Ann Lee & Sons"),
    )
    for address in serve(desk / "t.db"):
        with httpx.Client(base_url=address, timeout=20) as client:
            yield client


def test_a_page_lists_who_is_quoted_and_leads_to_the_quotations_of_each(site: httpx.Client) -> None:
    page = site.get("/speakers").text
    assert "Peter Wanless" in page
    assert "/speakers?name=Ann+Lee" in page
    one = site.get("/speakers", params={"name": "Peter Wanless", "tag": "peter-wanless"}).text
    assert one.count(">“gift to those who abuse children”</h2>") == 1
    assert "and 1 copy" in one
    assert "1 statement in 1 article" in one
    assert "/tag/peter-wanless" in one
    assert "/speakers</loc>" in site.get("/sitemap.xml").text


def test_a_quotation_is_shown_without_the_comma_of_its_sentence(desk: Path) -> None:
    imported(desk, line(5, "The Herald", "“Chat control is a grave mistake,” says Mary Major"))
    for address in serve(desk / "t.db"):
        page = httpx.get(f"{address}/speakers?name=Mary+Major", timeout=20).text
        assert ">“Chat control is a grave mistake”</h2>" in page


def test_nobody_else_has_a_page_of_quotations(site: httpx.Client) -> None:
    assert site.get("/speakers?name=").status_code == 404
    assert site.get("/speakers", params={"name": "Peter Wanless"}).status_code == 404
    assert site.get("/speakers", params={"name": "Bob Ray"}).status_code == 404


def test_the_quotations_of_a_speaker_are_a_csv(site: httpx.Client) -> None:
    page = site.get("/speakers", params={"name": "Peter Wanless", "tag": "peter-wanless"}).text
    address = html.unescape(re.findall(r'href="([^"]+quotations\.csv[^"]+)"', page)[0])
    found = list(csv.DictReader(site.get(address).text.splitlines()))
    assert [row["words"] for row in found] == ["gift to those who abuse children"] * 2
    assert len(list(csv.DictReader(site.get("/tracker/speakers.csv").text.splitlines()))) == 2


CAMPS = """
settings: {contact: someone@example.org}
sources:
  - {id: post, name: The Post, kind: national, country: GB, language: en, feeds: ["https://post.example/rss"]}
  - {id: times, name: The Times, kind: national, country: IE, language: en, feeds: ["https://times.example/rss"]}
  - {id: nspcc, name: NSPCC, kind: ngo, country: GB, language: en, feeds: ["https://nspcc.example/rss"]}
"""
SHIELD = "Encryption is “a shield for all of us”, says Meredith Whittaker of Signal"
AGAINST = "“It protects all the wrong people,” said Peter Wanless of the NSPCC."


@pytest.fixture
def camps(desk: Path) -> Iterator[httpx.Client]:
    (desk / "feeds.yaml").write_text(CAMPS)
    imported(
        desk,
        line(1, "The Post", SAID),
        line(2, "The Post", SHIELD, AGAINST),
        line(3, "The Times", "Chat control is “a mistake for everyone here”, says Ann Lee"),
        line(4, "The Times", SAID),
        line(5, "NSPCC", "Encryption: “We will not give up on this”, says Peter Wanless of the NSPCC"),
        line(6, "The Times", "Chat control is “a mistake of ours”, says Ann Lee", published="2026-09-02T08:00:00Z"),
        line(7, "The Times", "Ministers debate chat control", published="2026-10-02T08:00:00Z"),
    )
    for address in serve(desk / "t.db"):
        with httpx.Client(base_url=address, timeout=20) as client:
            yield client


def balance(site: httpx.Client, by: str) -> dict[str, dict[str, str]]:
    answer = site.get("/balance.csv", params={"by": by, "from": "2026-09-01", "to": "2026-11-30"})
    return {row[by]: row for row in csv.DictReader(answer.text.splitlines())}


def test_the_press_is_counted_by_whom_it_quotes_without_copies_and_without_the_actors_own_words(
    camps: httpx.Client,
) -> None:
    post, times = balance(camps, "outlet")["post"], balance(camps, "outlet")["times"]
    assert (post["articles_quoting"], post["child_protection"], post["companies"]) == ("2", "2", "1")
    assert (post["child_protection_share"], post["companies_share"], post["police"]) == ("1.0", "0.5", "0")
    assert (times["articles_quoting"], times["child_protection"]) == ("2", "0"), "one is a copy, two are of Ann Lee"
    assert balance(camps, "outlet").keys() == {"post", "times"}
    assert {name: row["articles_quoting"] for name, row in balance(camps, "country").items()} == {"GB": "2", "IE": "2"}
    assert balance(camps, "owner").keys() == {"post", "times"}


def test_a_month_in_which_nobody_was_quoted_has_no_balance_rather_than_zero(camps: httpx.Client) -> None:
    months = balance(camps, "month")
    assert [row["articles_quoting"] for row in months.values()] == ["1", "0", "3"]
    assert [row["police"] for row in months.values()] == ["0", "", "0"]
    assert [row["police_share"] for row in months.values()] == ["0.0", "", "0.0"]


def test_the_page_of_the_balance_says_who_is_in_which_camp(camps: httpx.Client) -> None:
    page = camps.get("/balance", params={"from": "2026-09-01", "to": "2026-11-30"}).text
    assert "4 articles of the press on" in page
    assert re.search(r"<dt>Child protection</dt><dd>.*?/tag/nspcc.*?</dd>", page, re.DOTALL)
    assert camps.get("/balance?by=colour").status_code == 400
    assert "Child protection" in camps.get("/speakers").text


def test_retagging_moves_a_speaker_to_another_camp(desk: Path, camps: httpx.Client) -> None:
    own = "tags:\n  - {id: peter-wanless, facet: person, label: Peter Wanless, camp: police, "
    (desk / "feeds.yaml").write_text(CAMPS + own + 'terms: {any: ["Peter Wanless"]}, yes: ["Peter Wanless speaks"]}\n')
    run(desk, "retag")
    assert rows(desk, "SELECT camp, sum(articles) AS n FROM camp_days WHERE source = 'post' GROUP BY 1") == [
        {"camp": "", "n": 2}, {"camp": "companies", "n": 1}, {"camp": "police", "n": 2},
    ]  # fmt: skip
