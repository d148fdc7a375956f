"""Letters that differ only in how they are written are the same to the search and to rules."""

import sqlite3
import unicodedata
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.old_databases import MIGRATIONS, make_old
from tracker.analyse.folding import bare, caseless, compatible, fold, places
from tracker.analyse.search.query import fts, parse
from tracker.analyse.text import tidy
from tracker.store.database import Database, open_database
from tracker.store.search_index import index, reindex

HEADLINES = [
    "WhatsApp™ and Wire℠ under one law",
    "Projeto nº 2.630 volta à pauta",
    "Le 1ᵉʳ pas vers le chiﬀrement",
    "Oﬃce of the eSafety commissioner ﬁles suit",
    "Case №12: the locked phone",
    "¾ of pupils, 2½ hours a day",
    "Annex³ and CO₂ of data centres",
    "Ｃｈａｔ ｃｏｎｔｒｏｌ：ｙｅｓ？",
    "ﾁｬｯﾄ 監視 ｶﾞｲﾄﾞ",
    "𝕰𝖓𝖈𝖗𝖞𝖕𝖙𝖎𝖔𝖓 𝑖𝑠 𝗱𝗲𝗮𝗱",
    "ᴇɴᴄʀʏᴘᴛᴇᴅ ⓒⓗⓐⓣⓢ",
    "back\u2011door, en\u200ccrypted, mes\u00adsenger, zero\u200bwidth",
    "ﺍﻟﺘﺸﻔﻴﺮ والأطفال",
    "التشـــفير",
    "Straßenkinder im Netz: GROẞE Sorge",
    "Ζητήματα ασφάλειας και παιδιά: ΨΗΦΙΑΚΟΣ ΚΟΣΜΟΣ",
    "ΐ ΰ ᾳ και ς",
    "Żółw i łączność: Łomża",
    "Æbler, øer og ånd i Ærø",
    "Þjóðaröryggi og ð",
    "İstanbul'da şifreleme, ISPARTA ve ılık",
    "Đorđe, ħabib, ŋ, ĸ, ſ, ﬅ",
    "Ещё одна ёлка: Йод",
    "Cafe\u0301 et cœur: \u1e9b\u0323",
    "Trẻ em và mã hóa đầu cuối",
    "🔒 Lock ❤️ and 👩\u200d👧 family 🇬🇧",
    "“Quoted” „so“ «und» ‚so‘ … – — '' it’s",
    "Ⅳ. and ⑫ and ㎏ and ℃ and ㍿ and ﷽",
    "विज्ञान और एन्क्रिप्शन",
    "한글 암호화 ﾡ",
    "हिन्दी क़ानून",
    "端到端加密被禁止",
    "子どもの保護とE2EE暗号化",
]


@pytest.fixture
def db(tmp_path: Path) -> Database:
    """A database with the headlines, indexed."""
    made = open_database(tmp_path / "fold.db")
    made.execute("INSERT INTO sources (id, name, family, kind) VALUES ('p', 'P', 'p', 'national')")
    for number, title in enumerate(HEADLINES, 1):
        made.execute(
            """INSERT INTO articles (id, canonical_url, url, source, title, summary, date_quality, first_seen_at,
            last_seen_at) VALUES (?1, ?1, ?1, 'p', ?2, ?2, 'none', '2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z')""",
            (number, tidy(title)),
        )
    index(made)
    return made


def found(db: Database, text: str) -> set[int]:
    query = parse(text)
    rows = db.execute("SELECT rowid FROM articles_fts(?)", (fts(query.wanted, query.excluded),))
    return {row[0] for row in rows}


@pytest.mark.parametrize("title", HEADLINES)
@pytest.mark.parametrize("form", ["as it came", "as it is stored", "NFD", "NFKC", "NFKD"])
def test_a_headline_finds_itself(db, title, form):
    text = {"as it came": title, "as it is stored": tidy(title)}.get(form) or unicodedata.normalize(form, tidy(title))
    if form.startswith("NFK") and any(sign in title for sign in "™№½"):
        return  # to Unicode these are letters and digits of the word beside them; to readers they are not
    assert HEADLINES.index(title) + 1 in found(db, text)


