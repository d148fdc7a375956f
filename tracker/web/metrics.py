"""Export metrics in Prometheus format; the only module that imports prometheus-client."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Summary, disable_created_metrics
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from tracker.web.queries.process_figures import Vitals

# Creation times of series are useless here and double their number.
disable_created_metrics()  # type: ignore[no-untyped-call]  # untyped in the library


class Metrics:
    """The metrics of one site: database figures read on demand, and counts of requests served."""

    def __init__(self, read_figures: Callable[[], Vitals | None]) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Database(read_figures))
        self._requests = Counter(
            "tracker_requests", "Requests answered, by page type and status.", ["page", "status"],
            registry=self._registry,
        )  # fmt: skip
        self._seconds = Summary(
            "tracker_request_seconds", "Seconds to answer a request in full, by page type.", ["page"],
            registry=self._registry,
        )  # fmt: skip

    def served(self, page: str, status: int, seconds: float) -> None:
        """Count a request; status 0 means that it was not answered."""
        self._requests.labels(page, status).inc()
        self._seconds.labels(page).observe(seconds)

    async def text(self) -> tuple[bytes, str]:
        """Return the metrics and their content type."""
        return await asyncio.to_thread(generate_latest, self._registry), CONTENT_TYPE_LATEST


class _Database(Collector):
    """Reads the database at each scrape."""

    def __init__(self, read_figures: Callable[[], Vitals | None]) -> None:
        self._read_figures = read_figures

    def collect(self) -> Iterator[Metric]:
        """Yield the figures; only that the database is unreadable, if it is."""
        figures = self._read_figures()
        yield _gauge("tracker_database_readable", "1 if the database can be read.", 0 if figures is None else 1)
        if figures is None:
            return
        watched = figures.watched
        yield _gauge("tracker_last_poll_timestamp_seconds", "When a feed was last polled.", _seconds(figures.last_poll))
        yield _gauge("tracker_last_success_timestamp_seconds", "When a feed was last read.", _seconds(figures.last_ok))
        yield _gauge("tracker_watched_since_timestamp_seconds", "When a feed was first read.", _seconds(watched.since))
        yield _gauge("tracker_never_read_feeds", "Feeds that have never been read.", watched.feeds - watched.answered)
        stopped = "1 if nothing has been polled for three times the usual interval, or ever, or a clock is wrong."
        yield _gauge("tracker_polling_stopped", stopped, figures.polling.is_doubtful)
        yield _gauge("tracker_due_feeds", "Feeds whose next poll is due.", figures.due)
        yield _gauge("tracker_articles", "Articles stored.", figures.articles)
        yield _gauge("tracker_ungrouped_articles", "Articles not yet grouped into stories.", figures.ungrouped)
        yield _by("tracker_feeds", "Feeds, by health.", "health", figures.health)
        yield _by("tracker_polls_last_day", "Polls in the last 24 hours, by outcome.", "outcome", figures.outcomes)
        done = {job: _seconds(one.done_at) for job, one in figures.jobs.items()}
        failures = {job: one.failures for job, one in figures.jobs.items()}
        yield _by("tracker_job_last_success_timestamp_seconds", "When each job last succeeded.", "job", done)
        yield _by(
            "tracker_job_failures", "Runs of each job that have failed or been killed since then.", "job", failures
        )
        yield _gauge("tracker_database_bytes", "Size of the database file.", figures.database)
        yield _gauge("tracker_database_log_bytes", "Size of its write-ahead log.", figures.log)


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, value=value)


def _by(name: str, about: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, about, labels=[label])
    for value, number in sorted(values.items()):
        family.add_metric([value], number)
    return family


def _seconds(moment: datetime | None) -> float:
    """Return Unix time in seconds; 0 for never."""
    return moment.timestamp() if moment else 0.0
