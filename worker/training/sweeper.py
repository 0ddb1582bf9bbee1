"""The trainer's clock: publishes again what is not done, and sweeps what nobody needs."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from emojify_core.errors import EmojifyError
from emojify_core.storage.opening import Storage
from worker.training.teaching import BASE

log = structlog.get_logger(__name__)

LOOK_EVERY = 5.0  # seconds
PATIENCE = timedelta(seconds=10)  # a correction that nobody touched for so long: wake the trainer
SWEEP_EVERY = 720  # looks: an hour
KEEP_VERSIONS = 20  # the newest ones keep their files, and each version in service
GRACE = timedelta(hours=1)  # before files that no version names are taken for an orphan


class Sweeper:
    """Looks every few seconds from a thread of its own; a storage that is away is waited for."""

    def __init__(self, storage: Storage, wake: Callable[[], None]) -> None:
        self._storage, self._wake = storage, wake
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()
        self._thread.join(timeout=LOOK_EVERY)

    def _run(self) -> None:
        looks = 0
        while not self._stopped.wait(LOOK_EVERY):
            try:
                if self._left_to_do():
                    self._wake()
                if looks % SWEEP_EVERY == 0:
                    sweep(self._storage)
                looks += 1
            except EmojifyError as e:
                log.warning("cannot look for what is left to do", reason=str(e))

    def _left_to_do(self) -> bool:
        stale = self._storage.corrections.stale(PATIENCE)
        return bool(stale or self._storage.versions.removed_in_live())


def sweep(storage: Storage) -> list[str]:
    """Delete the files of models that nobody needs; return their names.

    Kept: the base, the newest versions and the one in service, and anything younger than the
    grace, which may be about to be published.
    """
    versions = storage.versions.newest_first()
    needed = {version.sha256 for version in versions[:KEEP_VERSIONS]}
    needed |= {version.sha256 for version in versions if version.version == BASE}
    before = datetime.now(UTC) - GRACE
    unneeded = [
        stored.name
        for stored in storage.files.list("models")
        if stored.name.removeprefix("models/") not in needed and stored.modified_at < before
    ]
    for name in unneeded:
        storage.files.delete(name)
    storage.files.sweep(GRACE)
    storage.corrections.forget_erased()
    return unneeded
