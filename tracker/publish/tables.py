"""Datasette's metadata of the tables: titles, facets, order, search, what is closed.

Data only; describe a table added to the schema here, its columns in columns.py.
"""

from typing import Any, Final

from tracker.store import columns

CLOSED: Final = (
    "articles_fts",
    "articles_fts_config",
    "articles_fts_data",
    "articles_fts_docsize",
    "articles_fts_folded",
    "articles_fts_idx",
    "articles_fts_words",
    "_sqlite_migrations",
    "links",
    "samples",
    "sample_articles",
    "codings",
    "term_countings",
    "stale_days",
    "stale_sources",
    "watches",
    "countings",
    "deliveries",
    "alert_watches",
)
"""Tables not readable over the web: the search index's internals, bookkeeping, what was sent, and what would tell a
coder the answer."""

CONTENT: Final = frozenset({"articles_fts_folded", "articles_fts_words"})
"""Those of them that the index reads to highlight matches: the words of articles, and so not secret."""

_VIEWS: Final[dict[str, Any]] = {
    "coverage": {
        "title": "Articles",
        "description": "One row for each article, with its tags. Times are in UTC. The CSV has every row and column.",
        "sort_desc": "published_at",
        "facets": ["source", "relevance", "kind", "country", "language", {"array": "tags"}],
        "fts_table": "articles_fts",
        "fts_pk": "id",
        "size": 50,
        "columns": columns.COVERAGE_COLUMNS,
    },
    "feed_health": {
        "title": "Feeds",
        "description": "One row for each feed: whether it can be read, and when it last brought something new.",
        "sort": "source",
        "facets": ["health", "last_outcome"],
        "columns": columns.FEED_HEALTH_COLUMNS,
    },
    "continuity": {
        "title": "Continuity",
        "description": "One row for each feed and month, from its first poll to its last: how much of the time it "
        "was seen, so that nothing can have been missed.",
        "sort_desc": "month",
        "facets": ["month", "source"],
        "columns": columns.CONTINUITY_COLUMNS,
    },
    "politeness": {
        "title": "Politeness",
        "description": "What each host had of us each day: requests, answers without a document, bytes, and how often "
        "it asked us to stop. Without a filter on `day`, the last 30 days.",
        "sort_desc": "day",
        "facets": ["host"],
        "columns": columns.POLITENESS_COLUMNS,
    },
    "headline_changes": {
        "title": "Headline changes",
        "description": "Headlines that a publisher changed after we had seen them; `latest_title` is today's.",
        "sort_desc": "replaced_at",
        "facets": ["source", "relevance"],
        "columns": columns.CHANGE_COLUMNS,
    },
    "at_once": {
        "title": "Two headlines at once",
        "description": "Articles that two feeds of one publisher showed under different headlines at the same time, "
        "for two hours or more: experiments on readers, or headlines made for a section. They are no changes.",
        "sort_desc": "first_seen_at",
        "facets": ["source", "relevance"],
        "columns": columns.AT_ONCE_COLUMNS,
    },
    "versions": {
        "title": "Versions",
        "description": "One row for each article and wording, with the time from which and until which it bore it. "
        "Rows with valid_from at or before a moment, and valid_to after it or empty, are what stood then.",
        "facets": ["source", "relevance"],
        "columns": columns.VERSION_COLUMNS,
    },
    "codebook": {
        "title": "Tags and how good they are",
        "description": "One row for each tag: what it means, how many articles carry it, and how right that is, by "
        "samples that people coded by hand. Shares are between 0 and 1, with 95 % intervals; empty is not measured.",
        "facets": ["facet"],
        "size": 100,
        "columns": columns.CODEBOOK_COLUMNS,
    },
    "nearly": {
        "title": "Near misses",
        "description": "Articles that nearly got a tag which would have made them relevant to one more topic, and what "
        "was missing: read them to find what the rules overlook.",
        "sort_desc": "published_at",
        "facets": ["missing", "tag", "relevance"],
        "columns": columns.NEARLY_COLUMNS,
    },
    "stories_view": {
        "title": "Stories",
        "description": "One row for each event that at least two articles report, with how many outlets and owners "
        "did. Owners weigh more than outlets: one owner may print one text in twenty papers.",
        "sort_desc": "last_at",
        "columns": columns.STORY_COLUMNS,
    },
    "copied": {
        "title": "Copies",
        "description": "Articles that are (nearly) the same text as an earlier one, and what says so.",
        "sort_desc": "published_at",
        "facets": ["why", "same_owner", "agency"],
        "columns": columns.COPY_COLUMNS,
    },
    "attention": {
        "title": "Attention",
        "description": "One row for each day, source and tag: how much of what it published carries the tag. Unknown "
        "is not zero: a day that was not observed has no numbers. Without a filter on `day`, the last 7 days.",
        "sort_desc": "day",
        "columns": columns.ATTENTION_COLUMNS,
    },
}

