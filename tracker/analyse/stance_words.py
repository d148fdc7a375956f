"""Words that carry an argument: adding or removing one in a headline changes whose view it takes."""

from collections import defaultdict

from tracker.analyse.languages.vocabulary import LANGUAGES, all_words


def _by_beginning() -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for start in sorted(all_words(language.stances for language in LANGUAGES)):
        groups[start[:3]].append(start)
    return {beginning: tuple(starts) for beginning, starts in groups.items()}


STANCE = _by_beginning()
"""Word beginnings by their first three letters, case-folded."""

TELLING = all_words(language.qualifiers for language in LANGUAGES)
"""Words that always change the sense when added or removed: negations, degrees of certainty, quantities."""
