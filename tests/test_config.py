"""What feeds.yaml may say, and what is said of it when it is wrong."""

import sys
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tracker.config.load import Config, load, load_text
from tracker.config.rule_checks import failed_examples
from tracker.config.rulebook import built_in, compile_rulebook
from tracker.config.rulebook_cache import built_in_rulebook
from tracker.errors import ConfigError

ROOT = Path(__file__).parent.parent

GOOD = """\
settings:
  contact: desk@example.org
  allow_networks: [127.0.0.0/8]
sources:
  - id: posten
    name: Posten
    kind: national
    country: NO
    language: no
    feeds:
      - https://posten.example/rss
      - url: https://posten.example/atom
        every: 2h
"""


def mistakes_in(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_text(text, "feeds.yaml")
    return [str(mistake) for mistake in caught.value.mistakes]


def test_a_good_file_is_understood() -> None:
    config = load_text(GOOD, "feeds.yaml")
    source = config.sources[0]
    assert (source.family, source.country, source.language) == ("posten", "NO", "no")
    assert [feed.every for feed in config.feeds] == [None, timedelta(hours=2)]
    assert str(config.allow_networks[0]) == "127.0.0.0/8"
    assert config.timezone == "Europe/London"
    assert (config.requests_per_host, config.pause) == (2, timedelta(seconds=5))


def with_setting(line: str) -> Config:
    return load_text(GOOD.replace("settings:\n", f"settings:\n  {line}\n"), "feeds.yaml")


def test_how_often_a_host_is_asked_can_be_set() -> None:
    assert with_setting("pause: 90s").pause == timedelta(seconds=90)
    assert with_setting("pause: 0s").pause == timedelta()
    assert with_setting("requests_per_host: 1").requests_per_host == 1


def test_how_much_new_a_feed_may_bring_in_a_day_can_be_set_for_all_and_for_one() -> None:
    assert [feed.new_per_day for feed in load_text(GOOD, "feeds.yaml").feeds] == [1000, 1000]
    assert [feed.new_per_day for feed in with_setting("new_per_day: 50").feeds] == [50, 50]
    own = GOOD.replace("every: 2h", "every: 2h\n        new_per_day: 3000")
    assert [feed.new_per_day for feed in load_text(own, "feeds.yaml").feeds] == [1000, 3000]


def test_search_engines_may_list_the_site_unless_they_are_asked_not_to() -> None:
    assert load_text(GOOD, "feeds.yaml").robots
    assert not with_setting("robots: none").robots
    assert with_setting("robots: allow").robots


def test_stories_are_made_of_the_debate_unless_of_all_articles_is_asked() -> None:
    assert load_text(GOOD, "feeds.yaml").group == "debate"
    assert with_setting("group: all").group == "all"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("group: none", "unknown group 'none' (known: debate, all)"),
        ("robots: never", "unknown robots 'never' (known: allow, none)"),
        ("pause: 5", "'pause': 5 is not a pause; write seconds as in 5s"),
        ("pause: 5m", "'pause': '5m' is not a pause; write seconds as in 5s"),
        ("pause: 10000s", "'pause': '10000s' is not a pause; write seconds as in 5s, 9999s at most"),
        ("pause:", "'pause': None is not a pause"),
        ("requests_per_host: 0", "'requests_per_host' cannot be 0; write the most concurrent requests"),
        ("requests_per_host: 1001", "a number from 1 to 1000"),
        ("requests_per_host: 1.5", "a number from 1 to 1000"),
        ("requests_per_host: two", "a number from 1 to 1000"),
        ("new_per_day: 0", "'new_per_day' cannot be 0; write how many new entries of a feed"),
        ("request_per_host: 2", "did you mean 'requests_per_host'?"),
    ],
)
def test_a_wrong_setting_says_what_would_be_right(line: str, message: str) -> None:
    with pytest.raises(ConfigError, match=r"feeds\.yaml:2:") as caught:
        with_setting(line)
    assert message in str(caught.value)


