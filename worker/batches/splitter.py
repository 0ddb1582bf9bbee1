"""Splits a batch's file into chunks, in a thread beside the one that answers them.

Splitting a part takes some 10 milliseconds, most of them in SQL.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import structlog
from celery import Celery

from emojify_core.batches.batch_files import BatchFiles
from emojify_core.batches.completion import fail_without_file
from emojify_core.batches.enqueue import publish_split
from emojify_core.batches.reading.chunking import split_next
from emojify_core.batches.reading.layout import Layout
from emojify_core.errors import (
    BatchFileError,
    BatchTooLargeError,
    NotStoredError,
    QueueUnavailableError,
    StorageUnavailableError,
)
from emojify_core.limits import MAX_ROWS
from emojify_core.messages import State
from emojify_core.runtime.periodic_thread import PeriodicThread
from emojify_core.storage.batches.records import OPEN, Batch
from emojify_core.storage.factory import Storage

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Splitter:
    """Splits a file part by part, so that no prediction waits for long."""

    storage: Storage
    files: BatchFiles

    def split_next_part(self, batch_id: str) -> Batch | None:
        """Split the next part of a batch; return the batch as it is then.

        Return None if the batch is over, or if another worker has split this part. A file that
        cannot be split fails its batch. Raises StorageUnavailableError.
        """
        try:
            batch = self.storage.batches.get(batch_id)
            if batch.state not in OPEN or batch.fully_split:
                return None
            return self._add_chunks(batch)
        except NotStoredError as e:
            log.warning("no file to split", batch=batch_id, reason=str(e))
            fail_without_file(self.storage.batches, self.files, batch_id)
        except BatchFileError as e:
            self.storage.batches.end(batch_id, State.FAILED, code=e.code, reason=str(e))
        return None

    def _add_chunks(self, batch: Batch) -> Batch | None:
        layout = Layout.from_json(batch.layout)
        read = partial(self.files.read, batch.id)
        part = split_next(read, layout, batch.position, batch.columns, batch.rows)
        if batch.rows + sum(span.rows for span in part.spans) > MAX_ROWS:
            raise BatchTooLargeError(
                f"The file has more than {MAX_ROWS:,} rows. Split it into several files and send "
                "each."
            )
        if not self.storage.chunks.add(batch, part.end, part.spans, part.columns):
            return None
        left = self.storage.batches.get(batch.id)
        return left if left.state in OPEN else None


class SplitterThread(PeriodicThread):
    """Splits the parts that tasks request, while the thread that runs tasks answers chunks.

    `on_split` is called when there may be chunks to publish. If a worker dies, the dispatcher
    requests its part again.
    """

    def __init__(self, app: Celery, splitter: Splitter, on_split: Callable[[], None]) -> None:
        super().__init__("splitting", self._split_next, pause=threading.TIMEOUT_MAX)
        self._app, self._splitter, self._on_split = app, splitter, on_split
        self._requested: deque[str] = deque()

    def request(self, batch_id: str) -> None:
        """Let the thread split the next part of a batch."""
        self._requested.append(batch_id)
        self.wake()

    def _split_next(self) -> None:
        if not self._requested:
            self.pause = threading.TIMEOUT_MAX
            return
        self.pause = 0.0  # then look for another request
        batch_id = self._requested.popleft()
        try:
            left = self._splitter.split_next_part(batch_id)
            self._on_split()
            if left is not None and not left.fully_split:
                # By a message: chunks come in between, and another worker may take it.
                publish_split(self._app, batch_id)
        except (StorageUnavailableError, NotStoredError, QueueUnavailableError) as e:
            log.warning("cannot split a batch now", batch=batch_id, reason=str(e))
