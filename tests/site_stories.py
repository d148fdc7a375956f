"""The stories, copies and changed headlines of the small database of site_database.py; all of it invented.

The stories are told in the week of the site's present but for the one of LAST_WEEK, which goes on into it, and that
of the week that nobody observed.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

from tracker.models import utc_text
from tracker.store.database import Database
from tracker.store.grouping import keep_headline

SOURCES = [
    ("dock", "The Dock Gazette", "harbour", "local", "GB", "en"),
    ("asa", "朝の新聞", "asa", "national", "INT", "ja"),
]
BOTH = ["encryption", "child-safety"]
HOSTILE = "Letter <img src=http://evil.example/y onerror=alert(3)> on <b>messages</b> & {{ 6*7 }} \"'><script>alert(4)"
HOSTILE_BEFORE = "Letter <svg onload=alert(5)> on <b>messages</b> </del><script>alert(6)</script>"
LONG = "A letter on " + "end-to-end-encrypted-messenger-" * 5 + "services, and what the ministers said to each of those"
ARABIC = "رسالة إلى الوزراء: التشفير وحماية القاصرين"
ARABIC_BEFORE = "رسالة إلى الوزراء: التشفير وحماية الأطفال"
JAPANESE = "暗号化と子どもの保護、大臣に公開書簡"
JAPANESE_BEFORE = "暗号化と子どもの安全、首相に公開書簡"

# slug, source, language, hours after the first, title, relevance, tags
LETTER = [
    ("release", "safe", "en", 0, "Open letter to ministers on encrypted messages", "both", [*BOTH, "meta"]),
    ("wire", "wire", "en", 1.25, "Charities ask ministers to hold back encrypted messages", "both",
     [*BOTH, "nspcc", "meta", "online-safety-act"]),
    ("harbour", "harbour", "en", 2, "Charities beg ministers: halt encrypted messages", "both", [*BOTH, "nspcc"]),
    ("dock", "dock", "en", 2.5, "Charities ask ministers to hold back encrypted messages", "both", [*BOTH, "nspcc"]),
    ("netz", "netzblick", "de", 4, "Kinderschützer schreiben Ministern: Verschlüsselung aufschieben", "encryption",
     ["encryption", "csa-regulation"]),
    ("arabic", "sabah", "ar", 5, ARABIC, "both", BOTH),
    ("japanese", "asa", "ja", 6, JAPANESE, "both", BOTH),
    ("hostile", "keys", "en", 7, HOSTILE, "encryption", ["encryption"]),
    ("long", "keys", "en", 8, LONG, "none", []),
]  # fmt: skip
OTHERS = [
    ("bridge", "harbour", "en", 20, "Bridge closed after storm", "none", []),
    ("bridge2", "wire", "en", 21, "Storm closes bridge", "none", []),
    ("bridge3", "netzblick", "de", 22, "Sturm: Brücke gesperrt", "none", []),
    ("codes", "harbour", "en", 24, "Cryptographers publish codes of practice", "encryption", ["encryption"]),
    ("codes2", "dock", "en", 26, "Codes of practice for cryptographers", "encryption", ["encryption"]),
    ("codes3", "dock", "en", 27, "A code for code makers", "encryption", ["encryption"]),
    ("apart", "wire", "en", 30, "Ministers answer the letter", "both", BOTH),
    ("apart2", "harbour", "en", 31, "Letter answered by ministers", "both", BOTH),
    ("alone", "wire", "en", 33, "Alone with age checks", "child-safety", ["child-safety"]),
    ("before", "wire", "en", -72, "Age checks begin", "child-safety", ["child-safety", "online-safety-act"]),
    ("before2", "harbour", "en", -70, "First day of age checks", "child-safety", ["child-safety"]),
    ("after", "netzblick", "de", 3, "Altersprüfung: die erste Woche", "child-safety", ["child-safety"]),
]
STORIES = {
    "release": ["release", "wire", "harbour", "dock", "netz", "arabic", "japanese", "hostile", "long"],
    "bridge": ["bridge", "bridge2", "bridge3"],
    "codes": ["codes", "codes2", "codes3"],
    "apart": ["apart", "apart2"],
    "alone": ["alone"],
    "before": ["before", "before2", "after"],
    "blind": ["blind", "blind2"],
}
"""The stories by the article that began each; `codes3` began one that was merged, `apart` was split from `release`."""

HEADLINES = {"release": "wire"}
COPIES = [("harbour", "wire", "excerpt", 0.93), ("dock", "wire", "title", 1.0), ("netz", "release", "text", 0.81)]
LINKS = [
    ("wire", "release", "words", 0.41), ("arabic", "wire", "names", 0.3), ("japanese", "wire", "names", 0.28),
    ("hostile", "wire", "words", 0.25), ("long", "hostile", "words", 0.24), ("bridge2", "bridge", "words", 0.5),
    ("codes2", "codes", "words", 0.6), ("codes3", "codes", "hand", 1.0), ("before2", "before", "words", 0.5),
    ("after", "before2", "names", 0.27), ("blind2", "blind", "words", 0.4),
]  # fmt: skip

# slug, title and summary before, kind, words, minutes after publication
REVISIONS = [
    ("harbour", "Charities ask ministers to hold back encrypted messages", "It came today.", "substantive",
     ["-ask", "+beg"], 45),
    ("arabic", ARABIC_BEFORE, "", "substantive", [], 30),
    ("japanese", JAPANESE_BEFORE, "", "substantive", [], 31),
    ("hostile", HOSTILE_BEFORE, "", "substantive", [], 32),
    ("codes", "Cryptographers publish code of practise", "", "trivial", [], 33),
    ("bridge", "Bridge open after storm", "", "substantive", [], 34),
    ("before", "Age checks begin", "", "substantive", [], 35),
    ("before", "Age checks are here", "", "flip-flop", [], 50),
    ("before2", "Day one of age checks", "", "substantive", [], 36),
    ("before2", "First day of age checks", "", "flip-flop", [], 51),
]  # fmt: skip


def add(db: Database, article: Callable[..., int], now: datetime, blind: datetime) -> None:
    """Store them, as if they had been grouped in rounds."""
    many = db.conn.executemany
    many("INSERT INTO sources (id, name, family, kind, country, language) VALUES (?, ?, ?, ?, ?, ?)", SOURCES)
    first = now - timedelta(days=3, hours=6)
    number = {}
    for slug, source, language, hours, title, relevance, tags in [*LETTER, *OTHERS]:
        at, summary = first + timedelta(hours=hours), f"The letter came today: {slug}."
        url = f"https://{source}.example/story/{slug}"
        number[slug] = article(db, url, title, summary, relevance, tags, at, source, language)
    for slug, source in (("blind", "wire"), ("blind2", "keys")):
        url = f"https://{source}.example/story/{slug}"
        number[slug] = article(db, url, f"Keys are lost ({slug})", "", "encryption", ["encryption"], blind, source)
    _group(db, number, now)
    for slug, title, summary, kind, words, minutes in REVISIONS:
        _revise(db, number[slug], (title, summary or f"The letter came today: {slug}."), (kind, words), minutes)
    db.execute(
        "UPDATE revisions SET again = 1, again_at = ? WHERE title = 'Day one of age checks'",
        (utc_text(first - timedelta(hours=69)),),
    )


def _group(db: Database, number: dict[str, int], now: datetime) -> None:
    for began, members in STORIES.items():
        for slug in members:
            db.execute("UPDATE articles SET story = ? WHERE id = ?", (number[began], number[slug]))
        keep_headline(db, number[began], number[HEADLINES.get(began, began)])
    db.execute("UPDATE articles SET agency = 'Northern Wire' WHERE id = ?", (number["dock"],))
    for slug, root, why, score in COPIES:
        db.execute(
            "INSERT INTO copies (article, root, why, score, found_at) VALUES (?, ?, ?, ?, ?)",
            (number[slug], number[root], why, score, utc_text(now)),
        )
    for slug, near, why, score in LINKS:
        db.execute("INSERT INTO story_links VALUES (?, ?, ?, ?)", (number[slug], number[near], why, score))
    for kind, left, taken, moved in (
        ("merge", "codes3", "codes", ["codes3"]),
        ("split", "release", "apart", ["apart", "apart2"]),
    ):
        db.execute(
            "INSERT INTO story_changes (changed_at, kind, from_story, to_story, articles) VALUES (?, ?, ?, ?, ?)",
            (utc_text(now), kind, number[left], number[taken], json.dumps([number[slug] for slug in moved])),
        )


def _revise(db: Database, article: int, words: tuple[str, str], kind: tuple[str, list[str]], minutes: int) -> None:
    published = next(db.query("SELECT published_at FROM articles WHERE id = ?", (article,)))["published_at"]
    replaced = datetime.fromisoformat(published) + timedelta(minutes=minutes)
    db.execute(
        "INSERT INTO revisions (article, feed, title, summary, title_changed, seen_until, replaced_at, kind, words) "
        "VALUES (?, 1, ?, ?, 1, ?, ?, ?, ?)",
        (article, *words, utc_text(replaced - timedelta(minutes=10)), utc_text(replaced), kind[0], json.dumps(kind[1])),
    )
