"""What a monitoring program is told, as Prometheus reads it; the only module that knows prometheus-client."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Summary, disable_created_metrics
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from tracker.web.queries.process_figures import Vitals

# When each series began is of no use to anybody, and doubles their number.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library says nothing of it; it takes nothing


class Metrics:
    """The figures of one site: of its database, when they are asked for, and of the requests it has served."""

    def __init__(self, look: Callable[[], Vitals | None]) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Database(look))
        self._requests = Counter(
            "tracker_requests", "Requests answered, by kind of page and status.", ["page", "status"],
            registry=self._registry,
        )  # fmt: skip
        self._seconds = Summary(
            "tracker_request_seconds", "Seconds until requests were answered whole, by kind of page.", ["page"],
            registry=self._registry,
        )  # fmt: skip

    def served(self, page: str, status: int, seconds: float) -> None:
        """Count a request; status 0 is one that was not answered."""
        self._requests.labels(page, status).inc()
        self._seconds.labels(page).observe(seconds)

    async def text(self) -> tuple[bytes, str]:
        """The figures, and the content type that says in which form they are."""
        return await asyncio.to_thread(generate_latest, self._registry), CONTENT_TYPE_LATEST


class _Database(Collector):
    """Reads the database when it is asked."""

    def __init__(self, look: Callable[[], Vitals | None]) -> None:
        self._look = look

    def collect(self) -> Iterator[Metric]:
        """The figures; when the database cannot be read, only that."""
        found = self._look()
        yield _gauge("tracker_database_readable", "1 when the database can be read.", 0 if found is None else 1)
        if found is None:
            return
        watched = found.watched
        yield _gauge("tracker_last_poll_timestamp_seconds", "When a feed was last polled.", _seconds(found.last_poll))
        yield _gauge("tracker_last_success_timestamp_seconds", "When a feed was last read.", _seconds(found.last_ok))
        yield _gauge("tracker_watched_since_timestamp_seconds", "When a feed was first read.", _seconds(watched.since))
        yield _gauge("tracker_never_read_feeds", "Feeds that were never read.", watched.feeds - watched.answered)
        stopped = "1 when nothing was polled for three times the usual, or never, or a clock is wrong."
        yield _gauge("tracker_polling_stopped", stopped, found.polling.is_doubtful)
        yield _gauge("tracker_due_feeds", "Feeds whose next poll is due.", found.due)
        yield _gauge("tracker_articles", "Articles stored.", found.articles)
        yield _gauge("tracker_ungrouped_articles", "Articles that wait to be grouped into stories.", found.ungrouped)
        yield _by("tracker_feeds", "Feeds, by how they are.", "health", found.health)
        yield _by("tracker_polls_last_day", "Polls of the last 24 hours, by how they ended.", "outcome", found.outcomes)
        done = {job: _seconds(one.done_at) for job, one in found.jobs.items()}
        failures = {job: one.failures for job, one in found.jobs.items()}
        yield _by("tracker_job_last_success_timestamp_seconds", "When each job was last done.", "job", done)
        yield _by("tracker_job_failures", "Runs of each job that failed or were killed since then.", "job", failures)
        yield _gauge("tracker_database_bytes", "Size of the database file.", found.database)
        yield _gauge("tracker_database_log_bytes", "Size of its write-ahead log.", found.log)


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, value=value)


def _by(name: str, about: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, about, labels=[label])
    for value, number in sorted(values.items()):
        family.add_metric([value], number)
    return family


def _seconds(moment: datetime | None) -> float:
    """Seconds since 1970; 0 for what has never been."""
    return moment.timestamp() if moment else 0.0
