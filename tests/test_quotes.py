"""Quotations and their speakers: floors on labelled passages and real articles, rules by example, and the command."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.quality.quotations import FEWEST_WORDS, by_regex, extracted, measure, own, real
from tracker.analyse.languages.vocabulary import LANGUAGES
from tracker.analyse.quotes.extraction import Quotation, quotations
from tracker.analyse.quotes.known_speakers import KnownSpeakers
from tracker.cli.main import main
from tracker.config.rulebook_cache import built_in_rulebook

FLOORS = {"dev": (0.96, 0.97, 0.88), "train": (0.955, 0.965, 0.92)}
"""F1 of quotations at overlap 0.8 and 0.3, and share of right speakers, in each half of the real articles."""


@pytest.mark.slow
@pytest.mark.parametrize("half", FLOORS)
def test_quotations_of_real_articles_are_found_with_their_speakers(shared_data: Path, half: str) -> None:
    assert (shared_data / "quotes").is_dir()
    texts = list(real(half))
    strict = measure(texts, extracted, fewest=FEWEST_WORDS)
    assert (strict.f1, strict.speakers) >= (FLOORS[half][0], 0)
    assert measure(texts, extracted, 0.3, FEWEST_WORDS).f1 >= FLOORS[half][1]
    assert strict.speakers >= FLOORS[half][2]
    assert strict.speakers > measure(texts, by_regex, fewest=FEWEST_WORDS).speakers + 0.2


def test_quotations_in_ten_languages_are_found_with_their_speakers() -> None:
    score = measure(own(), extracted)
    assert score.f1 >= 0.99
    assert score.speakers >= 0.98, score.wrong


def test_every_language_has_fifteen_labelled_passages() -> None:
    texts = list(own())
    assert len(texts) == 150
    for language in LANGUAGES:
        assert sum(text.language == language.code for text in texts) == 15


@pytest.mark.parametrize("code", [language.code for language in LANGUAGES])
def test_an_unstated_language_is_guessed(code: str) -> None:
    texts = [text for text in own() if text.language == code]
    guessed = measure([text._replace(language=None) for text in texts], extracted)
    assert guessed.f1 >= 0.9
    assert guessed.speakers >= 0.7


def found(text: str, language: str | None = "en") -> list[tuple[str, str | None]]:
    return [(one.quote, one.speaker) for one in quotations(text, language)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            '“We leave,” Ann Lee said, adding: “It is over for us.” Nobody answered.',
            [("We leave,", "Ann Lee"), ("It is over for us.", "Ann Lee")],
            id="interrupted",
        ),
        pytest.param(
            "“One thing is clear.\n\n“Another is not,” said Ann Lee of Acme.",
            [("One thing is clear.", "Ann Lee"), ("Another is not,", "Ann Lee")],
            id="over paragraphs",
        ),
        pytest.param(
            "“None of us can read all letters,” said Alexandra Winterbottom, a head. “It is,” she added, “too much.”",
            [
                ("None of us can read all letters,", "Alexandra Winterbottom"),
                ("It is,", "Alexandra Winterbottom"),
                ("too much.", "Alexandra Winterbottom"),
            ],
            id="a long name far into a sentence",
        ),
        pytest.param(
            "Ann Lee spoke to us. Bob Ray listened.\n\n“I was there,” said Lee. “He was not,” she added.",
            [("I was there,", "Ann Lee"), ("He was not,", "Ann Lee")],
            id="surname and pronoun",
        ),
        pytest.param(
            "Bob Ray, the head of Acme, was asked by Ann Lee: “Where were you that night?”",
            [("Where were you that night?", "Ann Lee")],
            id="passive",
        ),
        pytest.param(
            "“It works,” said the agency’s director, Ann Lee. “It always did.”",
            [("It works,", "Ann Lee"), ("It always did.", "Ann Lee")],
            id="office before the name",
        ),
        pytest.param("“We try,” a spokesman for Acme said.", [("We try,", "a spokesman for Acme")], id="role"),
        pytest.param("“No to this law” – Ann Lee, Acme", [("No to this law", "Ann Lee")], id="dash"),
        pytest.param("Acme boss: ‘We will not move’", [("We will not move", "Acme boss")], id="headline"),
        pytest.param('He plays in "Parks And Gardens" and "The Long Good Night".', [], id="titles"),
        pytest.param("The “dog whistle” acts of the so-called “quiet majority of all” go on.", [], id="scare quotes"),
        pytest.param("The 'chat control' plan is the widest yet, and few say it will work.", [], id="set off"),
        pytest.param("Alliance “Five Eyes” says no to secret chats.", [], id="name set off"),
        pytest.param("‘Unfair’, says Ann Lee.", [("Unfair", "Ann Lee")], id="one word"),
        pytest.param('<a title="all of the news">Acme</a> is closed.', [], id="markup"),
        pytest.param("Lee said: “He told me ‘never’, then.”", [("He told me ‘never’, then.", "Lee")], id="nested"),
        pytest.param("It’s the workers' party that won the '90s, isn't it?", [], id="apostrophes"),
        pytest.param("“An open mark that nobody ever closed", [], id="not closed"),
        pytest.param(
            "“This is the widest plan of all,” nobody can say.",
            [("This is the widest plan of all,", None)],
            id="nobody",
        ),
        pytest.param("“We try,” said Will Smith, head of Acme.", [("We try,", "Will Smith")], id="name like a verb"),
        pytest.param("", [], id="empty"),
    ],
)  # fmt: skip
def test_rules_by_example(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert found(text) == expected


def test_offsets_exclude_the_marks_and_spaces_beside_them() -> None:
    text = "Elle dit : « Nous partons demain matin. »"
    (one,) = quotations(text, "fr")
    assert text[one.start : one.end] == one.quote == "Nous partons demain matin."


def test_a_quotation_beside_its_verb_is_surer_than_one_that_only_has_a_subject() -> None:
    (beside,) = quotations("“We will leave this country,” said Ann Lee.", "en")
    (subject,) = quotations("Ann Lee wants “a very different kind of law” by May.", "en")
    assert isinstance(beside, Quotation)
    assert beside.cue == "said"
    assert beside.confidence > subject.confidence > 0


@pytest.mark.parametrize(
    ("speaker", "expected"),
    [
        ("Peter Wanless", "peter-wanless"),
        ("Sir Peter Wanless", "peter-wanless"),
        ("a spokesman for Meta", "meta"),
        ("the NSPCC", "nspcc"),
        ("National Crime Agency", "nca"),
        ("a spokesman for Elon Musk", None),
        ("a signal", None),
        ("Ann Lee", None),
    ],
)
def test_speakers_are_recognised_by_the_rulebook(speaker: str, expected: str | None) -> None:
    assert KnownSpeakers(built_in_rulebook().tags).id_of(speaker) == expected


def run(folder: Path, lines: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(folder / "none.yaml"), "quotes"], input=lines)


def test_the_command_reads_and_writes_json_lines(tmp_path: Path) -> None:
    text = "“We will leave,” said Meredith Whittaker."
    answer = run(
        tmp_path, json.dumps({"id": 7, "text": text, "language": "en"}) + '\n{"id": "b", "text": "Nothing."}\n'
    )
    assert answer.exit_code == 0, answer.output
    first, second = map(json.loads, answer.stdout.splitlines())
    assert first == {
        "id": 7,
        "quotes": [
            {
                "start": 1, "end": 15, "quote": "We will leave,", "speaker": "Meredith Whittaker",
                "speaker_id": "meredith-whittaker", "cue": "said", "confidence": 0.95,
            }
        ],
    }  # fmt: skip
    assert second == {"id": "b", "quotes": []}


def test_the_command_names_bad_lines_and_reads_the_others(tmp_path: Path) -> None:
    lines = ["nonsense", "[]", '{"id": 1}', '{"text": 5}', '{"text": "a", "language": 5}', '{"id": 2, "text": ""}']
    answer = run(tmp_path, "\n".join(lines))
    assert answer.exit_code == 1
    assert json.loads(answer.stdout) == {"id": 2, "quotes": []}
    said = answer.stderr.splitlines()
    assert [line.partition(":")[0] for line in said[:5]] == [f"line {number}" for number in range(1, 6)]
    assert "5 lines could not be read" in said[-1]


@pytest.mark.parametrize(
    ("speaker", "expected"),
    [
        ("ein Sprecher von Acme", "ein Sprecher von Acme"),
        ("eine Sprecherin des Amtes", "eine Sprecherin des Amtes"),
        ("der Minister Schmidt", "Schmidt"),
        ("der Minister", "der Minister"),
    ],
)
def test_a_role_in_german_is_kept_whole_and_a_title_before_a_name_left_out(speaker: str, expected: str) -> None:
    assert found(f"„Das reicht nicht“, sagte {speaker}.", "de") == [("Das reicht nicht", expected)]
