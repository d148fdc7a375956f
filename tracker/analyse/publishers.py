"""Which sources publish an address, and whose words a feed states: decided from what feeds.yaml declares; no I/O.

A source publishes at the hosts of its feeds, without what sites put before their name (`www.`, `feeds.`), at their
subdomains, and at the domains that it declares. The longest match wins; several sources may share a place.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from tracker.analyse.urls import canonical, is_opaque

Part = Literal["speaks", "takes", "cites"]
"""What a feed does with a stored article: states its words, takes it over from others, or only links it."""

_LABELS = ("www.", "feeds.", "feed.", "rss.", "m.", "mobile.", "amp.")

# Where many publish under one name: a suffix of a country (co.uk, gov.uk), a single label.
_SUFFIX = re.compile(
    r"[^.]+|(?:ac|co|com|edu|gob|gouv|gov|govt|gv|info|ltd|me|mil|ne|net|nhs|nic|nom|or|org|plc|police|sch|school)"
    r"\.[a-z]{2}"
)

# Platforms on which everybody may publish; a name of one's own before them is a place, the platform itself is none.
_PLATFORMS = frozenset(
    {
        *("amazonaws.com", "blogger.com", "blogspot.com", "cloudfront.net", "facebook.com", "feedblitz.com"),
        *("feedburner.com", "ghost.io", "github.com", "github.io", "gitlab.com", "google.com", "linkedin.com"),
        *("livejournal.com", "medium.com", "netlify.app", "pages.dev", "podbean.com", "reddit.com", "rss.app"),
        *("rss.com", "rsshub.app", "soundcloud.com", "squarespace.com", "substack.com", "t.me", "telegram.me"),
        *("tumblr.com", "twitter.com", "vercel.app", "vimeo.com", "weebly.com", "wixsite.com", "wordpress.com"),
        *("x.com", "yahoo.com", "youtube.com"),
        # podcasts and short messages of everybody
        *("acast.com", "anchor.fm", "audioboom.com", "bsky.app", "buzzsprout.com", "captivate.fm", "libsyn.com"),
        *("mastodon.social", "megaphone.fm", "omnycontent.com", "simplecast.com", "spreaker.com", "threads.net"),
        *("transistor.fm",),
        # hosts of platforms that are no name of one's own
        *("feedproxy.google.com", "feeds2.feedburner.com", "gist.github.com", "groups.google.com", "old.reddit.com"),
        *("raw.githubusercontent.com", "sites.google.com", "storage.googleapis.com"),
    }
)

_BUCKETS = re.compile(r"s3[a-z0-9.-]*\.amazonaws\.com")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a source publishes: a host, with its port where it has one, and the path below which it does.

    `declared` is True for what `domains:` says, False for what follows from a feed's address.
    """

    host: str
    path: str
    source: str
    declared: bool


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks of an entry, for whom, and which sources publish its address (none: nobody is known to).

    `speaker` is the feed's source, `source` who published the entry as far as can be told: another only where an
    aggregator names it. `named` is True where it does so and the outlet's own site has the address.
    """

    speaker: str
    source: str
    owners: frozenset[str] = frozenset()
    named: bool = False

    @property
    def is_foreign(self) -> bool:
        """Whether the address is that of others."""
        return bool(self.owners) and not self.owners & {self.speaker, self.source}


class Publishers:
    """The places of sources, by which the publishers of an address are found."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._places: dict[str, list[Place]] = {}
        for place in places:
            self._places.setdefault(place.host, []).append(place)

    def of(self, url: str) -> frozenset[str]:
        """The sources that publish an address; empty where none is known to."""
        if not self._places or is_opaque(url):
            return frozenset()
        authority, path = _parts(url)
        for host in hosts(url):
            exact = host == _bare(authority) or host == _bare(authority.partition(":")[0])
            found = [
                one for one in self._places.get(host, ()) if _holds(one.path, path) and (exact or not _is_shared(host))
            ]
            if found:
                best = max((len(one.path), one.declared) for one in found)
                return frozenset(one.source for one in found if (len(one.path), one.declared) == best)
        return frozenset()


@lru_cache(maxsize=4096)  # asked twice of each entry, and again of its article
def hosts(url: str) -> tuple[str, ...]:
    """The hosts under which a publisher of an address may be found, the most exact first."""
    authority, _ = _parts(url)
    name = _bare(authority.partition(":")[0])
    labels = name.split(".")
    parents = [] if name.replace(".", "").isdigit() else [".".join(labels[n:]) for n in range(1, len(labels) - 1)]
    return tuple(dict.fromkeys([_bare(authority), name, *parents]))


def places_of_feed(url: str, source: str) -> list[Place]:
    """Where a source publishes, as far as the address of its feed tells: at its host, and below the feed's folder.

    On a platform that is the folder alone.
    """
    authority, path = _parts(url)
    folder = path.rpartition("/")[0]
    return [
        Place(host, below, source, declared=False)
        for host in dict.fromkeys([_bare(authority), _bare(authority.partition(":")[0])])
        if host
        for below in dict.fromkeys(["", folder])
        if below or not _is_platform(host)
    ]


def place_of_domain(domain: str, source: str) -> Place:
    """The place that an item of `domains:` means; raises ValueError where it is none of one publisher."""
    authority, path = _parts(f"https://{domain}")
    host = _bare(authority)
    if not host or re.search(r"[\s?#@]|//", domain):
        raise ValueError(f"{domain!r} is no domain; write one as in example.org, or with a path as in example.org/news")
    if not path.strip("/") and _is_shared(host):
        raise ValueError(f"many publish at {host}; add the path at which this source does, as in {host}/name")
    return Place(host, path.rstrip("/"), source, declared=True)


@lru_cache(maxsize=4096)
def _parts(url: str) -> tuple[str, str]:
    """The host with its port, and the path, both in their canonical form; empty for what is no address."""
    address = (canonical(url) or "").removeprefix("https://")
    place = re.split(r"[?#]", address, maxsplit=1)[0]
    authority, slash, path = place.partition("/")
    return authority, slash + path


def _bare(host: str) -> str:
    """A host without the labels that sites put before their own name."""
    while label := next((one for one in _LABELS if host.startswith(one) and "." in host[len(one) :]), None):
        host = host[len(label) :]
    return host


def _holds(folder: str, path: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")


def _is_shared(host: str) -> bool:
    """Whether what is below a name, as a subdomain, is somebody else's."""
    return _is_platform(host) or _SUFFIX.fullmatch(host) is not None


def _is_platform(host: str) -> bool:
    return host in _PLATFORMS or _BUCKETS.fullmatch(host) is not None
