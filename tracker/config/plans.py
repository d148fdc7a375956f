"""What feeds.yaml decides about the way out, as values: when jobs are done, and what they are to do."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta

from tracker.analyse.timetable import When


@dataclass(frozen=True, slots=True)
class Schedule:
    """When `tracker run` does what; None is never. Polling asks at an interval which feeds are due."""

    poll: timedelta = timedelta(minutes=1)
    export: When | None = None
    digest: When | None = None
    alerts: When | None = None
    release: When | None = None
    backup: When | None = None
    maintenance: When | None = None

    @property
    def jobs(self) -> Mapping[str, When]:
        """The jobs that are to be done besides polling, by name."""
        times = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: when for name, when in times.items() if isinstance(when, When)}