def with_address(url: str) -> str:
    return GOOD.replace("https://posten.example/rss", f"'{url}'")


@pytest.mark.parametrize(
    ("url", "needs"),
    [
        ("https://reader:${FEED_PASSWORD}@posten.example/rss", ["FEED_PASSWORD"]),
        ("https://${FEED_USER}:${FEED_PASSWORD}@posten.example/rss", ["FEED_USER", "FEED_PASSWORD"]),
        ("https://${FEED_TOKEN}@posten.example/rss", ["FEED_TOKEN"]),
        ("https://posten.example/rss?key=${FEED_KEY}&again=${FEED_KEY}", ["FEED_KEY"]),
        ("https://posten.example/private/${FEED_KEY}/rss", ["FEED_KEY"]),
        ("https://posten.example/costs-$5/rss", []),
    ],
)
def test_an_address_may_leave_its_secrets_to_the_environment_which_is_asked_for_each(
    url: str, needs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in needs:
        monkeypatch.delenv(name, raising=False)
    config = load_text(with_address(url), "feeds.yaml")
    assert config.feeds[0].url == url
    assert config.warnings == [
        f"{url} needs {name}, which the environment does not have: this feed cannot be polled" for name in needs
    ]
    for name in needs:
        monkeypatch.setenv(name, "hunter2")
    assert config.warnings == []


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEED_KEY", "")
    assert len(load_text(with_address("https://posten.example/rss?key=${FEED_KEY}"), "feeds.yaml").warnings) == 1


@pytest.mark.parametrize(
    ("library", "section", "warning"),
    [
        pytest.param(
            "apprise",
            "recipients: [{name: desk, apprise: 'ntfys://ntfy.sh/x'}]",
            "the recipient desk needs the library apprise, which is not installed: "
            "pip install 'encryption-coverage-tracker[push]'",
            id="apprise",
        ),
        pytest.param(
            "pyarrow",
            "exports: [{folder: out, format: parquet}, {folder: plain}]",
            "the export to out needs the library pyarrow, which is not installed: "
            "pip install 'encryption-coverage-tracker[parquet]'",
            id="pyarrow",
        ),
    ],
)
def test_what_needs_a_library_that_is_not_installed_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, library: str, section: str, warning: str
) -> None:
    config = load_text(f"{GOOD}\n{section}\n", "feeds.yaml")
    assert warning not in config.warnings
    monkeypatch.setitem(sys.modules, library, None)
    assert warning in config.warnings


@pytest.mark.parametrize(
    ("url", "message"),
    [
        pytest.param("https://me:hunter2@posten.example/", "would be shown to everybody", id="a password"),
        pytest.param("https://me:x${A}@posten.example/", "would be shown to everybody", id="a part of a password"),
        pytest.param("https://me:${A}@x@posten.example/", "would be shown to everybody", id="two signs"),
        pytest.param("https://token@posten.example/", "or a user alone", id="a user without password"),
        pytest.param("https://${A}:@posten.example/", "would be shown to everybody", id="an empty password"),
        pytest.param("https://${A}/rss", "may appear in the user, path or query", id="the host"),
        pytest.param(
            "https://${A}.posten.example/rss", "may appear in the user, path or query", id="a part of the host"
        ),
        pytest.param("https://posten.example:${A}/rss", "may appear in the user, path or query", id="the port"),
        pytest.param("https://posten.example/rss#${A}", "may appear in the user, path or query", id="the fragment"),
        pytest.param("${A}://posten.example/rss", "is not a web address", id="the scheme"),
        pytest.param("https://posten.example/${a}", "NAME is capitals", id="small letters"),
        pytest.param("https://posten.example/${}", "NAME is capitals", id="no name"),
        pytest.param("https://posten.example/${A", "NAME is capitals", id="no end"),
        pytest.param("https://[::1/rss", "write a full address", id="half an IPv6 address"),
        pytest.param("https://posten.example:99999/rss", "write a full address", id="no port"),
    ],
)
def test_an_address_that_would_tell_a_secret_or_hide_its_host_is_refused(url: str, message: str) -> None:
    (mistake,) = mistakes_in(with_address(url))
    assert message in mistake