@pytest.mark.parametrize(
    ("typed", "headline"),
    [
        ("whatsapp wire", "WhatsApp™"),
        ("no 2.630", "Projeto"),
        ("1er chiffrement", "Le 1"),
        ("office files", "O"),
        ("no 12", "Case"),
        ("3/4 pupils", "¾"),
        ("co2", "Annex"),
        ("chat control yes", "Ｃ"),
        ("チャット", "ﾁ"),
        ("ガイド", "ﾁ"),
        ("encryption is dead", "𝕰"),
        ("加密", "端到端"),
        ("端到端加密", "端到端"),
        ("暗号化", "子ども"),
        ("保護 E2EE", "子ども"),
        ("encrypted chats", "ᴇ"),
        ("back-door encrypted messenger zerowidth", "back"),
        ("التشفير", "ﺍ"),
        ("strassenkinder grosse", "Stra"),
        ("STRASSENKINDER", "Stra"),
        ("ζητηματα ψηφιακος κοσμοσ", "Ζ"),
        ("zolw lacznosc lomza", "Żółw"),
        ("aebler oer aero", "Æ"),
        ("thjodaroryggi", "Þ"),
        ("istanbul sifreleme isparta ilik", "İ"),
        ("ISTANBUL ŞİFRELEME", "İ"),
        ("dorde habib", "Đ"),
        ("еще елка", "Ещё"),
        ("cafe coeur", "Cafe"),
        ("tre em va ma hoa dau cuoi", "Tr"),
        ("12 kg", "Ⅳ"),
    ],
)
def test_ordinary_letters_find_all_others(db, typed, headline):
    titles = {HEADLINES[number - 1] for number in found(db, typed)}
    assert any(title.startswith(headline) for title in titles)


def test_nothing_else_is_found(db):
    assert found(db, "密加") == set(), "characters of a word stand in order"
    assert found(db, "office files") == {HEADLINES.index("Oﬃce of the eSafety commissioner ﬁles suit") + 1}


def test_new_words_replace_the_old_ones_in_the_index_whatever_letters_either_has(db):
    for number, title in enumerate(HEADLINES, 1):
        new = HEADLINES[number % len(HEADLINES)]
        words = (tidy(title), tidy(title)), (tidy(new), "plain")
        reindex(db, number, *words)
        db.execute("UPDATE articles SET title = ?, summary = ? WHERE id = ?", (*words[1], number))
    db.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
    assert found(db, "strassenkinder") == {HEADLINES.index("Straßenkinder im Netz: GROẞE Sorge")}


def test_an_older_database_is_indexed_anew(tmp_path):
    path = make_old(tmp_path / "old.db", MIGRATIONS[MIGRATIONS.index("m017_search") - 1], articles=0)
    old = Database(sqlite3.connect(path))
    old.execute(
        """INSERT INTO articles (id, canonical_url, url, source, title, summary, date_quality, first_seen_at,
        last_seen_at) VALUES (1, 'u', 'u', 'press', 'Oﬃce', 'Maßnahmen', 'none', '2025-01-01T00:00:00Z',
        '2025-01-01T00:00:00Z')"""
    )
    old.execute("INSERT INTO articles_fts (rowid, title, summary) VALUES (1, 'Oﬃce', 'Maßnahmen')")
    old.conn.commit()
    old.close()
    db = open_database(path)
    assert found(db, "office massnahmen") == {1}
    db.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")


