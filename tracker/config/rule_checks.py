"""Check custom rules by their examples: say why one fails, and warn about tags that are valid but probably wrong.

The only module that puts the decisions of rules into words.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tracker.analyse.tagging.rules import AT_HOME, EVERYWHERE, Example, Rule, Rulebook, Tag, Term, Terms
from tracker.analyse.tagging.terms import Matcher, located, term_as_written
from tracker.config.rulebook import Written, rules_of
from tracker.config.rulebook_cache import built_in_rulebook
from tracker.config.yaml_positions import Path
from tracker.errors import Mistake
from tracker.models import Tagging

_SHOWN = 3
_STEM = 3  # the shortest stem that a term may have

_COMMON = 0.05
"""The share of headlines above which a tag matches too much. No built-in tag matches more than 3% of the headlines
that are not about the debate; 'the' and 'to' occur in 10 to 12% of them."""


def failed_examples(rulebook: Rulebook, written: Iterable[Written]) -> list[Mistake]:
    """Return a mistake for each `yes:` headline that does not get its tag and each `no:` headline that does."""
    where = {tag.shape.id: tag for tag in written}
    mistakes = []
    for tag, example in rulebook.failed_examples(where):
        key, shapes = ("yes", where[tag.id].shape.yes) if example.expected else ("no", where[tag.id].shape.no)
        number = next(i for i, shape in enumerate(shapes) if shape.text == example.text)
        verb, why = ("does not get", _why_missed) if example.expected else ("gets", _why_given)
        message = f"this example {verb} the tag {tag.id!r}: {why(tag, example, rulebook)}"
        mistakes.append(where[tag.id].mistake(message, key, number))
    return mistakes


def unproven_rules(rulebook: Rulebook, own: Iterable[Written]) -> Iterator[Mistake]:
    """Yield a mistake for each custom rule that no headline under `yes:` fires, so that none can be dead unnoticed.

    Tags of which such a headline fails are left out: failed_examples reports that.
    """
    tags = {tag.id: tag for tag in rulebook.tags}
    for written, path, rule in rules_of(own, rulebook):
        name = written.shape.id
        headlines = [example for example in tags[name].examples if example.expected]
        tried = [(headline, _tried(rulebook, headline)) for headline in headlines]
        fired = {item.rule for _, tagging in tried for item in tagging.evidence}
        if rule.id not in fired and all(name in tagging.tags for _, tagging in tried):
            yield written.mistake(_unproven(rule, tried), *path, "terms")


def _unproven(rule: Rule, tried: Sequence[tuple[Example, Tagging]]) -> str:
    """Say that a rule has no example, and how far the nearest headline is from being one."""
    asked = f"no example shows that the rule {rule.id!r} works; write under `yes:` a headline that it must find"
    if not tried:
        return asked
    near = min((*_obstacle(rule, headline, tagging.tags), headline.text) for headline, tagging in tried)
    return f"{asked} (nearest is {near[2]!r}: {near[1]})"


def doubts(rulebook: Rulebook, own: Sequence[Written]) -> list[Mistake]:
    """Return warnings about the terms of custom tags, in file order; empty if the rulebook is."""
    terms = list(_terms(rulebook, own))
    return sorted([*_short(terms), *_common(rulebook, terms)]) if rulebook.tags else []


# ---- why an example fails


def _why_missed(tag: Tag, example: Example, rulebook: Rulebook) -> str:
    """Explain why an example lacks a tag it should have: what the rule closest to firing is missing."""
    given = rulebook.tag(example.text, language=example.language).tags
    reasons = [_obstacle(rule, example, given) for rule in tag.rules]
    return min(reasons, key=lambda reason: reason[0])[1]


def _why_given(tag: Tag, example: Example, rulebook: Rulebook) -> str:
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
    return f"{'; '.join(found)}; exclude such headlines with `unless:`, or require more with `context:`"


def _applicable(terms: Terms, language: str | None) -> list[Term]:
    """Return the terms that apply to texts in this language; None means unknown, so all apply."""
    names = [name for name in terms if language is None or name in {language, f"{AT_HOME}{language}", *EVERYWHERE}]
    return [term for name in names for term in terms[name]]


def _obstacle(rule: Rule, example: Example, given: Sequence[str]) -> tuple[int, str]:
    """Return how far a rule is from firing on an example (0 is closest), and what it is missing."""
    term = _first_match(_applicable(rule.terms, example.language), example.text)
    if term is None:
        return _without_terms(rule, example)
    begins = f"the term {term_as_written(term)!r} occurs in it, but"
    excluded = _first_match(_applicable(rule.unless, example.language), example.text)
    missing = _missing(rule, example, given)
    if excluded:
        out = f"so does {term_as_written(excluded)!r}, which `unless:` excludes"
        return (2, f"{begins} {out}, and {missing}") if missing else (0, f"{begins} {out}; take that out there")
    enough = f"this is not enough, or more than {rule.within} words away from what the rule requires"
    return (1, f"{begins} {missing}; name there what does") if missing else (0, f"{begins} {enough}")


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
    asked = _applicable(terms, example.language)
    if _first_match(asked, example.text):
        return ""
    wanted = _listed([*(f"the tag {name!r}" for name in tags), *map(term_as_written, asked)], "or")
    return f"nothing that `{key}:` requires does ({wanted or f'it has no term for texts in {example.language!r}'})"


def _without_terms(rule: Rule, example: Example) -> tuple[int, str]:
    """Explain why no term matches: wrong language, different spelling, or nothing close."""
    for language, group in rule.terms.items():
        if term := _first_match(group, example.text):
            return 3, (
                f"the term {term_as_written(term)!r} occurs in it, but is for texts in "
                f"{language.removeprefix(AT_HOME)!r}, and the example is in {example.language!r}; list the term under "
                f"{example.language!r} or 'any' too"
            )
    for term in _applicable(rule.terms, example.language):
        if words := _words(_folded(term), example.text):
            advice = "a word with a capital is found only as written; write the term in small letters to find both"
            return 4, f"{words!r} occurs in it, but the term is {term_as_written(term)!r}, and {advice}"
        if words := _words(_loosened(term), example.text):
            advice = "other endings are found only where the term's word ends with a *"
            return 4, f"{words!r} occurs in it, but the term is {term_as_written(term)!r}, and {advice}"
    return 5, "it contains no term of the tag; add the words by which you would recognise it"


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


# ---- what is probably wrong


def _terms(rulebook: Rulebook, own: Iterable[Written]) -> Iterator[tuple[Written, Path, Term]]:
    """Yield each term of the custom tags, with its tag and its path in it."""
    for written, path, rule in rules_of(own, rulebook):
        for language, group in rule.terms.items():
            for position, term in enumerate(group):
                yield written, (*path, "terms", language, position), term


def _short(terms: Iterable[tuple[Written, Path, Term]]) -> Iterator[Mistake]:
    for written, path, term in terms:
        word = term[0]
        if (*written.path, *path) not in written.document.values:
            continue  # from a word list
        if len(term) == 1 and not word.exact and len(word.text) <= 2 and word.text.islower():
            advice = f"write {word.text.upper()!r} if only capitals are meant, or else a term of more words"
            yield written.mistake(f"the term {word.text!r} is so short that it is found by chance; {advice}", *path)


def _common(rulebook: Rulebook, terms: Sequence[tuple[Written, Path, Term]]) -> Iterator[Mistake]:
    """Yield a warning for each tag that matches too much, judged by the example headlines of all other tags.

    Too much is more than `_COMMON` of the headlines to which the built-in rules give no topic; in the others, words
    such as "encryption" are common for good reason. Only tags whose terms occur in as large a share of all headlines
    are tried.
    """
    own = {written.shape.id for written, _, _ in terms}
    headlines = [example for tag in rulebook.tags if tag.id not in own for example in tag.examples]
    matcher = Matcher((term, number) for number, (_, _, term) in enumerate(terms))
    met = [{hit.key for hit in matcher.find(headline.text)} for headline in headlines]
    tags = Counter(tag for keys in met for tag in {terms[key][0].shape.id for key in keys})
    suspects = {tag for tag, count in tags.items() if count > _COMMON * len(headlines)}
    if not suspects:
        return
    other = [
        (headline, keys)
        for headline, keys in zip(headlines, met, strict=True)
        if _tried(built_in_rulebook(), headline).relevance == "none"
    ]
    for tag in suspects:
        given = [keys for headline, keys in other if keys and _fires(tag, _tried(rulebook, headline))]
        if len(given) > _COMMON * len(other):
            counts = Counter(key for keys in given for key in keys if terms[key][0].shape.id == tag)
            written, path, term = terms[counts.most_common(1)[0][0]]
            yield written.mistake(
                f"the tag {tag!r} is given to {len(given):,} of {len(other):,} example headlines about other things; "
                f"the commonest of its terms is {term_as_written(term)!r}: write rarer words, or require more with "
                "`context:`",
                *path,
            )


def _tried(rulebook: Rulebook, headline: Example) -> Tagging:
    return rulebook.tag(headline.text, language=headline.language)


def _fires(tag: str, tagging: Tagging) -> bool:
    """Whether a rule of this tag fired, even if only an implied tag was given."""
    return any(item.rule.partition("/")[0] == tag for item in tagging.evidence)