def test_a_contact_is_for_publishers_to_read() -> None:
    (mistake,) = mistakes_in(GOOD.replace("desk@example.org", "'https://example.org/${A}'"))
    assert "publishers must be able to read this" in mistake


def test_the_united_kingdom_is_gb() -> None:
    (mistake,) = mistakes_in(GOOD.replace("country: NO", "country: UK"))
    assert mistake.startswith("feeds.yaml:8:14: 'country': 'UK' is ")
    assert mistake.endswith("write GB")
    assert load_text(GOOD.replace("country: NO", "country: EU"), "feeds.yaml").sources[0].country == "EU"


def test_all_mistakes_are_named_at_once_each_with_its_place() -> None:
    text = """\
settings:
  contact: nobody
  allow_networks: [10.0.0.0/99]
  timezone: Mars/Olympus
  colour: red
sources:
  - id: Posten
    name: Posten
    kind: nationl
    country: no
    language: no
    feeds: [https://posten.example/rss]
  - id: other
    kind: tech
    country: GB
    language: en
    feeds:
      - htp://other.example/rss
      - https://posten.example/rss?utm_source=x
      - url: https://other.example/a
        every: 1m
        evry: 5m
  - id: other
    name: Other
    kind: tech
    kind: tech
    country: GB
    language: en
    feeds: []
tags:
  - id: mine
    facet: themes
    label: Mine
    terms: {en: [anything]}
  - id: yours
    facet: theme
    label: Yours
    implies: [encryptoin]
    terms: {en: ["ab*"]}
schedule: {poll: soon}
"""
    expected = [
        "feeds.yaml:2:12: 'contact': 'nobody' is not a web page or email address",
        "feeds.yaml:3:20: '10.0.0.0/99' is not a network",
        "feeds.yaml:4:13: 'timezone': 'Mars/Olympus' is not a time zone",
        "feeds.yaml:5:3: unknown key 'colour'",
        "feeds.yaml:7:9: 'id' cannot be 'Posten'; write small letters",
        "feeds.yaml:9:11: unknown kind 'nationl'; did you mean 'national'?",
        "feeds.yaml:10:14: 'country' cannot be 'no'; write two capital letters",
        "feeds.yaml:13:5: 'name' is missing",
        "feeds.yaml:18:9: 'url': 'htp://other.example/rss' is not a web address",
        "feeds.yaml:19:9: this feed is already listed under 'Posten'",
        "feeds.yaml:21:16: 'every': the interval must be between 5m and 31d",
        "feeds.yaml:22:9: unknown key 'evry'; did you mean 'every'?",
        "feeds.yaml:23:9: the id 'other' is taken by source 2",
        "feeds.yaml:26:5: the key 'kind' is here for the second time; the first is in line 25",
        "feeds.yaml:29:12: 'feeds' is empty",
        "feeds.yaml:32:12: unknown facet 'themes'; did you mean 'theme'?",
        "feeds.yaml:38:15: no tag is called 'encryptoin'; did you mean 'encryption'?",
        "feeds.yaml:39:18: in the term 'ab*' the stem 'ab*' is shorter than three letters",
        "feeds.yaml:40:18: 'poll': 'soon' is not a duration",
    ]
    found = mistakes_in(text)
    assert len(found) == len(expected)
    for message, beginning in zip(found, expected, strict=True):
        assert message.startswith(beginning)


