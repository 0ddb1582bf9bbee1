"""`/metrics` for Prometheus: requests of this process, queues, workers, corrections."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector

from emojify_core.errors import NotStoredError, QueueUnavailableError, StorageError
from emojify_core.storage.corrections.queries import count_by_state
from emojify_core.storage.versions.live_pointer import read_pointer
from web.status.operation_metrics import OperationMetrics
from web.status.readiness import StatusSources

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


def register_metrics(app: Flask, sources: StatusSources) -> None:
    """Count and time every request of the app, and serve the metrics."""
    registry = CollectorRegistry()
    requests = Histogram(
        "emojify_http_request_seconds",
        "Requests by route, from their arrival to their answer.",
        ("method", "route", "status"),
        buckets=_BUCKETS,
        registry=registry,
    )
    registry.register(_QueuesAndWorkers(sources))
    registry.register(_Learning(sources))
    registry.register(OperationMetrics(sources))

    @app.after_request
    def observe(response: Response) -> Response:
        # The rule, not the path: each id would be a new series. Without a rule a client can
        # invent any method, and each would stay in memory for good.
        rule = request.url_rule
        method, route = (request.method, rule.rule) if rule else ("none", "none")
        requests.labels(method, route, response.status_code).observe(
            time.perf_counter() - g.started
        )
        return response

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _OnScrape(Collector):
    """Reads its metrics from the sources at each scrape."""

    def __init__(self, sources: StatusSources) -> None:
        self._sources = sources

    def describe(self) -> list[Metric]:
        """Return nothing: registering must not connect."""
        return []


class _QueuesAndWorkers(_OnScrape):
    """What Redis holds. `emojify_redis_up` is 0 when it does not answer."""

    def collect(self) -> Iterator[Metric]:
        """Read the queues' lengths and the workers' reports."""
        up = "emojify_redis_up", "Whether Redis answers."
        try:
            waiting = self._sources.waiting()
            workers = self._sources.presence.workers()
        except QueueUnavailableError:
            yield GaugeMetricFamily(*up, value=0)
            return
        yield GaugeMetricFamily(*up, value=1)
        yield _gauges("emojify_queue_messages", "Messages no worker has taken.", "queue", waiting)
        tasks = SummaryMetricFamily(
            "emojify_worker_task_seconds", "Tasks done since the worker's start.", labels=["worker"]
        )
        for worker in workers:
            tasks.add_metric([worker.name], worker.tasks, worker.task_seconds)
        yield tasks
        clocks = {worker.name: worker.clock_offset for worker in workers}
        yield _gauges(
            "emojify_clock_offset_seconds", "How far a clock is ahead of Redis's.", "worker", clocks
        )
        memory = {worker.name: worker.memory_bytes for worker in workers}
        yield _gauges("emojify_worker_memory_bytes", "Resident memory.", "worker", memory)
        versions = {worker.name: worker.model_version or 0 for worker in workers if worker.predicts}
        yield _gauges(
            "emojify_worker_model_version", "The model version served.", "worker", versions
        )


class _Learning(_OnScrape):
    """What the database holds. `emojify_database_up` is 0 when it cannot be read."""

    def collect(self) -> Iterator[Metric]:
        """Read the live version and the corrections' states."""
        up = "emojify_database_up", "Whether the database answers."
        version = GaugeMetricFamily("emojify_live_model_version", "The version that is live.")
        try:
            counts = count_by_state(self._sources.engine)
            version.add_metric([], read_pointer(self._sources.engine).version)
        except NotStoredError:  # no worker has stored the first version yet
            pass
        except StorageError:
            yield GaugeMetricFamily(*up, value=0)
            return
        yield GaugeMetricFamily(*up, value=1)
        yield _gauges("emojify_corrections", "Corrections by state.", "state", counts)
        yield version


def _gauges(
    name: str, documentation: str, label: str, values: Mapping[Any, float]
) -> GaugeMetricFamily:
    """Return a metric with one value for each value of its label."""
    family = GaugeMetricFamily(name, documentation, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
