"""Define what a language module states about its language, besides the words of the rulebook."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tracker.analyse.languages.speech import Speech

Outcome = Literal[
    "death", "murder", "drowning", "injury", "shooting", "stabbing", "crash", "explosion", "destruction", "arrest",
    "charge", "conviction", "acquittal", "sentence", "plea", "lawsuit", "fine", "release", "find", "missing", "rescue",
    "identification", "cancellation", "end", "issue", "extension", "delay", "beginning", "opening", "closing",
    "approval", "rejection", "signing", "ruling", "resignation", "appointment", "win", "strength", "withdrawal",
    "seizure", "repair", "stripping", "grounding", "stop", "rise", "cut", "ban", "confirmation", "denial", "admission",
    "apology", "evacuation", "investigation",
]  # fmt: skip
"""What may become of a matter. A word of one kind in place of another of that kind is no news."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language's words, in lower case and, except for `months`, with their accents.

    *Words* are separated by spaces. *Groups* of words are separated by commas; a group is empty where its words are
    function words. *Phrases* are separated by `|`; each is a regular expression, matched without
    regard to case, in which a space stands for any white space.
    """

    code: str
    """ISO 639-1."""

    function_words: str
    """Words: articles, prepositions and pronouns, which do not tell what an article is about."""

    stances: str
    """Words, or their beginnings, that carry an argument: with or without one, a headline takes another view."""

    denials: str
    """Words that turn a statement into its opposite."""

    doubts: str
    """Words of doubt, and others that limit a statement."""

    qualifiers: str
    """Other words that always change the sense when added or removed: duties, results, quantities."""

    interrogatives: str
    """Words that open a question."""

    aims: str
    """Words after which a verb states a wish or demand, not an event."""

    background: str
    """Phrases that open a part of a headline that recalls what happened before: after, amid, during."""

    saying: str
    """Words: verbs of saying, which a headline swaps freely; none that judge what is said (admits, denies, warns)."""

    labels: str
    """Words that say, anywhere in a headline, what kind of item it stands over, not what happened."""

    kickers: str
    """Phrases that say so, as labels do too, only before a headline, followed by `:`, `|`, `!` or a dash."""

    running_pages: str
    """Phrases of headlines whose page is rewritten as things happen: live coverage, weather, markets."""

    read_more: str
    """Phrases that end a summary and ask to open the article."""

    updated: str
    """Phrases before the time at which a page was changed."""

    at: str
    """Phrases between these and the time."""

    counters: str
    """Phrases that count on by themselves: 5 minutes ago, 12 comments."""

    by: str
    """Phrases before the name of an agency or author in a byline, in the case in which they are written."""

    months: str
    """Twelve groups, January first: names in all cases and short forms, as folded() in date_words.py writes them."""

    weekdays: str
    """Words: the days of the week."""

    near_days: str
    """Words for days seen from today, such as tomorrow."""

    ordinals: str
    """Phrases: what follows the number of a day (4th, 1er)."""

    of: str
    """Phrases between a day and its month."""

    numbers: str
    """Thirteen groups, zero first, twelve last: cardinals and ordinals."""

    million: str
    """Phrases after a number: the word and its short forms."""

    billion: str
    """Likewise, for a thousand million."""

    percent: str
    """Likewise."""

    outcomes: Mapping[Outcome, str]
    """Words for each outcome that the language has words for; `arrest*` stands for every word that begins so."""

    speech: Speech
    """How it reports speech."""

    hints: Mapping[Outcome, str] = field(default_factory=dict)
    """Other words that may already say so (held: arrested): after one, a word for that outcome is no news."""

    synonyms: str = ""
    """Groups of words that newsrooms use for one another, among them forms that do not stem alike."""

    opposites: str = ""
    """Groups of words with a `/` between those that say one thing and those that say the opposite."""

    amounts: str = ""
    """Words of degree that change the sense of a headline, but in a summary may be mere polish: nearly, half."""

    name_prefixes: str = ""
    """Words that, capitalised, make another name of the one they stand before (North Korea)."""

    negating_ends: str = ""
    """Endings of words that negate the word before them (homeless)."""
