"""What Datasette is told about the tables: titles, plain words for columns, facets, order, search, what is closed.

Data only; a table or column added to the schema is described here.
"""

from typing import Any, Final

CLOSED: Final = (
    "articles_fts",
    "articles_fts_config",
    "articles_fts_data",
    "articles_fts_docsize",
    "articles_fts_idx",
    "_sqlite_migrations",
    "links",
    "samples",
    "sample_articles",
    "codings",
)
"""Tables that nobody may read over the web: the search index's inside, bookkeeping, and what would tell a coder the
answer."""

_COVERAGE_COLUMNS: Final = {
    "id": "The number of the article here; its page is /article/ and this number",
    "published_at": "When it was published, as its feed says, in UTC; empty when the feed does not say",
    "first_seen_at": "When this tracker first saw it in a feed, in UTC",
    "source": "The outlet or organisation that published it",
    "title": "Its headline now",
    "summary": "The summary in the feed, as plain text",
    "relevance": "Which of the two topics it carries: both, encryption, child-safety or none",
    "tags": "All its tags, as a JSON list of ids",
    "themes": "The labels of its themes, as a JSON list",
    "laws": "The laws and bills it names, as a JSON list",
    "organisations": "The organisations it names, as a JSON list",
    "people": "The people it names, as a JSON list",
    "places": "The places it names, as a JSON list",
    "url": "Its address at the publisher",
    "author": "Its author, as the feed says",
    "language": "Its language (ISO 639-1)",
    "kind": "What sort of publisher the source is",
    "country": "The source's country (ISO 3166-1, or EU, INT)",
    "family": "The owner under which sources count once",
    "source_id": "The short name of the source in feeds.yaml",
    "last_seen_at": "When it was last seen in a feed, in UTC",
    "date_quality": "How far its date can be trusted: stated, repaired, absent or implausible",
    "feeds": "In how many feeds it was seen",
    "headline_changes": "How many times its headline was changed while we watched",
    "canonical_url": "The address by which copies of a link are recognised as one article",
    "rulebook": "The version of the rules that gave its tags",
}

_FEED_HEALTH_COLUMNS: Final = {
    "id": "The number of the feed",
    "source": "The outlet or organisation it belongs to",
    "url": "Its address in feeds.yaml",
    "health": "ok, failing, gone, silent, not reached (we were offline), never polled, or removed (not in feeds.yaml)",
    "why": "What is the matter, in a sentence; empty when nothing is",
    "continuity_percent": "How much of the last month in which it was polled it was seen, in per cent; see Continuity",
    "last_outcome": "How the last poll ended",
    "last_error": "What went wrong, in a sentence",
    "failures": "Failures since the last success; those of our own network count less",
    "last_poll_at": "When it was last asked, in UTC",
    "last_ok_at": "When it was last read, or said that nothing had changed, in UTC",
    "last_new_at": "When it last brought a new entry, in UTC",
    "next_poll_at": "When it falls due, in UTC",
    "moved_to": "Where the publisher has moved it for good",
    "per_day": "How many new entries it shows a day, of late",
    "polls": "How often it was asked",
    "entries_seen": "How many different entries it has shown",
    "gaps": "Intervals in which entries may have been missed",
    "source_id": "The short name of the source in feeds.yaml",
}

_CONTINUITY_COLUMNS: Final = {
    "feed": "The number of the feed",
    "month": "The month, in UTC",
    "source": "The outlet or organisation it belongs to",
    "url": "Its address in feeds.yaml",
    "observed": "The share of the time in which nothing can have been missed: 1 is all of it; pages show per cent",
    "hours_missed": "The hours in which entries may have been missed",
    "gaps": "In how many intervals",
    "from_at": "When the watch began in this month: its beginning, or the feed's first poll",
    "to_at": "When it ended: with the month, or with the feed's last poll",
    "source_id": "The short name of the source in feeds.yaml",
}

_POLITENESS_COLUMNS: Final = {
    "day": "The day, in UTC",
    "host": "The host that was asked",
    "polls": "How often feeds of it were asked for",
    "requests": "How many requests that took, redirects included",
    "not_modified": "How many polls it answered with 304, which costs next to nothing",
    "not_modified_percent": "The same, in per cent of the polls",
    "bytes": "Bytes on the wire",
    "rate_limited": "How often it asked us to come less often (429)",
    "refused": "How often it, or a guard before it, turned us away",
    "feeds": "How many feeds of it were asked for",
}

_GAP_COLUMNS: Final = {
    "id": "The number of the gap",
    "feed": "The number of the feed",
    "from_at": "When the feed was last seen before it, in UTC; of a silent feed, its last new entry",
    "to_at": "When it was seen again, in UTC; empty while the gap is open",
    "reason": "overflow (only new entries were left to see), error (the feed failed), outage (we were offline), "
    "paused (nobody polled), or silent: no gap but a warning, the feed answers and shows nothing new",
    "bridged": "1 when the feed, seen again, still showed what it had shown before: nothing was missed",
}

_CODEBOOK_COLUMNS: Final = {
    "tag": "The tag's id",
    "facet": "What sort of thing it names",
    "label": "Its name for people",
    "about": "What it means",
    "articles": "How many articles carry it",
    "precision": "The share of the articles that carry it which should, in the coded sample",
    "precision_low": "The lower end of its 95 % interval",
    "precision_high": "The upper end",
    "recall": "The share of the articles which should carry it that do, as estimated from the sample",
    "recall_low": "The lower end of its 95 % interval",
    "recall_high": "The upper end",
    "kappa": "How far two coders agreed beyond chance (Cohen's kappa); empty with one coder",
    "coded": "How many articles were coded",
    "measured_at": "When, in UTC",
    "measured_rulebook": "Of which version of the rules",
}

