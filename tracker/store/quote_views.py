"""The views of who is quoted: one row per quotation, one per speaker."""

from typing import Final

from tracker.store.conditions import COUNTED_AT, counted_at

QUOTATIONS: Final = f"""
SELECT
    q.id,
    {COUNTED_AT} AS published_at,
    q.speaker,
    q.words,
    s.name AS source,
    q.field,
    q.cue,
    q.confidence,
    q.tag AS speaker_tag,
    nullif(t.camp, '') AS camp,
    (SELECT o.article FROM quotes AS o JOIN articles AS e ON e.id = o.article WHERE o.same = q.same
        ORDER BY {counted_at("e")}, o.id LIMIT 1) AS first_article,
    (SELECT root FROM copies WHERE copies.article = a.id) AS copy_of,
    a.relevance,
    a.language,
    a.source AS source_id,
    q.article,
    a.url
FROM quotes AS q
JOIN articles AS a ON a.id = q.article
JOIN sources AS s ON s.id = a.source
LEFT JOIN tags AS t ON t.id = q.tag
"""  # noqa: S608  our own text

SPEAKERS: Final = """
SELECT
    coalesce(t.label, n.speaker) AS speaker,
    n.quotations,
    n.articles,
    n.copies,
    n.sources,
    n.first_at,
    n.last_at,
    nullif(n.tag, '') AS speaker_tag,
    nullif(t.camp, '') AS camp
FROM speaker_counts AS n LEFT JOIN tags AS t ON t.id = n.tag
WHERE n.first_at IS NOT NULL
"""
