"""Identify the news agency a text credits; no I/O. The only module that knows agency names."""

import re

from tracker.analyse.languages.vocabulary import LANGUAGES, any_phrase

_NAMES = {
    "AP": r"AP|Associated Press",
    "Reuters": r"Reuters",
    "AFP": r"AFP|Agence France-Presse",
    "PA Media": r"PA|PA Media|Press Association",
    "dpa": r"dpa|Deutsche Presse-Agentur",
    "epd": r"epd",
    "KNA": r"KNA",
    "APA": r"APA",
    "Keystone-SDA": r"Keystone-SDA|Keystone-ATS|sda|ats",
    "ANSA": r"ANSA",
    "EFE": r"EFE|Agencia EFE",
    "Europa Press": r"Europa Press",
    "Lusa": r"Lusa|Agência Lusa",
    "ANP": r"ANP",
    "Belga": r"Belga",
    "TT": r"TT|TT Nyhetsbyrån",
    "Ritzau": r"Ritzau",
    "NTB": r"NTB",
    "PAP": r"PAP",
    "AAP": r"AAP|Australian Associated Press",
    "The Canadian Press": r"CP|(?:The )?Canadian Press",
    "PTI": r"PTI|Press Trust of India",
    "ANI": r"ANI",
    "IANS": r"IANS",
    "UPI": r"UPI",
    "Bloomberg": r"Bloomberg(?: News)?",
    "Kyodo": r"Kyodo(?: News)?",
    "Xinhua": r"Xinhua",
}

_ANY = "|".join(f"(?P<a{place}>{names})" for place, names in enumerate(_NAMES.values()))

_BY = any_phrase(language.by for language in LANGUAGES)

_BYLINE = re.compile(rf"(?:^|[,/|(;&]\s*|\b{_BY}\s+)(?:{_ANY})(?=$|[\s]*[,/|);&])")

_DATELINE = re.compile(rf"^[^.!?]{{0,60}}?\((?:{_ANY})(?:/[\w -]{{1,30}})?\)\s*[-–—:]")

_CREDIT = re.compile(rf"\((?:{_ANY})\)\s*$")


def agency(author: str | None, summary: str) -> str | None:
    """Return the first agency named by the byline, dateline or closing credit, or None."""
    for pattern, text in ((_BYLINE, author or ""), (_DATELINE, summary), (_CREDIT, summary)):
        if found := pattern.search(text):
            place = next(int(name[1:]) for name, words in found.groupdict().items() if words)
            return list(_NAMES)[place]
    return None
