"""Datasette's metadata of the tables: titles, facets, order, search, what is closed.

Data only; describe a table added to the schema here, its columns in columns.py.
"""

from typing import Any, Final

from tracker.analyse.debate import Debate
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
    "grouped_words",
    "term_days",
    "cut_rounds",
    "stale_days",
    "quote_runs",
    "stale_sources",
    "watches",
    "countings",
    "deliveries",
    "alert_watches",
)
"""Tables not readable over the web: the search index's internals, bookkeeping, what was sent, and what would tell a
coder the answer."""

CONTENT: Final = frozenset({"articles_fts_folded", "articles_fts_words"})
"""Closed tables that the index reads to highlight matches; they hold words of articles, which are public."""

_VIEWS: Final[dict[str, Any]] = {
    "coverage": {
        "title": "Articles",
        "description": "One row per article, with its tags. Times are in UTC. The CSV has every row and column.",
        "sort_desc": "published_at",
        "facets": ["source", "relevance", "kind", "country", "language", {"array": "tags"}],
        "fts_table": "articles_fts",
        "fts_pk": "id",
        "size": 50,
        "columns": columns.COVERAGE_COLUMNS,
    },
    "feed_health": {
        "title": "Feeds",
        "description": "One row per feed: whether it can be read, and when it last had something new.",
        "sort": "source",
        "facets": ["health", "last_outcome"],
        "columns": columns.FEED_HEALTH_COLUMNS,
    },
    "continuity": {
        "title": "Continuity",
        "description": "One row per feed and month, from its first poll to its last: the share of the time in which "
        "nothing can have been missed.",
        "sort_desc": "month",
        "facets": ["month", "source"],
        "columns": columns.CONTINUITY_COLUMNS,
    },
    "politeness": {
        "title": "Politeness",
        "description": "What we asked of each host each day: requests, bytes, unchanged documents, and how often it "
        "refused us or asked us to slow down. Without a filter on `day`, the last 30 days.",
        "sort_desc": "day",
        "facets": ["host"],
        "columns": columns.POLITENESS_COLUMNS,
    },
    "headline_changes": {
        "title": "Headline changes",
        "description": "Headlines that publishers changed after we first saw them; `latest_title` is the current one.",
        "sort_desc": "replaced_at",
        "facets": ["source", "relevance"],
        "columns": columns.CHANGE_COLUMNS,
    },
    "at_once": {
        "title": "Two headlines at once",
        "description": "Articles that two feeds of one publisher showed under different headlines at the same time, "
        "for two hours or more: A/B tests, or headlines for a particular section. They do not count as changes.",
        "sort_desc": "first_seen_at",
        "facets": ["source", "relevance"],
        "columns": columns.AT_ONCE_COLUMNS,
    },
    "versions": {
        "title": "Versions",
        "description": "One row per article and wording, with the time it was current. The rows whose valid_from is "
        "not after a given time, and whose valid_to is later or empty, show what was published at that time.",
        "facets": ["source", "relevance"],
        "columns": columns.VERSION_COLUMNS,
    },
    "codebook": {
        "title": "Tags and their accuracy",
        "description": "One row per tag: its meaning, its number of articles, and its accuracy on hand-coded samples. "
        "Shares are between 0 and 1, with 95% confidence intervals; empty means not measured.",
        "facets": ["facet"],
        "size": 100,
        "columns": columns.CODEBOOK_COLUMNS,
    },
    "nearly": {
        "title": "Near misses",
        "description": "Articles that narrowly missed a tag that would have made them relevant to another topic, and "
        "what was missing. Read them to find what the rules overlook.",
        "sort_desc": "published_at",
        "facets": ["missing", "tag", "relevance"],
        "columns": columns.NEARLY_COLUMNS,
    },
    "stories_view": {
        "title": "Stories",
        "description": "One row per event covered by at least two articles, with its outlets and owners. Owners matter "
        "more than outlets: one owner may run the same text in twenty papers.",
        "sort_desc": "last_at",
        "columns": columns.STORY_COLUMNS,
    },
    "copied": {
        "title": "Copies",
        "description": "Articles whose text is (nearly) the same as another's, and the evidence.",
        "sort_desc": "published_at",
        "facets": ["why", "same_owner", "agency"],
        "columns": columns.COPY_COLUMNS,
    },
    "quotations": {
        "title": "Quotations",
        "description": "Who is quoted in relevant articles, and with which words.",
        "sort_desc": "published_at",
        "facets": ["speaker", "camp", "source", "relevance"],
        "columns": columns.QUOTATION_COLUMNS,
    },
    "speakers": {
        "title": "Speakers",
        "description": "One row per speaker quoted in relevant articles: how often and where.",
        "sort_desc": "quotations",
        "columns": columns.SPEAKER_COLUMNS,
    },
    "attention": {
        "title": "Attention",
        "description": "One row per day, source and tag: how much of what the source published has the tag. Unknown is "
        "not zero: a day that was not observed has no figures. Without a filter on `day`, the last 7 days.",
        "sort_desc": "day",
        "columns": columns.ATTENTION_COLUMNS,
    },
}