BOMB = "\n".join(f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]" for before, name in pairwise("abcdefghi"))
BOMB = f"a: &a [{', '.join(['x'] * 9)}]\n{BOMB}\n"
CHAIN = "a0: &a0 []\n" + "\n".join(f"a{number + 1}: &a{number + 1} [*a{number}]" for number in range(2000))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("sources: [", "this is not valid YAML", id="broken YAML"),
        pytest.param("a: &x [*x]\n", "this alias contains itself", id="an alias of itself"),
        pytest.param("", "feeds.yaml:1:1: there are no sources", id="an empty file"),
        pytest.param(
            "- a\n", "feeds.yaml:1:1: the file needs 'key: value' lines instead of a list (known: ", id="a list"
        ),
        pytest.param(
            "sources: {a: {name: A}}\n",
            "feeds.yaml:1:10: 'sources' must be a list, not 'key: value' lines; write a list of sources, each item on",
            id="keys where a list belongs",
        ),
        pytest.param(
            "sources: [bbc]\n", "this item needs 'key: value' lines instead of 'bbc' (known: id,", id="a name"
        ),
        pytest.param("settings:\n", "'settings' is empty; write a 'key: value' line for each", id="an empty section"),
        pytest.param("a:\n\tb: 1\n", "feeds.yaml:2:1: this line is indented with a tab; use spaces", id="a tab"),
        pytest.param("a: The Mail: Online\n", "put a text that contains ': ' in quotes", id="a colon in a text"),
        pytest.param("a: 1\n---\nb: 2\n", "feeds.yaml:2:1: a second document begins here", id="two documents"),
        pytest.param(
            "schedule: {export: 6am}\n", "'6am' is not a valid schedule; write daily 06:30", id="a time alone"
        ),
        pytest.param("a: &x\n  - *x\n", "feeds.yaml:1:4: this alias contains itself", id="a block in itself"),
        pytest.param("a: &x {<<: *x}\n", "this alias contains itself", id="a mapping merged into itself"),
        pytest.param(BOMB, "aliases expand to more than 20,000 values", id="an alias bomb"),
        pytest.param(CHAIN, "nested more than 100 levels deep", id="a long chain of aliases"),
        pytest.param("a: " + "[" * 20_000, "feeds.yaml:1:103: this is nested more than 100 levels deep", id="brackets"),
        pytest.param("a:\n  " + "- " * 20_000, "nested more than 100 levels deep", id="dashes"),
        pytest.param("{a: " * 20_000, "nested more than 100 levels deep", id="braces"),
        pytest.param("? " * 20_000, "nested more than 100 levels deep", id="keys of keys"),
        pytest.param(f"a: {'7' * 5000}\n", "'77777777777777777777' is not a readable number", id="a huge number"),
        pytest.param("a: !!int many\n", "'many' is not a readable number", id="a word tagged as a number"),
        pytest.param("a: 1\nb\0: 2\n", "feeds.yaml:2:2: this is not valid YAML: the character U+0000", id="NUL"),
        pytest.param("? [a, b]\n: 1\n", "unknown key '(a list or mapping)'", id="a key that is a list"),
        pytest.param("1: 1\n~: 2\n", "unknown key '~'", id="keys that are no text"),
    ],
)
def test_a_file_that_is_something_else_gets_a_clear_answer(text: str, message: str) -> None:
    assert any(message in found for found in mistakes_in(text))


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="name yours with --config"):
        load(tmp_path / "feeds.yaml")


def test_an_own_tag_replaces_the_built_in_one_and_its_examples_are_run() -> None:
    own = GOOD + "tags: [{id: encryption, facet: topic, label: Locks, terms: {en: [padlock]}, yes: [A padlock]}]\n"
    assert load_text(own, "feeds.yaml").rulebook.tag("A padlock").relevance == "encryption"
    (mistake,) = mistakes_in(own.replace("[A padlock]", "[A bolt]"))
    assert mistake.startswith("feeds.yaml:14:")
    assert "does not get the tag 'encryption'" in mistake


