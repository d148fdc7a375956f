"""Editing feeds.yaml as text."""

from datetime import timedelta
from pathlib import Path

import pytest

from tracker.config.edit import Addition, adding, removing
from tracker.config.load import load
from tracker.errors import ConfigError, UsageError
from tracker.models import Feed, Source

TEXT = """\
# my feeds
settings: {contact: desk@example.org}
sources:
  # the first
  - id: one
    name: One
    kind: tech
    country: GB
    language: en
    feeds:
      - https://one.example/rss   # main
      - url: https://one.example/b
        every: 1h

  - {id: two, name: Two, kind: ngo, country: GB, language: en, feeds: [https://two.example/rss]}

# what else
schedule: {}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "feeds.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_adding_a_source_changes_nothing_else(file: Path) -> None:
    source = Source("drei", "Drei: die Zeitung", "drei-verlag", "national", "NO", "no")
    adding(file, [Addition(source, Feed("https://drei.example/rss", "drei", timedelta(minutes=30)))]).write()
    config = load(file)
    assert config.sources[-1] == source
    assert config.feeds[-1] == Feed("https://drei.example/rss", "drei", timedelta(minutes=30))
    assert [line for line in TEXT.splitlines() if line not in file.read_text(encoding="utf-8").splitlines()] == []


def test_a_file_from_windows_keeps_its_line_ends(file: Path) -> None:
    file.write_bytes(TEXT.replace("\n", "\r\n").encode())
    adding(file, [Addition(load(file).sources[0], Feed("https://one.example/c", "one"))]).write()
    lines = file.read_bytes().splitlines(keepends=True)
    assert len(lines) == TEXT.count("\n") + 1
    assert all(line.endswith(b"\r\n") for line in lines)


def test_adding_a_feed_to_a_source_puts_it_after_its_others(file: Path) -> None:
    adding(file, [Addition(load(file).sources[0], Feed("https://one.example/c", "one"))]).write()
    assert [feed.url for feed in load(file).feeds if feed.source == "one"][-1] == "https://one.example/c"


def test_a_list_in_brackets_is_not_guessed_at(file: Path) -> None:
    with pytest.raises(UsageError, match=r"feeds\.yaml:15:.*one item per line"):
        adding(file, [Addition(load(file).sources[1], Feed("https://two.example/b", "two"))]).write()
    assert file.read_text(encoding="utf-8") == TEXT


@pytest.mark.parametrize(
    "sources",
    [
        "sources: []\n",
        "sources: [ ]  # none yet\n",
        "sources: [\n]\n",
        "sources:\n",
        "sources: ~\n",
        '"sources": null\n',
        "",
    ],
)
@pytest.mark.parametrize("rest", ["", "# the end\nschedule: {}\n"], ids=["at the end", "before another section"])
def test_the_first_sources_are_added_to_a_file_that_has_none(file: Path, sources: str, rest: str) -> None:
    text = f"# mine\nsettings: {{contact: desk@example.org}}\n{sources}{rest}"
    file.write_text(text, encoding="utf-8")
    one, two = (Source(name, name.title(), name, "tech", "GB", "en") for name in ("one", "two"))
    adding(
        file, [Addition(source, Feed(f"https://{source.id}.example/rss", source.id)) for source in (one, two)]
    ).write()
    assert load(file).sources == (one, two)
    kept = file.read_text(encoding="utf-8")
    assert [line for line in ("# mine", "# none yet", "# the end") if line in text and line not in kept] == []


def test_feeds_of_one_new_source_are_added_beneath_it_and_of_a_known_one_beneath_that(file: Path) -> None:
    known = load(file).sources[0]
    three = Source("three", "Three", "three", "national", "GB", "en")
    urls = {"a": three, "b": known, "c": three}
    before = len(load(file).feeds)
    adding(
        file, [Addition(source, Feed(f"https://x.example/{url}", source.id)) for url, source in urls.items()]
    ).write()
    found = [(feed.source, feed.url[-1]) for feed in load(file).feeds if feed.url.startswith("https://x.example/")]
    assert sorted(found) == sorted((source.id, url) for url, source in urls.items())
    assert len(load(file).feeds) == before + 3


def test_a_file_without_sources_is_refused_with_what_adds_some(file: Path) -> None:
    file.write_text("sources: []\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"feeds\.yaml:1:10: there are no sources; .*tracker feeds import"):
        load(file)


@pytest.mark.parametrize(
    ("name", "gone", "left"),
    [
        ("https://one.example/rss", 1, ["https://one.example/b", "https://two.example/rss"]),
        ("https://one.example/b", 1, ["https://one.example/rss", "https://two.example/rss"]),
        ("one", 2, ["https://two.example/rss"]),
        ("https://two.example/rss", 1, ["https://one.example/rss", "https://one.example/b"]),
    ],
)
def test_removing_leaves_the_rest_as_it_was(file: Path, name: str, gone: int, left: list[str]) -> None:
    edit = removing(file, name)
    edit.write()
    assert len(edit.removed) == gone
    assert [feed.url for feed in load(file).feeds] == left
    text = file.read_text(encoding="utf-8")
    assert "# my feeds" in text
    assert "# what else" in text


def test_a_change_is_a_diff_until_it_is_written(file: Path) -> None:
    before = TEXT.partition("\n\n# what else")[0]
    file.write_text(before, encoding="utf-8")
    edit = removing(file, "two")
    assert edit.diff.splitlines()[-3:] == [
        " ",
        "-  - {id: two, name: Two, kind: ngo, country: GB, language: en, feeds: [https://two.example/rss]}",
        "\\ No newline at end of file",
    ]
    assert file.read_text(encoding="utf-8") == before
    edit.write()
    assert [feed.source for feed in load(file).feeds] == ["one", "one"]
    assert adding(file, []).diff == ""


def test_what_would_break_the_file_is_refused_and_the_file_stays(file: Path) -> None:
    with pytest.raises(ConfigError, match="already listed"):
        adding(file, [Addition(load(file).sources[0], Feed("https://two.example/rss", "one"))]).write()
    with pytest.raises(UsageError, match="no feed or source"):
        removing(file, "three")
    assert file.read_text(encoding="utf-8") == TEXT
