"""Make links safe and comparable: the only module that uses ada-url."""

import re
from urllib.parse import urlsplit

from ada_url import join_url, normalize_url

from tracker.analyse.tracking_parameters import untracked_path, untracked_query

LINK_LIMIT = 2048
"""Longest link kept, in characters: what Media Cloud's rss-fetcher accepts."""

# An http(s) address in the WHATWG URL standard's normal form, as returned by ada.
_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?:(?P<user>[^/@]+)@)?(?P<host>\[[^\]]+\]|[^/:]+)(?::(?P<port>\d+))?"
    r"(?P<path>/[^?#]*)(?:\?(?P<query>[^#]*))?(?P<fragment>#.*)?",
    re.DOTALL,
)

# An address the standard would not change, as most are: it need not be parsed. No numeric host, no punycode
# (which may be invalid), no path segment starting with a dot or a bracket, and nothing that needs encoding.
_NORMALISED = re.compile(
    r"https?://(?P<host>(?:(?!xn--)[a-z0-9-]+\.)+(?!xn--)[a-z]{2,})(?:/(?![.(])[\w~,:@!$&()*+=.-]*+)++", re.ASCII
)

# A link that needs no rewriting: scheme, host, and nothing a browser would parse differently.
_PLAIN_LINK = re.compile(r"https?://[^\s/\\?#@]+(?:[/?#][^\s\\<>\"]*)?", re.IGNORECASE)

_USER = re.compile(r"(\s*(?:https?:)?//)[^/\\?#]*@", re.IGNORECASE)

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # C0 and C1

_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")
_BROKEN_ENCODING = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[\w.~-]", re.ASCII)  # RFC 3986, section 2.3

# A fragment that is a route in a single-page application, and so identifies another article.
_ROUTE = re.compile(r"#!?/|#!")

GOOGLE = r"(?:www\.)?google\.(?:com|[a-z]{2}|com?\.[a-z]{2})"
"""A host of Google Search, in any country; a pattern for `re`."""

# Caches that serve an AMP page at an address containing the publisher's: Google's (/c/ a document, /v/ one in a
# viewer; /i/ and /r/ are its parts), Bing's, and Google Search.
_AMP_CACHE = re.compile(
    r"https://(?:(?:[^/]+\.)?(?:cdn\.ampproject\.org|bing-amp\.com)/[cv]"
    rf"|{GOOGLE}/amp)/(?:s/)?(?=[^/]+\.)"
)

# What distinguishes a page's variants: the start of the host, the start and end of the path, and the query.
_FORM_OF_HOST = re.compile(r"^(?:www|m|mobile|amp)\.(?=[^.]+\.)(?!(?:ac|co|com|edu|ne|net|or|org)\.[a-z]{2}(?::|$))")
_FORM_AT_START = re.compile(r"/amp(?:html)?(?=/|$)", re.IGNORECASE)
_FORM_AT_END = re.compile(r"/+$|/amp$|\.amp(?=\.html?$|$)|(?<=/)index\.html?$", re.IGNORECASE)
_FORM_IN_QUERY = frozenset({"amp", "amp=1", "amp=true", "outputtype=amp", "view=amp"})

# What people and forms write before a host: http://https://host, https:\\host, http:/host.
_SCHEME = re.compile(r"\A(?:https?:[\\/]*)*(https?:)[\\/]+(?=[^\\/?#]*\.)", re.IGNORECASE)


def canonical(url: str) -> str | None:
    """Return the safe form under which two links are equal; None if it is not an absolute http(s) address.

    The scheme is https, the host lower-case ASCII without a trailing dot; default port, user, fragment, session id in
    the path and known tracking parameters are removed. A fragment that is a route (`#!`, `#/`) and all other parameters
    stay, in order and byte for byte, except that percent-encoding in path and query is normalised (RFC 3986, section
    6.2.2). Idempotent. Never merges two articles.
    """
    if _NORMALISED.fullmatch(url):
        return url if url.startswith("https:") else f"https{url[4:]}"
    address = _parse(url)
    if address is None:
        return None
    scheme, _, host_name, port, path, query, fragment = address.groups(default="")
    host_name = host_name.rstrip(".") or host_name
    default = "80" if scheme == "http" else "443"
    colon_port = "" if port in {"", default, "443"} else f":{port}"
    kept = untracked_query(_normalise_encoding(query), host_name) if query else ""
    route = fragment if _ROUTE.match(fragment) else ""
    return (
        f"https://{host_name}{colon_port}{untracked_path(_normalise_encoding(path))}{'?' if kept else ''}{kept}{route}"
    )


