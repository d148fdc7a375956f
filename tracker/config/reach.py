"""Rules of one's own that no text can make fire; the only module that knows which rules can give a tag at all."""

from collections.abc import Iterable, Iterator, Mapping, Set

from tracker.analyse.tagging.rules import AT_HOME, EVERYWHERE, Rule, Rulebook, Tag
from tracker.analyse.tagging.terms import Word, term_as_written
from tracker.config.rule_explanations import Term, heard
from tracker.config.rulebook import Written, rules_of
from tracker.errors import Mistake


def dead_rules(rulebook: Rulebook, own: Iterable[Written]) -> list[Mistake]:
    """A mistake for each rule of one's own that no text can make fire, saying why and what to do."""
    tags = {tag.id: tag for tag in rulebook.tags}
    within_reach = _within_reach(rulebook.tags)
    return [
        written.mistake(f"this rule can never fire: {_why_dead(rule, tags, within_reach)}", *path, "terms")
        for written, path, rule in rules_of(own, rulebook)
        if not _can_fire(rule, within_reach)
    ]


def _within_reach(tags: Iterable[Tag]) -> frozenset[str]:
    """The tags that some text can get: those with a rule that fires, what they imply, and what needs only these."""
    reached: set[str] = set()
    waiting = list(tags)
    while firing := [tag for tag in waiting if tag.id in reached or _can_be_given(tag, reached)]:
        reached.update(name for tag in firing for name in (tag.id, *tag.implies))
        waiting = [tag for tag in waiting if tag not in firing]
    return frozenset(reached)


def _can_be_given(tag: Tag, reached: Set[str]) -> bool:
    return any(_can_fire(rule, reached) for rule in tag.rules)


def _can_fire(rule: Rule, reached: Set[str]) -> bool:
    """Whether a text of some language makes a rule fire, when these tags can be had."""
    accompanied = _is_accompanied(rule, reached)
    return any(
        _has_living(rule, language)
        and (accompanied or heard(rule.company, language))
        and (not rule.also or heard(rule.also, language))
        for language in _texts(rule)
    )


def _is_accompanied(rule: Rule, reached: Set[str]) -> bool:
    """Whether a rule needs no terms of company, as it asks for none or for a tag that can be had."""
    return not (rule.company or rule.company_tags) or not reached.isdisjoint(rule.company_tags)


def _texts(rule: Rule) -> list[str]:
    """The languages that a rule tells apart, and `any` for all others."""
    parts = (rule.terms, rule.company, rule.also, rule.unless)
    named = (name.removeprefix(AT_HOME) for terms in parts for name in terms)
    return list(dict.fromkeys((*named, EVERYWHERE[0])))


def _has_living(rule: Rule, language: str) -> bool:
    """Whether one of the terms for texts of this language does not exclude itself there."""
    excluded = heard(rule.unless, language)
    return any(not any(_contains(term, part) for part in excluded) for term in heard(rule.terms, language))


def _contains(term: Term, part: Term) -> bool:
    """Whether `part` is found in every text in which `term` is found."""
    starts = range(len(term) - len(part) + 1)
    return any(all(map(_finds, part, term[start:])) for start in starts)


def _finds(wide: Word, narrow: Word) -> bool:
    """Whether one word of a term is found wherever another is."""
    if (wide.exact and not narrow.exact) or (narrow.stem and not wide.stem):
        return False
    text = narrow.text if wide.exact else narrow.text.casefold()
    return text.startswith(wide.text) if wide.stem else text == wide.text


# ---- in words


def _why_dead(rule: Rule, tags: Mapping[str, Tag], reached: Set[str]) -> str:
    """What keeps a dead rule from firing, and what to do."""
    living = [language for language in _texts(rule) if _has_living(rule, language)]
    if not living:
        return _excludes_itself(rule)
    accompanied = _is_accompanied(rule, reached)
    parts = {"`with:`": {} if accompanied else rule.company, "`and:`": rule.also}
    meant = {key: [language for language in _texts(rule) if heard(terms, language)] for key, terms in parts.items()}
    apart = [f"what {key} names only for texts in {_named(names)}" for key, names in meant.items() if names]
    meet = set(living).intersection(*(names for names in meant.values() if names))
    reasons = []
    if apart and not meet:
        reasons.append(
            f"its terms are for texts in {_named(living)}, {' and '.join(apart)}; write all of them for one language, "
            "or some under 'any'"
        )
    if rule.company_tags and not accompanied:
        reasons.append(_waits(rule, tags))
    return "; and ".join(reasons)


def _excludes_itself(rule: Rule) -> str:
    """Which word of `unless` each term holds, told by the first."""
    term, excluded = next(_self_excluding(rule))
    count = sum(map(len, rule.terms.values()))
    whole = "its term" if count == 1 else f"each of its {count} terms"
    return (
        f"{whole} holds what its own `unless:` excludes, as {term_as_written(term)!r} holds "
        f"{term_as_written(excluded)!r}; write longer terms under `unless:`, or take them out"
    )


def _self_excluding(rule: Rule) -> Iterator[tuple[Term, Term]]:
    """Each term and what of `unless` it holds."""
    for language in _texts(rule):
        for term in heard(rule.terms, language):
            yield from ((term, part) for part in heard(rule.unless, language) if _contains(term, part))


def _waits(rule: Rule, tags: Mapping[str, Tag]) -> str:
    """Which tags a rule waits for in vain, along the first that each of them waits for itself."""
    chain = [rule.company_tags[0]]
    while (following := _first_company(tags[chain[-1]])) and chain.count(chain[-1]) == 1:
        chain.append(following)
    waits = f"it waits for the tag {', which waits for '.join(map(repr, chain))}"
    if following:
        return f"{waits}, and none of them comes first; give one of them a rule that needs no other tag"
    return f"{waits}, which no text can get; correct the rules of that tag, or name another under `with:`"


def _first_company(tag: Tag) -> str | None:
    return next((name for rule in tag.rules for name in rule.company_tags), None)


def _named(languages: Iterable[str]) -> str:
    return " or ".join(map(repr, languages))
