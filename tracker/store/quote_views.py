"""The views of who is quoted: one row per quotation, one per speaker."""

from typing import Final

from tracker.store.conditions import COUNTED_AT

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
    (SELECT min(o.article) FROM quotes AS o WHERE o.same = q.same) AS first_article,
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

# In the order of quotes, articles lie near each other; in that of the index of speakers, everywhere.
SPEAKERS: Final = f"""
SELECT
    coalesce(t.label, q.speaker) AS speaker,
    count(DISTINCT q.same) FILTER (WHERE c.article IS NULL) AS quotations,
    count(DISTINCT q.article) FILTER (WHERE c.article IS NULL) AS articles,
    count(DISTINCT c.article) AS copies,
    count(DISTINCT a.source) AS sources,
    min({COUNTED_AT}) AS first_at,
    max({COUNTED_AT}) AS last_at,
    q.tag AS speaker_tag,
    nullif(t.camp, '') AS camp
FROM quotes AS q NOT INDEXED
JOIN articles AS a ON a.id = q.article
LEFT JOIN copies AS c ON c.article = q.article
LEFT JOIN tags AS t ON t.id = q.tag
WHERE q.speaker IS NOT NULL
GROUP BY coalesce(t.label, q.speaker), q.tag
"""  # noqa: S608  our own text
