"""The views read by people, the site and the exports; each row holds all about one thing."""

from tracker.analyse.observation import ENOUGH
from tracker.store.appearance import APPEARED
from tracker.store.conditions import OBSERVED, POLLED, RELEASING, UNREACHABLE
from tracker.store.quote_views import QUOTATIONS, SPEAKERS

_LABELS = """(SELECT json_group_array(t.label) FROM
        (SELECT tags.label FROM article_tags JOIN tags ON tags.id = article_tags.tag
         WHERE article_tags.article = a.id AND tags.facet = '{facet}' ORDER BY tags.position) AS t) AS {name}"""

_COVERAGE = f"""
SELECT
    a.id,
    a.published_at,
    a.first_seen_at,
    s.name AS source,
    a.title,
    a.summary,
    a.relevance,
    (SELECT json_group_array(t.tag) FROM
        (SELECT article_tags.tag FROM article_tags JOIN tags ON tags.id = article_tags.tag
         WHERE article_tags.article = a.id ORDER BY tags.position) AS t) AS tags,
    {_LABELS.format(facet="theme", name="themes")},
    {_LABELS.format(facet="law", name="laws")},
    {_LABELS.format(facet="organisation", name="organisations")},
    {_LABELS.format(facet="person", name="people")},
    {_LABELS.format(facet="place", name="places")},
    a.url,
    a.author,
    a.language,
    s.kind,
    s.country,
    s.family,
    a.source AS source_id,
    a.last_seen_at,
    a.date_quality,
    (SELECT count(DISTINCT feed) FROM sightings WHERE sightings.article = a.id) AS feeds,
    (SELECT count(*) FROM revisions WHERE revisions.article = a.id AND title_changed) AS headline_changes,
    a.canonical_url,
    a.rulebook,
    a.story,
    (SELECT root FROM copies WHERE copies.article = a.id) AS copy_of,
    a.agency,
    {APPEARED} AS appeared_at
FROM articles AS a JOIN sources AS s ON s.id = a.source
"""  # noqa: S608  built from the constant above

_EVE = "strftime('%Y-%m-%dT%H:%M:%SZ', f.last_poll_at, '-1 day')"
_FLOOD = f"floods WHERE floods.feed = f.id AND to_at > {_EVE}"
_RESTLESS = f"""polls WHERE polls.id = (SELECT id FROM polls WHERE polls.feed = f.id AND started_at > {_EVE}
    AND entries > 0 ORDER BY started_at DESC, id DESC LIMIT 1) AND changes_left_out > 0"""  # noqa: S608  our own text

# `flooding` and `silent` come before `ok`: a feed that answers but shows nothing new raises no error.
# `watch` repeats the last month of `continuity`, because that view computes the months of all years. Without
# MATERIALIZED, SQLite would compute it again at each gap.
_FEED_HEALTH = f"""
WITH watch (feed, from_at, to_at) AS MATERIALIZED (
    SELECT id, max(
        (SELECT min(started_at) FROM polls WHERE polls.feed = feeds.id
            AND started_at <= last_poll_at AND outcome IN {OBSERVED}),
        strftime('%Y-%m-01T00:00:00Z', last_poll_at, '-1 second')
    ), last_poll_at FROM feeds WHERE last_ok_at IS NOT NULL
)
SELECT
    f.id,
    s.name AS source,
    f.url,
    CASE
        WHEN NOT f.declared THEN 'removed'
        WHEN f.last_poll_at IS NULL THEN 'never polled'
        WHEN f.last_outcome = 'gone' THEN 'gone'
        WHEN f.failures = 0 AND f.last_outcome IN {UNREACHABLE}
            THEN 'not reached'
        WHEN f.last_outcome NOT IN {OBSERVED} THEN 'failing'
        WHEN EXISTS (SELECT 1 FROM {_FLOOD}) OR EXISTS (SELECT 1 FROM {_RESTLESS}) THEN 'flooding'
        WHEN EXISTS (SELECT 1 FROM gaps WHERE gaps.feed = f.id AND to_at IS NULL AND reason = 'silent') THEN 'silent'
        ELSE 'ok'
    END AS health,
    CASE
        WHEN NOT f.declared THEN 'It is no longer in feeds.yaml.'
        WHEN f.last_poll_at IS NULL THEN 'It has not been polled yet.'
        WHEN f.last_outcome = 'gone' THEN 'The server says that it is gone for good; it is polled once a month.'
        WHEN f.last_outcome NOT IN {OBSERVED} THEN coalesce(f.last_error, f.last_outcome)
        WHEN EXISTS (SELECT 1 FROM {_FLOOD}) THEN (SELECT printf('It is flooding: %,d new entries since %s'
            || iif(left_out, ', and %,d more left out of the last document', '')
            || '; they are held back from alerts.', articles, substr(from_at, 1, 10), left_out)
            FROM {_FLOOD} ORDER BY id DESC LIMIT 1)
        WHEN EXISTS (SELECT 1 FROM {_RESTLESS}) THEN (
            SELECT printf('It rewrites articles too often: its last document has changes of %,d that are not kept.',
            changes_left_out) FROM {_RESTLESS})
        WHEN EXISTS (SELECT 1 FROM gaps WHERE gaps.feed = f.id AND to_at IS NULL AND reason = 'silent')
            THEN 'It responds, but has shown nothing new since ' || substr(f.last_new_at, 1, 10) || ', unlike before.'
        WHEN f.moved_to IS NOT NULL THEN 'It has moved permanently; update its address in feeds.yaml.'
        ELSE ''
    END AS why,
    CASE WHEN w.to_at > w.from_at THEN CAST(10000 * (1.0 - min(1.0, 1.0 * coalesce((
        SELECT sum(unixepoch(min(coalesce(g.to_at, w.to_at), w.to_at)) - unixepoch(max(g.from_at, w.from_at)))
        FROM gaps AS g WHERE g.feed = f.id AND NOT g.bridged AND g.reason != 'silent'
        AND g.from_at < w.to_at AND coalesce(g.to_at, w.to_at) > w.from_at
    ), 0) / max(1, unixepoch(w.to_at) - unixepoch(w.from_at)))) AS INTEGER) / 100.0 END AS continuity_percent,
    f.last_outcome,
    f.last_error,
    f.failures,
    f.last_poll_at,
    f.last_ok_at,
    f.last_new_at,
    f.next_poll_at,
    f.moved_to,
    f.per_day,
    (SELECT count(*) FROM polls WHERE polls.feed = f.id) AS polls,
    (SELECT count(*) FROM sightings WHERE sightings.feed = f.id) AS entries_seen,
    (SELECT count(*) FROM gaps WHERE gaps.feed = f.id AND NOT bridged AND reason != 'silent') AS gaps,
    f.source AS source_id
FROM feeds AS f JOIN sources AS s ON s.id = f.source LEFT JOIN watch AS w ON w.feed = f.id
WHERE f.{POLLED}
"""  # noqa: S608  built from the constant above

