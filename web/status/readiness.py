"""Whether predictions can be answered: one judgement for `/readyz` and for the Status view."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from emojify_core.errors import NotStoredError, QueueUnavailableError, StorageError
from emojify_core.messages import Queue
from emojify_core.queue.prediction_queue import PredictionQueue
from emojify_core.queue.redis_clock import CLOCK, SUSPICIOUS
from emojify_core.queue.redis_trouble import NO_ANSWER
from emojify_core.queue.worker_presence import Presence, Worker
from emojify_core.runtime.process_report import read_states
from emojify_core.storage.database.missing_tables import explain_missing_tables
from emojify_core.storage.versions.live_pointer import read_pointer

_CLOCK = "Its clock is {seconds:.0f} s {way} that of Redis. Let NTP set it."
_GIVEN_UP = "It exits again and again; its last lines in the log say why."
QUEUES = (Queue.PREDICT, Queue.BATCH, Queue.TRAIN)


@dataclass(frozen=True, slots=True)
class StatusSources:
    """Where the state of the stack is read from. Reading raises EmojifyError when one is away."""

    queue: PredictionQueue
    presence: Presence
    engine: Engine
    home: Path  # where the supervisor of the local run leaves its report
    free_bytes: Callable[[], int | None]  # on the disk of the file store; None: not known

    def waiting(self) -> dict[str, int]:
        """Return for each queue how many messages no worker has taken."""
        return {name: self.queue.waiting(name) for name in QUEUES}


@dataclass(frozen=True, slots=True)
class Readiness:
    """What is wrong with the stack, by names that `status` in texts.toml explains."""

    workers: Sequence[Worker] | None  # None: Redis does not answer
    database: str | None  # `database` when it does not answer, `no_model` before the first one
    redis_trouble: str = NO_ANSWER  # what ails it, as the end of a sentence
    database_trouble: str = NO_ANSWER
    clock_offset: float = 0.0  # seconds by which this process's clock is ahead of Redis's
    given_up: Sequence[str] = ()  # processes that the local run goes on without

    @property
    def failing(self) -> list[str]:
        """What prevents predictions: `redis` or `no_worker`."""
        if self.workers is None:
            return ["redis"]
        return [] if any(worker.predicts for worker in self.workers) else ["no_worker"]

    @property
    def degraded(self) -> list[str]:
        """What prevents learning, but no predictions."""
        trouble = [self.database] if self.database else []
        if self.workers is not None and all(worker.predicts for worker in self.workers):
            trouble.append("no_trainer")
        return trouble

    @property
    def problems(self) -> dict[str, str]:
        """The problems that workers report, by the worker's name."""
        clocks = {worker.name: worker.clock_offset for worker in self.workers or ()}
        found = {
            name: _CLOCK.format(seconds=abs(offset), way="ahead of" if offset > 0 else "behind")
            for name, offset in (clocks | {"web": self.clock_offset}).items()
            if abs(offset) > SUSPICIOUS
        }
        found |= dict.fromkeys(self.given_up, _GIVEN_UP)
        return found | {each.name: each.problem for each in self.workers or () if each.problem}


def readiness(sources: StatusSources) -> Readiness:
    """Ask Redis for the workers' reports, and the database for the live version."""
    database, database_trouble = None, ""
    try:
        read_pointer(sources.engine)
    except NotStoredError:
        database = "no_model"
    except StorageError as e:
        database = "database"
        database_trouble = explain_missing_tables(sources.engine, e.trouble)
    try:
        sources.presence.require_writable()
        workers, redis_trouble = sources.presence.workers(), ""
    except QueueUnavailableError as e:
        workers, redis_trouble = None, e.trouble
    given_up = [state.name for state in read_states(sources.home) if state.degraded]
    return Readiness(workers, database, redis_trouble, database_trouble, -CLOCK.offset, given_up)
