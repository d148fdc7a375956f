"""Warn about custom tags that are valid but probably wrong: terms that match everywhere, and untested rules."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tracker.analyse.tagging.rules import Example, Rulebook
from tracker.analyse.tagging.terms import Matcher, term_as_written
from tracker.config.rule_explanations import Term
from tracker.config.rulebook import Written, built_in_rulebook, rules_of
from tracker.config.yaml_positions import Path
from tracker.errors import Mistake
from tracker.models import Tagging

_COMMON = 0.05
"""The share of headlines above which a tag matches too much. No built-in tag matches more than 3 % of the headlines
that are not about the debate; 'the' and 'to' occur in 10 to 12 % of them."""

_ADVICE = "write headlines that must get it, and some that must not, under `yes:` and `no:`; check tries them"


def doubts(rulebook: Rulebook, own: Sequence[Written]) -> list[Mistake]:
    """Return warnings about custom tags, in file order; empty if the rulebook is."""
    terms = list(_terms(rulebook, own))
    return sorted([*_untried(own), *_short(terms), *_common(rulebook, terms)]) if rulebook.tags else []


def _terms(rulebook: Rulebook, own: Iterable[Written]) -> Iterator[tuple[Written, Path, Term]]:
    """Yield each term of the custom tags, with its tag and its path in it."""
    for written, path, rule in rules_of(own, rulebook):
        for language, group in rule.terms.items():
            for position, term in enumerate(group):
                yield written, (*path, "terms", language, position), term


def _untried(own: Iterable[Written]) -> Iterator[Mistake]:
    for written in own:
        if not written.shape.yes:
            yield written.mistake(f"the tag {written.shape.id!r} has no example; {_ADVICE}", "id")


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
                f"the commonest of its terms is {term_as_written(term)!r}: write rarer words, or ask for more by "
                "`context:`",
                *path,
            )


def _tried(rulebook: Rulebook, headline: Example) -> Tagging:
    return rulebook.tag(headline.text, language=headline.language)


def _fires(tag: str, tagging: Tagging) -> bool:
    """Whether a rule of this tag fired, even if only an implied tag was given."""
    return any(item.rule.partition("/")[0] == tag for item in tagging.evidence)
