"""That the sources of the shipped feeds.yaml count under the right owners, and that the document says which."""

import re
from collections import defaultdict
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tracker.config.load import Config, load

ROOT = Path(__file__).parent.parent
SHARED_SITES = {
    "europa.eu": {"council-of-the-eu", "edpb", "edps", "european-commission", "european-parliament", "europol"},
    "www.gov.uk": {"ofcom", "uk-government"},
}
"""Sites on which independent bodies publish side by side, with their families."""


@pytest.fixture(scope="module")
def shipped() -> Config:
    return load(ROOT / "feeds.yaml")


def site_of(url: str) -> str:
    """The site as it is registered: theguardian.com, or abc.net.au where names are given out below net.au."""
    labels = (urlsplit(url).hostname or "").split(".")
    below = labels[-2] in {"ac", "co", "com", "gov", "net", "org"} and len(labels[-1]) == 2
    return ".".join(labels[-3 if below else -2 :])


def test_shipped_sources_on_one_site_count_as_one_owner(shipped: Config) -> None:
    families = {source.id: source.family for source in shipped.sources}
    owners: dict[str, set[str]] = defaultdict(set)
    for feed in shipped.feeds:
        owners[site_of(feed.url)].add(families[feed.source])
    assert {site: found for site, found in owners.items() if len(found) > 1} == SHARED_SITES


def test_the_document_names_every_owner_of_several_shipped_sources_and_what_is_theirs(shipped: Config) -> None:
    text = (ROOT / "docs" / "feeds.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `([^`]+)` \| [^|]+ \| ([^|]+) \|$", text, flags=re.MULTILINE))
    titles: dict[str, list[str]] = defaultdict(list)
    for source in shipped.sources:
        titles[source.family].append(source.name)
    several = {family: "; ".join(names) for family, names in titles.items() if len(names) > 1}
    assert len(several) >= 15
    assert {family: listed.get(family) for family in several} == several


def test_no_family_bears_the_id_of_a_source_that_is_not_in_it(shipped: Config) -> None:
    strangers = [
        (source.id, source.family)
        for source in shipped.sources
        if source.family != source.id and source.id in {other.family for other in shipped.sources}
    ]
    assert strangers == []
