"""The part of feeds.yaml that polling needs, kept in a file: the same values, never an error, and never old ones."""

from dataclasses import fields
from pathlib import Path

import pytest

from tests.test_rulebook_cache import FEEDS, OWN
from tracker.config.load import load
from tracker.config.poll_config import ConfigCache, PollConfig
from tracker.errors import ConfigError

RICH = """
settings: {contact: desk@example.org, allow_networks: [127.0.0.0/8, "::1/128"], timezone: Asia/Tokyo, pause: 7s
  , requests_per_host: 3, new_per_day: 50, group: all}
sources:
- {id: press, name: Die Presse, family: owner, kind: national, country: AT, language: de, domains: [press.example]
  , feeds: [{url: "https://press.example/feed?key=${KEY}", every: 30m, new_per_day: 9}, https://press.example/two]}
- {id: ngo, name: NGO, kind: ngo, country: INT, language: en, feeds: [https://ngo.example/feed]}
events: [{day: 2025-02-21, title: A day, url: https://ngo.example/day, tag: uk-online-safety-act}]
mail: {server: smtps://mail.example, from: desk@example.org, user: desk, password: "${PW}"}
recipients: [{name: hook, webhook: "https://hooks.example/${HOOK}", secret: "${SECRET}"}]
alerts: [{name: all, tags: [uk-online-safety-act], to: [hook]}]
"""


@pytest.fixture
def cache(tmp_path: Path) -> ConfigCache:
    (tmp_path / "tracker.db").touch()
    return ConfigCache.beside(tmp_path / "tracker.db")


def written(folder: Path, text: str) -> Path:
    (folder / "feeds.yaml").write_text(text, encoding="utf-8")
    return folder / "feeds.yaml"


def values(config: PollConfig) -> dict[str, object]:
    """What a configuration says, apart from where its rulebook comes from."""
    names = [field.name for field in fields(PollConfig) if field.name not in {"cache", "compiled"}]
    return {"rulebook": config.rulebook.hash, **{name: getattr(config, name) for name in names}}


@pytest.mark.parametrize("text", [FEEDS, RICH, FEEDS + OWN], ids=["the least", "much", "own tags"])
def test_what_is_read_back_is_what_was_validated(cache: ConfigCache, tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)
    cache.load(path)
    again = cache.load(path)
    assert type(again) is PollConfig  # and so was not validated
    assert values(again) == values(load(path))


def test_the_projects_own_file_is_read_back(cache: ConfigCache, tmp_path: Path) -> None:
    path = written(tmp_path, Path("feeds.yaml").read_text(encoding="utf-8"))
    cache.load(path)
    assert values(cache.load(path)) == values(load(path))


def test_a_changed_file_is_validated_anew(cache: ConfigCache, tmp_path: Path) -> None:
    cache.load(written(tmp_path, FEEDS))
    assert cache.load(written(tmp_path, FEEDS.replace("Press", "Post"))).sources[0].name == "Post"
    with pytest.raises(ConfigError, match="unknown"):
        cache.load(written(tmp_path, FEEDS + "unknown: 1"))
    assert cache.load(written(tmp_path, FEEDS)).sources[0].name == "Press"


@pytest.mark.parametrize("missing", ["feeds.yaml", "tracker.db.config.json", "tracker.db.rulebook.json"])
def test_nothing_depends_on_what_was_kept(cache: ConfigCache, tmp_path: Path, missing: str) -> None:
    path = written(tmp_path, FEEDS + OWN)
    cache.load(path)
    (tmp_path / missing).unlink()
    if missing == "feeds.yaml":
        with pytest.raises(ConfigError, match="there is no such file"):
            cache.load(path)
    else:
        assert cache.load(path).rulebook.tag("Football", "", "en").tags == ("football",)


def test_the_environment_is_asked_each_time(
    cache: ConfigCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, RICH)
    assert load(path).warnings == cache.load(path).warnings == cache.load(path).warnings
    assert len(cache.load(path).warnings) == 4
    monkeypatch.setenv("KEY", "value")
    assert len(cache.load(path).warnings) == 3


def test_no_value_from_the_environment_is_kept(
    cache: ConfigCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("KEY", "PW", "HOOK", "SECRET"):
        monkeypatch.setenv(name, "a-secret-value")
    cache.load(written(tmp_path, RICH))
    kept = tmp_path / "tracker.db.config.json"
    assert "a-secret-value" not in kept.read_text(encoding="utf-8")
    assert kept.stat().st_mode & 0o777 == 0o600
