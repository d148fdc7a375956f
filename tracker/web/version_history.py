"""Show an article's earlier versions in order, each with the changes that replaced it; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from tracker.analyse.word_diff import Run, word_diff
from tracker.web.queries.article import Revision
from tracker.web.queries.article_list import Article
from tracker.web.queries.headlines import HeadlineChange


@dataclass(frozen=True, slots=True)
class Step:
    """One earlier version: when it was current, and the word changes to the next one.

    `since` is when it was first seen; `after` how long after publication it was replaced, None if that is negative. An
    unchanged text has no runs.
    """

    revision: Revision
    since: datetime
    after: timedelta | None
    title: tuple[Run, ...]
    summary: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class HeadlineDiff:
    """A changed headline with its word diff; `after` is how long after publication it changed."""

    change: HeadlineChange
    runs: tuple[Run, ...]
    after: timedelta | None


def steps(article: Article, revisions: Sequence[Revision]) -> tuple[Step, ...]:
    """Return the earlier versions of an article, oldest first."""
    texts = [(one.title, one.summary) for one in revisions] + [(article.title, article.summary)]
    since = [article.stated_at or article.first_seen_at, *(one.replaced_at for one in revisions)]
    return tuple(
        Step(
            revision,
            since[number],
            _after(revision.replaced_at, article.published_at or article.first_seen_at),
            _difference(before[0], after[0]),
            _difference(before[1], after[1]),
        )
        for number, (revision, (before, after)) in enumerate(zip(revisions, pairwise(texts), strict=True))
    )


def headline_diff(change: HeadlineChange) -> HeadlineDiff:
    """Return a headline change for display; no runs if the headline that followed is the same."""
    return HeadlineDiff(
        change, _difference(change.earlier, change.later), _after(change.replaced_at, change.published_at)
    )


def _difference(before: str, after: str) -> tuple[Run, ...]:
    return word_diff(before, after) if before != after else ()


def _after(at: datetime, published: datetime) -> timedelta | None:
    return at - published if at >= published else None
