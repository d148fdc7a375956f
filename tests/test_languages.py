"""That every language has all its words, in the form in which they are used, and all that belongs to it elsewhere."""

import re
from collections import Counter
from dataclasses import MISSING, fields
from pathlib import Path
from typing import get_args

import pytest

from tracker.analyse.changes import title_change
from tracker.analyse.date_words import folded
from tracker.analyse.languages.language import Language, Outcome
from tracker.analyse.languages.speech import Speech
from tracker.analyse.languages.vocabulary import LANGUAGES, all_words, any_phrase, numbered
from tracker.analyse.outcome_words import outcomes_of
from tracker.analyse.stories.agencies import agency
from tracker.analyse.stories.word_features import bare_title
from tracker.publish import labels

ROOT = Path(__file__).parent.parent
MODULES = {path.stem.upper() for path in (ROOT / "tracker" / "analyse" / "languages").glob("[!_]*.py")}

WORDS = ("function_words", "stances", "denials", "doubts", "qualifiers", "interrogatives", "aims", "saying", "labels")
WORDS += ("weekdays", "near_days", "amounts", "name_prefixes", "negating_ends")
GROUPS = {"months": 12, "numbers": 13, "synonyms": None}
"""Fields of groups, and how many there are; None is any number."""
PHRASES = ("kickers", "running_pages", "updated", "at", "counters", "read_more", "by", "ordinals", "of")
PHRASES += ("million", "billion", "percent", "background")
OTHERS = ("code", "outcomes", "speech", "hints", "opposites")
MAY_BE_EMPTY = {"ordinals", "of", "aims", "near_days"}
"""Lists that some languages have no use for, besides those with a default."""

every_language = pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)


def test_every_language_is_among_those_that_are_joined() -> None:
    names = {labels.LANGUAGES[language.code].upper() for language in LANGUAGES}
    assert names == MODULES - {"LANGUAGE", "SPEECH", "VOCABULARY"}


def test_every_list_is_of_a_known_kind() -> None:
    assert Counter(field.name for field in fields(Language)) == Counter([*OTHERS, *WORDS, *GROUPS, *PHRASES])


@every_language
def test_a_language_fills_in_every_list(language: Language) -> None:
    needed = {
        field.name for field in fields(Language) if field.default is field.default_factory is MISSING
    } - MAY_BE_EMPTY
    assert {name for name in needed - {"speech"} if not "".join(getattr(language, name)).strip()} == set()


SPEECH_WORDS = ("verbs", "participles", "fillers", "passive", "pronouns", "who", "articles", "linking", "breaks")
SPEECH_PHRASES = ("according", "agent", "titles", "naming")
NO_SPEECH_WORDS = {"infinitive", "determiners", "given_names"}
"""Lists of reported speech that some languages do not need: Polish has no articles, and an infinitive of one word."""


def test_every_list_of_reported_speech_is_of_a_known_kind() -> None:
    lists = [field.name for field in fields(Speech) if field.type is str]
    assert Counter(lists) == Counter([*SPEECH_WORDS, *SPEECH_PHRASES, *NO_SPEECH_WORDS])


@every_language
def test_a_language_says_how_it_reports_speech(language: Language) -> None:
    for name in (*SPEECH_WORDS, *SPEECH_PHRASES):
        assert getattr(language.speech, name).strip(), name
    for name in (*SPEECH_WORDS, *NO_SPEECH_WORDS):
        words = getattr(language.speech, name)
        assert words == words.lower()
        assert set(re.sub(r"[\w\s’'-]", "", words)) == set(), name
    for name in SPEECH_PHRASES:
        assert re.fullmatch(any_phrase([getattr(language.speech, name)]), "") is None, name


@every_language
def test_words_are_written_as_they_are_looked_up(language: Language) -> None:
    for name in (*WORDS, "numbers", "synonyms"):
        words = getattr(language, name).replace(",", " ")
        assert words == words.lower()
        assert set(re.sub(r"[\w\s-]", "", words)) == set(), name
    months = language.months.replace(",", " ").split()
    assert [month for month in months if folded(month) != month] == []


