"""Recognise running pages: one address whose words are rewritten all day, such as live coverage, weather, markets.

Their changes are the news going on, not second thoughts about a headline. A page shows it by what it is called, or by
changing again and again.
"""

import re

MANY_CHANGES = 5
"""Substantive changes at one address that make it a running page: on real feeds, articles with as many were live pages,
guides kept up to date and trackers, hardly ever news reports (docs/quality.md)."""

_NAMES = re.compile(
    r"""\blive(?:[-\s]?blog|[-\s]?ticker|[-\s]?stream)?\b(?=\W*$|\s*[:|–—])      # ... : live
    |^\W*live\b(?!\s+in\b)|\blive\W+(?:\w+\W+){0,3}?(?:updates?|coverage|news|tracker|results?|blog|briefing)\b
    |\b(?:live|latest|breaking|daily|rolling)\s+(?:news\s+(?:and\s+)?)?(?:updates?|coverage|tracker|briefing)\b
    |\bas\s+it\s+happened\b|\bhow\s+(?:the\s+day|it)\s+unfolded\b|\b(?:morning|evening|daily|weekly)\s+(?:briefing|bulletin|digest|forecast)\b
    |\b(?:weather\s+forecast|storm\s+team|market\s+(?:wrap|report|close)|stock\s+market\s+(?:today|live)|traffic\s+update)\b
    |\bupdates?\s*:|:\s*(?:latest\s+)?updates?\W*$|\blatest\s+(?:news|updates?|figures|rules|advice)\b
    |\blive-?ticker\b|\bim\s+(?:liveticker|liveblog|live-blog)\b|\bnewsblog\b|\b(?:der|die)\s+lage\s+im\s+überblick\b|\bwetterbericht\b|\bbörsenticker\b
    |\ben\s+direct\b|\bminute\s+par\s+minute\b|\bsuivez\s+(?:en|la|le)\b|\ben\s+(?:vivo|directo)\b|\bminuto\s+a\s+minuto\b|\búltima\s+hora\b
    |\b(?:in\s+)?diretta\b|\bminuto\s+per\s+minuto\b|\bultime\s+notizie\b|\bao\s+(?:vivo|minuto)\b|\búltimas\s+notícias\b
    |\bliveblog\b|\bvolg\s+(?:hier\s+)?live\b|\blaatste\s+nieuws\b|\bdirektrapport\b|\bsenaste\s+nytt\b|\bföljs?\s+live\b|\bseneste\s+nyt\b|\bfølg\s+(?:med\s+)?live\b
    |\bna\s+żywo\b|\brelacja\s+na\b|\bminuta\s+po\s+minucie\b|\bnajnowsze\s+informacje\b""",
    re.IGNORECASE | re.VERBOSE,
)


def is_called_running(title: str) -> bool:
    """Decide whether a headline says that its page is rewritten as things happen."""
    return bool(_NAMES.search(title))