# A month counts from the first successful poll of a feed to its last poll, until which an open gap lasts.
_CONTINUITY = f"""
WITH RECURSIVE
span (feed, first_at, last_at) AS (
    SELECT id, (SELECT min(started_at) FROM polls WHERE polls.feed = feeds.id
        AND started_at <= last_poll_at AND outcome IN {OBSERVED}), last_poll_at FROM feeds
    WHERE last_ok_at IS NOT NULL AND {POLLED}
),
months (feed, month, first_at, last_at) AS (
    SELECT feed, strftime('%Y-%m-01T00:00:00Z', first_at), first_at, last_at FROM span
    UNION ALL
    SELECT feed, strftime('%Y-%m-%dT00:00:00Z', month, '+1 month'), first_at, last_at FROM months
    WHERE strftime('%Y-%m-%dT00:00:00Z', month, '+1 month') < last_at
),
observation (feed, month, from_at, to_at) AS (
    SELECT feed, month, max(month, first_at), min(strftime('%Y-%m-%dT00:00:00Z', month, '+1 month'), last_at)
    FROM months
),
missed (feed, month, seconds, gaps, from_at, to_at) AS (
    SELECT o.feed, o.month,
        coalesce(sum(unixepoch(min(coalesce(g.to_at, o.to_at), o.to_at)) - unixepoch(max(g.from_at, o.from_at))), 0),
        count(g.id), o.from_at, o.to_at
    FROM observation AS o LEFT JOIN gaps AS g
    ON g.feed = o.feed AND NOT g.bridged AND g.reason != 'silent'
    AND g.from_at < o.to_at AND coalesce(g.to_at, o.to_at) > o.from_at
    GROUP BY o.feed, o.month
)
SELECT
    m.feed,
    substr(m.month, 1, 7) AS month,
    s.name AS source,
    f.url,
    1.0 - min(1.0, 1.0 * m.seconds / max(1, unixepoch(m.to_at) - unixepoch(m.from_at))) AS observed,
    m.seconds / 3600.0 AS hours_missed,
    m.gaps,
    m.from_at,
    m.to_at,
    f.source AS source_id
FROM missed AS m JOIN feeds AS f ON f.id = m.feed JOIN sources AS s ON s.id = f.source
"""  # noqa: S608  our own text

_POLITENESS = """
SELECT
    substr(started_at, 1, 10) AS day,
    host,
    count(*) AS polls,
    sum(requests) AS requests,
    sum(outcome = 'not-modified') AS not_modified,
    round(100.0 * sum(outcome = 'not-modified') / count(*), 1) AS not_modified_percent,
    sum(bytes) AS bytes,
    sum(outcome = 'rate-limited') AS rate_limited,
    sum(outcome IN ('refused', 'challenge')) AS refused,
    count(DISTINCT feed) AS feeds
FROM polls WHERE host != '' GROUP BY substr(started_at, 1, 10), host
"""