def match_key(url: str) -> str | None:
    """Return a lossy key shared by an article's desktop, mobile and AMP pages; None as in `canonical`.

    Only a hint: two articles may have one key, so other evidence must agree. It is the canonical address, taken out of
    an AMP cache's, without variants of host (`www.`, `m.`, `mobile.`, `amp.`), path (`/amp`, `.amp`, `index.html`, a
    trailing slash) and query (`amp=1`, `outputType=amp`, `view=amp`). Idempotent.
    """
    key = canonical(url)
    while key is not None:
        shorter = canonical(_strip_variant(key))
        if shorter in {key, None}:
            break
        key = shorter
    return key


def absolute(link: str, base: str) -> str | None:
    """Return the link as given, resolved against `base` and safe to follow, or None if unusable.

    Usable links are http(s), at most LINK_LIMIT characters, without credentials or control characters. A scheme that is
    written twice, or with other slashes than two, is put right.
    """
    link = link.strip()
    if _NORMALISED.fullmatch(link):
        return link if len(link) <= LINK_LIMIT else None
    link = _SCHEME.sub(r"\1//", link)
    if not link or _CONTROL.search(link):
        return None
    address = _parse(link, base)
    if address is None or address["user"]:
        return None
    plain = link.isprintable() and _PLAIN_LINK.fullmatch(link) is not None
    made = link if plain else address.string
    return made if len(made) <= LINK_LIMIT else None


def without_user(link: str) -> str:
    """Return a link without the user and password before its host: readers need none."""
    user = _USER.match(link)
    return f"{user[1]}{link[user.end() :]}" if user else link


def host(url: str) -> str:
    """Return the host of an http(s) address in lower-case ASCII, without port; empty for anything else."""
    address = _NORMALISED.fullmatch(url) or _parse(url)
    return "" if address is None else address["host"]


def _normalise_encoding(text: str) -> str:
    """Upper-case hexadecimal digits and decode unreserved characters; decode nothing next to a stray percent sign, with
    which it could form another octet."""
    if "%" not in text:
        return text
    decodes = _BROKEN_ENCODING.search(text) is None

    def normalise(octet: re.Match[str]) -> str:
        character = chr(int(octet[1], 16))
        return character if decodes and _UNRESERVED.fullmatch(character) else octet[0].upper()

    return _ENCODED.sub(normalise, text)


def _strip_variant(key: str) -> str:
    """Strip one layer of page variants from a canonical address."""
    cache = _AMP_CACHE.match(key)
    if cache:
        return f"https://{key[cache.end() :]}"
    whole, hash_mark, route = key.partition("#")
    place, mark, query = whole.partition("?")
    authority, _, path = place.removeprefix("https://").partition("/")
    path = _FORM_AT_END.sub("", _FORM_AT_START.sub("", f"/{path}", count=1))
    kept = "&".join(part for part in query.split("&") if part.lower() not in _FORM_IN_QUERY)
    name = _FORM_OF_HOST.sub("", authority)
    return f"https://{name}{path}{mark if kept else ''}{kept}{hash_mark}{route}"


def _parse(link: str, base: str | None = None) -> re.Match[str] | None:
    """Match the parts of a link normalised by the WHATWG URL standard, if it is an http(s) address with a host."""
    for attempt in (base, None):
        try:
            made = normalize_url(link) if attempt is None else join_url(attempt, link)
        except ValueError:  # raised by ada for what it cannot parse, and by Python for a lone surrogate
            continue
        return _ADDRESS.fullmatch(made)
    return None


def on_the_web(address: object) -> bool:
    """Decide whether this is an http(s) address with a host: only those become links."""
    if not isinstance(address, str) or any(character <= " " for character in address):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
