"""The views of changed headlines, of two that stand at once, and of all words with their times, as SQL."""

HEADLINE_CHANGES = """
SELECT
    r.id,
    r.replaced_at,
    s.name AS source,
    r.title AS earlier_title,
    a.title AS latest_title,
    a.relevance,
    a.url,
    r.article,
    r.kind,
    r.words,
    r.again,
    r.first_seen_at,
    r.seen_until
FROM revisions AS r JOIN articles AS a ON a.id = r.article JOIN sources AS s ON s.id = a.source
WHERE r.title_changed
"""

# A headline that still stands was seen until its feed last said so. Less than two hours are no experiment: a changed
# headline may reach one feed so much later than the other.
AT_ONCE = """
WITH lasting AS (
    SELECT
        v.*,
        max(v.last_seen_at, coalesce((SELECT f.last_ok_at FROM feeds AS f WHERE f.id = v.feed
            AND EXISTS (SELECT 1 FROM json_each(f.shown) WHERE value = v.article)
            AND v.last_seen_at >= (SELECT max(last_seen_at) FROM sightings AS i
                WHERE i.article = v.article AND i.feed = v.feed)), '')) AS until,
        max(v.other_last_seen_at, coalesce((SELECT f.last_ok_at FROM feeds AS f WHERE f.id = v.other_feed
            AND a.title = v.other_title AND EXISTS (SELECT 1 FROM json_each(f.shown) WHERE value = v.article)
            AND NOT EXISTS (SELECT 1 FROM variants AS w WHERE w.article = v.article AND w.feed = v.other_feed
                AND w.last_seen_at >= (SELECT max(last_seen_at) FROM sightings AS i
                    WHERE i.article = v.article AND i.feed = v.other_feed))), '')) AS other_until
    FROM variants AS v JOIN articles AS a ON a.id = v.article
),
timed AS (
    SELECT *,
        (unixepoch(min(until, other_until)) - unixepoch(max(first_seen_at, other_first_seen_at))) / 3600.0 AS hours
    FROM lasting
)
SELECT
    l.id,
    s.name AS source,
    l.title,
    l.other_title,
    l.hours,
    a.relevance,
    f.url AS feed,
    l.first_seen_at,
    l.until AS last_seen_at,
    o.url AS other_feed,
    l.other_first_seen_at,
    l.other_until AS other_last_seen_at,
    a.url,
    l.article
FROM timed AS l JOIN articles AS a ON a.id = l.article JOIN sources AS s ON s.id = a.source
JOIN feeds AS f ON f.id = l.feed JOIN feeds AS o ON o.id = l.other_feed
WHERE l.hours >= 2
"""

# The words of a moment T: valid_from <= T AND (valid_to > T OR valid_to IS NULL) finds one row of each article that was
# known then from its publisher. Words that another poll of the same second replaced were never to be seen; they are in
# no such row.
VERSIONS = """
WITH version (article, title, summary, valid_from, valid_to) AS (
    SELECT article, title, summary, from_at, to_at FROM earlier_words
    UNION ALL
    SELECT id, title, summary,
        coalesce((SELECT max(to_at) FROM earlier_words WHERE earlier_words.article = articles.id), stated_at,
            first_seen_at), NULL
    FROM articles
)
SELECT
    v.article,
    v.valid_from,
    v.valid_to,
    s.name AS source,
    v.title,
    v.summary,
    a.published_at,
    a.relevance,
    a.url,
    a.source AS source_id
FROM version AS v JOIN articles AS a ON a.id = v.article JOIN sources AS s ON s.id = a.source
"""
