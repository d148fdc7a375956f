"""Show the data as it was at an earlier moment; knows which tables can be rolled back, and how."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from tracker.models import utc_text
from tracker.store.database import Database
from tracker.store.views import VIEWS

_THEN = (
    "SELECT {words} FROM main.earlier_words AS w WHERE w.article = a.id AND w.from_at <= '{at}' AND w.to_at > '{at}'"
)

_HELD = "SELECT {what} FROM main.takeovers AS t WHERE t.article = a.id AND t.taken_at > '{at}' ORDER BY t.id LIMIT 1"
"""The state of an article before its publisher took it over from others."""

_TABLES = {
    "articles": f"""SELECT a.id, canonical_url, url,
        coalesce(({_HELD.format(what="t.from_source", at="{at}")}), source) AS source,
        coalesce(({_HELD.format(what="t.title", at="{at}")}), ({_THEN.format(words="w.title", at="{at}")}), title)
            AS title,
        coalesce(({_HELD.format(what="t.summary", at="{at}")}), ({_THEN.format(words="w.summary", at="{at}")}), summary)
            AS summary,
        author, language, published_at, published_raw, date_quality, first_seen_at,
        CASE WHEN last_seen_at <= '{{at}}' THEN last_seen_at END AS last_seen_at,
        relevance, rulebook, story, agency, appeared_at
        FROM main.articles AS a WHERE first_seen_at <= '{{at}}'""",  # noqa: S608  built from constants; a moment of ours is put in
    "sightings": "SELECT * FROM main.sightings WHERE first_seen_at <= '{at}'",
    "revisions": "SELECT * FROM main.revisions WHERE replaced_at <= '{at}'",
    "copies": "SELECT * FROM main.copies WHERE found_at <= '{at}'",
}
"""What a table held at a moment. When an article was last seen before it is unknown if it was seen since."""

_VIEWS = ("coverage", "headline_changes")


@contextmanager
def as_of(db: Database, moment: datetime | None) -> Iterator[None]:
    """Show `coverage` and `headline_changes` of this connection, within the context, as of a moment; None is now.

    They hold the articles first seen by then, as worded then. Tags, relevance and stories are today's, and so is what a
    feed stated later, such as a missing date. A moment while a round is under way counts the polls that had begun. The
    file is unchanged: temporary views, which take precedence in name lookup, are read instead.
    """
    if moment is None:
        yield
        return
    made = [*_TABLES, *_VIEWS]
    at = utc_text(moment)
    for name in made:
        db.execute(f"CREATE TEMP VIEW {name} AS {_TABLES[name].format(at=at) if name in _TABLES else VIEWS[name]}")
    try:
        yield
    finally:
        for name in reversed(made):
            db.execute(f"DROP VIEW temp.{name}")
