"""One step of cutting a batch's file into chunks."""

from dataclasses import dataclass

import structlog

from emojify_core.batches.batch_files import BatchFiles
from emojify_core.batches.completion import end_without_file
from emojify_core.batches.limits import MAX_LINE, MAX_ROWS, SLICE
from emojify_core.batches.reading.chunking import cut, too_long
from emojify_core.batches.reading.layout import Layout
from emojify_core.errors import BatchFileError, BatchTooLargeError, NotStoredError
from emojify_core.messages import State
from emojify_core.storage.batches.records import OPEN, Batch
from emojify_core.storage.factory import Storage

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Cutter:
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
            if batch.state not in OPEN or batch.cut_whole:
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
        for length in (SLICE, MAX_LINE + SLICE):
            data = self.files.read(batch.id, batch.position, length)
            whole = batch.position + len(data) >= batch.size
            part = cut(data, layout, batch.columns, whole=whole)
            if part.end:
                break
        else:
            raise too_long(batch.rows + 1)
        if batch.rows + sum(span.rows for span in part.spans) > MAX_ROWS:
            raise BatchTooLargeError(
                f"The file has more than {MAX_ROWS:,} rows. Cut it into several and send each."
            )
        spans = [span._replace(start=batch.position + span.start) for span in part.spans]
        end = batch.position + part.end
        if not self.storage.chunks.cut(batch, end, spans, part.columns):
            return None
        left = self.storage.batches.get(batch.id)
        return left if left.state in OPEN else None
