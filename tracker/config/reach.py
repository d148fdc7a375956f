"""Rules of one's own that no text can make fire; the only module that knows which rules can give a tag at all."""

from collections.abc import Iterable, Mapping, Set

from tracker.analyse.rules import Rule, Rulebook, Tag
from tracker.analyse.terms import Word, term_as_written
from tracker.config.reasons import EVERYWHERE, Term
from tracker.config.rulebook import Written, rules_of
from tracker.errors import Mistake


def dead_rules(rulebook: Rulebook, own: Iterable[Written]) -> list[Mistake]:
    """A mistake for each rule of one's own that no text can make fire, saying why and what to do."""
    tags = {tag.id: tag for tag in rulebook.tags}
    within_reach = _within_reach(rulebook.tags)
    mistakes = []
    for written, path, rule in rules_of(own, rulebook):
        if found := _why_dead(rule, within_reach, tags):
            key, why = found
            mistakes.append(written.mistake(f"this rule can never fire: {why}", *path, key))
    return mistakes


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
    """Whether some text makes a rule fire, when these tags can be had."""
    languages = _living(rule)
    if not rule.company and not rule.company_tags:
        return bool(languages)
    return bool(languages) and (not reached.isdisjoint(rule.company_tags) or _meet(languages, _company(rule)))


def _why_dead(rule: Rule, within_reach: Set[str], tags: Mapping[str, Tag]) -> tuple[str, str] | None:
    """Under which key it lies that a rule never fires, and why; None for a rule that can."""
    if _can_fire(rule, within_reach):
        return None
    languages, company = _living(rule), _company(rule)
    if not languages:
        return "unless", _excludes_itself(rule)
    if rule.company_tags and not company:
        return "with", _waits(rule, tags)
    if not company:
        return "with", "its `with:` names no term and no tag; name some, or leave it out"
    why = (
        f"its terms are for texts in {_named(languages)}, and the company they need only for texts in "
        f"{_named(company)}; write company for {_named(languages)} too, or list it under 'any'"
    )
    return "with", f"{why}; and {_waits(rule, tags)}" if rule.company_tags else why


def _living(rule: Rule) -> list[str]:
    """The languages in which a rule has a term that does not exclude itself."""
    return [name for name, group in rule.terms.items() if any(not _exclusion(term, name, rule) for term in group)]


def _company(rule: Rule) -> list[str]:
    """The languages in which a rule has terms of company."""
    return [name for name, group in rule.company.items() if group]


def _meet(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether terms of these languages can be looked for in one text."""
    return any(_together(a, b) for a in one for b in other)


def _together(one: str, other: str) -> bool:
    return one == other or one in EVERYWHERE or other in EVERYWHERE


def _exclusion(term: Term, language: str, rule: Rule) -> Term | None:
    """What `unless` has that stands wherever the term stands; None where there is nothing."""
    always = (excluded for name in rule.unless if name in {language, *EVERYWHERE} for excluded in rule.unless[name])
    return next((excluded for excluded in always if _contains(term, excluded)), None)


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


def _excludes_itself(rule: Rule) -> str:
    """Which word of `unless` each term holds, told by the first."""
    told = ((term, _exclusion(term, name, rule)) for name, group in rule.terms.items() for term in group)
    term, excluded = next((term, excluded) for term, excluded in told if excluded)
    count = sum(len(group) for group in rule.terms.values())
    whole = "its term" if count == 1 else f"each of its {count} terms"
    return (
        f"{whole} holds what its own `unless:` excludes, as {term_as_written(term)!r} holds "
        f"{term_as_written(excluded)!r}; write longer terms under `unless:`, or take them out"
    )


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
