"""Plain descriptions of table and view columns, shown above each table and in docs/data.md. Data only."""

from typing import Final

COVERAGE_COLUMNS: Final = {
    "id": "The article's number on this site; its page is /article/ and this number",
    "published_at": "When it was published according to its feed, in UTC; empty if the feed does not say",
    "first_seen_at": "When this tracker first saw it in a feed, in UTC",
    "source": "The outlet or organisation that published it",
    "title": "Its current headline",
    "summary": "Its summary in the feed, as plain text",
    "relevance": "Which of the topics it is about: a topic's id if one, both if more than one, or none",
    "tags": "All its tags, as a JSON list of ids",
    "themes": "The labels of its themes, as a JSON list",
    "laws": "The laws and bills it names, as a JSON list",
    "organisations": "The organisations it names, as a JSON list",
    "people": "The people it names, as a JSON list",
    "places": "The places it names, as a JSON list",
    "url": "Its address at the publisher",
    "author": "Its author, according to the feed",
    "language": "Its language (ISO 639-1)",
    "kind": "The type of publisher",
    "country": "The source's country (ISO 3166-1, or EU, INT)",
    "family": "The owner; sources with the same owner count once",
    "source_id": "The short name of the source in feeds.yaml",
    "last_seen_at": "When it was last seen in a feed, in UTC",
    "date_quality": "How far its date can be trusted: stated, day (no time given), repaired, absent or implausible",
    "feeds": "The number of feeds in which it was seen",
    "headline_changes": "How many changes of its headline have been seen, those of running pages included",
    "canonical_url": "The normalised address by which different links to it are recognised as one article",
    "rulebook": "The version of the rules that assigned its tags",
    "story": "The number of its story, which is that of the story's first stored article; outside the debate its own, "
    "unless it is a copy",
    "copy_of": "The article whose text it repeats, wholly or nearly; empty if none is known. Articles outside the "
    "debate are compared only with those in or near it",
    "agency": "The news agency named in its byline or dateline",
    "appeared_at": "When it counts as published: its date, or when it was first seen if that date cannot be right",
}

FEED_HEALTH_COLUMNS: Final = {
    "id": "The number of the feed",
    "source": "The outlet or organisation it belongs to",
    "url": "Its address in feeds.yaml",
    "health": "ok, failing, gone, flooding, silent, not reached (we were offline), never polled, or removed (no longer "
    "in feeds.yaml)",
    "why": "What is wrong, in a sentence; empty if nothing is",
    "continuity_percent": "The percentage of its last polled month in which nothing can have been missed",
    "last_outcome": "How the last poll ended",
    "last_error": "What went wrong, in a sentence",
    "failures": "Failures since the last success; failures of our own network count for less",
    "last_poll_at": "When it was last polled, in UTC",
    "last_ok_at": "When it was last read, or reported no changes, in UTC",
    "last_new_at": "When it last had a new entry, in UTC",
    "next_poll_at": "When it is next due, in UTC",
    "moved_to": "Its new address, if the publisher has moved it permanently",
    "per_day": "Its recent number of new entries per day",
    "polls": "How often it has been polled",
    "entries_seen": "The number of different entries seen in it",
    "gaps": "The number of intervals in which entries may have been missed",
    "source_id": "The short name of the source in feeds.yaml",
}

CONTINUITY_COLUMNS: Final = {
    "feed": "The number of the feed",
    "month": "The month, in UTC",
    "source": "The outlet or organisation it belongs to",
    "url": "Its address in feeds.yaml",
    "observed": "The share of the time in which nothing can have been missed, from 0 to 1",
    "hours_missed": "The number of hours in which entries may have been missed",
    "gaps": "The number of intervals in which they may have been missed",
    "from_at": "Start of the period covered: that of the month, or the feed's first poll",
    "to_at": "End of the period covered: that of the month, or the feed's last poll",
    "source_id": "The short name of the source in feeds.yaml",
}

POLITENESS_COLUMNS: Final = {
    "day": "The day, in UTC",
    "host": "The host that received the requests",
    "polls": "How often its feeds were polled",
    "requests": "The number of requests sent, redirects included",
    "not_modified": "How many polls it answered with 304 (not modified), which costs next to nothing",
    "not_modified_percent": "The same as a percentage of all polls",
    "bytes": "Bytes transferred",
    "rate_limited": "How often it asked us to slow down (429)",
    "refused": "How often it, or a bot check in front of it, refused access",
    "feeds": "How many of its feeds were polled",
}

GAP_COLUMNS: Final = {
    "id": "The number of the gap",
    "feed": "The number of the feed",
    "from_at": "When the feed was last read before it, in UTC; for a silent feed, when it last had a new entry",
    "to_at": "When the feed was read again, in UTC; empty while the gap is open",
    "reason": "overflow (the feed showed only new entries, none at all or too many), error (the feed failed), outage "
    "(we were offline), paused (nothing was polled), or silent (only a warning: the feed responds but shows nothing "
    "new)",
    "bridged": "1 if the feed still showed earlier entries when it was read again, so nothing was missed",
}