def test_own_events_join_the_built_in_timeline() -> None:
    own = GOOD + "events: [{day: 2026-05-04, title: A hearing, url: 'https://a.example/', tag: eu-csa-regulation}]\n"
    *built, event = load_text(own, "feeds.yaml").events
    assert (str(event.day), event.title, event.tag) == ("2026-05-04", "A hearing", "eu-csa-regulation")
    assert len(built) > 50
    tags = {tag.id: tag.facet for tag in built_in_rulebook().tags}
    assert {tags[one.tag] for one in built if one.tag} == {"law"}
    assert [one.day for one in built] == sorted(one.day for one in built)


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ("{day: 4 May, title: A, url: 'https://a.example/'}", "'4 May' is not a day; write one such as 2025-02-21"),
        ("{day: 2026-05-04, title: A, url: a.example}", "'a.example' is not a web address"),
        ("{day: 2026-05-04, title: A}", "'url' is missing"),
        ("{day: 2026-05-04, title: A, url: 'https://a.example/', tag: csa-regulation}", "did you mean 'eu-csa-reg"),
    ],
)
def test_a_wrong_event_says_what_would_be_right(event: str, message: str) -> None:
    (mistake,) = mistakes_in(GOOD + f"events: [{event}]\n")
    assert mistake.startswith("feeds.yaml:14:")
    assert message in mistake


def test_the_shipped_file_holds_what_it_promises() -> None:
    config = load(ROOT / "feeds.yaml")
    assert len(config.feeds) >= 100
    assert len(config.sources) >= 70
    assert {"GB", "US", "EU", "IE", "AU", "IN", "CA", "DE", "FR", "ES"} <= {source.country for source in config.sources}
    listed = (ROOT / "docs/feeds.md").read_text(encoding="utf-8")
    assert [feed.url for feed in config.feeds if feed.url not in listed] == []


def test_every_example_of_the_built_in_rulebook_holds() -> None:
    tags = built_in()
    rulebook, mistakes = compile_rulebook(tags, [])
    assert mistakes == []
    assert failed_examples(rulebook, tags) == []
    assert len(rulebook.tags) >= 60
    assert [tag.id for tag in rulebook.tags if not any(example.expected for example in tag.examples)] == []


def with_mail(mail: str, digest: str = "{}") -> str:
    return f"{GOOD}mail: {mail}\ndigest: {digest}\n"


def test_mail_and_digest_are_understood() -> None:
    config = load_text(
        with_mail(
            "{server: 'smtp://mail.example.org', user: me, password: '${PW}', from: 'Desk <d@e.org>', to: [a@b.org]}",
            "{period: weekly, file: out/digests, tags: [encryption], kinds: [national], limit: 5, empty: skip}",
        ),
        "feeds.yaml",
    )
    assert config.mail
    assert config.digest
    assert (config.mail.host, config.mail.port, config.mail.secure) == ("mail.example.org", 587, "starttls")
    assert config.digest.to == ("a@b.org",)
    assert (config.digest.period, config.digest.file, config.digest.limit) == ("weekly", Path("out/digests"), 5)
    assert "mail needs PW, which the environment does not have: nothing can be sent" in config.warnings


@pytest.mark.parametrize(
    ("server", "starttls", "expected"),
    [
        ("smtps://mail.example.org", "", (465, "tls")),
        ("smtp://mail.example.org:25", ", starttls: offered", (25, "offered")),
        ("smtp://127.0.0.1:25", "", (25, "offered")),
        ("smtp://localhost", ", starttls: required", (587, "starttls")),
    ],
)
def test_a_connection_is_private_unless_the_server_is_here(
    server: str, starttls: str, expected: tuple[int, str]
) -> None:
    mail = load_text(with_mail(f"{{server: '{server}', from: a@b.org{starttls}}}"), "feeds.yaml").mail
    assert mail
    assert (mail.port, mail.secure) == expected


