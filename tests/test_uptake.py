"""What became of an actor's publications: which outlets took them up, when and with which words."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from tests.quality.uptake import measured
from tests.site_database import serve
from tracker.analyse.figures import figures
from tracker.cli.main import main

CONFIG = """
settings: {contact: someone@example.org}
sources:
  - {id: nspcc, name: NSPCC, kind: ngo, country: GB, language: en, feeds: ["https://nspcc.example/rss"]}
  - {id: post, name: The Post, kind: national, country: GB, language: en, feeds: ["https://post.example/rss"]}
"""
SAID = "“A message that nobody can read is a message that protects nobody,” said Peter Wanless."
MORE = (
    "Parents' groups, teachers and several former officers met in Leeds on Sunday to talk about what the new default "
    "means for schools, and how detectives are to find those who approach pupils through games and chats from now on."
)
RELEASE = (
    "Encryption leaves 29 million reports of child abuse in the dark",
    f"Messengers made 29 million reports last year, new figures of the NSPCC show. {SAID}",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("uptake")
    lines = [
        ("NSPCC", "01T08:00", *RELEASE),
        ("The Post", "01T11:30", *RELEASE),
        ("The Herald", "02T08:00", "Charity: encrypted chats “protect nobody”", f"Ministers reply on Monday. {SAID}"),
        ("The Echo", "01T06:00", "Encryption: what next for Messenger?", f"{MORE} {SAID}"),
        ("The Sun", "09T08:00", "Signal adds encrypted backups", "The first 100 megabytes are free."),
        ("NSPCC", "20T08:00", "Our view on age verification", "Age checks protect children, the NSPCC says."),
    ]  # fmt: skip
    items = [
        {"source": source, "title": title, "summary": summary, "published": f"2026-11-{at}:00Z"}
        | {"url": f"https://{source.lower().replace(' ', '')}.example/{number}"}
        for number, (source, at, title, summary) in enumerate(lines)
    ]
    (folder / "feeds.yaml").write_text(CONFIG)
    (folder / "lines.jsonl").write_text("\n".join(map(json.dumps, items)))
    paths = ["--config", str(folder / "feeds.yaml"), "--db", str(folder / "t.db")]
    answer = CliRunner().invoke(main, [*paths, "import", str(folder / "lines.jsonl")])
    assert answer.exit_code == 0, answer.output
    for address in serve(folder / "t.db"):
        with httpx.Client(base_url=address, timeout=20) as client:
            yield client


def test_each_publication_has_the_outlets_that_took_it_up_with_delay_and_words(site: httpx.Client) -> None:
    answer = site.get("/source/nspcc/uptake.csv?from=2026-11-01&to=2026-11-30")
    found = list(csv.DictReader(answer.text.splitlines()))
    told = [tuple(row[key] for key in ("outlet", "hours_after", "copy", "quotation", "same_figures")) for row in found]
    assert told == [
        ("", "", "", "", ""),
        ("The Echo", "-2.0", "0", "1", "0"),
        ("The Post", "3.5", "1", "1", "1"),
        ("The Herald", "24.0", "0", "1", "0"),
    ]
    assert [row["headline_kept"] for row in found[1:]] == ["0.2", "1.0", found[3]["headline_kept"]]
    assert float(found[3]["headline_kept"]) < 0.5


def test_the_page_says_how_much_was_taken_up_and_how(site: httpx.Client) -> None:
    page = site.get("/source/nspcc/uptake?from=2026-11-01&to=2026-11-30").text
    assert "1 of 2 publications on" in page
    assert "by 3 outlets" in page
    assert "3 h 30 min later, a copy, the same quotation, the same figures, the same headline" in page
    assert "2 h before, the same quotation" in page
    assert page.count("not taken up") == 1
    assert "/source/nspcc/uptake" in site.get("/source/nspcc").text


def test_only_those_who_publish_releases_have_such_a_page(site: httpx.Client) -> None:
    assert site.get("/source/post/uptake").status_code == 404
    assert site.get("/source/nobody/uptake.csv").status_code == 404
    assert "/uptake" not in site.get("/source/post").text


def test_uptake_is_told_as_well_as_before(tmp_path: Path) -> None:
    result = measured(tmp_path)
    assert result.precision >= 0.9
    assert result.recall >= 0.88


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("29 million reports", "29m reports"),
        ("29 Millionen Hinweise", "29 millones de avisos"),
        ("291,273 pages", "291.273 Seiten"),
        ("£14.47 million", "14,47 Mio. Pfund"),
        ("41 per cent more", "41% more"),
        ("36.2 million", "36,2 millions"),
    ],
)
def test_a_figure_is_the_same_in_any_notation(one: str, other: str) -> None:
    assert figures(one) == figures(other) != frozenset()


@pytest.mark.parametrize("text", ["in 2024", "a 44-year-old man", "Covid-19", "3 girls", "MI5", "on 12 May"])
def test_years_ages_and_small_counts_are_no_figures(text: str) -> None:
    assert figures(text) == frozenset()
