"""Metrics for people on call: restarts, room in Redis and on the disk, batches, messages."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from emojify_core.errors import QueueUnavailableError, StorageError
from emojify_core.messages import Queue
from emojify_core.queue.celery_app import MESSAGE_EXPIRES
from emojify_core.queue.priorities import redis_keys
from emojify_core.queue.redis_client import unavailable_if_down
from emojify_core.queue.redis_clock import CLOCK
from emojify_core.runtime.process_report import read_states
from emojify_core.storage.database.batch_tables import BatchRow
from emojify_core.storage.database.transactions import read_transaction
from web.status.readiness import StatusSources

_EXPIRES = b'"expires": "'  # in a message's header; in its body every quote is escaped


class OperationMetrics(Collector):
    """Reads its metrics at each scrape; a source that is away is left out."""

    def __init__(self, sources: StatusSources) -> None:
        self._sources = sources

    def describe(self) -> list[Metric]:
        """Return nothing: registering must not connect."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Read the supervisor's report, the disk, Redis and the database."""
        yield from self._processes()
        with suppress(StorageError, OSError):
            yield from self._room()
        with suppress(QueueUnavailableError):
            yield from self._redis()
        with suppress(StorageError):
            yield self._batches()

    def _room(self) -> Iterator[Metric]:
        free = self._sources.free_bytes()
        if free is not None:
            yield GaugeMetricFamily(
                "emojify_store_free_bytes", "Room left on the disk of the file store.", value=free
            )

    def _processes(self) -> Iterator[Metric]:
        restarts = CounterMetricFamily(
            "emojify_process_restarts",
            "Restarts by the local run's supervisor.",
            labels=["process"],
        )
        degraded = GaugeMetricFamily(
            "emojify_process_degraded", "1: the run goes on without it.", labels=["process"]
        )
        for state in read_states(self._sources.home):
            restarts.add_metric([state.name], state.restarts)
            degraded.add_metric([state.name], state.degraded)
        yield restarts
        yield degraded

    def _redis(self) -> Iterator[Metric]:
        client = self._sources.presence.client
        with unavailable_if_down():
            memory = client.info("memory")
            oldest = [client.lindex(key, -1) for key in redis_keys(Queue.PREDICT)]
        used = GaugeMetricFamily("emojify_redis_memory_bytes", "Memory of Redis.", labels=["kind"])
        used.add_metric(["used"], memory["used_memory"])
        used.add_metric(["max"], memory["maxmemory"])
        yield used
        ages = [_age(message) for message in oldest if isinstance(message, bytes)]
        yield GaugeMetricFamily(
            "emojify_oldest_message_seconds",
            "How long the oldest prediction has waited for a worker.",
            value=max(ages, default=0.0),
        )

    def _batches(self) -> Metric:
        with read_transaction(self._sources.engine) as session:
            counts = session.execute(
                select(BatchRow.state, func.count()).group_by(BatchRow.state)
            ).all()
        family = GaugeMetricFamily("emojify_batches", "Batches by state.", labels=["state"])
        for state, count in counts:
            family.add_metric([getattr(state, "value", state)], count)
        return family


def _age(message: bytes) -> float:
    """Return how many seconds ago a message was published."""
    expires = message.partition(_EXPIRES)[2].partition(b'"')[0]
    try:
        moment = datetime.fromisoformat(expires.decode())
    except ValueError:
        return 0.0
    return max(0.0, CLOCK.now() - moment.timestamp() + MESSAGE_EXPIRES)