_NEARLY_COLUMNS: Final = {
    "id": "The number of the article",
    "published_at": "When it was published, as the feed says, in UTC",
    "source": "The outlet or organisation that published it",
    "title": "Its headline",
    "relevance": "Which of the two topics it carries as it is",
    "tag": "The tag that it nearly got",
    "missing": "company (the words need others beside them), strength (they are but a hint), or exclusion (words that "
    "rule the tag out are there)",
    "words": "The words that spoke for the tag",
    "url": "Its address at the publisher",
    "tag_id": "The tag's id",
}

_VIEWS: Final[dict[str, Any]] = {
    "coverage": {
        "title": "Articles",
        "description": "One row for each article, with its tags. Times are in UTC. The CSV has every row and column.",
        "sort_desc": "published_at",
        "facets": ["source", "relevance", "kind", "country", "language", {"array": "tags"}],
        "fts_table": "articles_fts",
        "fts_pk": "id",
        "size": 50,
        "columns": _COVERAGE_COLUMNS,
    },
    "feed_health": {
        "title": "Feeds",
        "description": "One row for each feed: whether it can be read, and when it last brought something new.",
        "sort": "source",
        "facets": ["health", "last_outcome"],
        "columns": _FEED_HEALTH_COLUMNS,
    },
    "continuity": {
        "title": "Continuity",
        "description": "One row for each feed and month, from its first poll to its last: how much of the time it "
        "was seen, so that nothing can have been missed.",
        "sort_desc": "month",
        "facets": ["month", "source"],
        "columns": _CONTINUITY_COLUMNS,
    },
    "politeness": {
        "title": "Politeness",
        "description": "What each host had of us each day: requests, answers without a document, bytes, and how often "
        "it asked us to stop. Without a filter on `day`, the last 30 days.",
        "sort_desc": "day",
        "facets": ["host"],
        "columns": _POLITENESS_COLUMNS,
    },
    "headline_changes": {
        "title": "Headline changes",
        "description": "Headlines that a publisher changed after we had seen them; `latest_title` is today's.",
        "sort_desc": "replaced_at",
        "facets": ["source", "relevance"],
        "columns": {
            "replaced_at": "When we first saw the newer headline, in UTC",
            "earlier_title": "The headline before",
            "latest_title": "The headline now",
            "relevance": "Which of the two topics the article carries now",
            "article": "The number of the article",
        },
    },
    "codebook": {
        "title": "Tags and how good they are",
        "description": "One row for each tag: what it means, how many articles carry it, and how right that is, by "
        "samples that people coded by hand. Shares are between 0 and 1, with 95 % intervals; empty is not measured.",
        "facets": ["facet"],
        "size": 100,
        "columns": _CODEBOOK_COLUMNS,
    },
    "nearly": {
        "title": "Near misses",
        "description": "Articles that nearly got a tag which would have made them relevant to one more topic, and what "
        "was missing: read them to find what the rules overlook.",
        "sort_desc": "published_at",
        "facets": ["missing", "tag", "relevance"],
        "columns": _NEARLY_COLUMNS,
    },
}

_TABLES: Final[dict[str, Any]] = {
    "articles": {"title": "Articles as stored", "description": "One row for each article, without its tags."},
    "sources": {"title": "Sources", "description": "The outlets and organisations that are watched."},
    "feeds": {"title": "Feeds as stored", "description": "The feeds of each source, and the state of polling."},
    "polls": {"title": "Polls", "description": "Every attempt to read a feed, and how it ended.", "sort_desc": "id"},
    "gaps": {
        "title": "Gaps",
        "description": "Intervals in which a feed was not seen. Where `bridged` is 0, entries may have been missed.",
        "sort_desc": "id",
        "facets": ["reason", "bridged"],
        "columns": _GAP_COLUMNS,
    },
    "sightings": {"title": "Sightings", "description": "Which article was seen in which feed, first and last."},
    "revisions": {"title": "Earlier versions", "description": "Titles and summaries that a publisher has replaced."},
    "tags": {"title": "Tags", "description": "The labels that articles can carry."},
    "article_tags": {"title": "Tags of articles", "description": "Which article carries which tag."},
    "evidence": {"title": "Evidence", "description": "The words, and the rule, that gave an article a tag."},
    "near_misses": {"title": "Near misses as stored", "description": "Tags that articles nearly got, and why not."},
    "retaggings": {"title": "Retaggings", "description": "When new rules were applied to all articles."},
    "retagging_changes": {
        "title": "What retaggings changed",
        "description": "How many articles gained and lost each tag, and the numbers of the first of them.",
    },
    "tag_quality": {"title": "Samples coded by hand", "description": "How good a tag was found to be, each time."},
    "rulebooks": {"title": "Rulebooks", "description": "Every version of the rules, in full."},
}

ORDER: Final = (*_VIEWS, *_TABLES)
"""The order in which the data page lists them."""


def metadata(title: str, database: str) -> dict[str, Any]:
    """Datasette's metadata for a site of this title."""
    closed = {name: {"allow": False, "hidden": True} for name in CLOSED}
    return {"title": title, "databases": {database: {"title": "Data", "tables": _VIEWS | _TABLES | closed}}}