@every_language
def test_each_word_for_an_outcome_is_read_as_one(language: Language) -> None:
    words = " ".join(language.outcomes.values()).replace("*", "").casefold().split()
    assert [word for word in words if not outcomes_of(word)] == []
    assert language.outcomes.keys() <= set(get_args(Outcome))
    assert language.hints.keys() <= set(get_args(Outcome))


@every_language
def test_every_opposite_has_words_on_both_sides(language: Language) -> None:
    pairs = [pair.split("/") for pair in language.opposites.split(",") if pair.strip()]
    assert [pair for pair in pairs if len(pair) != 2 or not all(map(str.strip, pair))] == []


@every_language
def test_groups_are_as_many_as_they_must_be_and_no_word_is_in_two(language: Language) -> None:
    for name, count in GROUPS.items():
        groups = getattr(language, name)
        assert count in {None, len(groups.split(","))}, name
        assert len(numbered(groups, start=0)) == len(groups.replace(",", " ").split()), name


def test_no_word_is_two_numbers_in_two_languages() -> None:
    found = {pair for language in LANGUAGES for pair in numbered(language.numbers, start=0).items()}
    assert [word for word, times in Counter(word for word, _ in found).items() if times > 1] == []


@every_language
def test_no_phrase_is_empty_or_matches_nothing_at_all(language: Language) -> None:
    for name in PHRASES:
        if phrases := getattr(language, name).strip():
            assert re.fullmatch(any_phrase([phrases]), "") is None, name


@every_language
def test_a_label_before_a_headline_is_no_part_of_it(language: Language) -> None:
    headline = "Signal leaves the country again"
    for label in language.labels.split():
        assert bare_title(f"{label.upper()}: {headline}") == headline
        assert bare_title(f"{label} – {headline}") == headline
        assert bare_title(f"{label} {headline}") == f"{label} {headline}"


@every_language
def test_a_headline_that_names_another_day_says_something_else(language: Language) -> None:
    first, *others = language.weekdays.split()
    for other in others:
        if other[:3] != first[:3]:
            assert title_change(f"Port opens {first}", f"Port opens {other}") == "substantive", other


@pytest.mark.parametrize(
    ("text", "is_counter"),
    [
        ("Updated at 12:30", True),
        ("for 5 minutter siden", True),
        ("5 minuten geleden", True),
        ("há 2 horas", True),
        ("12 komentarzy", True),
        ("Last updated: 9.30am", True),
        ("5 minuten extra", False),
    ],
)
def test_what_counts_on_by_itself_is_no_change(text: str, is_counter: bool) -> None:
    assert (title_change("Port opens", f"Port opens {text}") == "noise") == is_counter


@pytest.mark.parametrize(
    ("author", "credited"),
    [
        ("von dpa", "dpa"),
        ("By Ann Example, with AP", None),
        ("Ann Example, by AP", "AP"),
        ("Anna Przykład za PAP", "PAP"),
        ("Anna Przykład przez PAP", None),
    ],
)
def test_an_agency_is_credited_after_the_words_of_a_byline(author: str, credited: str | None) -> None:
    assert agency(author, "") == credited


def test_words_are_joined_as_texts_are_compared() -> None:
    assert all_words(["Über mutmaßlich", "\n    not \n"]) == {"über", "mutmasslich", "not"}


@every_language
def test_a_language_has_words_in_the_rulebook_labelled_items_and_a_name(language: Language) -> None:
    assert (ROOT / "tracker" / "analyse" / "rulebook" / "words" / f"{language.code}.yaml").exists()
    assert [*(ROOT / "tests" / "quality" / "articles").glob(f"{language.code}[.-]*jsonl")] != []
    assert language.code in labels.LANGUAGES


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("just in", True),
        ("just  in", True),
        ("justin", False),
        ("news", True),
        ("in", False),
        ("|", False),
    ],
)
def test_a_space_in_a_phrase_is_any_white_space(text: str, matches: bool) -> None:
    assert bool(re.fullmatch(any_phrase(["just in\n    | news", "", "left"]), text)) == matches