VERSION_COLUMNS: Final = {
    "article": "The number of the article",
    "valid_from": "When the poll that found this wording started, in UTC",
    "valid_to": "When the poll that found the next wording started, in UTC; empty if this one is current",
    "source": "The outlet or organisation that published it",
    "title": "Its headline at that time",
    "summary": "Its summary at that time",
    "published_at": "When it was published, as known today",
    "relevance": "Which of the topics it is about, judged by its current wording and rules",
    "url": "Its address at the publisher",
    "source_id": "The short name of the source in feeds.yaml",
}

CODEBOOK_COLUMNS: Final = {
    "tag": "The tag's id",
    "facet": "The type of tag, such as topic, law or person",
    "label": "Its display name",
    "about": "What it means",
    "articles": "The number of articles with this tag",
    "precision": "The share of articles with this tag that should have it, in the coded sample",
    "precision_low": "The lower bound of its 95% confidence interval",
    "precision_high": "The upper bound",
    "recall": "The share of articles that should have this tag that do, estimated from the sample",
    "recall_low": "The lower bound of its 95% confidence interval",
    "recall_high": "The upper bound",
    "kappa": "Agreement of two coders beyond chance (Cohen's kappa); empty with one coder",
    "coded": "The number of articles coded",
    "measured_at": "When it was measured, in UTC",
    "measured_rulebook": "The version of the rules that was measured",
}

NEARLY_COLUMNS: Final = {
    "id": "The number of the article",
    "published_at": "When it was published according to the feed, in UTC",
    "source": "The outlet or organisation that published it",
    "title": "Its headline",
    "relevance": "Which of the topics it is about, without this tag",
    "tag": "The tag it narrowly missed",
    "missing": "context (the words lack the context they need), strength (they are only a hint), or exclusion (other "
    "words rule the tag out)",
    "words": "The words in favour of the tag",
    "excluding": "The word that ruled the tag out; empty where something else was missing",
    "url": "Its address at the publisher",
    "tag_id": "The tag's id",
}

STORY_COLUMNS: Final = {
    "id": "The number of the story, which is that of its first stored article",
    "last_at": "When its latest article was published, in UTC",
    "title": "The headline of its most central article",
    "articles": "The number of its articles",
    "texts": "The number of distinct texts: copies of a text count once",
    "outlets": "The number of sources that published them",
    "owners": "The number of owners of these sources",
    "relevant": "The number of relevant articles",
    "first_at": "When its earliest article was published, in UTC",
    "first_source": "The source of that article",
    "agencies": "The news agencies credited in its articles, as a JSON list",
    "releases": "The organisations whose own releases were reprinted, as a JSON list",
    "languages": "The languages of its articles, as a JSON list",
    "headline": "The number of the article whose headline is shown",
}

ATTENTION_COLUMNS: Final = {
    "day": "The day, in the time zone set in feeds.yaml; undated articles count on the day they were first seen",
    "tag": "The tag's id",
    "label": "Its display name",
    "source": "The outlet or organisation",
    "matching": "The number of its articles of that day with the tag; 0 means none, empty means unknown",
    "total": "The number of articles it published that day; empty if the day was not observed",
    "ratio": "matching divided by total; also empty if it published nothing",
    "observed": "The share of the day in which its feeds were observed, from 0 to 1: below 0.5 the day counts as not "
    "observed; empty if none was watched",
    "family": "The owner; sources with the same owner count once",
    "kind": "The type of publisher",
    "country": "The source's country (ISO 3166-1, or EU, INT)",
    "source_id": "The short name of the source in feeds.yaml",
}

SOURCE_DAY_COLUMNS: Final = {
    "day": "The day, in the time zone set in feeds.yaml",
    "source": "The source",
    "articles": "The number of its articles of that day that were seen",
    "both_topics": "How many of them are about more than one topic",
    "relevant": "How many of them are about any topic",
    "observed": "The share of the day in which its feeds were observed, from 0 to 1; empty if none was watched",
}

DAY_COLUMNS: Final = {
    "day": "The day, in the time zone set in feeds.yaml",
    "articles": "The number of articles of that day, from all sources, that were seen",
    "both_topics": "How many of them are about more than one topic",
    "relevant": "How many of them are about any topic",
    "seen": "The sum over all sources of the share of the day in which each was observed",
    "watched": "The number of sources watched; seen divided by watched is the share of the day that was observed",
}

EVENT_COLUMNS: Final = {
    "day": "The day it happened, local time",
    "tag": "The law it concerns, as a tag id; empty if none",
    "title": "What happened",
    "url": "A page that confirms it",
}

