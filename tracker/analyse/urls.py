"""Makes two links comparable: the only module that knows what of an address is tracking."""

import re

from ada_url import URL

LINK_LIMIT = 2048
"""Longest link that is kept, in characters: what Media Cloud's rss-fetcher accepts."""

_WEB = ("http:", "https:")

# A link that needs no rewriting: scheme, a host, and nothing that a browser would read differently.
_PLAIN_LINK = re.compile(r"https?://[^\s/\\?#@]+(?:[/?#][^\s\\<>\"]*)?", re.IGNORECASE)

# A fragment that is a route within a page application, and so names another article.
_ROUTE = re.compile(r"#!?/|#!")

# Exact names, compared in lower case. Sources: miniflux's list and what is missing from it,
# and the documentation of Matomo (pk_, mtm_), Mapp (wt_), Adobe (s_kwcid, ef_id), Piano/AT Internet (xtor),
# Comscore (ns_), Microsoft (ocid), Deutsche Welle (maca), Instagram and Facebook (ig, mibextid).
# Not here: what some site uses to choose an article (campaign_id, source, cid, sid, eid, p, id, ref ...).
_TRACKING_NAMES = """
    fbclid _openstat fb_action_ids fb_action_types fb_ref fb_source fb_comment_id mibextid sfnsn igshid igsh
    gclid dclid gbraid wbraid gclsrc gad_source gad_campaignid srsltid _ga _gl
    yclid ysclid twclid __twitter_impression msclkid ttclid li_fat_id epik
    mc_cid mc_eid mc_tc wickedid _hsenc __hssc __hstc __hsfp _hsmi hsctatracking
    rb_clickid oly_anon_id oly_enc_id vero_id vero_conv mkt_tok _bhlid _branch_match_id _branch_referrer
    campaign_medium campaign_source campaign_term campaign_content
    pk_campaign pk_kwd pk_keyword pk_source pk_medium pk_content pk_cid piwik_campaign piwik_kwd piwik_keyword
    wt_mc wt_zmc s_kwcid ef_id dicbo tblci oborigurl
    cmpid ocid xtor maca traffic_source ns_mchannel ns_source ns_campaign ns_linkname ns_fee
    guccounter guce_referrer guce_referrer_sig phpsessid jsessionid
"""
_TRACKING = frozenset(_TRACKING_NAMES.split())

# The Guardian's, in this case only: in lower case others compare things with it.
_TRACKING_IN_CAPITALS = "CMP"

# Prefixes reserved by their makers: Google Analytics, Matomo, HubSpot advertising, two of miniflux's.
_TRACKING_PREFIXES = ("utm_", "mtm_", "hsa_", "hmb_", "itm_")

# Names that are tracking on one publisher's sites only (a name ending in _ is a prefix there).
_TRACKING_AT = {
    "bbc.co.uk": ("at_",),
    "bbc.com": ("at_",),
    "nytimes.com": ("smid", "smtyp", "emc", "partner", "campaign_id", "instance_id", "regi_id", "segment_id"),
    "reuters.com": ("feedtype", "feedname", "rpc"),
    "wsj.com": ("mod",),
    "marketwatch.com": ("mod",),
    "ft.com": ("ftcamp",),
    "dailymail.co.uk": ("ito",),
    "metro.co.uk": ("ito",),
    "cnet.com": ("ftag",),
    "zdnet.com": ("ftag",),
    "cbsnews.com": ("ftag",),
    "spiegel.de": ("sara_ref",),
}

# Names too general to be dropped, unless all they say is that the link came out of a feed.
_FROM_A_FEED = frozenset({"ref", "source", "src", "via", "from", "partner", "emc", "mod", "cid"})


def canonical(url: str) -> str | None:
    """The safe form by which two links are one; None for what is no absolute http(s) address.

    The scheme is https, the host lower-case ASCII, and default port, user, fragment and known tracking
    parameters are gone; a fragment that is a route (`#!`, `#/`) and every other parameter stay, byte for
    byte and in order. Idempotent. Two articles never become one.
    """
    parsed = _web_address(url)
    if parsed is None:
        return None
    default = "80" if parsed.protocol == "http:" else "443"
    port = "" if parsed.port in {"", default, "443"} else f":{parsed.port}"
    query = _kept(parsed.search[1:], parsed.hostname)
    route = parsed.hash if _ROUTE.match(parsed.hash) else ""
    return f"https://{parsed.hostname}{port}{parsed.pathname}{'?' if query else ''}{query}{route}"


def absolute(link: str, base: str) -> str | None:
    """The link as given, made absolute against `base` and safe to follow, or None if it cannot be used.

    Usable is http(s), at most LINK_LIMIT characters, without credentials and control characters.
    """
    link = link.strip()
    if not link or any(_is_control(character) for character in link):
        return None
    parsed = _web_address(link, base)
    if parsed is None or parsed.username or parsed.password:
        return None
    plain = link.isprintable() and _PLAIN_LINK.fullmatch(link) is not None
    made = link if plain else parsed.href
    return made if len(made) <= LINK_LIMIT else None


def host(url: str) -> str:
    """The host of an http(s) address in lower-case ASCII, without port; empty for anything else."""
    parsed = _web_address(url)
    return "" if parsed is None else parsed.hostname


def _web_address(link: str, base: str | None = None) -> URL | None:
    """The link parsed as the WHATWG URL standard says, if it is an http(s) address with a host."""
    for attempt in (base, None):
        try:
            parsed = URL(link, attempt)
        except ValueError:  # ada's answer to what it cannot parse, and Python's to a lone surrogate
            continue
        return parsed if parsed.protocol in _WEB and parsed.hostname else None
    return None


def _kept(query: str, hostname: str) -> str:
    """The query without its tracking parameters."""
    local = _names_at(hostname)
    return "&".join(part for part in query.split("&") if not _is_tracking(part, local))


def _names_at(hostname: str) -> tuple[str, ...]:
    """The names that are tracking on this host, which may be a subdomain of one in the table."""
    labels = hostname.split(".")
    parents = (".".join(labels[start:]) for start in range(len(labels) - 1))
    return next((_TRACKING_AT[parent] for parent in parents if parent in _TRACKING_AT), ())


def _is_tracking(parameter: str, local: tuple[str, ...]) -> bool:
    """Whether this `name=value` says who clicked or where, not what is shown."""
    name, _, value = parameter.partition("=")
    name = name.removeprefix("amp;")  # feeds that escape their links twice
    if name == _TRACKING_IN_CAPITALS:
        return True
    name = name.lower()
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES):
        return True
    if name in _FROM_A_FEED and value.lower() == "rss":
        return True
    return any(name.startswith(known) if known.endswith("_") else name == known for known in local)


def _is_control(character: str) -> bool:
    """Whether this is one of the C0 and C1 control characters."""
    return character < " " or "\x7f" <= character <= "\x9f"
