"""The trainer's clock: wakes it for forgotten work, and deletes files that nothing needs."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import redis

from emojify_core.errors import EmojifyError
from emojify_core.limits import REVIEW_DAYS
from emojify_core.runtime.periodic_thread import PeriodicThread
from emojify_core.storage.corrections.erasure import erase_ended
from emojify_core.storage.factory import Storage
from emojify_core.storage.files import atomic_writes
from emojify_core.storage.versions.rebuilds import is_rebuild_due
from worker.training.update_runner import CANDIDATES

CHECK_EVERY = 5.0  # seconds
STALE_AFTER = timedelta(seconds=10)  # age of a waiting correction that wakes the trainer
SWEEP_EVERY = 720  # checks: an hour
KEEP_VERSIONS = 20  # the newest versions keep their files
GRACE = timedelta(hours=1)  # a younger file may belong to a version that is being published


class Sweeper(PeriodicThread):
    """Wakes the trainer for forgotten work every few seconds, and deletes files every hour.

    `training_lock` gives the lock under which versions are published, or None. Without it, a model
    could be deleted after a trainer found it in the store and before it goes live. `rewrite_log`
    is called once an hour, too.
    """

    def __init__(  # noqa: PLR0913 - what it does at each check and each hour
        self,
        storage: Storage,
        home: Path,
        wake_trainer: Callable[[], None],
        training_lock: Callable[[], AbstractContextManager[object | None]],
        check_every: float = CHECK_EVERY,
        *,
        rewrite_log: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(
            "sweep",
            self._check,
            pause=check_every,
            expected=(EmojifyError, redis.RedisError, OSError),
            at_once=False,
        )
        self._storage, self._home = storage, home
        self._wake_trainer, self._training_lock = wake_trainer, training_lock
        self._rewrite_log = rewrite_log
        self._checks_since_sweep = SWEEP_EVERY  # sweep at the first check

    def _check(self) -> None:
        if self._has_work():
            self._wake_trainer()
        self._checks_since_sweep += 1
        if self._checks_since_sweep > SWEEP_EVERY:
            with self._training_lock() as lock:
                if lock is not None:
                    sweep(self._storage, self._home)
                    self._checks_since_sweep = 0
                    self._rewrite_log()

    def _has_work(self) -> bool:
        stale = self._storage.corrections.stale(STALE_AFTER)
        versions = self._storage.versions
        return bool(stale) or is_rebuild_due(self._storage.engine, versions.now())


def sweep(storage: Storage, home: Path) -> list[str]:
    """Delete texts and models that nothing needs any more; return the names of the models' files.

    It rejects corrections that nobody has reviewed for REVIEW_DAYS, and erases those that ended
    outside the model when their time is over. It keeps shipped models, the newest versions, the
    live version, the versions of open batches, and files younger than GRACE, which a trainer may
    be about to publish.
    """
    storage.files.sweep(GRACE)
    erase_ended(storage.engine, storage.corrections.now())
    storage.corrections.purge_erased()
    while storage.reviews.expire(timedelta(days=REVIEW_DAYS)):
        pass  # the next part
    before = datetime.now(UTC) - GRACE
    for candidate in home.glob(f"{CANDIDATES}*"):  # left by a killed trainer
        if atomic_writes.modified_at(candidate) < before:
            atomic_writes.discard(candidate)
    versions = storage.versions.newest_first()
    if not versions:  # a new database: its first version may be among the old files
        return []
    needed = {version.sha256 for version in versions[:KEEP_VERSIONS]}
    needed |= {version.sha256 for version in versions if version.is_shipped}
    pinned = {batch.model_version for batch in storage.batches.list_open()}
    needed |= {version.sha256 for version in versions if version.version in pinned}
    deleted = []
    for stored in storage.files.list("models"):
        sha256 = stored.name.removeprefix("models/")
        # Read again for each file: an administrator may have rolled back just now.
        live = storage.versions.live().version
        if sha256 not in needed | {live.sha256} and stored.modified_at < before:
            storage.files.delete(stored.name)
            deleted.append(stored.name)
    return deleted
