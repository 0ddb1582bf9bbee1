"""Publishes the tasks of open batches: it keeps the queue filled, and repeats lost messages.

Every prediction worker has a dispatcher, and one of them leads. After a pause, or when Redis lost
its data, two may lead for a moment. They then publish some chunks twice, which does no harm.
"""

import os
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import redis
import structlog
from celery import Celery

from emojify_core.batches.enqueue import publish_chunk, publish_split
from emojify_core.errors import EmojifyError, QueueUnavailableError
from emojify_core.messages import Queue, State
from emojify_core.queue.priorities import count_waiting
from emojify_core.queue.redis_client import unavailable_if_down
from emojify_core.runtime.periodic_thread import PeriodicThread
from emojify_core.storage.batches.records import Batch
from emojify_core.storage.factory import Storage
from worker.batches.retention import Retention

log = structlog.get_logger(__name__)

BUSY, IDLE = 0.25, 0.5  # seconds between runs, with and without open batches
LEADS_FOR = 3_000  # milliseconds after a leader's last run
WINDOW = 32  # messages in the queue: few, so that a cancelled batch ends soon
SPLIT_AGAIN = 3.0  # seconds after which a message that splits counts as lost
# Longer than Redis takes to deliver the message of a killed worker again.
ANSWER_AGAIN = timedelta(seconds=13)
FINISH_AGAIN = timedelta(seconds=3)
# A chunk that was published so often, and neither answered nor released, kills its workers. Workers
# release a chunk when the database or the file store is down.
ATTEMPTS = 12
EXHAUSTED_EVERY = 5.0  # seconds between checks for such chunks

_LEADER = "emojify:batches:leader"
_EXHAUSTED = (
    "A part of the file crashed every worker that tried to answer it. Please report it; "
    "the rest can be sent again in smaller files."
)


def predictions_wait(client: redis.Redis) -> bool:
    """Tell whether a prediction is queued that no worker has taken yet."""
    try:
        with unavailable_if_down():
            return bool(count_waiting(client, Queue.PREDICT))
    except QueueUnavailableError:
        return False


class Dispatcher(PeriodicThread):
    """Publishes the tasks of open batches, and finishes batches that a dead worker left.

    `finish_batch` is called with the ids of those batches.
    """

    def __init__(
        self,
        celery: Celery,
        client: redis.Redis,
        storage: Storage,
        finish_batch: Callable[[str], None],
        retention: Retention,
    ) -> None:
        super().__init__(
            "batch dispatch",
            self._dispatch_if_leader,
            pause=IDLE,
            expected=(EmojifyError,),
            at_once=False,
        )
        self._celery, self._client, self._storage = celery, client, storage
        self._finish_batch, self._retention = finish_batch, retention
        self._leader_name = f"{socket.gethostname()}:{os.getpid()}".encode()
        self._split_requests: dict[str, float] = {}  # by batch: our last message's time
        self._checked_exhausted_at = 0.0

    def _dispatch_if_leader(self) -> None:
        self.pause = IDLE
        if self._leads():
            self.pause = BUSY if self.dispatch() else IDLE
            self._retention.run_if_due()

    def dispatch(self) -> bool:
        """Publish and finish what is due; return whether there are open batches."""
        batches = self._storage.batches.list_open()
        self._split_requests = {one.id: self._split_requests.get(one.id, 0.0) for one in batches}
        for batch in batches:
            if not batch.fully_split:
                self._request_split(batch)
            elif batch.chunks_done == batch.chunks:
                self._finish_if_late(batch)
        if batches:
            self._fill_queue()
            self._fail_exhausted()
        return bool(batches)

    def _leads(self) -> bool:
        with unavailable_if_down():
            if self._client.set(_LEADER, self._leader_name, nx=True, px=LEADS_FOR):
                return True
            if self._client.get(_LEADER) != self._leader_name:
                return False
            self._client.pexpire(_LEADER, LEADS_FOR)
            return True

    def _request_split(self, batch: Batch) -> None:
        now, split_at = time.monotonic(), batch.cut_at
        idle = (datetime.now(UTC) - split_at).total_seconds() if split_at else SPLIT_AGAIN
        if idle >= SPLIT_AGAIN and now - self._split_requests[batch.id] >= SPLIT_AGAIN:
            self._split_requests[batch.id] = now
            publish_split(self._celery, batch.id)

    def _finish_if_late(self, batch: Batch) -> None:
        if datetime.now(UTC) - batch.updated_at > FINISH_AGAIN:
            self._finish_batch(batch.id)

    def _fill_queue(self) -> None:
        """Publish as many chunks as the queue has room for."""
        with unavailable_if_down():
            waiting = count_waiting(self._client, Queue.BATCH)
        if 2 * waiting > WINDOW:
            return
        # While messages wait, a chunk's earlier message may be among them.
        again_after = None if waiting else ANSWER_AGAIN
        claimed = self._storage.chunks.claim(WINDOW - waiting, again_after=again_after)
        for position, chunk in enumerate(claimed):
            try:
                publish_chunk(self._celery, chunk.request)
            except EmojifyError:
                self._storage.chunks.release(claimed[position:])
                raise

    def _fail_exhausted(self) -> None:
        now = time.monotonic()
        if now - self._checked_exhausted_at < EXHAUSTED_EVERY:
            return
        self._checked_exhausted_at = now
        for batch_id in self._storage.batches.exhausted(ATTEMPTS):
            log.error("a chunk crashes its workers", batch=batch_id)
            self._storage.batches.end(batch_id, State.FAILED, code="worn_out", reason=_EXHAUSTED)
