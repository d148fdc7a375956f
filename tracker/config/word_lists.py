"""Read the built-in rulebook's word lists: for each concept of the debate, its terms in each language.

Rules refer to lists with `words:`, so that a rule is written once and its words once per language. There is one file
per language, and `any.yaml` for names that are the same in all.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from tracker.analyse.tagging.rules import AT_HOME, Terms
from tracker.analyse.tagging.terms import read_term
from tracker.config.yaml_positions import Document, read_ours
from tracker.errors import ConfigError, Mistake

WordLists = Mapping[str, Mapping[str, list[str]]]
"""List name to language to terms."""


@cache
def word_lists() -> WordLists:
    """Return all lists; raises ConfigError if one of the files is invalid."""
    lists: dict[str, dict[str, list[str]]] = defaultdict(dict)
    mistakes: list[Mistake] = []
    folder = files("tracker.analyse") / "rulebook" / "words"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".yaml"):
            document = read_ours(file.read_text(encoding="utf-8"), f"rulebook/words/{file.name}")
            mistakes += document.mistakes
            for name, terms in (document.value or {}).items():
                wrong = list(_mistakes(document, name, terms))
                mistakes += wrong
                if not wrong:
                    lists[name][file.name.removesuffix(".yaml")] = terms
    if mistakes:
        raise ConfigError(mistakes)
    return dict(lists)


def _mistakes(document: Document, name: str, terms: object) -> Iterator[Mistake]:
    """Yield the mistakes in a list."""
    if not isinstance(terms, list) or not all(isinstance(term, str) for term in terms):
        yield document.mistake((name,), f"{name!r} is no list of terms")
        return
    for number, term in enumerate(terms):
        try:
            read_term(term)
        except ValueError as error:
            yield document.mistake((name, number), str(error))


@cache
def listed(name: str) -> Terms:
    """Return the terms of a list in the form that rules use; raises KeyError for an unknown list.

    English terms in lists apply to English texts only: "pays" is French for country.
    """
    return {_at_home(language): tuple(map(read_term, group)) for language, group in word_lists()[name].items()}


def _at_home(language: str) -> str:
    return AT_HOME + language if language == "en" else language
