"""`/metrics` for Prometheus: requests of this process, queues, workers, corrections."""

import time
from collections.abc import Iterator

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector

from emojify_core.errors import NotStoredError, QueueUnavailableError, StorageError
from emojify_core.messages import Queue
from emojify_core.queue.prediction_queue import PredictionQueue
from emojify_core.queue.worker_presence import Presence
from emojify_core.storage.corrections.queries import count_by_state
from emojify_core.storage.factory import Storage
from emojify_core.storage.versions.live_pointer import read_pointer

_QUEUES = (Queue.PREDICT, Queue.BATCH, Queue.TRAIN)
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


def register_metrics(
    app: Flask, queue: PredictionQueue, presence: Presence, storage: Storage
) -> None:
    """Count and time every request of the app, and serve the figures."""
    registry = CollectorRegistry()
    requests = Histogram(
        "emojify_http_request_seconds",
        "Requests by route, from their arrival to their answer.",
        ("method", "route", "status"),
        buckets=_BUCKETS,
        registry=registry,
    )
    registry.register(_Stack(queue, presence))
    registry.register(_Learning(storage))

    @app.after_request
    def observe(response: Response) -> Response:
        # The rule, not the path: ids would make a series each. Without a rule the method is
        # any word that a client likes, and each would stay in memory for good.
        rule = request.url_rule
        method, route = (request.method, rule.rule) if rule else ("none", "none")
        requests.labels(method, route, response.status_code).observe(
            time.perf_counter() - g.started
        )
        return response

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Stack(Collector):
    """What lies in Redis, read when somebody scrapes; `emojify_redis_up` is 0 when it is away."""

    def __init__(self, queue: PredictionQueue, presence: Presence) -> None:
        self._queue, self._presence = queue, presence

    def describe(self) -> list[Metric]:
        """Nothing: registering must not connect."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Read the queues' lengths and the workers' reports."""
        try:
            waiting = {name: self._queue.waiting(name) for name in _QUEUES}
            workers = self._presence.workers()
        except QueueUnavailableError:
            yield GaugeMetricFamily("emojify_redis_up", "Whether Redis answers.", value=0)
            return
        yield GaugeMetricFamily("emojify_redis_up", "Whether Redis answers.", value=1)
        length = GaugeMetricFamily(
            "emojify_queue_messages", "Messages no worker has taken.", labels=["queue"]
        )
        for name, messages in waiting.items():
            length.add_metric([name], messages)
        yield length
        tasks = SummaryMetricFamily(
            "emojify_worker_task_seconds", "Tasks done since the worker's start.", labels=["worker"]
        )
        memory = GaugeMetricFamily(
            "emojify_worker_memory_bytes", "Resident memory.", labels=["worker"]
        )
        version = GaugeMetricFamily(
            "emojify_worker_model_version", "The model version served.", labels=["worker"]
        )
        for worker in workers:
            tasks.add_metric([worker.name], worker.tasks, worker.task_seconds)
            memory.add_metric([worker.name], worker.memory_bytes)
            if worker.model_version is not None:
                version.add_metric([worker.name], worker.model_version)
        yield from (tasks, memory, version)


class _Learning(Collector):
    """What lies in SQL; `emojify_database_up` is 0 when it cannot be read."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def describe(self) -> list[Metric]:
        """Nothing: registering must not connect."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Read the live version and how far the corrections are."""
        up = GaugeMetricFamily("emojify_database_up", "Whether the database answers.")
        corrections = GaugeMetricFamily(
            "emojify_corrections", "Corrections by state.", labels=["state"]
        )
        version = GaugeMetricFamily("emojify_live_model_version", "The version that is live.")
        try:
            for state, count in count_by_state(self._storage.engine).items():
                corrections.add_metric([state], count)
            version.add_metric([], read_pointer(self._storage.engine).version)
        except NotStoredError:  # no worker has stored the first one yet
            pass
        except StorageError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield from (up, corrections, version)
