"""What is said of one's own tags that are well written and do not do what was meant."""

from pathlib import Path
from textwrap import indent

import pytest

from tests.test_cli import Desk
from tracker.analyse.tagging.rules import Rulebook
from tracker.config.load import load_text
from tracker.config.rule_checks import doubts
from tracker.config.rulebook import Written, built_in, compile_rulebook
from tracker.config.rulebook_model import TagItem
from tracker.config.yaml_positions import read
from tracker.errors import ConfigError

pytestmark = pytest.mark.slow

SOURCES = """\
sources:
  - {id: posten, name: Posten, kind: national, country: GB, language: en, feeds: [https://posten.example/rss]}
tags:
"""


def compiled(tags: str, beside: tuple[Written, ...] = ()) -> tuple[Rulebook, list[Written]]:
    """The rulebook of these tags and of those beside them, and these tags as they were written."""
    document = read(SOURCES + indent(tags, "  "), "feeds.yaml")
    written = [Written(TagItem(**tag), document, ("tags", number)) for number, tag in enumerate(document.value["tags"])]
    book, mistakes = compile_rulebook(beside, written)
    assert mistakes == []
    return book, written


def mistakes_in(tags: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_text(SOURCES + indent(tags, "  "), "feeds.yaml")
    return [str(mistake) for mistake in caught.value.mistakes]


def own(keys: str, name: str = "mine") -> str:
    return f"- {{id: {name}, facet: theme, label: Mine, {keys}}}\n"


BROKEN = [
    pytest.param(
        own("terms: {en: [open letter]}, unless: {en: [letter*]}, yes: [An open letter]"),
        "the term 'open letter' occurs in it, but so does 'letter*', which `unless:` excludes; take that out there",
        id="the only term holds what is excluded",
    ),
    pytest.param(
        own("terms: {de: [Brief]}, unless: {de: [brief]}, yes: [{text: Ein Brief, language: de}]"),
        "the term 'Brief' occurs in it, but so does 'brief', which `unless:` excludes",
        id="small letters find capitals",
    ),
    pytest.param(
        own("terms: {en: [hen]}, context: {tags: [egg]}, yes: [Hen and egg]")
        + own("terms: {en: [egg]}, context: {tags: [mine]}, yes: [Egg and hen]", "egg"),
        "the term 'hen' occurs in it, but nothing that `context:` requires does (the tag 'egg')",
        id="two tags that wait for each other",
    ),
    pytest.param(
        own("terms: {en: [hen]}, context: {tags: [mine]}, yes: [A hen]"),
        "nothing that `context:` requires does (the tag 'mine')",
        id="a tag that waits for itself",
    ),
    pytest.param(
        own("terms: {en: [hen]}, context: {tags: [egg]}, yes: [Hen and egg]")
        + own("terms: {en: [egg]}, unless: {en: [egg]}, yes: [An egg]", "egg"),
        "nothing that `context:` requires does (the tag 'egg')",
        id="a tag that waits for one that no text can get",
    ),
    pytest.param(
        own("terms: {fr: [lettre*]}, context: {de: [Brief]}, yes: [{text: La lettre, language: fr}]"),
        "nothing that `context:` requires does (it has no term for texts in 'fr')",
        id="context in another language",
    ),
    pytest.param(
        own("terms: {fr: [lettre*]}, and: {de: [Brief]}, yes: [{text: La lettre, language: fr}]"),
        "nothing that `and:` requires does (it has no term for texts in 'fr')",
        id="what must be there as well in another language",
    ),
    pytest.param(
        own("rules: [{terms: {en: [hen]}}, {terms: {en: [old hen]}, unless: {en: [hen]}}], yes: [An old hen]"),
        "4:81: no example shows that the rule 'mine/2' works; write under `yes:` a headline that it must find (nearest "
        "is 'An old hen': the term 'old hen' occurs in it, but so does 'hen', which `unless:` excludes",
        id="one of two rules",
    ),
    pytest.param(
        own("rules: [{terms: {en: [hen]}}, {terms: {en: [padlokc]}}], yes: [A hen]"),
        "(nearest is 'A hen': it contains no term of the tag",
        id="a misspelt term of one of two rules",
    ),
    pytest.param(
        own("terms: {en: [Padlock*]}, yes: [The padlocks]"),
        "a word with a capital is found only as written",
        id="a capital where there is none",
    ),
    pytest.param(
        own("terms: {en: [padlock]}"),
        "4:50: no example shows that the rule 'mine' works; write under `yes:` a headline that it must find",
        id="no example",
    ),
]


@pytest.mark.parametrize(("tags", "expected"), BROKEN)
def test_a_rule_that_no_example_shows_to_work_is_a_mistake_that_says_why(tags: str, expected: str) -> None:
    assert any(expected in mistake for mistake in mistakes_in(tags))


def test_every_rule_with_an_example_of_its_own_is_accepted() -> None:
    rules = "rules: [{terms: {en: [hen]}}, {terms: {en: [egg]}, context: {tags: [encryption]}}]"
    examples = "[A hen, An egg for end-to-end encryption]"
    assert load_text(SOURCES + indent(own(f"{rules}, yes: {examples}"), "  "), "feeds.yaml").doubts == ()


def test_no_built_in_tag_is_doubted() -> None:
    book, _ = compile_rulebook(built_in(), [])
    for name in ("encryption", "child-safety", "european-union", "apple", "noise-ransomware"):
        assert doubts(book, [tag for tag in built_in() if tag.shape.id == name]) == []


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        pytest.param(own("terms: {en: [padlock]}, yes: [A padlock]"), [], id="nothing to say"),
        pytest.param(
            own("terms: {en: [padlock, ai], de: [KI]}, yes: [A padlock]"),
            ["feeds.yaml:4:65: the term 'ai' is so short that it is found by chance; write 'AI' if only capitals"],
            id="a short word in small letters",
        ),
        pytest.param(
            own("terms: {en: [AI, ai act], any: [暗号]}, yes: [AI]"), [], id="capitals, two words, no letters"
        ),
        pytest.param(
            own("terms: {en: [padlock, the]}, yes: [The padlock]"),
            ["feeds.yaml:4:65: the tag 'mine' is given to "],
            id="a word of every text",
        ),
        pytest.param(
            own("rules: [{terms: {en: [padlock]}}, {terms: {en: [and, the]}}], yes: [The padlock]"),
            ["commonest of its terms is 'the': write rarer words, or require more with `context:`"],
            id="words of every text, of which the commonest is named",
        ),
        pytest.param(
            own("terms: {en: [the]}, context: {en: [padlock]}, yes: [The padlock]"),
            [],
            id="a common word in rare context",
        ),
        pytest.param(own("terms: {en: [encrypt*]}, yes: [Encrypted]"), [], id="a word that is common in the debate"),
        pytest.param(
            own("terms: {en: [the]}, implies: [encryption], yes: [The lock]"),
            ["the tag 'mine' is given to "],
            id="a tag that would make everything part of the debate",
        ),
    ],
)
def test_what_works_and_can_hardly_be_meant_is_doubted(tag: str, expected: list[str]) -> None:
    found = [str(doubt) for doubt in doubts(*compiled(tag, built_in()))]
    assert len(found) == len(expected)
    for doubt, part in zip(found, expected, strict=True):
        assert part in doubt


