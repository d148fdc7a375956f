"""What a rulebook says of a text."""

import pytest

from tests.rulebooks import rulebook
from tracker.models import NearMiss

BOOK = """
- {id: encryption, facet: topic, label: Encryption, terms: {en: [encrypt*]}}
- {id: child-safety, facet: topic, label: Child safety, terms: {en: [child abuse], de: [Kindesmissbrauch*]}}
- id: chat-control
  facet: law
  label: Chat control
  implies: [encryption, child-safety]
  terms: {en: [chat control], de: [Chatkontrolle*]}
- id: signal
  facet: organisation
  label: Signal
  rules:
    - terms: {any: [Signal Foundation]}
    - terms: {any: [Signal]}
      context: {en: [messag*], tags: [encryption]}
      unless: {en: [traffic signal*]}
"""


@pytest.mark.parametrize(
    ("title", "language", "tags", "relevance"),
    [
        pytest.param("Nothing to see", "en", [], "none", id="nothing"),
        pytest.param("A word on encryption", "en", ["encryption"], "encryption", id="one topic"),
        pytest.param(
            "Chatkontrolle im Rat", "de", ["encryption", "child-safety", "chat-control"], "both", id="implied topics"
        ),
        pytest.param("Chatkontrolle im Rat", "fr", [], "none", id="another language's term"),
        pytest.param("Chatkontrolle und encryption", "xx", ["encryption"], "encryption", id="a language without terms"),
        pytest.param(
            "Chatkontrolle", None, ["encryption", "child-safety", "chat-control"], "both", id="unknown language"
        ),
        pytest.param("Le chat control, encore", "fr", None, "both", id="English terms travel"),
        pytest.param("Signal lost", "en", [], "none", id="a term without its context"),
        pytest.param("Signal messages", "en", ["signal"], "none", id="a term as context"),
        pytest.param("Signal and encryption", "en", ["encryption", "signal"], "encryption", id="a tag as context"),
        pytest.param("Traffic signals and Signal messages", "en", [], "none", id="unless"),
        pytest.param("Signal Foundation", "en-GB", ["signal"], "none", id="a sure rule beside a careful one"),
    ],
)
def test_tags_and_relevance_follow_the_rules(
    title: str, language: str | None, tags: list[str] | None, relevance: str
) -> None:
    tagging = rulebook(BOOK).tag(title, language=language)
    assert tags is None or list(tagging.tags) == tags
    assert tagging.relevance == relevance


HINTS = """
- {id: encryption, facet: topic, label: Encryption, terms: {en: [encryption]}}
- id: child-safety
  facet: topic
  label: Child safety
  rules:
    - terms: {en: [abuse images]}
    - terms: {en: [child abuse, paedophile*, child abuse images]}
      hint: true
- {id: charity, facet: organisation, label: Charity, terms: {en: [Thorn]}, context: {tags: [child-safety]}}
- id: backdoor
  facet: theme
  label: Backdoor
  implies: [encryption]
  terms: {en: [backdoor*]}
  context: {en: [police]}
  unless: {en: [router*, kitchen backdoor*]}
- id: chats
  facet: theme
  label: Chats
  implies: [child-safety]
  rules:
    - terms: {en: [girls]}
      context: {en: [chats]}
      hint: true
"""


@pytest.mark.parametrize(
    ("title", "summary", "scores"),
    [
        pytest.param("Child abuse and phones", "", {"child-safety": 2}, id="a hint in the title"),
        pytest.param("On phones", "Fraud, drugs and child abuse.", {}, id="a hint in the summary"),
        pytest.param("On phones", "Child abuse, child abuse again.", {}, id="the same hint twice"),
        pytest.param("On phones", "Child abuse images.", {"child-safety": 3}, id="a sure term in the summary"),
        pytest.param("On phones", "Paedophiles and child abuse.", {"child-safety": 2}, id="two hints"),
        pytest.param("Abuse images", "of child abuse", {"child-safety": 5}, id="title, summary and a hint"),
        pytest.param("Thorn", "Paedophiles, child abuse.", {"child-safety": 2, "charity": 4}, id="hints as context"),
        pytest.param("Thorn", "On child abuse.", {}, id="too weak as context"),
    ],
)
def test_a_hint_counts_half_of_a_sure_term_and_a_summary_half_of_a_title(
    title: str, summary: str, scores: dict[str, int]
) -> None:
    tagging = rulebook(HINTS).tag(title, summary, "en")
    assert dict(zip(tagging.tags, tagging.scores, strict=True)) == scores


