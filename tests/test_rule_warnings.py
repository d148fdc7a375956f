"""What is said of one's own tags that are well written and do not do what was meant."""

from functools import cache
from itertools import product
from pathlib import Path
from textwrap import indent

import pytest

from tests.test_cli import Desk
from tracker.analyse.tagging.rules import Rulebook
from tracker.analyse.tagging.terms import term_as_written
from tracker.config.load import load_text
from tracker.config.reach import dead_rules
from tracker.config.rule_checks import doubts
from tracker.config.rulebook import Written, built_in, compile_rulebook
from tracker.config.rulebook_model import TagItem
from tracker.config.yaml_positions import read
from tracker.errors import ConfigError

SOURCES = """\
sources:
  - {id: posten, name: Posten, kind: national, country: GB, language: en, feeds: [https://posten.example/rss]}
tags:
"""


def compiled(tags: str, beside: tuple[Written, ...] = ()) -> tuple[Rulebook, list[Written]]:
    """The rulebook of these tags and of those beside them, and these tags as they were written."""
    document = read(SOURCES + indent(tags, "  "), "feeds.yaml")
    written = [Written(TagItem(**tag), document, ("tags", number)) for number, tag in enumerate(document.value["tags"])]
    book, mistakes = compile_rulebook(list(beside), written)
    assert mistakes == []
    return book, written


@cache
def shipped() -> tuple[Written, ...]:
    return tuple(built_in())


