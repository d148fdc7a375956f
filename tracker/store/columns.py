"""Plain descriptions of table and view columns, shown above each table and in docs/data.md. Data only."""

from typing import Final

COVERAGE_COLUMNS: Final = {
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
    "date_quality": "How far its date can be trusted: stated, day (and no time of it), repaired, absent or implausible",
    "feeds": "In how many feeds it was seen",
    "headline_changes": "How many times its headline was changed while we watched",
    "canonical_url": "The address by which copies of a link are recognised as one article",
    "rulebook": "The version of the rules that gave its tags",
    "story": "The number of its story; that of the article which began it",
    "copy_of": "The article of which it is (nearly) the same text; empty when of none that we know",
    "agency": "The news agency that its byline or dateline names",
    "appeared_at": "When it counts as published in its story: by its date, or when first seen if that cannot be right",
}

FEED_HEALTH_COLUMNS: Final = {
    "id": "The number of the feed",
    "source": "The outlet or organisation it belongs to",
    "url": "Its address in feeds.yaml",
    "health": "ok, failing, gone, flooding, silent, not reached (we were offline), never polled, or removed (not in "
    "feeds.yaml)",
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

CONTINUITY_COLUMNS: Final = {
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

POLITENESS_COLUMNS: Final = {
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

GAP_COLUMNS: Final = {
    "id": "The number of the gap",
    "feed": "The number of the feed",
    "from_at": "When the feed was last seen before it, in UTC; of a silent feed, its last new entry",
    "to_at": "When it was seen again, in UTC; empty while the gap is open",
    "reason": "overflow (only new entries, none, or too many were to be seen), error (the feed failed), outage "
    "(we were offline), paused (nobody polled), or silent: no gap but a warning, the feed answers and shows nothing "
    "new",
    "bridged": "1 when the feed, seen again, still showed what it had shown before: nothing was missed",
}

VERSION_COLUMNS: Final = {
    "article": "The number of the article",
    "valid_from": "When the poll began that brought these words, in UTC",
    "valid_to": "When the poll began that brought others, in UTC; empty while these stand",
    "source": "The outlet or organisation that published it",
    "title": "Its headline at that time",
    "summary": "Its summary at that time",
    "published_at": "When it was published, as far as is known now",
    "relevance": "Which of the two topics it carries now: tags follow the words and rules of today",
    "url": "Its address at the publisher",
    "source_id": "The short name of the source in feeds.yaml",
}

CODEBOOK_COLUMNS: Final = {
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

NEARLY_COLUMNS: Final = {
    "id": "The number of the article",
    "published_at": "When it was published, as the feed says, in UTC",
    "source": "The outlet or organisation that published it",
    "title": "Its headline",
    "relevance": "Which of the two topics it carries as it is",
    "tag": "The tag that it nearly got",
    "missing": "company (the words need context), strength (they are but a hint), or exclusion (words that "
    "rule the tag out are there)",
    "words": "The words that spoke for the tag",
    "url": "Its address at the publisher",
    "tag_id": "The tag's id",
}

STORY_COLUMNS: Final = {
    "id": "The number of the story: that of the article which began it",
    "last_at": "When its latest article was published, in UTC",
    "title": "The headline of its most central article",
    "articles": "How many articles it has",
    "texts": "How many different texts these are: copies of one count once",
    "outlets": "How many sources published them",
    "owners": "How many owners these sources have",
    "relevant": "How many of the articles are relevant",
    "first_at": "When its earliest article was published, in UTC",
    "first_source": "Who published that",
    "agencies": "The news agencies that its articles name, as a JSON list",
    "releases": "The actors whose own texts others printed, as a JSON list",
    "languages": "The languages of its articles, as a JSON list",
    "headline": "The number of the article whose headline is shown",
}

ATTENTION_COLUMNS: Final = {
    "day": "The day, in the time zone of feeds.yaml; an article without a date counts on that of its first sighting",
    "tag": "The tag's id",
    "label": "Its name for people",
    "source": "The outlet or organisation",
    "matching": "How many of its articles of that day carry the tag; 0 is none, empty is not known",
    "total": "How many articles it published that day; empty where the day was not observed",
    "ratio": "matching divided by total; empty also where it published nothing",
    "observed": "The share of the day in which its feeds were seen: below 0.5 the day counts as not observed; empty "
    "when none was watched",
    "family": "The owner under which sources count once",
    "kind": "What sort of publisher the source is",
    "country": "The source's country (ISO 3166-1, or EU, INT)",
    "source_id": "The short name of the source in feeds.yaml",
}

SOURCE_DAY_COLUMNS: Final = {
    "day": "The day, in the time zone of feeds.yaml",
    "source": "The source",
    "articles": "How many of its articles count on that day, as far as they were seen",
    "both_topics": "How many of them carry both topics",
    "encryption": "How many carry encryption and not child safety",
    "child_safety": "How many carry child safety and not encryption",
    "observed": "The share of the day in which its feeds were seen; empty when none was watched",
}

DAY_COLUMNS: Final = {
    "day": "The day, in the time zone of feeds.yaml",
    "articles": "How many articles of all sources count on that day, as far as they were seen",
    "both_topics": "How many of them carry both topics",
    "encryption": "How many carry encryption and not child safety",
    "child_safety": "How many carry child safety and not encryption",
    "seen": "The sum of the shares of the day in which each source was seen",
    "watched": "How many sources were watched; seen divided by watched is how much of the day was observed",
}

EVENT_COLUMNS: Final = {
    "day": "The day on which it happened, in the place where it did",
    "tag": "The law, as a tag's id; empty when it is about none",
    "title": "What happened",
    "url": "Where that can be checked",
}

COPY_COLUMNS: Final = {
    "id": "The number of the copy",
    "published_at": "When it was published, as its feed says, in UTC",
    "source": "Who published it",
    "title": "Its headline",
    "why": "text (most of two long texts), excerpt (most of the shorter text), or title (a whole headline)",
    "score": "The share of the shorter text that stands in the other, from 0 to 1",
    "root_source": "Who published the text of which it is a copy",
    "root_title": "The headline of that",
    "same_owner": "1 if both sources belong to one owner",
    "agency": "The news agency that either names",
    "release_of": "The charity, authority or company whose own text it is, if that came first",
    "relevance": "Which of the two topics the copy carries",
    "url": "Its address at the publisher",
    "root": "The number of the article of which it is a copy",
    "story": "The number of its story",
}

CHANGE_COLUMNS: Final = {
    "replaced_at": "When we first saw the newer headline, in UTC",
    "earlier_title": "The headline before",
    "latest_title": "The headline now",
    "relevance": "Which of the two topics the article carries now",
    "article": "The number of the article",
    "kind": "trivial (spelling, order, polish), substantive, or flip-flop (words that were there before)",
    "words": "The words of the debate's argument that entered (+) or left (-), as a JSON list",
    "again": "How many times more the earlier words were left",
    "first_seen_at": "Since when the earlier headline was there, as far as we saw, in UTC",
    "seen_until": "When the feed that changed it last showed it, in UTC",
}

AT_ONCE_COLUMNS: Final = {
    "source": "The publisher whose two feeds differ",
    "title": "The headline in one feed",
    "other_title": "The headline in the other, under which we list the article",
    "hours": "For how long both were seen to stand",
    "relevance": "Which of the two topics the article carries now",
    "feed": "The address of the one feed",
    "first_seen_at": "When it first showed its headline beside the other, in UTC",
    "last_seen_at": "When it last did, in UTC",
    "other_feed": "The address of the other feed",
    "other_first_seen_at": "Since when it showed its headline, as far as we saw, in UTC",
    "other_last_seen_at": "When it last did, in UTC",
    "url": "The article's address at the publisher",
    "article": "The number of the article",
}
