"""Conditions and lists that many statements share, as SQL, built from the closed vocabularies."""

from collections.abc import Iterable
from typing import Final

from tracker.models import RELEASING_KINDS, SUBJECT_FACETS
from tracker.outcomes import Outcome


def sql_list(values: Iterable[str]) -> str:
    """Return the right side of IN; the values are ours and contain no quotes."""
    return "('" + "', '".join(values) + "')"


OBSERVED: Final = sql_list(outcome.value for outcome in Outcome if outcome.observed)
"""The outcomes of polls that saw what the feed offered."""

UNREACHABLE: Final = sql_list(outcome.value for outcome in Outcome if outcome.unreachable)
"""The outcomes of polls that nothing answered."""

SUBJECTS: Final = sql_list(SUBJECT_FACETS)
"""The facets of tags that say more of an article than its topics."""

RELEASING: Final = sql_list(RELEASING_KINDS)
"""The kinds of source whose own texts the press reprints."""

IMPORT: Final = "import:"
"""URL prefix of the feed under which a source's imported articles are sighted; it is never polled."""

POLLED: Final = f"url NOT LIKE '{IMPORT}%'"
"""Condition: a feed, `url` qualified by its table where needed, is one that is polled."""
