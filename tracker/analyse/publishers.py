"""Determine which sources publish an address, and whose words a feed carries, from feeds.yaml; no I/O.

A source publishes at its feeds' hosts (without prefixes such as `www.` and `feeds.`), at their subdomains, and at its
declared domains. The longest match wins; several sources may share a place.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from tracker.analyse.redirectors import is_opaque
from tracker.analyse.urls import canonical

FeedRole = Literal["publishes", "takes-over", "cites"]
"""A feed's role for an article: it publishes it, takes it over from feeds that only showed it, or merely cites it."""

_LABELS = ("www.", "feeds.", "feed.", "rss.", "m.", "mobile.", "amp.")

# Suffixes under which many publish: a country's (co.uk, gov.uk), or a single label.
_SUFFIX = re.compile(
    r"[^.]+|(?:ac|co|com|edu|gob|gouv|gov|govt|gv|info|ltd|me|mil|ne|net|nhs|nic|nom|or|org|plc|police|sch|school)"
    r"\.[a-z]{2}"
)

# Platforms where anybody may publish: an account's own subdomain is a place, the platform itself is not.
_PLATFORMS = frozenset(
    {
        *("amazonaws.com", "blogger.com", "blogspot.com", "cloudfront.net", "facebook.com", "feedblitz.com"),
        *("feedburner.com", "ghost.io", "github.com", "github.io", "gitlab.com", "google.com", "linkedin.com"),
        *("livejournal.com", "medium.com", "netlify.app", "pages.dev", "podbean.com", "reddit.com", "rss.app"),
        *("rss.com", "rsshub.app", "soundcloud.com", "squarespace.com", "substack.com", "t.me", "telegram.me"),
        *("tumblr.com", "twitter.com", "vercel.app", "vimeo.com", "weebly.com", "wixsite.com", "wordpress.com"),
        *("x.com", "yahoo.com", "youtube.com"),
        # podcast and microblogging hosts
        *("acast.com", "anchor.fm", "audioboom.com", "bsky.app", "buzzsprout.com", "captivate.fm", "libsyn.com"),
        *("mastodon.social", "megaphone.fm", "omnycontent.com", "simplecast.com", "spreaker.com", "threads.net"),
        *("transistor.fm",),
        # platform hosts that are no account's own subdomain
        *("feedproxy.google.com", "feeds2.feedburner.com", "gist.github.com", "groups.google.com", "old.reddit.com"),
        *("raw.githubusercontent.com", "sites.google.com", "storage.googleapis.com"),
    }
)

_BUCKETS = re.compile(r"s3[a-z0-9.-]*\.amazonaws\.com")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a source publishes: a host, with any port, and the path prefix.

    `declared` is True for `domains:` entries, False for places derived from a feed's address.
    """

    host: str
    path: str
    source: str
    declared: bool


@dataclass(frozen=True, slots=True)
class Attribution:
    """Which feed reports an entry, who published it, and which sources own its address (none: no known owner).

    `speaker` is the feed's source. `source` is the likely publisher: another only if an aggregator names it. `named` is
    True if it does and the outlet's own site has the address.
    """

    speaker: str
    source: str
    owners: frozenset[str] = frozenset()
    named: bool = False

    @property
    def is_foreign(self) -> bool:
        """Whether the address belongs to other sources."""
        return bool(self.owners) and not self.owners & {self.speaker, self.source}

    @property
    def role(self) -> FeedRole:
        """The feed's role for an article that nobody has shown yet."""
        return "cites" if self.is_foreign else "publishes"


class Publishers:
    """An index of the places where sources publish, for looking up who publishes an address."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._places: dict[str, list[Place]] = {}
        for place in places:
            self._places.setdefault(place.host, []).append(place)

    def of(self, url: str) -> frozenset[str]:
        """Return the sources that publish an address; empty if none is known."""
        if not self._places or is_opaque(url):
            return frozenset()
        authority, path = _parts(url)
        for host in hosts(url):
            exact = host == _strip_labels(authority) or host == _strip_labels(authority.partition(":")[0])
            found = [
                one
                for one in self._places.get(host, ())
                if _contains(one.path, path) and (exact or not _is_shared(host))
            ]
            if found:
                best = max((len(one.path), one.declared) for one in found)
                return frozenset(one.source for one in found if (len(one.path), one.declared) == best)
        return frozenset()


@lru_cache(maxsize=4096)  # called twice for each entry, and again for its article
def hosts(url: str) -> tuple[str, ...]:
    """Return the hosts to look an address's publisher up under, the most exact first."""
    authority, _ = _parts(url)
    name = _strip_labels(authority.partition(":")[0])
    labels = name.split(".")
    parents = [] if name.replace(".", "").isdigit() else [".".join(labels[n:]) for n in range(1, len(labels) - 1)]
    return tuple(dict.fromkeys([_strip_labels(authority), name, *parents]))


def places_of_feed(url: str, source: str) -> list[Place]:
    """Return where a source publishes, judging by its feed's address: its host, and the feed's folder; on a platform
    the folder alone."""
    authority, path = _parts(url)
    folder = path.rpartition("/")[0]
    return [
        Place(host, below, source, declared=False)
        for host in dict.fromkeys([_strip_labels(authority), _strip_labels(authority.partition(":")[0])])
        if host
        for below in dict.fromkeys(["", folder])
        if below or not _is_platform(host)
    ]


def place_of_domain(domain: str, source: str) -> Place:
    """Parse an entry of `domains:`; raises ValueError if it is not the place of one publisher."""
    authority, path = _parts(f"https://{domain}")
    host = _strip_labels(authority)
    if not host or re.search(r"[\s?#@]|//", domain):
        raise ValueError(
            f"{domain!r} is not a domain; write one as in example.org, or with a path as in example.org/news"
        )
    if not path.strip("/") and _is_shared(host):
        raise ValueError(f"many publish at {host}; add the path at which this source does, as in {host}/name")
    return Place(host, path.rstrip("/"), source, declared=True)


@lru_cache(maxsize=4096)
def _parts(url: str) -> tuple[str, str]:
    """Return an address's host with port, and its path, both canonical; empty if it is not an address."""
    address = (canonical(url) or "").removeprefix("https://")
    place = re.split(r"[?#]", address, maxsplit=1)[0]
    authority, slash, path = place.partition("/")
    return authority, slash + path


def _strip_labels(host: str) -> str:
    """Strip generic leading labels from a host."""
    while label := next((one for one in _LABELS if host.startswith(one) and "." in host[len(one) :]), None):
        host = host[len(label) :]
    return host


def _contains(folder: str, path: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")


def _is_shared(host: str) -> bool:
    """Decide whether subdomains of this host may belong to others."""
    return _is_platform(host) or _SUFFIX.fullmatch(host) is not None


def _is_platform(host: str) -> bool:
    return host in _PLATFORMS or _BUCKETS.fullmatch(host) is not None
