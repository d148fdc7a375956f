"""The search language: what is understood of what people type, and that the search index takes all of it."""

import sqlite3

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracker.analyse.folding import fold
from tracker.analyse.search.query import MOST_CHARACTERS, MOST_WORDS, Query, fts, parse
from tracker.analyse.search.scope import Known, scope_of
from tracker.analyse.search.synonyms import synonyms, words
from tracker.analyse.tagging.rules import Tag
from tracker.config.load import load_text
from tracker.config.rulebook_cache import built_in_rulebook
from tracker.store.database import open_database

NAMES = synonyms(built_in_rulebook().tags)
KNOWN = Known(
    {"the-guardian": "The Guardian", "netzblick": "Netzblick"},
    {"csam": "Child sexual abuse material"},
    frozenset({"GB", "DE"}),
    frozenset({"national", "tech"}),
)

TEXTS = [
    "Ministers want to read end-to-end encrypted messages",
    "What E2EE is and is not",
    "NSPCC's chief speaks",
    "Chiffrement de bout en bout : le débat",
    "A test of encryption that never ends, to the end",
    "Café über alles: 子供",
    "The National Society for the Prevention of Cruelty to Children speaks",
    "Chatkontrolle im Rat",
    "Police go dark",
    "Cabinet e-mail leaked in the U.K.",
    "Email and the EU: what UK users say",
    "Ministers co-operate with the E.U. on e-Privacy",
    "ePrivacy: ministers cooperate, 1,000 protest",
    "Massenüberwachung der under-16s",
    "Massenueberwachung, 1000 under16s",
    "การเข้ารหัสข้อมูล",
    "암호화가 위험하다",
    "Michał and the pot queue in the U.S.",
    "Michael and the poet used us",
]
EMAIL_UK, EMAIL_EU, COOPERATE_EU, EPRIVACY, UMLAUT, NO_UMLAUT, THAI, KOREAN, POT, POET = range(9, 19)


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """The project's own search index over TEXTS; only its tables are used."""
    db = open_database(tmp_path_factory.mktemp("query") / "query.db")
    for number, title in enumerate(TEXTS):
        db.execute("INSERT INTO articles_fts (rowid, title, summary) VALUES (?, ?, '')", (number, fold(title)))
    yield db.conn
    db.close()


def found(index: sqlite3.Connection, text: str, names=NAMES) -> set[int]:
    query = parse(text, names)
    assert query.wanted, text
    sql = "SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?"
    return {row[0] for row in index.execute(sql, (fts(query.wanted, query.excluded),))}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("end-to-end", {0}),
        ("END-TO-END", {0}),
        ('"end to end"', {0}),
        ("encryption", {0, 4}),
        ("NSPCC's", {2}),
        ("NSPCC’s chief", {2}),
        ("“nspcc”", {2}),
        ("nspcc", {2, 6}),
        ("E2EE", {0, 1, 3}),
        ('"E2EE"', {1}),
        ("end-to-end encryption", {0, 1, 3, 4} - {4}),
        ("chat control", {7}),
        ("cafe", {5}),
        ("ｅ２ｅｅ", {0, 1, 3}),
        ("子供", {5}),
        ("police OR chatkontrolle", {7, 8}),
        ("encrypted OR police -messages", {4, 8}),
        ("encrypt NOT messages", {4}),
        ("encry*", {0, 4}),
        ("read AND messages", {0}),
        ("read, messages!", {0}),
        ("speak -NSPCC", {6}),
        ("prevention (cruelty)", {6}),
        ("-dark police OR nspcc", {2, 6}),
        ("เข้ารหัส", {THAI}),
        ("암호화", {KOREAN}),
        ("암호 위험", {KOREAN}),
    ],
)
def test_what_people_type_finds_what_they_mean(index, text, numbers):
    assert found(index, text) == numbers


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (("email", "e-mail", "E-Mail", "emails"), {EMAIL_UK, EMAIL_EU}),
        (("UK", "uk", "U.K.", "U.K"), {EMAIL_UK, EMAIL_EU}),
        (("EU", "E.U."), {EMAIL_EU, COOPERATE_EU}),
        (("ePrivacy", "e-privacy"), {COOPERATE_EU, EPRIVACY}),
        (("cooperate", "co-operate"), {COOPERATE_EU, EPRIVACY}),
        (("1,000", "1000"), {EPRIVACY, NO_UMLAUT}),
        (("under-16s", "under16s"), {UMLAUT, NO_UMLAUT}),
        (("Massenüberwachung", "massenueberwachung", "MASSENÜBERWACHUNG"), {UMLAUT, NO_UMLAUT}),
        (("U.S.",), {POT}),
        (("poet", "Michael"), {POET}),
        (("queue", "pot"), {POT}),
        (("UK -e-mail", "uk -email"), set()),
        (('"email"',), {EMAIL_EU}),
    ],
)
def test_one_word_in_two_spellings_is_found_by_either(index, texts, numbers):
    for text in texts:
        assert found(index, text) == numbers, text


