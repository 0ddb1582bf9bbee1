"""The client of the queue: it submits texts, and fetches or awaits their predictions."""

import json
import time
from collections import deque
from dataclasses import dataclass
from typing import Any, ClassVar

import redis
from celery import Celery, states

from emojify_core.messages import PredictReply, PredictRequest, Queue, State, Task
from emojify_core.queue.celery_app import LOST_AFTER, MESSAGE_EXPIRES, RESULT_EXPIRES
from emojify_core.queue.prediction_ids import IdSigner
from emojify_core.queue.priorities import Priority, count_waiting, priority_of
from emojify_core.queue.queue_capacity import QueueCapacity
from emojify_core.queue.redis_client import unavailable_if_down
from emojify_core.queue.result_subscription import Subscription
from emojify_core.request_cost import request_tokens

LOST = "The answer was lost on its way or took too long. Please send the text again."
EXPIRED = f"Answers are kept for {RESULT_EXPIRES // 60} minutes; this one is gone."
BROKEN = "The worker could not answer this request. Please report it with this id."


@dataclass(frozen=True, slots=True)
class PredictionStatus:
    """The state of a prediction; a final state has a `reply` or an `error` (code, sentence)."""

    id: str
    state: State
    reply: PredictReply | None = None
    error: tuple[str, str] | None = None


class PredictionQueue:
    """Publishes through Celery, and reads results where Celery's backend stores them.

    Safe to share between threads. Raises QueueUnavailableError when Redis does not answer.
    """

    TASK: ClassVar[str] = Task.PREDICT  # the benchmark replaces it by a task that does nothing

    def __init__(self, celery: Celery, client: redis.Redis, signer: IdSigner) -> None:
        self._celery, self._redis, self._signer = celery, client, signer
        self._idle: deque[Any] = deque()  # connections for subscriptions that none uses now
        self._capacity = QueueCapacity(client)

    def waiting(self, queue: str = Queue.PREDICT) -> int:
        """Return the number of messages that no worker has taken yet."""
        with unavailable_if_down():
            return count_waiting(self._redis, queue)

    def submit(self, request: PredictRequest, wait: float = 0) -> PredictionStatus:
        """Queue a request; return its status when it is answered, or after `wait` seconds.

        The time to queue it counts, too, so that a slow Redis does not prolong the wait. Raises
        OverloadedError when the queue is full; nothing is published then.
        """
        deadline = time.monotonic() + wait
        tokens = request_tokens(request.texts)
        self._capacity.admit(request, tokens)
        priority = priority_of(tokens)
        prediction_id = self._signer.new()
        with unavailable_if_down():
            if not wait:
                self._publish(prediction_id, request, priority)
                return PredictionStatus(prediction_id, State.QUEUED)
            # Subscribe before publishing, or the answer might come unnoticed.
            with Subscription(self._idle, self._redis, _result_key(prediction_id)) as answer:
                self._publish(prediction_id, request, priority)
                return self._status(prediction_id, answer.wait(deadline - time.monotonic()))

    def find(self, prediction_id: str, wait: float = 0) -> PredictionStatus | None:
        """Return the status of a prediction, awaited for `wait` seconds; None if it is unknown."""
        deadline = time.monotonic() + wait
        if self._signer.issued_at(prediction_id) is None:
            return None
        key = _result_key(prediction_id)
        with unavailable_if_down():
            status = self._status(prediction_id, self._redis.get(key))
            if not wait or status.state is not State.QUEUED:
                return status
            with Subscription(self._idle, self._redis, key) as answer:
                # The result may have come before the subscription: read it again.
                stored = self._redis.get(key) or answer.wait(deadline - time.monotonic())
        return self._status(prediction_id, stored)

    def _publish(self, prediction_id: str, request: PredictRequest, priority: Priority) -> None:
        self._celery.send_task(
            self.TASK,
            queue=Queue.PREDICT,
            args=(request.to_payload(),),
            task_id=prediction_id,
            expires=MESSAGE_EXPIRES,
            priority=priority,
            # Flower and logs show the number of texts, never the texts.
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
        if meta["status"] == states.REVOKED:  # the message expired before a worker took it
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
    """Return the key where Celery stores a result, which is also the channel that announces it."""
    return f"celery-task-meta-{prediction_id}"
