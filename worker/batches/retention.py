"""Deletes the files of ended batches after their retention time, and files without a batch."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from emojify_core.batches.batch_files import BatchFiles
from emojify_core.errors import NotStoredError
from emojify_core.messages import State
from emojify_core.storage.factory import Storage

log = structlog.get_logger(__name__)

EXPIRED_EVERY = 10.0  # seconds
ORPHANS_EVERY = 3600.0  # seconds
SETTLED = timedelta(seconds=30)  # after the end of a batch, until no worker writes for it
ORPHANED = timedelta(days=1)  # an upload may take long


@dataclass(slots=True)
class Retention:
    """Deletes expired batches and orphaned files."""

    storage: Storage
    files: BatchFiles
    keep: timedelta
    _checked_expired_at: float = field(default=0.0, init=False)
    _checked_orphans_at: float = field(default=0.0, init=False)

    def run_if_due(self) -> None:
        """Delete expired and orphaned files, if it is time to. Raises StorageUnavailableError."""
        now = time.monotonic()
        if now - self._checked_expired_at >= EXPIRED_EVERY:
            self._checked_expired_at = now
            self.delete_expired(datetime.now(UTC))
        if now - self._checked_orphans_at >= ORPHANS_EVERY:
            self._checked_orphans_at = now
            self.delete_orphaned(datetime.now(UTC))

    def delete_expired(self, now: datetime) -> None:
        """Delete the files of failed and cancelled batches, and of old succeeded ones."""
        for batch in self.storage.batches.ended_before(now - min(SETTLED, self.keep)):
            assert batch.finished_at is not None  # noqa: S101  (for the type checker)
            if batch.state is not State.SUCCEEDED or batch.finished_at < now - self.keep:
                self.files.delete(batch.id)
                self.storage.batches.mark_swept(batch.id)
                log.info("deleted the files of a batch", batch=batch.id)
        for batch_id in self.storage.batches.delete_swept(now - self.keep):
            # A worker that answered a chunk twice may have stored a file after the first deletion.
            self.files.delete(batch_id)

    def delete_orphaned(self, now: datetime) -> None:
        """Delete files of a process that died before it added their batch to the database."""
        for batch_id in self.files.list_older_than(now - ORPHANED):
            try:
                self.storage.batches.get(batch_id)
            except NotStoredError:
                self.files.delete(batch_id)
                log.info("deleted orphaned files", batch=batch_id)