@given(st.text(max_size=60) | st.text(alphabet="ab -\"*():^{}+,'.OR NOT source:\x00\ud800", max_size=60))
@example('"')
@example("a\x00b")
@example("\ud800")
@example("NEAR(a b, 3)")
@example("title : a")
@example("{title} : a ^b + c*")
@example('a" OR "b')
@example(" OR ".join("abc" for _ in range(200)))
@example("-" * 500)
@example("𝐄𝟐𝐄𝐄 ꙮ \u0301\u0e33 ﷽")
def test_no_text_makes_the_search_index_complain(index, text):
    query = parse(text, NAMES)
    scope_of(query, KNOWN)
    if query.wanted:
        index.execute("SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?", (fts(query.wanted, query.excluded),))
    assert all(0 <= part.span[0] < part.span[1] <= len(query.text) for part in query.wanted)


@given(st.text(max_size=80))
def test_what_was_understood_is_understood_again(text):
    query = parse(text, NAMES)
    again = parse(query.text, NAMES)
    assert (again.wanted, again.excluded, again.filters) == (query.wanted, query.excluded, query.filters)


@pytest.mark.parametrize("text", ["inflation falls to -0.5%", "cold: -10°C", "debts of -3,000", "a loss of -£5m"])
def test_a_minus_before_an_amount_is_its_sign(text):
    assert parse(text).excluded == ()


def test_a_word_after_not_is_offered_as_it_stands_in_a_headline():
    (remark,) = parse("chat control is NOT dead yet").remarks
    assert remark.instead == ('chat control is "NOT dead" yet',)
    assert parse('police NOT "dark" NOT source:bbc').remarks == ()


def said(query: Query) -> str:
    return " ".join(remark.text for remark in (*query.remarks, *query.faults))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('police "go dark', "A quotation mark is not closed"),
        ("-police", "Only words to leave out were given; add a word"),
        ("colour:red", "colour is not a filter, so it was searched for as a word (filters: source:, country:, kind:"),
        ("source: guardian", "a filter's value follows without a space"),
        ("*crypt", "“*crypt” was read without its *, which has a meaning only at the end of a word"),
        ("kids NEAR/5 phones", "NEAR/5 is not understood; quotes find words next to each other"),
        ("po*", "3 letters or more are needed before a *"),
        ("(a OR b)", "Brackets group nothing here"),
        ("chat control is NOT dead", "NOT leaves out “dead”"),
        ("police OR", "OR must be between two words"),
        ("🔒 police", "“🔒” has no letter or digit"),
        ("x" * (MOST_CHARACTERS + 1), f"Only the first {MOST_CHARACTERS} characters"),
        (" ".join("abcdefghij"[:9] for _ in range(MOST_WORDS + 1)), f"Only the first {MOST_WORDS} words"),
    ],
)
def test_a_query_that_cannot_be_meant_so_explains_itself(text, sentence):
    assert sentence in said(parse(text))


@pytest.mark.parametrize("text", ["10:30", "https://example.org/a", "a - b", "R&D", "encryption & children", ""])
def test_ordinary_signs_are_not_remarked_on(text):
    assert said(parse(text)) == ""


def test_a_filter_with_a_slip_in_its_name_is_offered_right():
    assert parse("police sorce:guardian").remarks[0].instead == ("police source:guardian",)


def test_filters_become_a_scope():
    query = parse(
        'x source:guardian -source:Netzblick tag:"Child sexual abuse material" lang:DE after:2026 before:2026-02'
    )
    scope = scope_of(query, KNOWN)
    assert not scope.faults
    assert (scope.sources, scope.not_sources, scope.tags) == ({"the-guardian"}, {"netzblick"}, {"csam"})
    assert (scope.languages, str(scope.since), str(scope.until)) == ({"de"}, "2026-01-01", "2026-02-01")
    assert [chip.text for chip in scope.chips] == [
        "from The Guardian", "not from Netzblick", "tagged Child sexual abuse material", "in the language de",
        "from 2026-01-01 on", "before 2026-02-01 (not included)",
    ]  # fmt: skip
    assert "source:guardian" not in query.replaced(scope.chips[0].span)


