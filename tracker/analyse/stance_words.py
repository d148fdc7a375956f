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

DENIALS = all_words(language.denials for language in LANGUAGES)
"""Words that turn a statement into its opposite."""

_DOUBTS = all_words(language.doubts for language in LANGUAGES)

DEGREES = _DOUBTS | all_words(language.amounts for language in LANGUAGES)
"""Words of doubt and degree."""

TELLING = DENIALS | _DOUBTS | all_words(language.qualifiers for language in LANGUAGES)
"""Words that always change the sense when added or removed."""