@pytest.mark.parametrize(
    ("title", "near"),
    [
        pytest.param("A backdoor in the law", [NearMiss("backdoor", "context", "backdoor")], id="context"),
        pytest.param(
            "Police find router Backdoors", [NearMiss("backdoor", "exclusion", "Backdoors", "router")], id="exclusion"
        ),
        pytest.param("New router has backdoors", [], id="excluded, and without its context"),
        pytest.param("Police wait at the kitchen backdoor", [], id="its word is part of what excludes it"),
        pytest.param(
            "Police use a backdoor beside the kitchen backdoor",
            [NearMiss("backdoor", "exclusion", "backdoor", "kitchen backdoor")],
            id="its word also stands alone",
        ),
        pytest.param("Girls win", [], id="a hint without its context"),
        pytest.param("Backdoors and encryption", [], id="no topic to gain"),
        pytest.param("Thorn", [], id="a tag without a topic"),
    ],
)
def test_a_near_miss_says_what_was_missing(title: str, near: list[NearMiss]) -> None:
    assert list(rulebook(HINTS).tag(title).near) == near


def test_a_hint_that_is_not_enough_is_a_near_miss() -> None:
    tagging = rulebook(HINTS).tag("Encryption row", "It helps fraudsters and paedophiles.")
    assert tagging.relevance == "encryption"
    assert tagging.near == (NearMiss("child-safety", "strength", "paedophiles"),)


NEAR = """
- id: grooming
  facet: theme
  label: Grooming
  terms: {en: [groomed]}
  context: {en: [girl, boy]}
  and: {en: [online]}
  within: 3
"""


@pytest.mark.parametrize(
    ("title", "summary", "evidence"),
    [
        pytest.param("Girl groomed online", "", ["Girl", "groomed", "online"], id="side by side"),
        pytest.param("Groomed, one two girl online", "", ["Groomed", "girl"], id="only the context in reach"),
        pytest.param("A girl", "was groomed online", ["girl", "groomed", "online"], id="from title to summary"),
        pytest.param("Girl online, the court heard", "She was groomed by him", [], id="too far from both"),
        pytest.param("The girl groomed", "by men she never met online", [], id="too far from one"),
        pytest.param(
            "Groomed horses", "A girl was groomed online.", ["girl", "groomed", "online"], id="one of two terms"
        ),
    ],
)
def test_a_term_counts_only_where_its_context_stands_near_it(title: str, summary: str, evidence: list[str]) -> None:
    tagging = rulebook(NEAR).tag(title, summary, "en")
    assert bool(tagging.tags) == (len(evidence) == 3)
    assert not tagging.tags or [item.words for item in tagging.evidence] == evidence


def test_without_a_distance_of_its_own_a_rule_reaches_forty_words() -> None:
    book = rulebook(NEAR.replace("  within: 3\n", ""))
    assert book.tag("Girl online", "word " * 38 + "groomed").tags == ("grooming",)
    assert book.tag("Girl online", "word " * 40 + "groomed").tags == ()


def test_context_may_stand_in_the_other_field() -> None:
    assert rulebook(BOOK).tag("Signal", "All about messages").tags == ("signal",)


def test_evidence_names_the_rule_the_place_and_the_words() -> None:
    title, summary = "Ministers – again – on chat-control", "It ends encryption."
    tagging = rulebook(BOOK).tag(title, summary)
    texts = {"title": title, "summary": summary}
    assert [(e.tag, e.rule, e.words) for e in tagging.evidence] == [
        ("encryption", "chat-control", "chat-control"),
        ("encryption", "encryption", "encryption"),
        ("child-safety", "chat-control", "chat-control"),
        ("chat-control", "chat-control", "chat-control"),
    ]
    assert all(texts[e.field][e.start : e.end] == e.words for e in tagging.evidence)


def test_every_tag_has_evidence_and_all_evidence_has_its_tag() -> None:
    tagging = rulebook(BOOK).tag("Signal messages on encryption and chat control")
    assert {e.tag for e in tagging.evidence} == set(tagging.tags)


def test_the_hash_follows_the_rules_and_not_their_examples() -> None:
    same = BOOK.replace("terms: {en: [encrypt*]}", "terms: {en: [encrypt*]}, yes: [On encryption]")
    other = BOOK.replace("encrypt*", "encryption")
    assert rulebook(BOOK).hash == rulebook(same).hash != rulebook(other).hash


def test_the_context_that_made_a_rule_fire_is_evidence_too() -> None:
    tagging = rulebook(BOOK).tag("Signal to leave", "It reads no messages.")
    assert [(e.tag, e.field, e.words) for e in tagging.evidence] == [
        ("signal", "title", "Signal"),
        ("signal", "summary", "messages"),
    ]
