"""The clock of the batches: keeps the queue filled, and publishes again what was lost.

Every prediction worker has one; of those that live, one leads. Two that lead for a moment, after
a pause or without Redis's memory, publish some chunks twice, and a chunk is done once.
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
from emojify_core.queue.redis_client import unavailable_if_down
from emojify_core.runtime.periodic_thread import PeriodicThread
from emojify_core.storage.batches.records import Batch
from emojify_core.storage.factory import Storage
from worker.batches.retention import Retention

log = structlog.get_logger(__name__)

BUSY, IDLE = 0.25, 0.5  # seconds between looks, while there are open batches and while not
LEADS_FOR = 3_000  # milliseconds after its last look
WINDOW = 32  # messages that wait in the queue: short, so that what is cancelled ends soon
CUT_AGAIN = 3.0  # seconds after which a message that cuts is taken for lost
# Later than Redis itself brings back the message of a worker that was killed.
ANSWER_AGAIN = timedelta(seconds=13)
FINISH_AGAIN = timedelta(seconds=3)
# So often is a chunk published and neither answered nor given back, since the database or the file
# store was away; then it is what kills the workers.
ATTEMPTS = 12
ATTEMPTS_EVERY = 5.0  # seconds between looks for such chunks

_LEADER = "emojify:batches:leader"
_WORN_OUT = (
    "A part of the file ended every worker that tried to answer it. Please report it; "
    "the rest can be sent again in smaller files."
)


def predictions_wait(client: redis.Redis) -> bool:
    """Tell whether somebody waits for a prediction that no worker has taken yet."""
    try:
        with unavailable_if_down():
            return bool(client.llen(Queue.PREDICT))
    except QueueUnavailableError:
        return False


class Dispatcher(PeriodicThread):
    """Looks every moment from a thread of its own; a storage or queue that is away is waited for.

    `finish` is called with batches that are done whole and were not finished.
    """

    def __init__(
        self,
        celery: Celery,
        client: redis.Redis,
        storage: Storage,
        finish: Callable[[str], None],
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
        self._finish, self._retention = finish, retention
        self._me = f"{socket.gethostname()}:{os.getpid()}".encode()
        self._cuts: dict[str, float] = {}  # when we last had each batch cut
        self._looked_for_worn_out = 0.0

    def _dispatch_if_leader(self) -> None:
        self.pause = IDLE
        if self._leads():
            self.pause = BUSY if self.dispatch() else IDLE
            self._retention.run_if_due()

    def dispatch(self) -> bool:
        """Publish and finish what is due; return whether there are open batches."""
        batches = self._storage.batches.list_open()
        self._cuts = {one.id: self._cuts.get(one.id, 0.0) for one in batches}
        for batch in batches:
            if not batch.fully_split:
                self._have_cut(batch)
            elif batch.chunks_done == batch.chunks:
                self._have_finished(batch)
        if batches:
            self._fill()
            self._give_up()
        return bool(batches)

    def _leads(self) -> bool:
        with unavailable_if_down():
            if self._client.set(_LEADER, self._me, nx=True, px=LEADS_FOR):
                return True
            if self._client.get(_LEADER) != self._me:
                return False
            self._client.pexpire(_LEADER, LEADS_FOR)
            return True

    def _have_cut(self, batch: Batch) -> None:
        now, cut_at = time.monotonic(), batch.cut_at
        idle = (datetime.now(UTC) - cut_at).total_seconds() if cut_at else CUT_AGAIN
        if idle >= CUT_AGAIN and now - self._cuts[batch.id] >= CUT_AGAIN:
            self._cuts[batch.id] = now
            publish_split(self._celery, batch.id)

    def _have_finished(self, batch: Batch) -> None:
        if datetime.now(UTC) - batch.updated_at > FINISH_AGAIN:
            self._finish(batch.id)

    def _fill(self) -> None:
        """Publish as many chunks as the queue has room for."""
        with unavailable_if_down():
            waiting = int(self._client.llen(Queue.BATCH))
        if 2 * waiting > WINDOW:
            return
        # While messages wait, those published earlier may be among them.
        again_after = None if waiting else ANSWER_AGAIN
        claimed = self._storage.chunks.claim(WINDOW - waiting, again_after=again_after)
        for place, chunk in enumerate(claimed):
            try:
                publish_chunk(self._celery, chunk.request)
            except EmojifyError:
                self._storage.chunks.release(claimed[place:])
                raise

    def _give_up(self) -> None:
        now = time.monotonic()
        if now - self._looked_for_worn_out < ATTEMPTS_EVERY:
            return
        self._looked_for_worn_out = now
        for batch_id in self._storage.batches.exhausted(ATTEMPTS):
            log.error("a chunk of a batch is never done", batch=batch_id)
            self._storage.batches.end(batch_id, State.FAILED, code="worn_out", reason=_WORN_OUT)
