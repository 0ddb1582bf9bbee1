"""The client of the queue: it submits texts, and fetches or awaits their predictions."""

import json
import time
from collections import deque
from dataclasses import dataclass
from typing import Any, ClassVar

import redis
from celery import Celery, states

from emojify_core.messages import PredictReply, PredictRequest, Queue, State, Task
from emojify_core.queue.answer_listener import AnswerListener
from emojify_core.queue.celery_app import LOST_AFTER, MESSAGE_EXPIRES, RESULT_EXPIRES
from emojify_core.queue.grouping.gathering import Gathering
from emojify_core.queue.grouping.member import Member
from emojify_core.queue.grouping.message import GroupMember
from emojify_core.queue.grouping.publisher import Publisher
from emojify_core.queue.grouping.results import result_key
from emojify_core.queue.prediction_ids import IdSigner
from emojify_core.queue.priorities import count_waiting
from emojify_core.queue.queue_capacity import QueueCapacity
from emojify_core.queue.redis_client import unavailable_if_down
from emojify_core.queue.redis_clock import CLOCK
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
        self._redis, self._signer = client, signer.for_sender()
        self._listener = AnswerListener(client, result_key(self._signer.pattern))
        publisher = Publisher(celery, client, self._listener, self._signer, self.TASK)
        self._gathering = Gathering(publisher.publish)
        self._idle: deque[Any] = deque()  # connections for subscriptions that none uses now
        self._capacity = QueueCapacity(client)

    def close(self) -> None:
        """Stop listening for answers."""
        self._listener.close()

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
        message = GroupMember(self._signer.new(), request, CLOCK.now() + MESSAGE_EXPIRES)
        joins = self.TASK == Task.PREDICT  # only this task knows groups
        member = Member(message, tokens, awaited=wait > 0, joins=joins)
        self._gathering.send(member, deadline)
        # A client that does not wait gets the id, however fast the worker was.
        return self._status(message.id, member.answer if wait else None)

    def find(self, prediction_id: str, wait: float = 0) -> PredictionStatus | None:
        """Return the status of a prediction, awaited for `wait` seconds; None if it is unknown."""
        deadline = time.monotonic() + wait
        if self._signer.issued_at(prediction_id) is None:
            return None
        key = result_key(prediction_id)
        with unavailable_if_down():
            status = self._status(prediction_id, self._redis.get(key))
            if not wait or status.state is not State.QUEUED:
                return status
            # The result may come before anybody listens: read it again.
            if self._signer.is_own(prediction_id):
                with self._listener.listening(key) as answer:
                    stored = self._redis.get(key) or answer(deadline - time.monotonic())
            else:
                with Subscription(self._idle, self._redis, key) as other:
                    stored = self._redis.get(key) or other.wait(deadline - time.monotonic())
        return self._status(prediction_id, stored)

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
        age = CLOCK.now() - (self._signer.issued_at(prediction_id) or 0)
        if age > RESULT_EXPIRES:
            return PredictionStatus(prediction_id, State.EXPIRED, error=("expired", EXPIRED))
        if age > LOST_AFTER:
            return PredictionStatus(prediction_id, State.FAILED, error=("lost", LOST))
        return PredictionStatus(prediction_id, State.QUEUED)
