"""Plain words for the codes in the database, and for schedules."""

from typing import Final

from tracker.analyse.timetable import When
from tracker.publish.formatting import duration

_WEEKDAYS: Final = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")

FACET: Final = {
    "topic": "Topics",
    "theme": "Themes",
    "law": "Laws",
    "organisation": "Organisations",
    "person": "People",
    "place": "Places",
    "noise": "Excluded",
}

MISSING: Final = {
    "context": "but without the context that the rule requires",
    "strength": "too weak a hint on its own",
    "exclusion": "next to words that rule the tag out",
}

KIND: Final = {
    "national": "National press",
    "tabloid": "Tabloids",
    "broadcaster": "Broadcasters",
    "tech": "Technology press",
    "trade": "Trade press",
    "wire": "News agencies",
    "local": "Local press",
    "ngo": "Campaigners and charities",
    "government": "Governments and regulators",
    "police": "Police",
    "company": "Companies",
    "research": "Research",
    "aggregator": "Aggregators",
}

RULE_PART: Final = {
    "terms": "any of",
    "with": "with any of",  # the name that stored rulebooks have for context
    "and": "and any of",
    "unless": "but none of",
}

HEALTH: Final = {
    "ok": "Working",
    "failing": "Failing",
    "flooding": "Flooding",
    "silent": "Silent",
    "not reached": "Not reached (our own connection was down)",
    "gone": "Gone",
    "never polled": "Not polled yet",
    "removed": "No longer polled",
}

OUTCOME: Final = {
    "ok": "read",
    "not-modified": "nothing new since the last poll",
    "same-body": "the same document as before",
    "imported": "imported from a file, not polled",
    "http-error": "the server returned an error",
    "refused": "the server refused access",
    "rate-limited": "the server asked us to slow down",
    "gone": "the server says that the feed is gone",
    "challenge": "the server sent a bot check instead of the feed",
    "dns-error": "the host's name could not be looked up",
    "unknown-host": "the host does not exist",
    "connection-error": "could not connect to the host",
    "tls-error": "the host's certificate is not valid",
    "timeout": "the host took too long to answer",
    "protocol-error": "the response was not valid HTTP",
    "forbidden-address": "the address is not public",
    "bad-redirect": "redirected in a loop or to an invalid address",
    "too-large": "the document is too large",
    "bad-encoding": "the document cannot be decompressed",
    "cut-short": "the document broke off; the entries before that were read",
    "not-a-feed": "the document is not a feed",
    "unusable": "none of the feed's items can be used",
    "parse-error": "the feed cannot be read",
    "parse-timeout": "reading the feed took too long",
    "internal-error": "an error in this program",
}

TEXT: Final = OUTCOME | {
    "not-modified": "unchanged since it was read",
    "imported": "imported from a file",
    "gone": "the server says that the page is gone",
    "challenge": "the server sent a bot check instead of the page",
    "robots": "robots.txt forbids it",
    "reserved": "the publisher reserves text and data mining",
    "paywall": "only for subscribers",
    "consent": "the server sent a page that asks for consent",
    "no-text": "no article was found on the page",
}
"""How a request for an article's page ended."""

GAP: Final = {
    "overflow": "the feed showed only new entries, none at all or too many, so some may have been missed",
    "outage": "this tracker could not reach the network",
    "error": "the feed failed",
    "paused": "the tracker was not running",
    "silent": "the feed responds but shows nothing new",
}

CHANGE: Final = {
    "substantive": "Substantive",
    "reworded": "Reworded",
    "trivial": "Trivial",
    "flip-flop": "Flip-flop",
    "running": "Running page",
}
"""Kinds of changes; others are shown by their plain name."""

COPIED: Final = {
    "text": "most of the text is the same",
    "excerpt": "most of the shorter text is the same",
    "title": "the headline is the same",
}

LINKED: Final = {
    "words": "because it shares rare words with",
    "names": "because it names the same people, places or figures as",
    "hand": "by hand, alongside",
}

LANGUAGES: Final = {
    "ar": "Arabic", "bn": "Bengali", "bg": "Bulgarian", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French",
    "ga": "Irish", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian",
    "it": "Italian", "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian", "nb": "Norwegian",
    "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian",
    "sk": "Slovak", "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish", "sw": "Swahili", "ta": "Tamil",
    "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
"""Languages by their ISO 639-1 codes; others are shown by their code."""

DATE_QUALITY: Final = {
    "stated": "as stated by the feed",
    "repaired": "read from a date in a non-standard format",
    "absent": "the feed gives no date, so the article counts from when it was first seen",
    "implausible": "the feed's date cannot be right, so the article counts from when it was first seen",
}


def change(kind: str) -> str:
    """Return the label of a kind of change."""
    return CHANGE.get(kind, kind.replace("-", " ").capitalize())


def schedule(when: When) -> str:
    """Describe when a job runs."""
    if when.every is not None:
        return f"every {duration(when.every)}"
    at = f"{when.at:%H:%M}"
    if when.day is not None:
        return f"on day {when.day} of each month at {at}"
    if when.weekdays:
        return f"{' and '.join(_WEEKDAYS[number] for number in when.weekdays)} at {at}"
    return f"daily at {at}"
