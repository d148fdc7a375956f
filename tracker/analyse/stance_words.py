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

_DENIALS = """
not no never without none nobody nicht kein keine keinen nie ohne pas non jamais sans nunca sin mai senza niet geen
nooit zonder inte ingen aldrig utan ikke uden bez não sem
"""

_DEGREES = """
may might could allegedly alleged suspected only nearly almost half quarter double twice ex former darf kann könnte
mutmaßlich angeblich peut pourrait présumé puede podría presunto può potrebbe mag zou vermeende får kan misstänkt
formodet może rzekomy pode alegado
"""

DENIALS = frozenset(_DENIALS.split())
"""Words that turn a statement into its opposite."""

DEGREES = frozenset(_DEGREES.split())
"""Words of doubt and degree."""
