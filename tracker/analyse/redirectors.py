"""Unwrap links that lead through a redirector: the only module that knows their formats.

Listed are services that document their format, or whose own software writes it, and that carry the whole target. Those
that must be asked (t.co, shorteners) are not.
"""

import re
from base64 import urlsafe_b64decode
from html import unescape
from urllib.parse import unquote

from tracker.analyse.urls import GOOGLE, absolute

_IN_A_ROW = 3
"""How many redirectors, one inside the other, are unwrapped."""

# By the parameter of the query that carries the target. Facebook's family; Skimlinks, which rewrites publishers' links;
# the "safe links" of Microsoft, Barracuda, GMX and web.de.
_IN_QUERY = {
    "url": rf"(?:www\.)?bing\.com/news/apiclick\.aspx|{GOOGLE}(?-i:/url)|news\.google\.com/news/url"
    r"|out\.reddit\.com/\w*|slack-redir\.net/link|getpocket\.com/redirect|steamcommunity\.com/linkfilter/?"
    r"|(?:www\.)?linkedin\.com/(?:safety/go|redir/redirect|redir/general-malware-page)"
    r"|go\.(?:skimresources|redirectingat)\.com/?|(?:www\.)?redirectingat\.com/?"
    r"|\w+\.safelinks\.protection\.outlook\.com/(?:ap/[\w-]+/)?",
    "q": rf"{GOOGLE}(?-i:/url)|(?:www\.)?youtube\.com/redirect",
    "u": r"lm?\.facebook\.com/l\.php|(?:www\.|m\.)?facebook\.com/l\.php|l\.messenger\.com/l\.php"
    r"|l\.(?:instagram|threads)\.(?:com|net)/|l\.wl\.co/l|steamcommunity\.com/linkfilter/?"
    r"|urldefense\.proofpoint\.com/v1/url",
    "uddg": r"(?:www\.)?duckduckgo\.com/l/",
    "z": r"t\.umblr\.com/redirect",
    "to": r"(?:m\.|www\.)?vk\.(?:com|ru)/away\.php|away\.vk\.(?:com|ru)/(?:away\.php)?",
    "target": r"link\.zhihu\.com/",
    "a": r"linkprotect\.cudasvc\.com/url",
    "redirectUrl": r"deref-(?:gmx|web)(?:-02)?\.(?:net|com|de)/mail/client/[\w-]+/dereferrer/"
    r"|medium\.com/m/global-identity(?:-2)?",
}
_QUERIES = {name: re.compile(rf"https?://(?:{places})\?", re.IGNORECASE) for name, places in _IN_QUERY.items()}

# With the target in the path, or as the whole query: the Wayback Machine's captures (a time stamp, and how to show it),
# Tumblr's href.li, and, percent-encoded, Cisco's and Yahoo Search's.
_PATHS = tuple(
    re.compile(rf"https?://{form}", re.IGNORECASE | re.DOTALL)
    for form in (
        r"web\.archive\.org/web/\d{4,14}(?:[a-z]{2}_)?/(?P<target>https?:/.+)",
        r"href\.li/\?(?P<target>https?:/.+)",
        r"secure-web\.cisco\.com/[\w-]+/(?P<encoded>https?%3a[^/?#]+)",
        r"r\.search\.yahoo\.com/(?:[^?#]*/)?RU=(?P<encoded>https?%3a[^/?#]+)",
    )
)

# Proofpoint's, as its own decoder reads them. Version 2 writes - for % and _ for /. Version 3 writes * for a character
# and ** with a length for several, and appends all of these in base64.
_PROOFPOINT_2 = re.compile(
    r"https?://urldefense\.proofpoint\.com/v2/url\?(?:[^#]*&)?u=(?P<target>[^&#]+)", re.IGNORECASE
)
_PROOFPOINT_3 = re.compile(r"https?://urldefense\.com/v3/__(?P<target>.+?)__;(?P<replaced>[\w=-]*)!", re.IGNORECASE)
_REPLACED = re.compile(r"\*\*(?P<length>[\w-])|\*", re.ASCII)
_LENGTHS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_SHORTEST_RUN = 2

# Google News's substitute for the publisher's address. Since July 2024 only Google can resolve it.
_OPAQUE = re.compile(r"https?://news\.google\.com/(?:__i/rss/rd/|rss/)?(?:articles|read)/.", re.IGNORECASE)


def unwrapped(url: str) -> str:
    """Return the target in a known redirector's link; any other text unchanged.

    An unusable target, and anything after three redirectors, stays wrapped.
    """
    for _ in range(_IN_A_ROW):
        target = absolute(_target(url), "")
        if target is None:
            break
        url = target
    return url


def is_opaque(url: str) -> bool:
    """Decide whether this is an aggregator's own link that only the aggregator can resolve."""
    return _OPAQUE.match(url) is not None


def _target(url: str) -> str:
    """Return what a redirector's link leads to, as it states it; empty if the link is none of a redirector."""
    if "?" in url:
        for name, place in _QUERIES.items():
            match = place.match(url)
            value = _value(url[match.end() :], name) if match else ""
            if value:
                return value
    for path in _PATHS:
        if match := path.match(url):
            found = match.groupdict()
            return found.get("target") or _decoded(found["encoded"])
    return _proofpoint(url)


def _proofpoint(url: str) -> str:
    """Return the target in a link of Proofpoint's URL Defense, version 2 or 3; empty if it is none."""
    if match := _PROOFPOINT_2.match(url):
        return unescape(_decoded(match["target"].translate(str.maketrans("-_", "%/"))))
    match = _PROOFPOINT_3.match(url)
    if match is None:
        return ""
    try:
        characters = iter(urlsafe_b64decode(f"{match['replaced']}==").decode())
    except ValueError:
        return ""

    def replaced(run: re.Match[str]) -> str:
        count = _LENGTHS.index(run["length"]) + _SHORTEST_RUN if run["length"] else 1
        return "".join(character for _, character in zip(range(count), characters, strict=False))

    return _REPLACED.sub(replaced, match["target"])


def _value(query: str, name: str) -> str:
    """Return a query's first value of this name, percent-decoded; empty if there is none or it is not UTF-8.

    A plus sign stays one: addresses contain no spaces.
    """
    for part in query.partition("#")[0].split("&"):
        key, _, value = part.partition("=")
        if key.removeprefix("amp;") == name:
            return _decoded(value)
    return ""


def _decoded(text: str) -> str:
    """Return a percent-decoded text; empty if it is not UTF-8."""
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        return ""
