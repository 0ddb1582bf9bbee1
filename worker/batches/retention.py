"""What becomes of batches that are over: their files are kept for a time, then nothing is."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from emojify_core.batches.batch_files import BatchFiles
from emojify_core.errors import NotStoredError
from emojify_core.messages import State
from emojify_core.storage.factory import Storage

log = structlog.get_logger(__name__)

LOOK_EVERY = 10.0  # seconds
SETTLED = timedelta(seconds=30)  # after which no worker writes for a batch that is over
ORPHANED = timedelta(days=1)  # an upload may take its time
ORPHANS_EVERY = 3600.0  # seconds


@dataclass(slots=True)
class Retention:
    """Deletes files whose time is over, and those that belong to nobody."""

    storage: Storage
    files: BatchFiles
    keep: timedelta
    _looked: float = field(default=0.0, init=False)
    _looked_for_orphans: float = field(default=0.0, init=False)

    def run_if_due(self) -> None:
        """Delete expired and orphaned files, if it is time to. Raises StorageUnavailableError."""
        now = time.monotonic()
        if now - self._looked >= LOOK_EVERY:
            self._looked = now
            self.sweep(datetime.now(UTC))
        if now - self._looked_for_orphans >= ORPHANS_EVERY:
            self._looked_for_orphans = now
            self.sweep_orphans(datetime.now(UTC))

    def sweep(self, now: datetime) -> None:
        """Delete the files of batches that succeeded long enough ago, or that came to nothing."""
        for batch in self.storage.batches.ended_before(now - min(SETTLED, self.keep)):
            assert batch.finished_at is not None  # noqa: S101  (for the type checker)
            if batch.state is not State.SUCCEEDED or batch.finished_at < now - self.keep:
                self.files.delete(batch.id)
                self.storage.batches.mark_swept(batch.id)
                log.info("swept a batch", batch=batch.id)
        for forgotten in self.storage.batches.delete_swept(now - self.keep):
            # Whoever answered a part for the second time may have stored it after the others went.
            self.files.delete(forgotten)

    def sweep_orphans(self, now: datetime) -> None:
        """Delete files that were stored by a process that died before it said so."""
        for batch_id in self.files.older_than(now - ORPHANED):
            try:
                self.storage.batches.get(batch_id)
            except NotStoredError:
                self.files.delete(batch_id)
                log.info("swept files of nobody", batch=batch_id)
