"""Forgetting a client: all that it made goes, wherever it stands."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from emojify_core.batches.batch_files import BatchFiles
from emojify_core.messages import State
from emojify_core.storage.batches.forget import forget_batch
from emojify_core.storage.corrections.erasure import FORGOTTEN, Eraser, forget
from emojify_core.storage.database.storable_text import is_storable
from emojify_core.storage.factory import Storage
from emojify_core.storage.versions.rebuilds import is_rebuild_due
from web.auth.identity import ADMINISTRATOR

_PART = 50  # batches read at once


class Forgotten(NamedTuple):
    """What there was of a client."""

    corrections: int
    batches: int
    sign_ins: int
    rebuild: bool  # whether the model is being rebuilt without its corrections


@dataclass(frozen=True, slots=True)
class ForgetService:
    """Erases all that a client made. Each step may be repeated after a failure."""

    storage: Storage
    files: BatchFiles
    wake_trainer: Callable[[], None]

    def forget(self, client: str, why: str) -> Forgotten:
        """Erase corrections, batches and sign-ins of a client; return how many there were.

        The stack may run meanwhile. What the client sends later is new. Raises
        StorageUnavailableError.
        """
        if client == FORGOTTEN or not is_storable(client):
            return Forgotten(0, 0, 0, rebuild=False)
        # First, so that its browsers send nothing more as this client.
        sign_ins = self.storage.sign_ins.end_all(client)
        corrections = self.storage.corrections
        eraser, now = Eraser(ADMINISTRATOR, why), corrections.now()
        erased = forget(corrections.engine, client, now, eraser)
        corrections.purge_erased()
        batches = self._forget_batches(client)
        due = is_rebuild_due(self.storage.engine, self.storage.versions.now())
        if erased:
            self.wake_trainer()
        return Forgotten(erased, batches, sign_ins, due)

    def _forget_batches(self, client: str) -> int:
        """Cancel the open ones and delete all files, then the names in SQL; return how many."""
        batches, count = self.storage.batches, 0
        while part := batches.page(client=client, limit=_PART):
            for batch in part:
                batches.end(batch.id, State.CANCELLED)
                self.files.delete(batch.id)
                forget_batch(batches.engine, batch.id, FORGOTTEN, batches.now())
                count += 1
        return count