@pytest.mark.parametrize(
    ("mail", "digest", "said"),
    [
        ("{server: mail.example.org, from: a@b.org}", "{}", "14:16: 'server': 'mail.example.org' is not a mail server"),
        ("{server: 'smtp://me:pw@mail.example.org', from: a@b.org}", "{}", "go under `user` and `password`"),
        ("{server: 'smtp://m.org:99999', from: a@b.org}", "{}", "is not a mail server"),
        ("{server: 'smtp://m.org', from: a@b.org, user: me}", "{}", "are given together"),
        ("{server: 'smtp://m.org', from: a@b.org, user: me, password: secret}", "{}", "write ${NAME}"),
        ("{server: 'smtp://m.org', from: a@b.org, user: me, password: '${P}', starttls: offered}", "{}", "anybody"),
        ("{server: 'smtp://m.org', from: nobody}", "{}", "is not a sender"),
        ('{server: "smtp://m.org", from: "a@b.org\\nBcc: c@d.org"}', "{}", "is not a sender"),
        ("{server: 'smtp://m.org'}", "{}", "'from' is missing; write the address it comes from"),
        ("{server: 'smtp://m.org', from: a@b.org, to: ['a@b.org, c@d.org']}", "{}", "is not an email address"),
        ("{server: 'smtp://m.org', from: a@b.org}", "{tags: [encrypton]}", "there is no tag 'encrypton'; did you mean"),
        ("{server: 'smtp://m.org', from: a@b.org}", "{period: hourly}", "unknown period 'hourly'"),
        ("{server: 'smtp://m.org', from: a@b.org}", "{limit: 0}", "a number from 1 to 500"),
        ("null", "{to: [a@b.org]}", "to send mail, name the server and the sender under `mail:`"),
    ],
)
def test_mistakes_about_mail_are_named(mail: str, digest: str, said: str) -> None:
    (mistake,) = mistakes_in(with_mail(mail, digest))
    assert said in mistake


EVERYTHING_WRONG = """\
settings: {contact: nobody}
sources:
- {id: a, name: A, kind: tehc, country: GB, language: en, feeds: [https://a.example/rss]}
- {id: a, name: B, kind: tech, country: GB, language: en, feeds: [https://a.example/rss]}
tags:
- {id: own, facet: topic, label: Own, terms: {en: [own words]}, yes: ["nothing of the kind"]}
events:
- {day: 2025-13-01, title: E, url: https://e.example/, tag: encryptoin}
exports:
- {folder: x, tags: [encryptin], days: 0}
digest: {tags: [encryptoin], limit: 0, to: [desk@example.org]}
recipients:
- {name: desk, mail: nowhere}
- {name: desk, webhook: https://h.example/, secret: "${S}"}
alerts:
- {name: first, search: "tag:encryptoin", to: [dsek], colour: red}
- {name: second, sources: [b], tags: [own, onw], to: [desk]}
operator_alerts: {to: [dask], dead: never}
"""


def test_the_mistakes_of_every_section_are_reported_at_once_whatever_is_wrong_in_others() -> None:
    with pytest.raises(ConfigError) as raised:
        load_text(EVERYTHING_WRONG, "feeds.yaml")
    said = [str(mistake) for mistake in raised.value.mistakes]
    for line, words in (
        (1, "is not a web page or email address"),
        (3, "did you mean 'tech'?"),
        (4, "the id 'a' is taken"),
        (4, "already listed"),
        (6, "does not get the tag"),
        (8, "is not a day"),
        (8, "no tag is called 'encryptoin'; did you mean 'encryption'?"),
        (10, "there is no tag 'encryptin'; did you mean 'encryption'?"),
        (10, "days"),
        (11, "there is no tag 'encryptoin'; did you mean 'encryption'?"),
        (11, "limit"),
        (11, "to send mail, name the server and the sender under `mail:`"),
        (13, "is not an email address"),
        (14, "the name 'desk' is taken"),
        (16, "unknown key 'colour'"),
        (16, "there is no recipient 'dsek'; did you mean 'desk'?"),
        (16, "encryptoin"),
        (17, "there is no source 'b'"),
        (17, "there is no tag 'onw'; did you mean 'own'?"),
        (18, "there is no recipient 'dask'; did you mean 'desk'?"),
        (18, "dead"),
    ):
        assert any(one.startswith(f"feeds.yaml:{line}:") and words in one for one in said), (line, words, said)


