"""The trainer's clock: wakes it for what is not done, and sweeps what nobody needs."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import redis
import structlog

from emojify_core.errors import EmojifyError
from emojify_core.storage.factory import Storage
from emojify_core.storage.files import atomic_writes
from worker.training.update_runner import CANDIDATES

log = structlog.get_logger(__name__)

LOOK_EVERY = 5.0  # seconds
PATIENCE = timedelta(seconds=10)  # a correction that nobody touched for so long: wake the trainer
SWEEP_EVERY = 720  # looks: an hour
KEEP_VERSIONS = 20  # the newest ones keep their files, and the one in service is one of them
GRACE = timedelta(hours=1)  # before files that no version names are taken for an orphan


class Sweeper:
    """Looks every few seconds from a thread of its own; a storage that is away is waited for.

    `alone` gives the lock under which versions are published, or None. Without it a model could
    be swept between being found in the store and going live.
    """

    def __init__(
        self,
        storage: Storage,
        home: Path,
        wake: Callable[[], None],
        alone: Callable[[], AbstractContextManager[object | None]],
        look_every: float = LOOK_EVERY,
    ) -> None:
        self._storage, self._home = storage, home
        self._wake, self._alone, self._look_every = wake, alone, look_every
        self._looks_since_swept = SWEEP_EVERY  # at the first look
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()
        if self._thread.is_alive():  # not if we are stopped while we start
            self._thread.join(timeout=LOOK_EVERY)

    def _run(self) -> None:
        while not self._stopped.wait(self._look_every):
            try:
                self._look()
            except (EmojifyError, redis.RedisError, OSError) as e:
                log.warning("cannot look for what is left to do", reason=str(e))
            except Exception:  # looking must go on, or what waits would wait for ever
                log.exception("cannot look for what is left to do")

    def _look(self) -> None:
        if self._left_to_do():
            self._wake()
        self._looks_since_swept += 1
        if self._looks_since_swept > SWEEP_EVERY:
            with self._alone() as lock:
                if lock is not None:
                    sweep(self._storage, self._home)
                    self._looks_since_swept = 0

    def _left_to_do(self) -> bool:
        stale = self._storage.corrections.stale(PATIENCE)
        return bool(stale or self._storage.versions.removed_in_live())


def sweep(storage: Storage, home: Path) -> list[str]:
    """Delete the files of models that nobody needs; return their names.

    Kept: every shipped model, the newest versions and the one in service, what a batch began with,
    and anything younger than the grace, which may be about to be published.
    """
    storage.files.sweep(GRACE)
    storage.corrections.forget_erased()
    before = datetime.now(UTC) - GRACE
    for candidate in home.glob(f"{CANDIDATES}*"):  # of trainers that died
        if atomic_writes.modified_at(candidate) < before:
            atomic_writes.discard(candidate)
    versions = storage.versions.newest_first()
    if not versions:  # a new database beside old files: its first version may be among them
        return []
    needed = {version.sha256 for version in versions[:KEEP_VERSIONS]}
    needed |= {version.sha256 for version in versions if version.is_shipped}
    pinned = {batch.model_version for batch in storage.batches.open()}
    needed |= {version.sha256 for version in versions if version.version in pinned}
    deleted = []
    for stored in storage.files.list("models"):
        sha256 = stored.name.removeprefix("models/")
        # Asked again each time: an administrator may have gone back to it just now.
        live = storage.versions.live().version
        if sha256 not in needed | {live.sha256} and stored.modified_at < before:
            storage.files.delete(stored.name)
            deleted.append(stored.name)
    return deleted
