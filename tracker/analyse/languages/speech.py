"""Define how a language reports speech: each module of this package fills it in, the quotation extractor reads it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Speech:
    """Words and phrases around quotations, in lower case and with their accents; *phrases* are separated by `|`.

    A phrase is a regular expression matched without regard to case, in which a space stands for any white space.
    """

    verbs: str
    """Words: verbs that introduce what somebody says or writes, in the forms that have a subject of their own."""

    participles: str
    """Words: forms of such verbs whose subject stands elsewhere in the sentence (saying, adding)."""

    according: str
    """Phrases before the speaker's name that replace a verb."""

    fillers: str
    """Words that may stand between a speaker and the verb: auxiliaries and adverbs."""

    infinitive: str
    """Words before a verb that make it an infinitive, which has no subject (to)."""

    passive: str
    """Words before a verb that make its subject the one spoken to (was asked)."""

    agent: str
    """Phrases between such a verb and the one who speaks (by)."""

    pronouns: str
    """Words: pronouns for those who speak."""

    who: str
    """Words: relative pronouns whose verb belongs to the name before them."""

    articles: str
    """Words that open the mention of somebody unnamed: articles, possessives, numbers."""

    determiners: str
    """Words: those of the articles that only a noun can follow."""

    linking: str
    """Words that link an unnamed role to its organisation (a spokesman for Meta)."""

    breaks: str
    """Words that end the mention of a speaker: conjunctions, and prepositions that tell when, where and how."""

    titles: str
    """Phrases that precede a name and are no part of it: offices, ranks and forms of address."""

    naming: str
    """Phrases after which a passage is a name or title, or words that others use: so-called, the film."""

    given_names: str = ""
    """First names that are also words which may open a sentence (Will)."""

    inverts: bool = True
    """Whether the verb may precede its subject after an adverbial (Am Montag sagte sie)."""

    capitalises_nouns: bool = False
    """Whether a capital does not tell names from nouns."""