_TABLES: Final[dict[str, Any]] = {
    "articles": {
        "title": "Articles as stored",
        "description": "One row for each article, without its tags.",
        "fts_table": "articles_fts",
        "fts_pk": "id",
    },
    "sources": {"title": "Sources", "description": "The outlets and organisations that are watched."},
    "feeds": {"title": "Feeds as stored", "description": "The feeds of each source, and the state of polling."},
    "polls": {"title": "Polls", "description": "Every attempt to read a feed, and how it ended.", "sort_desc": "id"},
    "floods": {
        "title": "Floods",
        "description": "When a feed showed far more that was new than it usually does, or than is taken in a day.",
        "sort_desc": "id",
    },
    "gaps": {
        "title": "Gaps",
        "description": "Intervals in which a feed was not seen. Where `bridged` is 0, entries may have been missed.",
        "sort_desc": "id",
        "facets": ["reason", "bridged"],
        "columns": columns.GAP_COLUMNS,
    },
    "sightings": {"title": "Sightings", "description": "Which article was seen in which feed, first and last."},
    "revisions": {"title": "Earlier versions", "description": "Titles and summaries that a publisher has replaced."},
    "earlier_words": {
        "title": "Earlier words as stored",
        "description": "Titles and summaries that articles bore, from when until when, every turn of a flip-flop too.",
    },
    "domains": {"title": "Where sources publish", "description": "Hosts and paths at which articles are whose."},
    "citations": {
        "title": "What others call articles",
        "description": "Titles by which other sources' feeds link them.",
    },
    "takeovers": {
        "title": "Articles that others showed first",
        "description": "What each stood under until a feed of its publisher showed it.",
    },
    "variants": {"title": "Two headlines as stored", "description": "Headlines of a feed that differ from another's."},
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
    "copies": {"title": "Copies as stored", "description": "Which article is a copy of which, and why."},
    "stories": {"title": "Stories as stored", "description": "Events that at least two articles report."},
    "story_links": {
        "title": "Why articles are in stories",
        "description": "The nearest article of the story when the article joined it, and how near it was.",
    },
    "story_changes": {"title": "Stories merged and split", "description": "What was put right by hand."},
    "source_days": {
        "title": "Articles by day and source",
        "description": "How many articles of each source count on each day, and how much of the day it was seen.",
        "sort_desc": "day",
        "columns": columns.SOURCE_DAY_COLUMNS,
    },
    "days": {
        "title": "Articles by day",
        "description": "How many articles of all sources count on each day, and how much of it was seen: `seen` is the "
        "sum of what was seen of each source, `watched` the number of sources that were watched.",
        "sort_desc": "day",
        "columns": columns.DAY_COLUMNS,
    },
    "tag_days": {
        "title": "Articles by tag, day and source",
        "description": "Only numbers above zero; `attention` has the zeros, and says what is not known.",
        "sort_desc": "day",
    },
    "events": {
        "title": "Policy timeline",
        "description": "What happened in the debate, by day, with a page that says so: bills, laws, rulings and "
        "announcements. feeds.yaml can add to it.",
        "sort_desc": "day",
        "facets": ["tag"],
        "columns": columns.EVENT_COLUMNS,
    },
    "term_counts": {
        "title": "Words and how common they are",
        "description": "In how many articles each word's stem stood when they were last counted; the search and the "
        "grouping of stories weigh words by it.",
    },
    "jobs": {"title": "Scheduled jobs", "description": "What feeds.yaml has done when, and since when it says so."},
    "job_runs": {
        "title": "Runs of jobs",
        "description": "Each run of a job of the schedule: when it was due, when it ran, and what came of it.",
        "sort_desc": "id",
        "facets": ["job", "outcome"],
    },
    "rulebooks": {"title": "Rulebooks", "description": "Every version of the rules, in full."},
}

ORDER: Final = (*_VIEWS, *_TABLES)
"""The order of tables on the data page."""


def metadata(title: str, database: str) -> dict[str, Any]:
    """Return Datasette's metadata for a site of this title."""
    closed = {name: {"allow": False, "hidden": True} for name in CLOSED}
    return {"title": title, "databases": {database: {"title": "Data", "tables": _VIEWS | _TABLES | closed}}}
