"""A compiled rulebook kept in a file: the same rulebook, never an error, and never an old one."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.rulebooks import rulebook
from tracker.analyse.tagging.rules import Rulebook
from tracker.config import rulebook_cache
from tracker.config.load import Config, load
from tracker.config.rulebook_cache import CacheFile, RulebookCache, built_in_rulebook

TAGS = """
- {id: padlocks, facet: theme, label: Padlocks, about: Of locks, implies: [metal], names: [the locks]
  , terms: {en: [padlock*, 'Iron Lock'], de: [Vorhängeschloss, Schloß], words: [encryption]}
  , context: {any: [door, GCHQ], tags: [metal]}, and: {en: [safe]}, unless: {en: [bicycle]}
  , yes: [{text: 'Padlocks on the door are safe', language: en}], no: [A bicycle]}
- {id: metal, facet: theme, label: Metal, about: Of metal
  , rules: [{terms: {en: [steel]}, hint: true}, {terms: {fr: [fer]}}]}
"""

FEEDS = """
sources: [{id: press, name: Press, kind: national, country: GB, language: en, feeds: [https://press.example/feed]}]
"""
OWN = "tags: [{id: football, facet: theme, label: Football, about: Balls, terms: {en: [football]}, yes: [Football]}]\n"
WRONG = OWN.replace("yes: [Football]", "yes: [Tennis]")


@pytest.fixture
def cache(tmp_path: Path) -> RulebookCache:
    return RulebookCache(CacheFile(tmp_path / "kept.json"))


def test_what_is_read_back_is_what_was_kept(cache: RulebookCache) -> None:
    for book in (rulebook(TAGS), built_in_rulebook()):
        cache.put(book)
        found = cache.get()
        assert found is not None
        assert (found.tags, found.lists) == (book.tags, book.lists)
        assert (found.text, found.hash) == (book.text, book.hash)
        assert cache.get_summary() == (book.hash, len(book.tags))
        for text in ("Padlocks on the door are safe", "NSPCC warns of end-to-end encryption", "Football"):
            assert found.tag(text, "", "en") == book.tag(text, "", "en")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])


def _flip(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"padlock", b"gridlock", 1))


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _other(path: Path) -> None:
    path.write_bytes(b"\x00\xff not ours")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("damage", [_cut, _flip, _empty, _other, _folder], ids=lambda damage: damage.__name__[1:])
def test_a_damaged_file_is_as_none(cache: RulebookCache, damage: Callable[[Path], None]) -> None:
    assert cache.file.path is not None
    cache.put(rulebook(TAGS))
    damage(cache.file.path)
    assert cache.get() is None
    assert cache.get_summary() is None
    cache.put(rulebook(TAGS))  # and is replaced, where it can be
    assert (cache.get() is None) == cache.file.path.is_dir()


def test_a_missing_folder_is_not_made_and_no_error(tmp_path: Path) -> None:
    cache = RulebookCache(CacheFile(tmp_path / "missing" / "kept.json"))
    cache.put(rulebook(TAGS))
    assert cache.get() is None
    assert [*tmp_path.iterdir()] == []


def test_only_the_owner_may_read_the_file(cache: RulebookCache) -> None:
    assert cache.file.path is not None
    cache.put(rulebook(TAGS))
    assert cache.file.path.stat().st_mode & 0o777 == 0o600
    assert [*cache.file.path.parent.iterdir()] == [cache.file.path]


def test_other_rules_and_other_code_are_not_what_was_kept(
    cache: RulebookCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.put(rulebook(TAGS), "feeds")
    assert cache.get("feeds") is not None
    assert cache.get("other feeds") is None
    code = tmp_path / "code"
    (code / "config").mkdir(parents=True)
    (code / "analyse").mkdir()
    (code / "analyse" / "folding.py").write_text("new")
    monkeypatch.setattr(rulebook_cache, "_TRACKER", code)
    assert cache.get("feeds") is None


def loaded(folder: Path, text: str) -> Config:
    (folder / "feeds.yaml").write_text(FEEDS + text)
    return load(folder / "feeds.yaml", RulebookCache(CacheFile(folder / "kept.json")))


def test_a_configuration_has_the_same_rulebook_from_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = loaded(tmp_path, OWN)
    monkeypatch.setattr("tracker.config.load.built_in", _never)
    again = loaded(tmp_path, OWN)
    assert again.rulebook.hash == first.rulebook.hash == again.rulebook_summary.hash
    assert again.rulebook.tag("Football", "", "en").tags == ("football",)


def _never() -> Rulebook:
    raise AssertionError("the rulebook is compiled again")


def test_what_is_wrong_with_own_tags_is_never_kept(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(Exception, match="this example does not get the tag"):
            loaded(tmp_path, WRONG)
    assert not (tmp_path / "kept.json").exists()
    assert loaded(tmp_path, OWN).rulebook.tag("Football", "", "en").tags == ("football",)


def test_the_built_in_rulebook_is_kept_and_its_hash_known_without_it(tmp_path: Path) -> None:
    code = """if True:
        from pathlib import Path
        from tracker.config.load import load
        from tracker.config.rulebook_cache import CacheFile
        from tracker.config.rulebook_cache import RulebookCache
        config = load(Path("feeds.yaml"), RulebookCache(CacheFile(Path("kept.json"))))
        print(config.rulebook_summary.hash, config.rulebook.hash, config.rulebook is config.rulebook)
        print(len(config.rulebook.tags))
    """
    (tmp_path / "feeds.yaml").write_text(FEEDS)
    command = [sys.executable, "-c", code]
    answers = [subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True) for _ in range(2)]
    built_in = built_in_rulebook().hash, len(built_in_rulebook().tags)
    expected = f"{built_in[0]} {built_in[0]} True\n{built_in[1]}\n"
    assert [answer.stdout for answer in answers] == [expected, expected]
    assert RulebookCache(CacheFile(tmp_path / "kept.json")).get_summary() == built_in


def test_nothing_is_kept_until_there_is_a_database(tmp_path: Path) -> None:
    cache = RulebookCache.beside(tmp_path / "tracker.db")
    cache.put(rulebook(TAGS))
    assert [*tmp_path.iterdir()] == []
    (tmp_path / "tracker.db").touch()  # as by the first poll, which needs the rulebook only then
    cache.put(rulebook(TAGS))
    assert (tmp_path / "tracker.db.rulebook.json").exists()
    assert cache.get() is not None
