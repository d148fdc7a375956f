"""Run a search, from the typed query to the results that every format shows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from datasette.database import Database, QueryInterrupted

from tracker.analyse.search.query import Part, Query, Remark, fts, parse
from tracker.analyse.search.ranking import Ranking, stems_of
from tracker.analyse.search.scope import Scope
from tracker.store import matching
from tracker.store.matching import SearchCriteria
from tracker.web.highlights import Piece, excerpt, marked_in
from tracker.web.queries import article_list
from tracker.web.queries import search as data
from tracker.web.settings import Site

CAP: Final = 600
"""Number of newest matching articles that are ranked and counted."""

PAGE_SIZE: Final = 20

MOST_PAGES: Final = CAP // PAGE_SIZE

_STORIES: Final = 3

EXCERPT: Final = 300
"""Approximate length of a summary excerpt, in characters, around the first hit."""

_MARKS: Final = [(chr(first), chr(first + 1)) for first in range(0xE000, 0xE100, 2)]
"""Pairs of private-use characters; one that no text contains marks the hits."""

_TOO_LONG = Remark(
    "This search took too long. Try fewer very common words, more letters before a *, or a filter such as after:."
)


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A query, its order (`newest` or best first), its page, and the article before which to continue (`back`).

    With `everything` an empty query finds all articles.
    """

    query: Query
    newest: bool = False
    page: int = 1
    back: int | None = None
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """An article with its hits marked, and how many other results belong to its story."""

    article: article_list.Article
    title: tuple[Piece, ...]
    summary: tuple[Piece, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Results:
    """The results of a search.

    `count` is the number of articles, exact unless `capped`: then there are more. `looked_back_to` is the article
    before which nothing was searched. `scope` holds the filters in words; `faults` say why nothing was searched.
    """

    request: SearchRequest
    scope: Scope
    faults: tuple[Remark, ...] = ()
    hits: tuple[Hit, ...] = ()
    count: int = 0
    capped: bool = False
    looked_back_to: int | None = None
    groups: int = 0
    """Number of results when each story counts once."""
    next_page: int | None = None
    next_back: int | None = None
    stories: tuple[tuple[int, int], ...] = ()
    """The stories with most of the matching articles, and how many of them each has; at least two."""
    alone: tuple[tuple[str, int], ...] = ()
    """If nothing was found: each part of the query, and how many articles match it alone."""


def read(site: Site, text: str) -> Query:
    """Parse a typed query with the site's synonyms."""
    return parse(text, site.settings.synonyms)


async def wanted(db: Database, site: Site, query: Query) -> tuple[SearchCriteria, tuple[Remark, ...]]:
    """Return the search criteria of a query in this database, and its faults."""
    criteria = matching.wanted(query, await data.known(db), site.zone)
    return criteria, (*query.faults, *criteria.scope.faults)


async def search(db: Database, site: Site, request: SearchRequest) -> Results:
    """Return the requested page of results."""
    criteria, faults = await wanted(db, site, request.query)
    results = Results(request, criteria.scope, faults)
    if faults or (request.query.empty and not request.everything):
        return results
    try:
        ranked = criteria.match is not None and not request.newest
        return await (_best if ranked else _newest)(db, criteria, results, site.clock())
    except QueryInterrupted:
        return replace(results, faults=(_TOO_LONG,))


async def _best(db: Database, criteria: SearchCriteria, results: Results, now: datetime) -> Results:
    """Return the best of the newest CAP articles, one per story."""
    found = await data.newest(db, criteria, CAP + 1)
    ids = found.ids[:CAP]
    if not ids:
        return replace(results, looked_back_to=found.looked_back_to, alone=await _alone(db, criteria, results))
    stories, ordered = await _ranked(db, results.request.query.wanted, ids, now)
    sizes = Counter(stories.get(article, -article) for article in ordered)
    first = {stories.get(article, -article): article for article in reversed(ordered)}
    heads = [article for article in ordered if first[stories.get(article, -article)] == article]
    end = results.request.page * PAGE_SIZE
    hits = await _shown(db, criteria, results, heads[end - PAGE_SIZE : end])
    return replace(
        results,
        hits=tuple(replace(hit, more=sizes[stories.get(hit.article.id, -hit.article.id)] - 1) for hit in hits),
        count=len(ids),
        capped=len(found.ids) > CAP,
        looked_back_to=found.looked_back_to,
        groups=len(heads),
        stories=tuple(
            (story, articles) for story, articles in sizes.most_common(_STORIES) if story > 0 and articles > 1
        ),
        next_page=results.request.page + 1 if len(heads) > end else None,
    )


async def _newest(db: Database, criteria: SearchCriteria, results: Results, _now: datetime) -> Results:
    """Return the next PAGE_SIZE articles, newest first, without an overall limit; counted up to CAP."""
    back = results.request.back
    found = await data.newest(db, criteria, CAP + 1, back)
    whole = found if back is None else await data.newest(db, criteria, CAP + 1)
    shown = found.ids[:PAGE_SIZE]
    more = len(found.ids) > PAGE_SIZE
    return replace(
        results,
        hits=tuple(sorted(await _shown(db, criteria, results, shown), key=_date, reverse=True)),
        count=min(len(whole.ids), CAP),
        capped=len(whole.ids) > CAP,
        looked_back_to=None if more else found.looked_back_to,
        groups=min(len(whole.ids), CAP),
        next_back=shown[-1] if more else None,
        alone=() if shown or back else await _alone(db, criteria, results),
    )


async def _ranked(
    db: Database, parts: Sequence[Part], ids: Sequence[int], now: datetime
) -> tuple[Mapping[int, int], list[int]]:
    """Return the story of each article that is in one, and the articles, best first."""
    stories, candidates = await data.candidates(db, ids)
    counts, articles = await data.counts(db, stems_of(parts))
    ranking = Ranking(parts, counts, articles)
    scores = {candidate.id: ranking.score(candidate, now) for candidate in candidates}
    return stories, sorted(scores, key=lambda article: (-scores[article], -article))


async def _shown(db: Database, criteria: SearchCriteria, results: Results, ids: Sequence[int]) -> tuple[Hit, ...]:
    """Return these articles with their hits marked."""
    articles = await article_list.articles(db, ids)
    marked: Mapping[int, tuple[str, str]] = {}
    texts = "".join(article.title + article.summary for article in articles)
    marks = next((pair for pair in _MARKS if pair[0] not in texts and pair[1] not in texts), None)
    if criteria.match and marks and ids:
        at_once = results.request.query.has_beginnings
        marked = await data.highlighted(db, criteria.match, ids, marks, at_once=at_once)
    return tuple(_hit(article, marked.get(article.id), marks or _MARKS[0]) for article in articles)


def _date(hit: Hit) -> datetime:
    """Return the date shown with a hit: articles are found in the order in which they were stored."""
    return hit.article.published_at or hit.article.first_seen_at


def _hit(article: article_list.Article, marked: tuple[str, str] | None, marks: tuple[str, str]) -> Hit:
    if marked is None:
        return Hit(article, (Piece(article.title),), excerpt([Piece(article.summary)], EXCERPT))
    texts = zip((article.title, article.summary), marked, strict=True)
    title, summary = (marked_in(text, found, *marks) for text, found in texts)
    return Hit(article, title, excerpt(summary, EXCERPT))


async def _alone(db: Database, criteria: SearchCriteria, results: Results) -> tuple[tuple[str, int], ...]:
    """Count the articles that match each part of a query alone, ignoring filters; empty for a single part without
    filters."""
    query = results.request.query
    if len(query.wanted) < 2 and not query.filters and not query.excluded:
        return ()
    counted = []
    for part in query.wanted:
        only = SearchCriteria(fts([part]), Scope(), criteria.zone)
        counted.append((query.text[slice(*part.span)], len((await data.newest(db, only, CAP)).ids)))
    return tuple(counted)
