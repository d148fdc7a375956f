"""Run tasks on a Dask cluster: the only module that knows Dask."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from logging import ERROR, getLogger
from typing import Any, Final, Generic, TypeVar

import dask
from distributed import Client, LocalCluster, WorkerPlugin, as_completed, get_worker

from tracker.errors import TrackerError

_T = TypeVar("_T")
_R = TypeVar("_R")

_Client: Final[Any] = Client  # without types, like these
_LocalCluster: Final[Any] = LocalCluster
_as_completed: Final[Any] = as_completed

_RETRIES = 2
"""How often a task is tried again after its worker died; then the task is to blame."""

_CONNECT = "30s"
_LOOPBACK = "127.0.0.1:0"
"""Where the dashboard listens, which cannot be left out: on any free port."""


@dataclass(frozen=True, slots=True)
class Ended(Generic[_T, _R]):
    """A task that has ended: its result, or why there is none."""

    task: _T
    result: _R | None = None
    problem: str = ""


@contextmanager
def connected(scheduler: str | None, workers: int) -> Iterator[Client]:
    """Yield a client of the cluster at `scheduler` (tcp://host:port), or of a local one with so many processes.

    Raises TrackerError when the scheduler does not answer.
    """
    settings = {
        "distributed.scheduler.allowed-failures": _RETRIES,
        "distributed.comm.timeouts.connect": _CONNECT,
        "distributed.worker.profile.enabled": False,  # it would drop a page's tree in a thread that must not
    }
    for name in ("distributed", "distributed.client"):
        getLogger(name).setLevel(ERROR)  # the command says itself what became of each task
    with dask.config.set(settings):
        if scheduler is None:
            local = {"threads_per_worker": 1, "dashboard_address": _LOOPBACK}
            with _LocalCluster(workers, **local) as cluster, _Client(cluster) as client:
                yield client
            return
        try:
            client = _Client(scheduler)
        except (OSError, ValueError) as error:
            raise TrackerError(f"the scheduler {scheduler} does not answer: {error}") from error
        with client:
            yield client


class _Work(WorkerPlugin):
    """Brings a function to each worker once, and to workers that join later: it may hold a whole rulebook."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        self.work = work


def _do(name: str, task: Any) -> Any:
    """Run in a worker: call the function that the plugin of this name has brought."""
    plugin = get_worker().plugins[name]
    assert isinstance(plugin, _Work)  # noqa: S101  run() has registered it
    return plugin.work(task)


def run(client: Any, work: Callable[[_T], _R], tasks: Sequence[_T]) -> Iterator[Ended[_T, _R]]:
    """Yield each task as it ends; one that fails or kills its workers fails alone."""
    name = f"work-{uuid.uuid4().hex}"
    client.register_plugin(_Work(work), name)
    futures = {client.submit(_do, name, task, pure=False): task for task in tasks}
    for future in _as_completed(futures):
        try:
            ended = Ended(futures[future], future.result())  # waits if the result was lost with its worker
        except Exception as error:  # noqa: BLE001  what the task raised, or the loss of its workers
            ended = Ended(futures[future], problem=f"{type(error).__name__}: {error}")
        future.release()
        yield ended
    client.unregister_worker_plugin(name)
