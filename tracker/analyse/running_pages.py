"""Recognise running pages: one address whose words are rewritten all day, such as live coverage, weather, markets.

Their changes are the news going on, not second thoughts about a headline. A page shows it by what it is called, or by
changing again and again.
"""

import re

from tracker.analyse.languages.vocabulary import LANGUAGES, any_phrase

MANY_CHANGES = 5
"""Substantive changes at one address that make it a running page: on real feeds, articles with as many were live pages,
guides kept up to date and trackers, hardly ever news reports (docs/quality.md)."""

_NAMES = re.compile(
    rf"""(?<!watch\s)\blive(?:[-\s]?blog|[-\s]?ticker|[-\s]?stream)?\b(?=\W*$|\s*[:|–—])  # ... : live
    |^\W*live\b(?!\s+in\b)
    |\blive\W+(?:\w+\W+){{0,3}}?(?:updates?|coverage|news|tracker|results?|blog|briefing)\b
    |\b(?:updates|tracker)\W*$|\b(?:updates|tracker)\s*:|:\s*(?:latest\s+)?updates?\W*$
    |\b{any_phrase(language.running_pages for language in LANGUAGES)}\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""What all languages call live coverage or an update, and what each calls its own."""


def is_called_running(title: str) -> bool:
    """Decide whether a headline says that its page is rewritten as things happen."""
    return bool(_NAMES.search(title))
