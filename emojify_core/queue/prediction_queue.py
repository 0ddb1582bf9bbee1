"""The client's side of the queue: submit texts, look at a prediction, wait for it."""

import json
import time
from collections import deque
from dataclasses import dataclass
from typing import Any, ClassVar

import redis
from celery import Celery, states

from emojify_core.errors import OverloadedError
from emojify_core.messages import PredictReply, PredictRequest, Queue, State, Task
from emojify_core.queue.celery_app import LOST_AFTER, MESSAGE_EXPIRES, RESULT_EXPIRES
from emojify_core.queue.prediction_ids import IdSigner
from emojify_core.queue.redis_client import unavailable_if_down
from emojify_core.queue.result_subscription import Subscription

# Some seconds of work for one worker: what waits longer than MESSAGE_EXPIRES is in vain.
QUEUE_LIMIT = 1_000
LOOK_EVERY = 0.05  # seconds between looks at its length, which is a round trip each

OVERLOADED = "Too many requests are waiting for an answer. Nothing was accepted; try again shortly."
LOST = "The answer was lost on its way or took too long. Please send the text again."
EXPIRED = f"Answers are kept for {RESULT_EXPIRES // 60} minutes; this one is gone."
BROKEN = "The worker could not answer this request. Please report it with this id."


@dataclass(frozen=True, slots=True)
class PredictionStatus:
    """A prediction as seen now: with a `reply` or an `error` (code, sentence) once it is over."""

    id: str
    state: State
    reply: PredictReply | None = None
    error: tuple[str, str] | None = None


class PredictionQueue:
    """Publishes through Celery and reads what its result backend stores and announces.

    Safe to share between threads. Raises QueueUnavailableError when Redis does not answer.
    """

    TASK: ClassVar[str] = Task.PREDICT  # the bench asks for one that does nothing

    def __init__(self, celery: Celery, client: redis.Redis, signer: IdSigner) -> None:
        self._celery, self._redis, self._signer = celery, client, signer
        self._listening: deque[Any] = deque()  # connections to wait on, while nobody does
        self._looked_at, self._full = 0.0, False

    def waiting(self, queue: str = Queue.PREDICT) -> int:
        """Return how many messages of a queue no worker has taken yet."""
        with unavailable_if_down():
            return int(self._redis.llen(queue))

    def submit(self, request: PredictRequest, wait: float = 0) -> PredictionStatus:
        """Queue a request; return its state when it is answered, or `wait` seconds from now.

        Queueing counts too: a slow Redis makes nobody wait longer than they asked to. Raises
        OverloadedError, before anything is published, when the queue is full.
        """
        until = time.monotonic() + wait
        self._refuse_if_full()
        prediction_id = self._signer.new()
        with unavailable_if_down():
            if not wait:
                self._publish(prediction_id, request)
                return PredictionStatus(prediction_id, State.QUEUED)
            # Listening first: the answer cannot pass unheard.
            with Subscription(self._listening, self._redis, _result_key(prediction_id)) as answer:
                self._publish(prediction_id, request)
                return self._status(prediction_id, answer.wait(until - time.monotonic()))

    def _refuse_if_full(self) -> None:
        now = time.monotonic()
        if now - self._looked_at > LOOK_EVERY:
            self._full = self.waiting() >= QUEUE_LIMIT
            self._looked_at = now
        if self._full:
            raise OverloadedError(OVERLOADED)

    def find(self, prediction_id: str, wait: float = 0) -> PredictionStatus | None:
        """Return the prediction, after at most `wait` seconds if it is not done; None: unknown."""
        until = time.monotonic() + wait
        if self._signer.issued_at(prediction_id) is None:
            return None
        key = _result_key(prediction_id)
        with unavailable_if_down():
            status = self._status(prediction_id, self._redis.get(key))
            if not wait or status.state is not State.QUEUED:
                return status
            with Subscription(self._listening, self._redis, key) as answer:
                # It may have come between the look and the listening: look again.
                stored = self._redis.get(key) or answer.wait(until - time.monotonic())
        return self._status(prediction_id, stored)

    def ping(self) -> None:
        """Raise QueueUnavailableError unless Redis answers."""
        with unavailable_if_down():
            self._redis.ping()

    def _publish(self, prediction_id: str, request: PredictRequest) -> None:
        self._celery.send_task(
            self.TASK,
            queue=Queue.PREDICT,
            args=(request.to_payload(),),
            task_id=prediction_id,
            expires=MESSAGE_EXPIRES,
            # What Flower and logs may show of the arguments: how much, never what.
            argsrepr=f"({len(request.texts)} texts)",
            kwargsrepr="{}",
        )

    def _status(self, prediction_id: str, stored: Any) -> PredictionStatus:
        if stored is None:
            return self._without_result(prediction_id)
        meta = json.loads(stored)
        if meta["status"] == states.SUCCESS:
            reply = PredictReply.from_payload(meta["result"])
            return PredictionStatus(prediction_id, State.SUCCEEDED, reply)
        if meta["status"] == states.REVOKED:  # the worker found its message too old
            return PredictionStatus(prediction_id, State.FAILED, error=("lost", LOST))
        return PredictionStatus(prediction_id, State.FAILED, error=("broken", BROKEN))

    def _without_result(self, prediction_id: str) -> PredictionStatus:
        age = time.time() - (self._signer.issued_at(prediction_id) or 0)
        if age > RESULT_EXPIRES:
            return PredictionStatus(prediction_id, State.EXPIRED, error=("expired", EXPIRED))
        if age > LOST_AFTER:
            return PredictionStatus(prediction_id, State.FAILED, error=("lost", LOST))
        return PredictionStatus(prediction_id, State.QUEUED)


def _result_key(prediction_id: str) -> str:
    """Return where Celery stores a result, and the channel on which it announces it."""
    return f"celery-task-meta-{prediction_id}"