EXAMPLES = """\
- id: letters
  facet: theme
  label: Letters
  terms:
    en: [open letter, "Joint Letter"]
    de: [Brief]
  context: {tags: [encryption], en: [Signal, WhatsApp, Threema]}
  unless: {en: [letter opener*]}
- {id: football, facet: theme, label: Football, implies: [letters], terms: {en: [football]}, yes: [Football]}
"""


@pytest.mark.parametrize(
    ("example", "reason"),
    [
        pytest.param(
            "Nothing at all",
            "it contains no term of the tag; add the words by which you would recognise it",
            id="no term",
        ),
        pytest.param(
            "An open letter on schools",
            "the term 'open letter' occurs in it, but nothing that `context:` requires does "
            "(the tag 'encryption', 'Signal', 'WhatsApp', or 1 more); name there what does",
            id="no context",
        ),
        pytest.param(
            "Open letter to Signal comes with a letter opener",
            "the term 'open letter' occurs in it, but so does 'letter opener*', which `unless:` excludes",
            id="what is excluded",
        ),
        pytest.param(
            "Open letter comes with a letter opener",
            "the term 'open letter' occurs in it, but so does 'letter opener*', which `unless:` excludes, and nothing",
            id="neither context nor peace",
        ),
        pytest.param(
            "{text: Brief till Signal, language: sv}",
            "the term 'Brief' occurs in it, but is for texts in 'de', and the example is in 'sv'",
            id="another language",
        ),
        pytest.param(
            "Joint letter to Signal",
            "'Joint letter' occurs in it, but the term is 'Joint Letter', and a word with a capital is found only as",
            id="a capital",
        ),
        pytest.param(
            "Open letters to Signal",
            "'Open letters' occurs in it, but the term is 'open letter', and other endings are found only where",
            id="another ending",
        ),
    ],
)
def test_an_example_that_misses_its_tag_is_told_the_nearest_reason(example: str, reason: str) -> None:
    (mistake,) = mistakes_in(with_example("yes", example))
    assert mistake.startswith("feeds.yaml:13:9: ")
    assert f"this example does not get the tag 'letters': {reason}" in mistake


@pytest.mark.parametrize(
    ("example", "reason"),
    [
        pytest.param(
            "Open letter to Signal",
            "the rule 'letters' found 'Open letter' and 'Signal'; exclude such headlines with `unless:`, or require",
            id="term and context",
        ),
        pytest.param(
            "Football clubs", "the rule 'football', whose tag implies it, found 'Football'; exclude", id="implied"
        ),
    ],
)
def test_an_example_that_gets_a_tag_it_must_not_is_told_by_which_words(example: str, reason: str) -> None:
    (mistake,) = mistakes_in(with_example("no", example))
    assert f"this example gets the tag 'letters': {reason}" in mistake


def with_example(key: str, example: str) -> str:
    proof = "" if key == "yes" else "  yes: [Open letter to Threema]\n"
    return EXAMPLES.replace("- {id: football", f"  {key}:\n    - {example}\n{proof}- {{id: football")


def test_of_several_rules_the_nearest_one_gives_the_reason() -> None:
    rules = "rules: [{terms: {en: [bolt]}}, {terms: {en: [padlock]}, context: {en: [police]}}]"
    (mistake,) = mistakes_in(own(f"{rules}, yes: [A padlock]"))
    assert "the term 'padlock' occurs in it, but nothing that `context:` requires does ('police')" in mistake


def test_terms_of_a_word_list_are_not_called_short() -> None:
    assert doubts(*compiled(own("terms: {words: [ai]}, yes: [AI]"), built_in())) == []


def test_check_prints_doubts_with_their_place_and_go_on(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.feeds(one="https://one.example/rss")
    desk.config.write_text(desk.config.read_text() + "tags:\n" + own("terms: {en: [padlock, ai]}, yes: [A padlock]"))
    line = len(desk.config.read_text().splitlines())
    done = desk.run("check")
    assert done.err.startswith(f"feeds.yaml:{line}:63: the term 'ai' is so short that it is found by chance; ")
    assert desk.run("check", "--json").json["warnings"] == done.err.splitlines()