def test_anchors_and_merge_keys_say_once_what_sources_share() -> None:
    config = load_text(
        """
sources:
  - &first {id: one, name: One, kind: &kind tech, country: GB, language: en, feeds: ["https://one.example/rss"]}
  - {<<: *first, id: two, name: Two, feeds: ["https://two.example/rss"]}
  - id: three
    name: Three
    <<: [{language: fr}, *first]
    kind: *kind
    feeds:
      - https://three.example/rss
""",
        "feeds.yaml",
    )
    assert [(source.id, source.name, source.kind, source.language) for source in config.sources] == [
        ("one", "One", "tech", "en"), ("two", "Two", "tech", "en"), ("three", "Three", "tech", "fr"),
    ]  # fmt: skip
    assert [feed.url for feed in config.feeds] == [f"https://{name}.example/rss" for name in ("one", "two", "three")]


def test_a_mistake_in_what_is_merged_is_named_where_it_stands() -> None:
    text = """
sources:
  - &first {id: one, name: One, kind: tech, country: GB, language: en, feeds: ["https://one.example/rss"]}
  - {<<: *first, id: two, kind: weekly, feeds: ["https://two.example/rss"]}
"""
    assert any(found.startswith("feeds.yaml:4:33: unknown kind 'weekly'") for found in mistakes_in(text))


@pytest.mark.parametrize(
    ("content", "place"), [(b"sources: \xff\xfe", "1:10"), (b"# one\nb: \xe9t\xe9\n", "2:4")], ids=["binary", "Latin-1"]
)
def test_a_file_that_is_not_utf_8_is_named_with_the_place(tmp_path: Path, content: bytes, place: str) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=f":{place}: this file is not UTF-8"):
        load(path)


OLD_NAMES = """\
sources:
- {id: posten, name: Posten, kind: national, country: GB, language: en, feeds: [https://posten.example/rss]}
recipients:
- {name: desk, webhook: https://h.example/, secret: "${S}"}
tags:
- {id: hens, facet: theme, label: Hens, terms: {en: [hen]}, with: {en: [egg]}, yes: [A hen and its egg], no: [A hen]}
- {id: geese, facet: theme, label: Geese, rules: [{terms: {en: [goose]}, with: {tags: [hens]}}], yes: [Goose hen egg]}
ourselves: {to: [desk]}
"""


def test_keys_with_earlier_names_are_read_and_the_present_names_are_hinted_at() -> None:
    config = load_text(OLD_NAMES, "feeds.yaml")
    assert config.operator_alerts
    assert config.operator_alerts.to == ("desk",)
    assert list(map(str, config.doubts)) == [
        "feeds.yaml:8:1: 'ourselves' is an old name; write 'operator_alerts' here",
        "feeds.yaml:6:61: 'with' is an old name; write 'context' here (and at 1 more place)",
    ]
    current = OLD_NAMES.replace("with:", "context:").replace("ourselves:", "operator_alerts:")
    assert load_text(current, "feeds.yaml").doubts == ()


def test_a_mistake_under_an_earlier_name_is_named_where_it_stands() -> None:
    assert mistakes_in(OLD_NAMES.replace("tags: [hens]", "tags: [hen]")) == [
        "feeds.yaml:7:88: no tag is called 'hen'; did you mean 'hens'?"
    ]


def test_both_names_of_a_key_at_once_are_a_mistake() -> None:
    assert "unknown key 'with'" in mistakes_in(OLD_NAMES.replace("with: {en", "context: {}, with: {en"))[0]
