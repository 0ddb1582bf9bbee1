"""Which workers are alive, which model each serves and how much it did, as they report to Redis."""

import json
from dataclasses import asdict, dataclass, fields
from typing import Self

import redis

from emojify_core.queue.redis_client import unavailable_if_down

REPORT_EVERY = 5  # seconds
FORGET_AFTER = 15  # three reports missed

_PREFIX = "emojify:worker:"


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker process, as it last reported."""

    name: str  # its kind, "@", and where it runs
    model_version: int | None  # None: it answers no predictions
    tasks: int = 0  # done since its start
    task_seconds: float = 0.0  # spent in them
    memory_bytes: int = 0  # resident
    problem: str = ""  # what keeps it from serving the newest model, for people
    rate: float = 0.0  # tasks a second between its last two reports

    @property
    def predicts(self) -> bool:
        """Whether it answers predictions; the others train."""
        return self.model_version is not None

    @classmethod
    def from_report(cls, report: str | bytes) -> Self:
        """Read a report; a release may have added or dropped fields."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in json.loads(report).items() if name in known})


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
        """Return who reported lately, by name: those that predict and those that train."""
        with unavailable_if_down():
            names = sorted(self.client.scan_iter(match=_PREFIX + "*", count=1000))
            reports = self.client.mget(names) if names else []
        return [Worker.from_report(report) for report in reports if report]