@pytest.mark.parametrize(
    ("text", "sentence", "instead"),
    [
        ("x source:gardian", "No source is called “gardian”.", ("x source:the-guardian",)),
        ("x -source:netzblik", "No source is called “netzblik”.", ("x -source:netzblick",)),
        ("tag:csm", "No tag is called “csm”.", ("tag:csam",)),
        ("tag:zebra", "No tag is called “zebra”.", ()),
        ("source:子供", "No source is called “子供”.", ()),
        ("lang:german", "write its two-letter code", ()),
        ("after:yesterday", "write a day as 2026-01-31, a month as 2026-01, or a year", ()),
        ("after:2026-02-30", "is not a date", ()),
        ("before:0000", "is not a date", ()),
        ("-after:2026", "write before: with the day", ()),
        ("after:2026-02 before:2026-02-01", "before: does not include its day", ()),
    ],
)
def test_a_filter_that_means_nothing_says_so_and_what_is_near_it(text, sentence, instead):
    faults = scope_of(parse(text), KNOWN).faults
    assert len(faults) == 1
    assert sentence in faults[0].text
    assert faults[0].instead == instead


def test_quotes_are_the_way_to_search_for_the_words_alone():
    query = parse("end-to-end encryption meta", NAMES)
    assert query.exactly(query.wanted[0]) == '"end-to-end encryption" meta'
    query = parse("E2EE OR CSAM OR sca*", NAMES)
    assert parse(query.exactly(query.wanted[0]), NAMES).wanted[0].also == ()


# Synonyms


def tag(name: str, *names: str) -> Tag:
    return Tag(name, "law", name, "", (), (), (), names)


def test_each_name_of_a_tag_finds_the_others():
    made = synonyms([tag("one", "CSAR", "chat control", "Chat Controls", "Chatkontrolle")])
    assert made.of("csar") == ("chat control", "Chatkontrolle")
    assert made.of("chat-control") == ("CSAR", "Chatkontrolle")
    assert made.of("chat") == ()


def test_a_name_that_two_tags_claim_is_left_alone():
    made = synonyms([tag("one", "OSA", "Online Safety Act"), tag("two", "OSA", "Official Secrets Act")])
    assert made.of("OSA") == ()
    assert made.of("Official Secrets Act") == ("OSA",)


def test_no_name_of_the_built_in_rulebook_is_lost_to_another_tag():
    named = [tag for tag in built_in_rulebook().tags if tag.names]
    assert len(named) > 30
    for each in named:
        assert all(NAMES.of(name) for name in each.names), each.id
        assert all(words(name) for name in each.names)


def test_no_name_of_the_built_in_rulebook_is_an_ordinary_word():
    """A name of one word is an abbreviation, a person's, or too long to be met by chance."""
    for each in built_in_rulebook().tags:
        for name in each.names:
            assert len(words(name)) > 1 or any(map(str.isupper, name)) or len(name) >= 10, (each.id, name)


def test_a_tag_of_feeds_yaml_brings_its_own_names():
    config = load_text(
        "settings: {contact: 'https://example.org/x'}\n"
        "sources: [{id: a, name: A, kind: ngo, country: GB, language: en, feeds: ['https://a.example/feed']}]\n"
        "tags:\n- {id: locks, facet: theme, label: Locks, names: [padlock, hasp], terms: {en: [padlock]}, "
        "yes: [A padlock], no: [A door]}\n",
        "feeds.yaml",
    )
    assert synonyms(config.rulebook.tags).of("hasps") == ("padlock",)


def test_sources_are_chosen_by_country_and_kind_and_the_debate_by_what_an_article_is() -> None:
    scope = scope_of(parse("x country:de -country:GB kind:National -kind:tech is:relevant"), KNOWN)
    assert (scope.countries, scope.not_countries) == ({"DE"}, {"GB"})
    assert (scope.kinds, scope.not_kinds, scope.relevant) == ({"national"}, {"tech"}, True)
    assert [chip.text for chip in scope.chips] == [
        "from sources in DE", "not from sources in GB", "of the kind national", "not of the kind tech", "on the debate",
    ]  # fmt: skip
    assert scope_of(parse("-is:relevant"), KNOWN).relevant is False


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("country:FR", "No source is from FR. The countries of the sources: DE, GB."),
        ("kind:blog", "No source is of the kind blog. The kinds of the sources: national, tech."),
        ("is:new", "write is:relevant"),
    ],
)
def test_a_country_or_kind_that_no_source_has_finds_nothing_and_says_which_there_are(text: str, words: str) -> None:
    (fault,) = scope_of(parse(text), KNOWN).faults
    assert words in fault.text
