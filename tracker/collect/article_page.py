"""Read the text of an article from its web page, and recognise pages that show something else in its place.

The only module that knows trafilatura. It is run in a process that can be killed: what a page holds is not trusted.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from trafilatura import bare_extraction

from tracker.analyse.text import AUTHOR_LIMIT, plain, text_lines
from tracker.collect.formats.sniff import refuse_challenges
from tracker.errors import ChallengePage
from tracker.models import PageText
from tracker.outcomes import PageOutcome

ACCEPT: Final = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
"""The Accept header of requests for pages."""

_FEWEST_WORDS: Final = 60
"""Words below which a page holds no article, only its beginning or something in its place."""

_TEASER_WORDS: Final = 250
"""Words up to which a page that asks for a subscription holds a teaser."""

_SCRIPT: Final = re.compile(
    rb"<script[^<>]{0,200}application/ld\+json[^<>]{0,200}>(.{0,200000}?)</script", re.IGNORECASE | re.DOTALL
)
_LOCKED: Final = re.compile(rb"<meta[^<>]{0,200}article:content_tier[^<>]{0,100}content=[\"']?locked", re.IGNORECASE)
_RESERVED: Final = re.compile(rb"<meta[^<>]{0,200}tdm-reservation[^<>]{0,100}content=[\"']?1\b", re.IGNORECASE)
"""The publisher reserves text and data mining (W3C TDM Reservation Protocol)."""

_SUBSCRIBE: Final = re.compile(
    r"subscribe (?:now|today|to (?:continue|read|unlock|keep))|already a (?:subscriber|member)|sign in to read"
    r"|create (?:a free )?account to (?:read|continue)|for subscribers|exclusive to subscribers"
    r"|jetzt (?:abonnieren|testen|weiterlesen)|mit (?:einem )?abo (?:weiter)?lesen|bereits abonnent|nur für abonnenten"
    r"|réservé aux abonnés|déjà abonné|il vous reste [\d.,]+ ?% de (?:cet|l['’])|abonnez-vous"
    r"|solo para suscriptores|exclusivo para suscriptores|suscríbete para|ya eres suscriptor"
    r"|riservato agli abbonati|contenuto per gli abbonati|sei già abbonato|abbonati per"
    r"|exclusivo para assinantes|já é assinante|alleen voor abonnees|al abonnee|abonneer om"
    r"|tylko dla subskrybentów|dostęp dla prenumeratorów|för prenumeranter|redan prenumerant"
    r"|kun for abonnenter|allerede abonnent|for abonnenter",
    re.IGNORECASE,
)
_CONSENT: Final = re.compile(
    r"before you continue|we (?:and our partners )?(?:use|store) (?:and/or access )?cookies|your privacy choices"
    r"|accept (?:all )?cookies|cookie (?:consent|settings)|consent to"
    r"|cookies akzeptieren|zustimm(?:en|ung)|einwillig(?:en|ung)|accepter (?:les|et) |votre consentement"
    r"|aceptar (?:todas las )?cookies|tu consentimiento|accetta(?:re)? (?:i )?cookie|il tuo consenso"
    r"|aceitar (?:todos os )?cookies|cookies accepteren|toestemming|zgod[aęy] na|akceptuj"
    r"|godkänn|samtyck[et]|accepter(?:er)? (?:alle )?cookies|samtykke",
    re.IGNORECASE,
)
_CONSENT_HOST: Final = re.compile(r"^(?:consent|privacy|cmp|guce)\.|^myprivacy\.", re.IGNORECASE)


def read_page(body: bytes, url: str, asked: str) -> PageText:
    """Return the text of the page found at `url` where `asked` was requested, or what stands in its place."""
    try:
        refuse_challenges(body)
    except ChallengePage as error:
        return PageText(PageOutcome.CHALLENGE, error=str(error))
    if _RESERVED.search(body):
        return PageText(PageOutcome.RESERVED, error="The publisher reserves text and data mining.")
    if _CONSENT_HOST.match(urlsplit(url).hostname or ""):
        return PageText(PageOutcome.CONSENT, error="The server sends a page that asks for consent.")
    found = bare_extraction(
        body, url=url, include_comments=False, include_tables=False, with_metadata=True, as_dict=True
    )
    extracted = found if isinstance(found, dict) else {}
    text = text_lines(str(extracted.get("text") or ""))
    if refused := _in_its_place(body, text, (url, asked)):
        return refused
    author = plain(str(extracted.get("author") or ""), AUTHOR_LIMIT) or None
    return PageText(PageOutcome.OK, text, author, published=extracted.get("date") or None)


def _in_its_place(body: bytes, text: str, addresses: tuple[str, str]) -> PageText | None:
    """Return what a page shows in place of the article; None if the text is the article's."""
    words = len(text.split())
    if _is_paid_for(body) or _LOCKED.search(body):
        return PageText(PageOutcome.PAYWALL, error="The page says that the article is not free to read.")
    shown = text if words else plain(body[:65_536].decode("utf-8", "replace"), 2000)
    if words < _TEASER_WORDS and (asks := _SUBSCRIBE.search(shown)):
        return PageText(PageOutcome.PAYWALL, error=f"The page breaks off and asks for a subscription: {asks[0]!r}.")
    if words < _FEWEST_WORDS and (asks := _CONSENT.search(shown)):
        return PageText(PageOutcome.CONSENT, error=f"The page asks for consent: {asks[0]!r}.")
    found, asked = addresses
    if urlsplit(found).path in {"", "/"} and urlsplit(asked).path not in {"", "/"}:
        return PageText(PageOutcome.NO_TEXT, error="The server sends its front page instead.")
    if words < _FEWEST_WORDS:
        return PageText(PageOutcome.NO_TEXT, error=f"The page holds too little text: {words} words.")
    return None


def _is_paid_for(body: bytes) -> bool:
    """Return whether the page's own description says that it is not free to read (schema.org isAccessibleForFree)."""
    return any(
        str(item.get("isAccessibleForFree")).lower() == "false"
        for script in _SCRIPT.finditer(body)
        for item in _described(script[1])
    )


def _described(script: bytes) -> Iterator[dict[str, Any]]:
    """Yield the objects at the top of a script of JSON-LD; none if it is broken."""
    try:
        described = json.loads(script)
    except (ValueError, RecursionError):
        return
    listed = described if isinstance(described, list) else [described]
    for item in listed:
        if isinstance(item, dict):
            yield item
            yield from (one for one in _several(item.get("@graph")) if isinstance(one, dict))


def _several(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
