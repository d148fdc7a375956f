"""How terms find words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.analyse.tagging import terms
from tracker.analyse.tagging.terms import Match, Matcher, located, read_term


def matches(matcher: Matcher, text: str) -> list[Match]:
    return located(matcher.find(text), text)


def found(term: str, text: str) -> list[str]:
    return [text[match.start : match.end] for match in matches(Matcher([(read_term(term), 0)]), text)]


@pytest.mark.parametrize(
    ("term", "text", "expected"),
    [
        pytest.param("end-to-end", "End to end, END-TO-END, end–to–end", 3, id="hyphens, dashes and spaces are alike"),
        pytest.param("NSPCC", "the NSPCC's view; the NSPCC’s view", 2, id="an apostrophe ends a word"),
        pytest.param("NSPCC", "the N.S.P.C.C., N.S.P.C.C’s", 2, id="an abbreviation with dots"),
        pytest.param("UK Home Office", "the U.K. Home Office", 1, id="an abbreviation with dots in a name"),
        pytest.param("EU", "e.u., E. Jones", 0, id="other letters with dots"),
        pytest.param("ID", "I'D SAY; I.D.", 0, id="letters that may be words"),
        pytest.param("NSPCC", "the nspcc", 0, id="a capital is found as written"),
        pytest.param("Signal app", "the Signal APP", 1, id="words without capitals are found in every case"),
        pytest.param("encrypt*", "Encryption encrypts an unencrypted crypt", 2, id="a stem begins a word"),
        pytest.param("meta", "metadata about Meta", 1, id="whole words only"),
        pytest.param("Kindesmissbrauch*", "Kindesmissbrauchsdarstellungen", 1, id="compounds that begin so"),
        pytest.param("verschlüssel*", "VERSCHLÜSSELUNG", 1, id="umlauts in capitals"),
        pytest.param("straße", "STRASSE", 1, id="a case that changes length"),
        pytest.param("chiffré", "un texte chiffre\u0301", 1, id="composed and combining accents"),
        pytest.param("a b", "a c b", 0, id="words must follow each other"),
    ],
)
def test_a_term_finds_what_its_form_says(term: str, text: str, expected: int) -> None:
    assert len(found(term, text)) == expected


@pytest.mark.parametrize(
    ("term", "text", "words"),
    [
        ("official*", "Oﬃcials say", "Oﬃcials"),
        ("encrypted", "The 𝗘𝗻𝗰𝗿𝘆𝗽𝘁𝗲𝗱 chat", "𝗘𝗻𝗰𝗿𝘆𝗽𝘁𝗲𝗱"),
        ("WhatsApp", "ＷｈａｔｓＡｐｐ rules", "ＷｈａｔｓＡｐｐ"),
        ("end-to-end", "en\u200dd to e\u00adnd", "en\u200dd to e\u00adnd"),
        ("Signal", "Signal™ leaves", "Signal"),
        ("maßnahm*", "NEUE MASSNAHMEN", "MASSNAHMEN"),
        ("κρυπτογράφηση", "ΚΡΥΠΤΟΓΡΑΦΗΣΗ ΤΩΡΑ", "ΚΡΥΠΤΟΓΡΑΦΗΣΗ"),
        ("şifreleme", "ŞİFRELEME YASAĞI", "ŞİFRELEME"),
        ("ﬁle", "a file", "file"),
    ],
)
def test_a_term_is_met_in_whatever_letters_a_text_is_set(term: str, text: str, words: str) -> None:
    assert found(term, text) == [words]


@pytest.mark.parametrize(("term", "text"), [("schon", "schön"), ("pena", "peña"), ("WHO", "ｗｈｏ")])
def test_accents_and_capitals_that_mean_something_still_do(term: str, text: str) -> None:
    assert found(term, text) == []


def test_overlapping_terms_are_all_found() -> None:
    matcher = Matcher([(read_term("child abuse"), 1), (read_term("abuse material"), 2), (read_term("abuse"), 3)])
    text = "child abuse material"
    assert sorted((match.key, text[match.start : match.end]) for match in matches(matcher, text)) == [
        (1, "child abuse"),
        (2, "abuse material"),
        (3, "abuse"),
    ]


def test_a_word_may_begin_and_go_on_terms_that_are_written_in_several_ways() -> None:
    written = ["encrypt*", "encryption", "Encryption key*", "encrypt* keys", "encryption Keys held"]
    matcher = Matcher([(read_term(term), number) for number, term in enumerate(written)])
    text = "Encryption Keys held"
    assert sorted((written[match.key], text[match.start : match.end]) for match in matches(matcher, text)) == [
        ("Encryption key*", "Encryption Keys"),
        ("encrypt*", "Encryption"),
        ("encrypt* keys", "Encryption Keys"),
        ("encryption", "Encryption"),
        ("encryption Keys held", "Encryption Keys held"),
    ]


def test_a_matcher_that_forgets_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "_MEMORY", 2)
    text = "child abuse and abuse of a child, child abuse"
    assert found("child abuse", text) == ["child abuse", "child abuse"]


@pytest.mark.parametrize(
    ("term", "complaint"),
    [("", "no word"), ("***", "no word"), ("ab*", "shorter"), ("pre*fix", "end of a word"), ("US-*", "end of a word")],
)
def test_a_term_that_cannot_be_meant_is_refused_with_the_reason(term: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        read_term(term)


@given(st.text(), st.text(min_size=1).filter(lambda text: any(letter.isalnum() for letter in text)))
def test_what_is_found_is_a_place_in_the_text(before: str, word: str) -> None:
    term = word.replace("*", " ")
    matcher = Matcher([(read_term(term), 0)])
    text = f"{before} {term}"
    for match in matches(matcher, text):
        assert 0 <= match.start < match.end <= len(text)
    assert matcher.find(text)
