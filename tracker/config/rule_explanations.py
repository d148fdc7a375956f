"""Why an example does not do what its tag says it does, in words; the only module that explains what rules decided."""

from collections.abc import Iterable, Sequence

from tracker.analyse.tagging.rules import AT_HOME, EVERYWHERE, Example, Rule, Rulebook, Tag, Terms
from tracker.analyse.tagging.terms import Matcher, Word, located, term_as_written

_SHOWN = 3
_STEM = 3  # the shortest stem that a term may have

Term = tuple[Word, ...]


def why_missed(tag: Tag, example: Example, rulebook: Rulebook) -> str:
    """What keeps a tag from an example that should have it: of all its rules, what the nearest one misses."""
    given = rulebook.tag(example.text, language=example.language).tags
    reasons = [_obstacle(rule, example, given) for rule in tag.rules]
    return min(reasons, key=lambda reason: reason[0])[1]


def why_given(tag: Tag, example: Example, rulebook: Rulebook) -> str:
    """Which rules gave a tag to an example that should not have it, the words they found, and what to do."""
    words: dict[str, dict[str, None]] = {}
    for item in rulebook.tag(example.text, language=example.language).evidence:
        if item.tag == tag.id:
            words.setdefault(item.rule, {})[item.words] = None
    own = [rule.id for rule in tag.rules]
    found = [
        f"the rule {rule!r}{'' if rule in own else ', whose tag implies it,'} found {_listed(list(group), 'and')}"
        for rule, group in words.items()
    ]
    return f"{'; '.join(found)}; exclude such headlines by `unless:`, or ask for more by `with:`"


def heard(terms: Terms, language: str | None) -> list[Term]:
    """The terms that are looked for in a text of this language; None means unknown, so that all are."""
    names = [name for name in terms if language is None or name in {language, f"{AT_HOME}{language}", *EVERYWHERE}]
    return [term for name in names for term in terms[name]]


def _obstacle(rule: Rule, example: Example, given: Sequence[str]) -> tuple[int, str]:
    """What a rule misses in an example, and before it how far it is from firing; 0 is nearest."""
    term = _standing(heard(rule.terms, example.language), example.text)
    if term is None:
        return _without_terms(rule, example)
    begins = f"the term {term_as_written(term)!r} stands in it, but"
    excluded = _standing(heard(rule.unless, example.language), example.text)
    missing = _missing(rule, example, given)
    if excluded:
        out = f"so does {term_as_written(excluded)!r}, which `unless:` excludes"
        return (2, f"{begins} {out}, and {missing}") if missing else (0, f"{begins} {out}; take that out there")
    return (1, f"{begins} {missing}; name there what does") if missing else (0, f"{begins} this is not enough")


def _missing(rule: Rule, example: Example, given: Sequence[str]) -> str:
    """What else it needs and does not find; nothing where it is all there."""
    missing = []
    if (rule.company or rule.company_tags) and set(rule.company_tags).isdisjoint(given):
        missing.append(_absent("with", rule.company, rule.company_tags, example))
    if rule.also:
        missing.append(_absent("and", rule.also, (), example))
    return " and ".join(filter(None, missing))


def _absent(key: str, terms: Terms, tags: Sequence[str], example: Example) -> str:
    """That nothing of what a key asks for is there; nothing where a term of it is."""
    asked = heard(terms, example.language)
    if _standing(asked, example.text):
        return ""
    wanted = _listed([*(f"the tag {name!r}" for name in tags), *map(term_as_written, asked)], "or")
    return f"nothing that `{key}:` asks for does ({wanted or f'it has no term for texts in {example.language!r}'})"


def _without_terms(rule: Rule, example: Example) -> tuple[int, str]:
    """Why no term is met: it is one of another language, or it is written in another way; or none is near."""
    for language, group in rule.terms.items():
        if term := _standing(group, example.text):
            return 3, (
                f"the term {term_as_written(term)!r} stands in it, but is for texts in "
                f"{language.removeprefix(AT_HOME)!r}, and the example is in {example.language!r}; list the term under "
                f"{example.language!r} or 'any' too"
            )
    for term in heard(rule.terms, example.language):
        if words := _words(_folded(term), example.text):
            advice = "a word with a capital is found only as written; write the term in small letters to find both"
            return 4, f"{words!r} stands in it, but the term is {term_as_written(term)!r}, and {advice}"
        if words := _words(_loosened(term), example.text):
            advice = "other endings are found only where the term's word ends with a *"
            return 4, f"{words!r} stands in it, but the term is {term_as_written(term)!r}, and {advice}"
    return 5, "no term of the tag stands in it; add the words by which you would know it"


def _standing(terms: Iterable[Term], text: str) -> Term | None:
    """The term that stands first in a text; None where none does."""
    numbered = list(terms)
    hits = Matcher((term, number) for number, term in enumerate(numbered)).find(text)
    return numbered[hits[0].key] if hits else None


def _words(term: Term, text: str) -> str:
    """The words of a text that a term finds; nothing where it finds none."""
    places = located(Matcher([(term, 0)]).find(text)[:1], text)
    return "".join(text[place.start : place.end] for place in places)


def _folded(term: Term) -> Term:
    """The term as it would be if it were written without capitals."""
    return tuple(word._replace(text=word.text.casefold(), exact=False) for word in term)


def _loosened(term: Term) -> Term:
    """The term as it would be if neither capitals nor endings mattered."""
    return tuple(word._replace(stem=word.stem or len(word.text) >= _STEM) for word in _folded(term))


def _listed(names: Sequence[str], last: str) -> str:
    """The first of some names, quoted where they are words, and how many more there are."""
    quoted = [name if name.startswith("the tag ") else repr(name) for name in names]
    shown, more = quoted[:_SHOWN], len(quoted) - _SHOWN
    if more > 0:
        shown.append(f"{more} more")
    return f", {last} ".join((", ".join(shown[:-1]), shown[-1])) if len(shown) > 2 else f" {last} ".join(shown)
