"""Explain why an example fails; the only module that puts the decisions of rules into words."""

from collections.abc import Iterable, Sequence

from tracker.analyse.tagging.rules import AT_HOME, EVERYWHERE, Example, Rule, Rulebook, Tag, Terms
from tracker.analyse.tagging.terms import Matcher, Word, located, term_as_written

_SHOWN = 3
_STEM = 3  # the shortest stem that a term may have

Term = tuple[Word, ...]


def why_missed(tag: Tag, example: Example, rulebook: Rulebook) -> str:
    """Explain why an example lacks a tag it should have: what the rule closest to firing is missing."""
    given = rulebook.tag(example.text, language=example.language).tags
    reasons = [_obstacle(rule, example, given) for rule in tag.rules]
    return min(reasons, key=lambda reason: reason[0])[1]


def why_given(tag: Tag, example: Example, rulebook: Rulebook) -> str:
    """Explain which rules gave an example a tag it should not have, on which words, and what to do."""
    words: dict[str, dict[str, None]] = {}
    for item in rulebook.tag(example.text, language=example.language).evidence:
        if item.tag == tag.id:
            words.setdefault(item.rule, {})[item.words] = None
    own = [rule.id for rule in tag.rules]
    found = [
        f"the rule {rule!r}{'' if rule in own else ', whose tag implies it,'} found {_listed(list(group), 'and')}"
        for rule, group in words.items()
    ]
    return f"{'; '.join(found)}; exclude such headlines by `unless:`, or ask for more by `context:`"


def applicable(terms: Terms, language: str | None) -> list[Term]:
    """Return the terms that apply to texts in this language; None means unknown, so all apply."""
    names = [name for name in terms if language is None or name in {language, f"{AT_HOME}{language}", *EVERYWHERE}]
    return [term for name in names for term in terms[name]]


def _obstacle(rule: Rule, example: Example, given: Sequence[str]) -> tuple[int, str]:
    """Return how far a rule is from firing on an example (0 is closest), and what it is missing."""
    term = _first_match(applicable(rule.terms, example.language), example.text)
    if term is None:
        return _without_terms(rule, example)
    begins = f"the term {term_as_written(term)!r} stands in it, but"
    excluded = _first_match(applicable(rule.unless, example.language), example.text)
    missing = _missing(rule, example, given)
    if excluded:
        out = f"so does {term_as_written(excluded)!r}, which `unless:` excludes"
        return (2, f"{begins} {out}, and {missing}") if missing else (0, f"{begins} {out}; take that out there")
    return (1, f"{begins} {missing}; name there what does") if missing else (0, f"{begins} this is not enough")


def _missing(rule: Rule, example: Example, given: Sequence[str]) -> str:
    """Return what else the rule needs and the example lacks; empty if nothing."""
    missing = []
    if (rule.context or rule.context_tags) and set(rule.context_tags).isdisjoint(given):
        missing.append(_absent("context", rule.context, rule.context_tags, example))
    if rule.also:
        missing.append(_absent("and", rule.also, (), example))
    return " and ".join(filter(None, missing))


def _absent(key: str, terms: Terms, tags: Sequence[str], example: Example) -> str:
    """Return a sentence saying that nothing under `key` is in the example; empty if some term is."""
    asked = applicable(terms, example.language)
    if _first_match(asked, example.text):
        return ""
    wanted = _listed([*(f"the tag {name!r}" for name in tags), *map(term_as_written, asked)], "or")
    return f"nothing that `{key}:` asks for does ({wanted or f'it has no term for texts in {example.language!r}'})"


def _without_terms(rule: Rule, example: Example) -> tuple[int, str]:
    """Explain why no term matches: wrong language, different spelling, or nothing close."""
    for language, group in rule.terms.items():
        if term := _first_match(group, example.text):
            return 3, (
                f"the term {term_as_written(term)!r} stands in it, but is for texts in "
                f"{language.removeprefix(AT_HOME)!r}, and the example is in {example.language!r}; list the term under "
                f"{example.language!r} or 'any' too"
            )
    for term in applicable(rule.terms, example.language):
        if words := _words(_folded(term), example.text):
            advice = "a word with a capital is found only as written; write the term in small letters to find both"
            return 4, f"{words!r} stands in it, but the term is {term_as_written(term)!r}, and {advice}"
        if words := _words(_loosened(term), example.text):
            advice = "other endings are found only where the term's word ends with a *"
            return 4, f"{words!r} stands in it, but the term is {term_as_written(term)!r}, and {advice}"
    return 5, "no term of the tag stands in it; add the words by which you would know it"


def _first_match(terms: Iterable[Term], text: str) -> Term | None:
    """Return the term that occurs first in a text; None if none does."""
    numbered = list(terms)
    hits = Matcher((term, number) for number, term in enumerate(numbered)).find(text)
    return numbered[hits[0].key] if hits else None


def _words(term: Term, text: str) -> str:
    """Return the words of a text that a term matches; empty if none."""
    places = located(Matcher([(term, 0)]).find(text)[:1], text)
    return "".join(text[place.start : place.end] for place in places)


def _folded(term: Term) -> Term:
    """Return the term with case ignored."""
    return tuple(word._replace(text=word.text.casefold(), exact=False) for word in term)


def _loosened(term: Term) -> Term:
    """Return the term with case and word endings ignored."""
    return tuple(word._replace(stem=word.stem or len(word.text) >= _STEM) for word in _folded(term))


def _listed(names: Sequence[str], last: str) -> str:
    """List the first few names, quoting terms, and say how many more there are."""
    quoted = [name if name.startswith("the tag ") else repr(name) for name in names]
    shown, more = quoted[:_SHOWN], len(quoted) - _SHOWN
    if more > 0:
        shown.append(f"{more} more")
    return f", {last} ".join((", ".join(shown[:-1]), shown[-1])) if len(shown) > 2 else f" {last} ".join(shown)