def test_articles_in_chinese_are_indexed_anew_where_whole_runs_of_characters_were_words(tmp_path):
    path = make_old(tmp_path / "old.db", MIGRATIONS[MIGRATIONS.index("m029_unspaced") - 1])
    old = Database(sqlite3.connect(path))
    old.execute("UPDATE articles SET title = '端到端加密被禁止', summary = 'Straße' WHERE id = 2")
    for statement in (
        "INSERT INTO articles_fts (articles_fts) VALUES ('delete-all')",
        "INSERT INTO articles_fts_folded VALUES (2, NULL, 'Strasse')",
        "INSERT INTO articles_fts (rowid, title, summary) SELECT id, title, summary FROM articles_fts_words",
    ):
        old.execute(statement)
    old.conn.commit()
    old.close()
    with closing(open_database(path)) as db:
        assert found(db, "加密") == found(db, "strasse") == {2}
        db.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")


def test_articles_in_korean_and_thai_are_indexed_anew(tmp_path):
    path = make_old(tmp_path / "old.db", MIGRATIONS[MIGRATIONS.index("m033_unspaced_asia") - 1])
    old = Database(sqlite3.connect(path))
    old.execute("UPDATE articles SET title = '암호화가 위험하다', summary = 'การเข้ารหัสข้อมูล' WHERE id = 2")
    old.execute("INSERT INTO articles_fts (articles_fts) VALUES ('rebuild')")
    old.conn.commit()
    old.close()
    with closing(open_database(path)) as db:
        assert found(db, "암호화") == found(db, "เข้ารหัส") == {2}
        db.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")


def test_indexing_many_articles_anew_shows_how_far_it_is(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("tracker.store.search_index._INDEXED_AT_ONCE", 2)
    before = MIGRATIONS[MIGRATIONS.index("m017_search") - 1]
    with caplog.at_level("INFO"), closing(open_database(make_old(tmp_path / "old.db", before, articles=5))) as db:
        assert found(db, "encryption") == {1, 2, 3, 4, 5}
    said = [line.partition(": ")[2] for line in caplog.messages if line.startswith("the search index is being built")]
    assert said == ["2 of 5 articles", "4 of 5 articles", "5 of 5 articles"]


def test_texts_that_the_index_reads_by_itself_are_not_kept_twice(db):
    kept = {row[0] for row in db.execute("SELECT article FROM articles_fts_folded")}
    assert HEADLINES.index("“Quoted” „so“ «und» ‚so‘ … – — '' it’s") + 1 not in kept
    assert fold("Café à la crème – « déjà vu »…") == "Café à la crème – « déjà vu »…"


@given(st.text(max_size=40))
@example("\ufe79")
@example("ﾞ")
@example("\u0345\u1fb3")
def test_what_is_folded_stays_as_it_is(text):
    for made in (fold, compatible, caseless, bare):
        assert made(made(text)) == made(text)


@given(st.text(alphabet="aß加か™½ﬁøςé \u200d\u0301Ⅳ№ﾞｶ", max_size=12))
def test_each_letter_is_told_where_it_comes_from(text):
    where = places(text)
    assert where == sorted(where)
    assert not where or len(where) == len(fold(text))


@pytest.mark.parametrize(
    ("capitals", "small"),
    [
        ("MASSNAHMEN", "maßnahmen"),
        ("ΚΡΥΠΤΟΓΡΑΦΗΣΗΣ", "κρυπτογράφησης"),
        ("ŞİFRELEME", "şifreleme"),
        ("ILIK", "ılık"),
        ("ŁÓDŹ", "łódź"),
        ("ﬁle", "FILE"),
        ("𝗞𝗲𝘆", "ｋｅｙ"),
    ],
)
def test_a_word_is_the_same_in_capitals_and_in_small_letters(capitals, small):
    assert caseless(capitals) == caseless(small)


@pytest.mark.parametrize(("one", "other"), [("schon", "schön"), ("cote", "côté"), ("lodz", "łódź")])
def test_rules_tell_letters_apart_that_the_search_does_not(one, other):
    assert caseless(one) != caseless(other)
    assert bare(fold(one)) == bare(fold(other))
