"""Find custom rules that can never fire; the only module that decides whether a rule can ever give its tag."""

from collections.abc import Iterable, Iterator, Mapping, Set

from tracker.analyse.tagging.rules import AT_HOME, EVERYWHERE, Rule, Rulebook, Tag
from tracker.analyse.tagging.terms import Word, term_as_written
from tracker.config.rule_checks import Term, applicable
from tracker.config.rulebook import Written, rules_of
from tracker.errors import Mistake


def dead_rules(rulebook: Rulebook, own: Iterable[Written]) -> list[Mistake]:
    """Return a mistake for each custom rule that no text can fire, with the reason and a remedy."""
    tags = {tag.id: tag for tag in rulebook.tags}
    within_reach = _within_reach(rulebook.tags)
    return [
        written.mistake(f"this rule can never fire: {_why_dead(rule, tags, within_reach)}", *path, "terms")
        for written, path, rule in rules_of(own, rulebook)
        if not _can_fire(rule, within_reach)
    ]


def _within_reach(tags: Iterable[Tag]) -> frozenset[str]:
    """Return the tags that some text can get: directly, by implication, or through rules that need only such tags."""
    reached: set[str] = set()
    waiting = list(tags)
    while firing := [tag for tag in waiting if tag.id in reached or _can_be_given(tag, reached)]:
        reached.update(name for tag in firing for name in (tag.id, *tag.implies))
        waiting = [tag for tag in waiting if tag not in firing]
    return frozenset(reached)


def _can_be_given(tag: Tag, reached: Set[str]) -> bool:
    return any(_can_fire(rule, reached) for rule in tag.rules)


def _can_fire(rule: Rule, reached: Set[str]) -> bool:
    """Whether a text in some language can fire the rule, given the tags reachable so far."""
    accompanied = _is_accompanied(rule, reached)
    return any(
        _has_live_term(rule, language)
        and (accompanied or applicable(rule.context, language))
        and (not rule.also or applicable(rule.also, language))
        for language in _languages(rule)
    )


def _is_accompanied(rule: Rule, reached: Set[str]) -> bool:
    """Whether `context:` is met without its terms: it is absent, or names a reachable tag."""
    return not (rule.context or rule.context_tags) or not reached.isdisjoint(rule.context_tags)


def _languages(rule: Rule) -> list[str]:
    """Return the languages that a rule distinguishes, and `any` for the rest."""
    parts = (rule.terms, rule.context, rule.also, rule.unless)
    named = (name.removeprefix(AT_HOME) for terms in parts for name in terms)
    return list(dict.fromkeys((*named, EVERYWHERE[0])))


def _has_live_term(rule: Rule, language: str) -> bool:
    """Whether some term for texts in this language is not excluded by the rule's own `unless:`."""
    excluded = applicable(rule.unless, language)
    return any(not any(_contains(term, part) for part in excluded) for term in applicable(rule.terms, language))


def _contains(term: Term, part: Term) -> bool:
    """Whether every text that contains `term` also contains `part`."""
    starts = range(len(term) - len(part) + 1)
    return any(all(map(_subsumes, part, term[start:])) for start in starts)


def _subsumes(wide: Word, narrow: Word) -> bool:
    """Whether `wide` matches wherever `narrow` does."""
    if (wide.exact and not narrow.exact) or (narrow.stem and not wide.stem):
        return False
    text = narrow.text if wide.exact else narrow.text.casefold()
    return text.startswith(wide.text) if wide.stem else text == wide.text


# ---- explanations


def _why_dead(rule: Rule, tags: Mapping[str, Tag], reached: Set[str]) -> str:
    """Explain what keeps a dead rule from firing, and what to do."""
    living = [language for language in _languages(rule) if _has_live_term(rule, language)]
    if not living:
        return _excludes_itself(rule)
    accompanied = _is_accompanied(rule, reached)
    parts = {"`context:`": {} if accompanied else rule.context, "`and:`": rule.also}
    meant = {
        key: [language for language in _languages(rule) if applicable(terms, language)] for key, terms in parts.items()
    }
    apart = [f"what {key} names only for texts in {_named(names)}" for key, names in meant.items() if names]
    meet = set(living).intersection(*(names for names in meant.values() if names))
    reasons = []
    if apart and not meet:
        reasons.append(
            f"its terms are for texts in {_named(living)}, {' and '.join(apart)}; write all of them for one language, "
            "or some under 'any'"
        )
    if rule.context_tags and not accompanied:
        reasons.append(_explain_wait(rule, tags))
    return "; and ".join(reasons)


def _excludes_itself(rule: Rule) -> str:
    """Explain that each term contains a term of `unless`, with the first as the example."""
    term, excluded = next(_self_excluding(rule))
    count = sum(map(len, rule.terms.values()))
    whole = "its term" if count == 1 else f"each of its {count} terms"
    return (
        f"{whole} holds what its own `unless:` excludes, as {term_as_written(term)!r} holds "
        f"{term_as_written(excluded)!r}; write longer terms under `unless:`, or take them out"
    )


def _self_excluding(rule: Rule) -> Iterator[tuple[Term, Term]]:
    """Yield each term with a term of `unless` that it contains."""
    for language in _languages(rule):
        for term in applicable(rule.terms, language):
            yield from ((term, part) for part in applicable(rule.unless, language) if _contains(term, part))


def _explain_wait(rule: Rule, tags: Mapping[str, Tag]) -> str:
    """Explain which unreachable tags a rule waits for, following the first dependency of each."""
    chain = [rule.context_tags[0]]
    while (following := _first_context_tag(tags[chain[-1]])) and chain.count(chain[-1]) == 1:
        chain.append(following)
    waits = f"it waits for the tag {', which waits for '.join(map(repr, chain))}"
    if following:
        return f"{waits}, and none of them comes first; give one of them a rule that needs no other tag"
    return f"{waits}, which no text can get; correct the rules of that tag, or name another under `context:`"


def _first_context_tag(tag: Tag) -> str | None:
    return next((name for rule in tag.rules for name in rule.context_tags), None)


def _named(languages: Iterable[str]) -> str:
    return " or ".join(map(repr, languages))
