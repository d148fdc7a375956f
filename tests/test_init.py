"""`tracker init` and the offer of `tracker run`: a first feeds.yaml, for people and for scripts."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_cli import Desk
from tracker.config.edit import Choices, shipped_feeds, sources_by_country, starter
from tracker.config.load import load, load_text

SHIPPED = Path(__file__).parent.parent / "feeds.yaml"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_without_choices_the_shipped_file_is_written_as_it_is(desk: Desk) -> None:
    done = desk.run("init", "--yes", "--timezone", "Europe/London")
    assert desk.config.read_bytes() == SHIPPED.read_bytes()
    assert "Publishers cannot reach you yet" in done.out
    assert "tracker run" in done.out


def test_the_choices_are_in_the_file_and_nothing_else_has_changed(desk: Desk) -> None:
    desk.run("init", "--yes", "--contact", "desk@example.org", "--timezone", "Asia/Kolkata")
    shipped, written = SHIPPED.read_text(encoding="utf-8").splitlines(), desk.config.read_text("utf-8").splitlines()
    changed = [(old.split()[1], new.split()[1]) for old, new in zip(shipped, written, strict=True) if old != new]
    assert changed == [("https://example.org/tracker", "desk@example.org"), ("Europe/London", "Asia/Kolkata")]


@pytest.mark.parametrize("countries", ["GB", "IE,eu", "INT", "CH GB"])
def test_only_sources_of_the_countries_are_listed_under_their_headings(countries: str, desk: Desk) -> None:
    desk.run("init", "--yes", "--countries", countries)
    codes = set(countries.upper().replace(",", " ").split())
    kept = load(desk.config).sources
    assert kept == tuple(source for source in load(SHIPPED).sources if source.country in codes)
    lines = desk.config.read_text(encoding="utf-8").split("sources:\n")[1].split("\ntags:")[0].splitlines()
    headings = [number for number, line in enumerate(lines) if line.startswith("  # ")]
    assert all(lines[number + 1].startswith("  - id:") for number in headings)
    assert "# Mail and digests" in desk.config.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--countries", "GB,XX"], "no source is of 'XX'"),
        (["--countries", ","], "name one country or more"),
        (["--contact", "nobody"], "'nobody' is not a web page or email address"),
        (["--timezone", "Mars"], "'Mars' is not a time zone"),
    ],
    ids=["country", "no-country", "contact", "zone"],
)
def test_a_wrong_value_is_explained_and_nothing_is_written(options: list[str], said: str, desk: Desk) -> None:
    done = desk.run("init", "--yes", *options, code=2)
    assert said in done.err
    assert not desk.config.exists()


def test_an_existing_file_is_never_overwritten(desk: Desk) -> None:
    desk.config.write_text("mine", encoding="utf-8")
    assert "already exists" in desk.run("init", "--yes", code=2).err
    assert desk.config.read_text(encoding="utf-8") == "mine"


def test_questions_are_asked_again_until_the_answer_is_valid(desk: Desk) -> None:
    answers = ["nobody", "desk@example.org", "Mars", "Europe/Paris", "FR,QQ", "FR"]
    done = desk.run("init", stdin="\n".join([*answers, ""]).encode())
    config = load(desk.config)
    assert (config.contact, config.timezone) == ("desk@example.org", "Europe/Paris")
    assert {source.country for source in config.sources} == {"FR"}
    assert "FR 9" in done.out


def test_every_command_that_lacks_feeds_yaml_names_init(desk: Desk) -> None:
    for command in ("poll", "check", "run"):
        assert "`tracker init` writes one" in desk.run(command, code=3).err


def test_on_a_terminal_run_offers_to_write_the_missing_file(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tracker", "run"],
        cwd=tmp_path,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        close_fds=True,
    )
    os.close(theirs)
    os.write(ours, b"n\n")
    said = b""
    try:
        while part := os.read(ours, 4096):
            said += part
    except OSError:
        pass  # the other end of the terminal is closed
    assert process.wait() == 3
    assert b"Write one with the sources that come with the program?" in said
    assert b"`tracker init` writes one" in said
    os.close(ours)


def test_each_country_alone_makes_a_valid_file() -> None:
    text = shipped_feeds()
    counts = sources_by_country(text)
    assert sum(counts.values()) == len(load(SHIPPED).sources)
    for country, number in counts.items():
        alone = load_text(starter(text, Choices(countries={country})), "feeds.yaml")
        assert len(alone.sources) == number, country