# The newest hand-coded sample of a tag counts.
_CODEBOOK = """
SELECT
    t.id AS tag,
    t.facet,
    t.label,
    t.about,
    (SELECT count(*) FROM article_tags WHERE article_tags.tag = t.id) AS articles,
    q.precision,
    q.precision_low,
    q.precision_high,
    q.recall,
    q.recall_low,
    q.recall_high,
    q.kappa,
    q.coded,
    q.measured_at,
    q.rulebook AS measured_rulebook
FROM tags AS t LEFT JOIN tag_quality AS q ON q.sample =
    (SELECT sample FROM tag_quality WHERE tag_quality.tag = t.id ORDER BY measured_at DESC, sample DESC LIMIT 1)
ORDER BY t.position
"""

_NEARLY = """
SELECT
    n.article AS id,
    a.published_at,
    s.name AS source,
    a.title,
    a.relevance,
    t.label AS tag,
    n.missing,
    n.words,
    n.excluding,
    a.url,
    n.tag AS tag_id
FROM near_misses AS n
JOIN articles AS a ON a.id = n.article
JOIN sources AS s ON s.id = a.source
JOIN tags AS t ON t.id = n.tag
"""

# The origin of copies: an agency they name, or an actor whose own text came first.
_STORIES = f"""
SELECT
    s.id,
    s.last_at,
    h.title,
    s.articles,
    s.articles - (SELECT count(*) FROM articles AS a JOIN copies AS c ON c.article = a.id WHERE a.story = s.id)
        AS texts,
    s.sources AS outlets,
    s.families AS owners,
    (SELECT count(*) FROM articles AS a WHERE a.story = s.id AND a.relevance != 'none') AS relevant,
    s.first_at,
    (SELECT o.name FROM articles AS a JOIN sources AS o ON o.id = a.source WHERE a.story = s.id
        ORDER BY {APPEARED}, a.canonical_url LIMIT 1) AS first_source,
    (SELECT json_group_array(DISTINCT a.agency) FROM articles AS a WHERE a.story = s.id AND a.agency IS NOT NULL)
        AS agencies,
    (SELECT json_group_array(DISTINCT o.name) FROM copies AS c JOIN articles AS a ON a.id = c.root
        JOIN sources AS o ON o.id = a.source
        WHERE a.story = s.id AND o.kind IN {RELEASING}) AS releases,
    (SELECT json_group_array(DISTINCT a.language) FROM articles AS a WHERE a.story = s.id AND a.language IS NOT NULL)
        AS languages,
    s.headline
FROM stories AS s JOIN articles AS h ON h.id = s.headline
"""  # noqa: S608  our own text

_COPIED = f"""
SELECT
    c.article AS id,
    a.published_at,
    s.name AS source,
    a.title,
    c.why,
    c.score,
    b.name AS root_source,
    r.title AS root_title,
    b.family = s.family AS same_owner,
    coalesce(a.agency, r.agency) AS agency,
    CASE WHEN b.kind IN {RELEASING} THEN b.name END AS release_of,
    a.relevance,
    a.url,
    c.root,
    a.story
FROM copies AS c
JOIN articles AS a ON a.id = c.article
JOIN sources AS s ON s.id = a.source
JOIN articles AS r ON r.id = c.root
JOIN sources AS b ON b.id = r.source
"""  # noqa: S608  our own text

# Every tag for every day of a source: 0 if the day was observed without matches, NULL if it was not observed.
_ATTENTION = f"""
SELECT
    d.day,
    t.id AS tag,
    t.label,
    s.name AS source,
    CASE WHEN d.observed >= {ENOUGH} THEN coalesce(n.articles, 0) END AS matching,
    CASE WHEN d.observed >= {ENOUGH} THEN d.articles END AS total,
    CASE WHEN d.observed >= {ENOUGH} AND d.articles > 0 THEN 1.0 * coalesce(n.articles, 0) / d.articles END AS ratio,
    d.observed,
    s.family,
    s.kind,
    s.country,
    d.source AS source_id
FROM source_days AS d JOIN tags AS t JOIN sources AS s ON s.id = d.source
LEFT JOIN tag_days AS n ON n.tag = t.id AND n.day = d.day AND n.source = d.source
"""  # noqa: S608  our own number

_HEADLINE_CHANGES = """
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

# A current headline was seen until its feed was last read. Less than two hours is no experiment: a changed headline may
# reach one feed that much later than the other.
_AT_ONCE = """
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

# The words at a moment T: valid_from <= T AND (valid_to > T OR valid_to IS NULL) finds one row per article then known
# from its publisher. Words replaced by another poll within the same second match no T.
_VERSIONS = """
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

VIEWS = {
    "coverage": _COVERAGE,
    "continuity": _CONTINUITY,
    "feed_health": _FEED_HEALTH,
    "politeness": _POLITENESS,
    "headline_changes": _HEADLINE_CHANGES,
    "at_once": _AT_ONCE,
    "versions": _VERSIONS,
    "codebook": _CODEBOOK,
    "nearly": _NEARLY,
    "stories_view": _STORIES,
    "copied": _COPIED,
    "quotations": QUOTATIONS,
    "speakers": SPEAKERS,
    "attention": _ATTENTION,
}
"""The views by name, each before those that read it."""