_TABLES: Final[dict[str, Any]] = {
    "articles": {
        "title": "Articles as stored",
        "description": "One row per article, without its tags.",
        "fts_table": "articles_fts",
        "fts_pk": "id",
    },
    "sources": {"title": "Sources", "description": "The outlets and organisations that are watched."},
    "feeds": {"title": "Feeds as stored", "description": "The feeds of each source, and their polling state."},
    "polls": {"title": "Polls", "description": "Every attempt to read a feed, and its outcome.", "sort_desc": "id"},
    "floods": {
        "title": "Floods",
        "description": "Times when a feed showed far more new entries than usual, or than are accepted in a day.",
        "sort_desc": "id",
    },
    "gaps": {
        "title": "Gaps",
        "description": "Intervals in which a feed was not observed. Entries may have been missed where `bridged` is 0.",
        "sort_desc": "id",
        "facets": ["reason", "bridged"],
        "columns": columns.GAP_COLUMNS,
    },
    "sightings": {
        "title": "Sightings",
        "description": "Which article was seen in which feed, and when first and last.",
    },
    "revisions": {"title": "Earlier versions", "description": "Titles and summaries that publishers have replaced."},
    "earlier_words": {
        "title": "Earlier wordings as stored",
        "description": "Earlier titles and summaries, and when each was current, including every turn of a flip-flop.",
    },
    "domains": {"title": "Where sources publish", "description": "Which hosts and paths belong to which source."},
    "citations": {
        "title": "Links from other sources",
        "description": "Articles as titled by other sources' feeds that link to them.",
    },
    "takeovers": {
        "title": "Articles first seen elsewhere",
        "description": "The source and title of each until one of its publisher's feeds showed it.",
    },
    "variants": {
        "title": "Two headlines as stored",
        "description": "Headlines that differ between two feeds of a source.",
    },
    "tags": {"title": "Tags", "description": "The labels that articles can have."},
    "article_tags": {"title": "Tags of articles", "description": "Which article has which tag."},
    "evidence": {"title": "Evidence", "description": "The words and the rule that gave an article a tag."},
    "near_misses": {"title": "Near misses as stored", "description": "Tags that articles narrowly missed, and why."},
    "quotes": {
        "title": "Quotations as stored",
        "description": "The words that an article quotes, and who said them.",
    },
    "speaker_counts": {"title": "Speakers as stored", "description": "How often each speaker is quoted, as counted."},
    "texts": {
        "title": "Full texts",
        "description": "Whether the page of an article was read, how long its text is, and the text's SHA-256. The "
        "texts themselves are never published.",
        "facets": ["outcome"],
        "columns": columns.TEXT_COLUMNS,
    },
    "boilerplate": {
        "title": "What sources repeat",
        "description": "Passages under many articles of a source, which are ignored when these are tagged.",
    },
    "retaggings": {"title": "Retaggings", "description": "When new rules were applied to all articles."},
    "retagging_changes": {
        "title": "What retaggings changed",
        "description": "How many articles gained and lost each tag, with the numbers of some of them.",
    },
    "tag_quality": {
        "title": "Hand-coded samples",
        "description": "The measured accuracy of a tag, each time it was measured.",
    },
    "copies": {"title": "Copies as stored", "description": "Which article is a copy of which, and why."},
    "stories": {"title": "Stories as stored", "description": "Events covered by at least two articles."},
    "story_links": {
        "title": "Why articles are in stories",
        "description": "The most similar article of the story when an article joined it, and how similar it was.",
    },
    "story_changes": {"title": "Stories merged and split", "description": "Corrections made by hand."},
    "source_days": {
        "title": "Articles by day and source",
        "description": "The number of articles per source and day, and how much of the day the source was observed.",
        "sort_desc": "day",
        "columns": columns.SOURCE_DAY_COLUMNS,
    },
    "days": {
        "title": "Articles by day",
        "description": "The number of articles per day, from all sources, and how much of the day was observed: `seen` "
        "adds up the shares of the day in which each source was observed, `watched` counts the sources.",
        "sort_desc": "day",
        "columns": columns.DAY_COLUMNS,
    },
    "tag_days": {
        "title": "Articles by tag, day and source",
        "description": "Only counts above zero; `attention` includes zeros and marks what is unknown.",
        "sort_desc": "day",
    },
    "camp_days": {
        "title": "Camps quoted, by day and source",
        "description": "How many relevant articles of a source quote each side. An article that quotes two sides "
        "counts for both, so divide by the row without a camp: the articles that quote anybody.",
        "sort_desc": "day",
        "columns": columns.CAMP_DAY_COLUMNS,
    },
    "events": {
        "title": "Policy timeline",
        "description": "What happened in the debate, by day, with a source: bills, laws, rulings and announcements. "
        "Add more in feeds.yaml.",
        "sort_desc": "day",
        "facets": ["tag"],
        "columns": columns.EVENT_COLUMNS,
    },
    "term_counts": {
        "title": "Word frequencies",
        "description": "How many articles contained each word stem at the last count; used to weight words in search.",
    },
    "jobs": {
        "title": "Scheduled jobs",
        "description": "The schedule in feeds.yaml, and since when each line has applied.",
    },
    "job_runs": {
        "title": "Runs of jobs",
        "description": "Each run of a scheduled job: when it was due, when it ran, and its outcome.",
        "sort_desc": "id",
        "facets": ["job", "outcome"],
    },
    "rulebooks": {"title": "Rulebooks", "description": "Every version of the rules, in full."},
}

ORDER: Final = (*_VIEWS, *_TABLES)
"""The order of tables on the data page."""


def metadata(title: str, database: str, debate: Debate) -> dict[str, Any]:
    """Return Datasette's metadata for a site of this title."""
    closed = {name: {"allow": False, "hidden": True} for name in CLOSED}
    topics = {topic.id.replace("-", "_"): f"How many are about {topic.noun} only" for topic in debate.topics}
    counts = {name: _TABLES[name] | {"columns": _TABLES[name]["columns"] | topics} for name in ("source_days", "days")}
    tables = _VIEWS | _TABLES | counts | closed
    return {"title": title, "databases": {database: {"title": "Data", "tables": tables}}}
