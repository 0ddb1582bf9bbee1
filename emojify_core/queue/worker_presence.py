"""The presence of workers: each reports to Redis its model version and its work."""

import json
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from typing import Self

import redis

from emojify_core.errors import QueueUnavailableError
from emojify_core.queue.redis_client import unavailable_if_down
from emojify_core.queue.redis_clock import CLOCK

REPORT_EVERY = 5  # seconds
EXPIRES = 15  # seconds: three missed reports

_PREFIX = "emojify:worker:"
_PROBE = "emojify:writable"


@dataclass(frozen=True, slots=True)
class Worker:
    """The last report of one worker process."""

    name: str  # kind@host:pid
    model_version: int | None  # None: a trainer, which answers no predictions
    tasks: int = 0  # done since its start
    task_seconds: float = 0.0  # spent in these tasks
    memory_bytes: int = 0  # resident
    problem: str = ""  # why it does not serve the live model or cannot learn, for people
    rate: float = 0.0  # tasks a second between its last two reports
    clock_offset: float = 0.0  # seconds by which its clock is ahead of Redis's

    @property
    def predicts(self) -> bool:
        """Whether the worker answers predictions; a trainer does not."""
        return self.model_version is not None

    @classmethod
    def from_report(cls, report: str | bytes) -> Self:
        """Read a report; another release may have more or fewer fields."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in json.loads(report).items() if name in known})


@dataclass(frozen=True, slots=True)
class Presence:
    """The reports of all workers in Redis. Raises QueueUnavailableError when Redis is down."""

    client: redis.Redis

    def report(self, worker: Worker) -> None:
        """Store a worker's report; the worker repeats it every REPORT_EVERY seconds."""
        with unavailable_if_down():
            before = time.time()
            CLOCK.measure(self.client.time(), before, time.time())
            timed = replace(worker, clock_offset=round(-CLOCK.offset, 3))
            self.client.set(_PREFIX + worker.name, json.dumps(asdict(timed)), ex=EXPIRES)

    def leave(self, name: str) -> None:
        """Remove the report of a worker that stops."""
        with unavailable_if_down():
            self.client.delete(_PREFIX + name)

    def workers(self) -> list[Worker]:
        """Return all workers with a current report, ordered by name."""
        with unavailable_if_down():
            names = sorted(self.client.scan_iter(match=_PREFIX + "*", count=1000))
            reports = self.client.mget(names) if names else []
        return [Worker.from_report(report) for report in reports if report]

    def require_writable(self) -> None:
        """Write to Redis. A replica, a full server and one with a full disk can only be read."""
        with unavailable_if_down():
            self.client.set(_PROBE, 1, ex=EXPIRES)
            before = time.time()
            CLOCK.measure(self.client.time(), before, time.time())

    def workers_if_reachable(self) -> list[Worker] | None:
        """Return the same as `workers`; None when Redis is down."""
        with suppress(QueueUnavailableError):
            return self.workers()
        return None