COPY_COLUMNS: Final = {
    "id": "The number of the copy",
    "published_at": "When it was published according to its feed, in UTC",
    "source": "The source that published it",
    "title": "Its headline",
    "why": "What is the same: text (most of two long texts), excerpt (most of the shorter) or title (the headline)",
    "score": "The share of the shorter text found in the other, from 0 to 1",
    "root_source": "The source of the original",
    "root_title": "The headline of the original",
    "same_owner": "1 if both sources have the same owner",
    "agency": "The news agency credited in either",
    "release_of": "The charity, authority or company whose own release it reprints",
    "relevance": "Which of the topics the copy is about",
    "url": "Its address at the publisher",
    "root": "The number of the original article",
    "story": "The number of its story",
}

CHANGE_COLUMNS: Final = {
    "replaced_at": "When the newer headline was first seen, in UTC",
    "earlier_title": "The previous headline",
    "latest_title": "The current headline",
    "relevance": "Which of the topics the article is about now",
    "article": "The number of the article",
    "kind": "trivial (spelling, word order, style), reworded (the same in other words, or another summary), "
    "substantive (something else is stated), flip-flop (a return to an earlier wording), or running (of a page "
    "rewritten as things happen, such as live coverage)",
    "words": "The key terms of the debate that were added (+) or removed (-), as a JSON list",
    "again": "How many more times the earlier headline was replaced",
    "first_seen_at": "When the earlier headline was first seen, in UTC",
    "seen_until": "When the feed that changed it last showed the earlier headline, in UTC",
}

AT_ONCE_COLUMNS: Final = {
    "source": "The publisher of both feeds",
    "title": "The headline in one feed",
    "other_title": "The headline in the other, which is the one used on this site",
    "hours": "For how many hours both were seen at the same time",
    "relevance": "Which of the topics the article is about now",
    "feed": "The address of the first feed",
    "first_seen_at": "When it was first seen with its headline while the other differed, in UTC",
    "last_seen_at": "When it was last seen with that headline, in UTC",
    "other_feed": "The address of the other feed",
    "other_first_seen_at": "When it was first seen with its headline, in UTC",
    "other_last_seen_at": "When it was last seen with that headline, in UTC",
    "url": "The article's address at the publisher",
    "article": "The number of the article",
}

QUOTATION_COLUMNS: Final = {
    "id": "The number of the quotation",
    "published_at": "When its article was published or, if no feed says, first seen, in UTC",
    "speaker": "Who is quoted: the fullest name that the article gives, or a role; empty if it does not say",
    "words": "What is quoted, without quotation marks",
    "source": "The outlet or organisation that quotes",
    "field": "Where it stands: title, summary or body (the full text)",
    "cue": "The verb or phrase that names the speaker; : for the form Name: words",
    "confidence": "How sure the speaker is, from 0 to 1; docs/data.md says what each figure means",
    "speaker_tag": "The speaker's tag, or that of the organisation spoken for; empty if the article has no such tag",
    "camp": "The side for which that person or organisation speaks; docs/codebook.md defines the camps",
    "first_article": "The article in which the same statement was first quoted, whole or in part",
    "copy_of": "The article of which this one is a copy, so that the quotation is that one's; empty if none is known",
    "relevance": "Which of the topics the article is about: a topic's id if one, or both if more than one",
    "language": "The article's language (ISO 639-1)",
    "source_id": "The short name of the source in feeds.yaml",
    "article": "The article's number",
    "url": "The article's address at the publisher",
}

CAMP_DAY_COLUMNS: Final = {
    "day": "The day, in settings.timezone",
    "source": "The short name of the source in feeds.yaml",
    "camp": "The side that is quoted; empty counts the articles that quote anybody, the denominator",
    "articles": "How many relevant articles, copies left out, quote somebody of this side",
}

SPEAKER_COLUMNS: Final = {
    "speaker": "Who is quoted: the name of the tag if there is one, else as articles write it",
    "quotations": "How many different statements; the same one in several outlets, and in copies, counts once",
    "articles": "In how many articles, copies left out",
    "copies": "In how many copies of other articles besides",
    "sources": "By how many sources, copies included",
    "first_at": "When the first of these articles was published, in UTC",
    "last_at": "When the last of them was published, in UTC",
    "speaker_tag": "The tag of the person or organisation; empty if the rulebook has none",
    "camp": "The side for which they speak; docs/codebook.md defines the camps",
}

TEXT_COLUMNS: Final = {
    "article": "The article's number",
    "outcome": "ok or imported if the text was read, else what stood in its place or why there was no answer",
    "error": "What went wrong, in a sentence",
    "asked_at": "When its page was last asked for, in UTC",
    "next_at": "When it will be asked for again, in UTC; empty if it will not, unless its headline or summary changes",
    "failures": "Failed requests in a row",
    "read_at": "When the text was read, in UTC; empty if there is none",
    "sha256": "The SHA-256 of the text",
    "characters": "The length of the text in characters",
    "words": "The length of the text in words",
    "etag": "The page's ETag, for the next request",
    "last_modified": "The page's Last-Modified, for the next request",
}
