"""One step of cutting a batch's file into chunks."""

from dataclasses import dataclass
from functools import partial

import structlog

from emojify_core.batches.batch_files import BatchFiles
from emojify_core.batches.completion import end_without_file
from emojify_core.batches.limits import MAX_ROWS
from emojify_core.batches.reading.chunking import split_next
from emojify_core.batches.reading.layout import Layout
from emojify_core.errors import BatchFileError, BatchTooLargeError, NotStoredError
from emojify_core.messages import State
from emojify_core.storage.batches.records import OPEN, Batch
from emojify_core.storage.factory import Storage

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Splitter:
    """Cuts a part at a time, so that no prediction waits for long."""

    storage: Storage
    files: BatchFiles

    def step(self, batch_id: str) -> Batch | None:
        """Cut the next part of a batch; return the batch as it was left, if there is more to do.

        None if it is over, or if somebody else cuts it too. A file that cannot be cut ends its
        batch. Raises StorageUnavailableError.
        """
        try:
            batch = self.storage.batches.get(batch_id)
            if batch.state not in OPEN or batch.fully_split:
                return None
            return self._next_part(batch)
        except NotStoredError as e:
            log.warning("nothing to cut", batch=batch_id, reason=str(e))
            end_without_file(self.storage.batches, self.files, batch_id)
        except BatchFileError as e:
            self.storage.batches.end(batch_id, State.FAILED, code=e.code, reason=str(e))
        return None

    def _next_part(self, batch: Batch) -> Batch | None:
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