def mistakes_in(tags: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_text(SOURCES + indent(tags, "  "), "feeds.yaml")
    return [str(mistake) for mistake in caught.value.mistakes]


def own(keys: str, name: str = "mine") -> str:
    return f"- {{id: {name}, facet: theme, label: Mine, {keys}}}\n"


DEAD = [
    pytest.param(
        own("terms: {en: [open letter]}, unless: {en: [letter*]}"),
        ["4:50: this rule can never fire: its term holds what its own `unless:` excludes, as 'open letter' holds"],
        id="the only term holds what is excluded",
    ),
    pytest.param(
        own("terms: {en: [open letter, Letter], de: [letter bomb*]}, unless: {any: [letter]}"),
        ["each of its 3 terms holds what its own `unless:` excludes, as 'open letter' holds 'letter'"],
        id="all terms do, in several languages",
    ),
    pytest.param(
        own("terms: {de: [Brief]}, unless: {de: [brief]}"),
        ["its term holds what its own `unless:` excludes"],
        id="small letters find capitals",
    ),
    pytest.param(
        own("terms: {en: [hen]}, context: {tags: [egg]}") + own("terms: {en: [egg]}, context: {tags: [mine]}", "egg"),
        [
            "4:50: this rule can never fire: it waits for the tag 'egg', which waits for 'mine', which waits for 'egg'",
            "5:49: this rule can never fire: it waits for the tag 'mine'",
        ],
        id="two tags that wait for each other",
    ),
    pytest.param(
        own("terms: {en: [hen]}, context: {tags: [mine]}"),
        ["it waits for the tag 'mine', which waits for 'mine', and none of them comes first"],
        id="a tag that waits for itself",
    ),
    pytest.param(
        own("terms: {en: [hen]}, context: {tags: [egg]}") + own("terms: {en: [egg]}, unless: {en: [egg]}", "egg"),
        ["it waits for the tag 'egg', which no text can get; correct the rules of that tag", "5:49: this rule can"],
        id="a tag that waits for one whose rule is dead",
    ),
    pytest.param(
        own("terms: {fr: [lettre*]}, context: {de: [Brief], sv: [brev]}"),
        ["its terms are for texts in 'fr', what `context:` names only for texts in 'de' or 'sv'; write all of them"],
        id="context in other languages",
    ),
    pytest.param(
        own("terms: {en: [Brief], de: [Schloss]}, unless: {en: [Brief]}, context: {fr: [lettre]}"),
        ["its terms are for texts in 'de', what `context:` names only for texts in 'fr'; write all of them"],
        id="context in the language of a term that excludes itself",
    ),
    pytest.param(
        own("terms: {fr: [lettre*]}, context: {de: [Brief], tags: [mine]}"),
        ["or some under 'any'; and it waits for the tag 'mine', which waits for 'mine', and none of them comes first"],
        id="context in other languages, and a tag that waits",
    ),
    pytest.param(
        own("terms: {fr: [lettre*]}, and: {de: [Brief]}"),
        ["its terms are for texts in 'fr', what `and:` names only for texts in 'de'; write all of them for one"],
        id="what must be there as well in another language",
    ),
    pytest.param(
        own("terms: {en: [letter]}, context: {fr: [lettre]}, and: {de: [Brief]}"),
        ["what `context:` names only for texts in 'fr' and what `and:` names only for texts in 'de'; write all"],
        id="context in one language, and the rest in another",
    ),
    pytest.param(
        own("rules: [{terms: {en: [hen]}}, {terms: {en: [old hen]}, unless: {en: [hen]}}]"),
        ["feeds.yaml:4:81: this rule can never fire"],
        id="one of two rules",
    ),
]

ALIVE = [
    pytest.param(own("terms: {en: [open letter, petition]}, unless: {en: [letter]}"), id="one term of two is excluded"),
    pytest.param(own("terms: {en: [letters]}, unless: {en: [letter]}"), id="whole words only"),
    pytest.param(own("terms: {en: [letter*]}, unless: {en: [letters]}"), id="a stem finds more than the excluded word"),
    pytest.param(own("terms: {en: [brief]}, unless: {en: [Brief]}"), id="a capital is found only as written"),
    pytest.param(own("terms: {en: [letter open]}, unless: {en: [open letter]}"), id="words in another order"),
    pytest.param(own("terms: {en: [letter]}, unless: {de: [letter]}"), id="excluded in one language only"),
    pytest.param(own("terms: {de: [brief]}, unless: {fr: [brief]}"), id="excluded in another language"),
    pytest.param(own("terms: {fr: [lettre]}, context: {any: [Signal]}"), id="context of any language"),
    pytest.param(own("terms: {en: [letter]}, context: {de: [Brief]}"), id="English terms and German context"),
    pytest.param(
        own("terms: {fr: [lettre]}, context: {de: [Brief], tags: [egg]}") + own("terms: {en: [egg]}", "egg"),
        id="or a tag as context",
    ),
    pytest.param(own("terms: {fr: [lettre]}, context: {fr: [Signal]}, and: {any: [Brief]}"), id="all in one language"),
    pytest.param(
        own("terms: {en: [hen]}, context: {tags: [egg]}")
        + own("rules: [{terms: {en: [egg]}, context: {tags: [mine]}}, {terms: {en: [egg yolk]}}]", "egg"),
        id="two tags that wait for each other, one of which begins",
    ),
    pytest.param(
        own("terms: {en: [hen]}, context: {tags: [egg]}")
        + own("terms: {en: [egg]}, context: {tags: [mine]}", "egg")
        + own("terms: {en: [yolk]}, implies: [egg]", "yolk"),
        id="one of them is implied by a third",
    ),
]


@pytest.mark.parametrize(("tags", "expected"), DEAD)
def test_a_rule_that_can_never_fire_is_a_mistake_that_says_why(tags: str, expected: list[str]) -> None:
    found = [str(mistake) for mistake in dead_rules(*compiled(tags))]
    assert len(found) == len(expected)
    for mistake, part in zip(found, expected, strict=True):
        assert "this rule can never fire: " in mistake
        assert part in mistake


@pytest.mark.parametrize("tags", ALIVE)
def test_a_rule_that_some_text_makes_fire_is_none(tags: str) -> None:
    assert dead_rules(*compiled(tags)) == []
    assert fires(tags)


@pytest.mark.parametrize(("tags", "expected"), DEAD[:-1])
def test_no_text_gives_a_tag_whose_rules_are_said_to_be_dead(tags: str, expected: list[str]) -> None:
    assert not fires(tags)


def fires(tags: str) -> bool:
    """Whether some of the words of these rules, in a text of some language, give the first tag."""
    book, _ = compiled(tags)
    parts = [part for tag in book.tags for rule in tag.rules for part in (rule.terms, rule.context, rule.also)]
    words = {term_as_written(term).replace("*", "") for part in parts for group in part.values() for term in group}
    texts = [" . ".join(dict.fromkeys(some)) for some in product(words, repeat=3)]
    return any("mine" in book.tag(text, language=name).tags for text in texts for name in ("en", "de", "fr", "sv"))


def test_no_built_in_rule_is_dead_or_doubted() -> None:
    book, _ = compile_rulebook(list(shipped()), [])
    assert dead_rules(book, shipped()) == []
    for name in ("encryption", "child-safety", "european-union", "apple", "noise-ransomware"):
        assert doubts(book, [tag for tag in shipped() if tag.shape.id == name]) == []


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        pytest.param(own("terms: {en: [padlock]}, yes: [A padlock]"), [], id="nothing to say"),
        pytest.param(
            own("terms: {en: [padlock]}, no: [A bolt]"),
            ["feeds.yaml:4:10: the tag 'mine' has no example; write headlines that must get it, and some that must"],
            id="no example that must get it",
        ),
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
            ["commonest of its terms is 'the': write rarer words, or ask for more by `context:`"],
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
    found = [str(doubt) for doubt in doubts(*compiled(tag, shipped()))]
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
            "Nothing at all", "no term of the tag stands in it; add the words by which you would know it", id="no term"
        ),
        pytest.param(
            "An open letter on schools",
            "the term 'open letter' stands in it, but nothing that `context:` asks for does "
            "(the tag 'encryption', 'Signal', 'WhatsApp', or 1 more); name there what does",
            id="no context",
        ),
        pytest.param(
            "Open letter to Signal comes with a letter opener",
            "the term 'open letter' stands in it, but so does 'letter opener*', which `unless:` excludes",
            id="what is excluded",
        ),
        pytest.param(
            "Open letter comes with a letter opener",
            "the term 'open letter' stands in it, but so does 'letter opener*', which `unless:` excludes, and nothing",
            id="neither context nor peace",
        ),
        pytest.param(
            "{text: Brief till Signal, language: sv}",
            "the term 'Brief' stands in it, but is for texts in 'de', and the example is in 'sv'",
            id="another language",
        ),
        pytest.param(
            "Joint letter to Signal",
            "'Joint letter' stands in it, but the term is 'Joint Letter', and a word with a capital is found only as",
            id="a capital",
        ),
        pytest.param(
            "Open letters to Signal",
            "'Open letters' stands in it, but the term is 'open letter', and other endings are found only where",
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
            "the rule 'letters' found 'Open letter' and 'Signal'; exclude such headlines by `unless:`, or ask for more",
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
    return EXAMPLES.replace("- {id: football", f"  {key}:\n    - {example}\n- {{id: football")


def test_of_several_rules_the_nearest_one_gives_the_reason() -> None:
    rules = "rules: [{terms: {en: [bolt]}}, {terms: {en: [padlock]}, context: {en: [police]}}]"
    (mistake,) = mistakes_in(own(f"{rules}, yes: [A padlock]"))
    assert "the term 'padlock' stands in it, but nothing that `context:` asks for does ('police')" in mistake


def test_a_dead_rule_is_named_beside_the_example_that_it_fails() -> None:
    dead, example = mistakes_in(own("terms: {en: [padlock]}, unless: {en: [padlock]}, yes: [A padlock]"))
    assert "4:50: this rule can never fire" in dead
    assert "the term 'padlock' stands in it, but so does 'padlock', which `unless:` excludes" in example


def test_terms_of_a_word_list_are_not_called_short() -> None:
    assert doubts(*compiled(own("terms: {words: [ai]}, yes: [AI]"), shipped())) == []


def test_check_prints_doubts_with_their_place_and_go_on(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.feeds(one="https://one.example/rss")
    desk.config.write_text(desk.config.read_text() + "tags:\n" + own("terms: {en: [padlock]}"))
    line = len(desk.config.read_text().splitlines())
    done = desk.run("check")
    assert done.err.startswith(f"feeds.yaml:{line}:8: the tag 'mine' has no example; ")
    assert desk.run("check", "--json").json["warnings"] == done.err.splitlines()
