"""Every kind of page that the site has, each at an address that the demo's database fills."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tracker.web.routes import FIXED

PAGES = {
    "overview": "/",
    "digest of a week": "/digest/{week}",
    "digest of a day": "/digest/2026-03-03",
    "stories": "/stories",
    "stories of a week": "/stories?week={week}&topic=all",
    "week without stories": "/stories?week=2018-W02",
    "story with copies": "/story/{story}",
    "article with revisions": "/article/{revised}",
    "article on neither topic": "/article/{plain}",
    "articles": "/articles",
    "articles filtered": "/articles?q=encryption&country=DE&kind=national&from=2020-01-01&show=all",
    "topic": "/tag/encryption",
    "theme": "/tag/{theme}",
    "law with a timeline": "/tag/uk-online-safety-act",
    "theme by country and kind": "/tag/{theme}/breakdown",
    "organisation": "/tag/{organisation}",
    "person": "/tag/{person}",
    "place": "/tag/{place}",
    "noise": "/tag/{noise}",
    "tag measured as a share": "/tag/child-safety?measure=share",
    "tags": "/tags",
    "source": "/source/{source}",
    "sources": "/sources",
    "comparison to be made": "/compare",
    "comparison": "/compare?item=encryption&item=child-safety&item={source}",
    "comparison with a mistake": "/compare?item=encryptoin&item=child-safety",
    "changed headlines": "/headlines",
    "all changes": "/headlines?kind=all&topic=all",
    "search": "/search",
    "search with results": "/search?q=encryption",
    "search with a mistake": "/search?q=encryption+source:nobody",
    "search without results": "/search?q=zeppelin+submarine",
    "health": "/health",
    "jobs": "/jobs",
    "about": "/about",
    "data": "/tracker",
    "table of articles": "/tracker/coverage?_size=8",
    "table with facets": "/tracker/feed_health",
    "filtered table": "/tracker/coverage?_search=encryption&relevance=both&_sort=id&_size=8",
    "empty table": "/tracker/coverage?id=0",
    "table of raw articles": "/tracker/articles?_size=8",
    "table of counts": "/tracker/attention?day__gte=2026-03-25&_size=8",
    "row": "/tracker/articles/{revised}",
    "question in SQL": "/sql",
    "answer to SQL": "/sql?sql=select+id,+title,+tags+from+coverage+where+language+=+'de'",
    "mistake in SQL": "/sql?sql=select+from",
    "not found": "/nothing",
    "refused": "/tracker/links",
}
"""The address of each kind; what stands in braces is the answer to the question of that name."""

PAGES |= {address.strip("/"): address for address in FIXED if address not in PAGES.values()}

ALIKE = {
    "digest", "digest of a day", "stories", "topic", "theme", "organisation", "person", "noise",
    "tag measured as a share", "articles filtered", "all changes", "search with a mistake", "search without results",
    "filtered table", "table of raw articles", "table of counts", "row", "refused",
}  # fmt: skip
"""Kinds with the same controls and looks as another one."""

_ID_OF = "SELECT max(id) FROM tags WHERE facet = '{}' AND id IN (SELECT tag FROM article_tags)"
_QUESTIONS = {
    "week": "SELECT strftime('%Y-W%W', max(first_at)) FROM stories WHERE first_at LIKE '2024%' AND articles > 2",
    "story": "SELECT story FROM articles JOIN copies ON article = id GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1",
    "revised": "SELECT article FROM revisions WHERE title_changed GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1",
    "plain": "SELECT min(id) FROM articles WHERE relevance = 'none' AND id NOT IN (SELECT article FROM revisions)",
    "source": "SELECT source FROM articles GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1",
    **{facet: _ID_OF.format(facet) for facet in ("theme", "organisation", "person", "place", "noise")},
}


def addresses(database: Path) -> dict[str, str]:
    """The address of each kind in the demo's database."""
    with closing(sqlite3.connect(database)) as connection:
        answers = {name: connection.execute(sql).fetchone()[0] for name, sql in _QUESTIONS.items()}
    assert None not in answers.values(), f"the demo's database has no page of each kind: {answers}"
    return {kind: address.format(**answers) for kind, address in PAGES.items()}
