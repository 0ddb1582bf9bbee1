"""Which workers are alive, which model each serves and how much it did, as they report to Redis."""

import json
from dataclasses import asdict, dataclass

import redis

from emojify_core.redis_client import unavailable_if_down

REPORT_EVERY = 5  # seconds
FORGET_AFTER = 15  # three reports missed

_PREFIX = "emojify:worker:"


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker process, as it last reported."""

    name: str
    model_version: int
    tasks: int = 0  # done since its start
    task_seconds: float = 0.0  # spent in them
    memory_bytes: int = 0  # resident


@dataclass(frozen=True, slots=True)
class Presence:
    """The board on which workers report. Raises QueueUnavailableError when Redis is down."""

    client: redis.Redis

    def report(self, worker: Worker) -> None:
        """Say that this worker is alive; to be repeated every REPORT_EVERY seconds."""
        with unavailable_if_down():
            self.client.set(_PREFIX + worker.name, json.dumps(asdict(worker)), ex=FORGET_AFTER)

    def leave(self, name: str) -> None:
        """Say that the worker of this name is stopping."""
        with unavailable_if_down():
            self.client.delete(_PREFIX + name)

    def workers(self) -> list[Worker]:
        """Return who reported lately, by name."""
        with unavailable_if_down():
            names = sorted(self.client.scan_iter(match=_PREFIX + "*", count=1000))
            reports = self.client.mget(names) if names else []
        return [Worker(**json.loads(report)) for report in reports if report]
