"""The sweeper wakes the trainer for forgotten work, and deletes files that nothing needs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from emojify_core.correction_states import CorrectionState
from emojify_core.errors import StorageUnavailableError
from emojify_core.limits import REVIEW_DAYS
from emojify_core.messages import State
from emojify_core.storage.factory import Storage
from support.batching import draft as batch_draft
from support.deadlines import eventually
from support.fake_update_runner import BASE_FILES
from support.learning import draft as correction_draft
from support.trainer import CrashableTrainer
from worker.training.sweeper import GRACE, KEEP_VERSIONS, Sweeper, sweep

SOON = 0.05  # seconds between checks


@contextmanager
def sweeping(storage: Storage, home: Path, training_lock: Any = nullcontext) -> Iterator[Event]:
    """Run a sweeper that checks often; give the event that it sets to wake the trainer."""
    woken = Event()
    sweeper = Sweeper(storage, home, woken.set, lambda: training_lock(object()), check_every=SOON)
    sweeper.start()
    yield woken
    sweeper.stop()


def a_minute_later(storage: Storage) -> Storage:
    """Return the storage with a clock that is a minute ahead."""
    ahead = replace(storage.corrections, now=lambda: datetime.now(UTC) + timedelta(minutes=1))
    return replace(storage, corrections=ahead)


def make_old(path: Path) -> Path:
    """Make a file older than the grace period."""
    past = (datetime.now(UTC) - GRACE * 2).timestamp()
    os.utime(path, (past, past))
    return path


def orphan(trainer: CrashableTrainer, name: str, folder: Path) -> Path:
    """Store a model that belongs to no version; return its folder."""
    source = folder / f"source of {name}"
    source.mkdir()
    (source / "manifest.json").write_text("{}")
    trainer.storage.models.put(name, source)
    return trainer.storage.models.folder(name)


def test_stale_correction_wakes_the_trainer(trainer: CrashableTrainer, tmp_path: Path) -> None:
    """A lost message delays a correction by seconds only."""
    trainer.correct("rain")
    with sweeping(a_minute_later(trainer.storage), tmp_path) as woken:
        assert woken.wait(20)


def test_due_rebuild_wakes_the_trainer(trainer: CrashableTrainer, tmp_path: Path) -> None:
    """An undo deletes the text at once; the model is rebuilt afterwards."""
    one = trainer.correct("rain")
    trainer.run()
    trainer.undo(one)
    with sweeping(trainer.storage, tmp_path) as woken:
        assert woken.wait(20)


def test_trainer_sleeps_without_work(trainer: CrashableTrainer, tmp_path: Path) -> None:
    """Settled and new corrections do not wake it."""
    trainer.correct("rain")
    trainer.run()
    trainer.correct("sun")
    looked = Event()

    @contextmanager
    def training_lock(lock: object) -> Iterator[object]:
        looked.set()
        yield lock

    with sweeping(trainer.storage, tmp_path, training_lock) as woken:
        assert looked.wait(20)
        assert not woken.is_set()


@pytest.mark.parametrize("error", [StorageUnavailableError("down"), ValueError("a bug")])
def test_sweeper_continues_after_an_error(
    trainer: CrashableTrainer, tmp_path: Path, error: Exception
) -> None:
    """After an outage of the database, the checks continue."""
    one = trainer.correct("rain")
    times: list[datetime] = []

    def now() -> datetime:
        times.append(datetime.now(UTC))
        if len(times) < 3:
            raise error
        return times[-1] + timedelta(minutes=1)

    storage = replace(trainer.storage, corrections=replace(trainer.storage.corrections, now=now))
    with sweeping(storage, tmp_path) as woken:
        assert woken.wait(20)
    assert trainer.states(one) == [CorrectionState.QUEUED]


def test_old_files_without_a_version_are_deleted(trainer: CrashableTrainer, tmp_path: Path) -> None:
    """A trainer that dies before publishing leaves files for a limited time only."""
    old, young = (orphan(trainer, name * 64, tmp_path) for name in "ab")
    make_old(old)
    assert sweep(trainer.storage, tmp_path) == [f"models/{'a' * 64}"]
    assert not old.exists()
    assert young.exists()


def test_base_live_and_newest_versions_keep_their_files(
    trainer: CrashableTrainer, tmp_path: Path
) -> None:
    """An administrator can always activate one of them."""
    for number in range(KEEP_VERSIONS + 3):
        trainer.correct(f"text {number}")
        trainer.run()
    versions = trainer.storage.versions.newest_first()
    for version in versions:
        make_old(trainer.storage.models.folder(version.sha256))
    kept = {*(each.sha256 for each in versions[:KEEP_VERSIONS]), BASE_FILES}
    deleted = sweep(trainer.storage, tmp_path)
    assert len(deleted) == 3
    assert {each.sha256 for each in versions if trainer.storage.models.holds(each.sha256)} == kept


def test_old_version_that_is_live_again_keeps_its_files(
    trainer: CrashableTrainer, tmp_path: Path
) -> None:
    """After a rollback to an old version, its files are needed."""
    for number in range(KEEP_VERSIONS + 3):
        trainer.correct(f"text {number}")
        trainer.run()
    trainer.storage.versions.activate(2, by="admin", why="", requeue=False)
    for version in trainer.storage.versions.newest_first():
        make_old(trainer.storage.models.folder(version.sha256))
    sweep(trainer.storage, tmp_path)
    assert trainer.storage.models.holds(trainer.storage.versions.get(2).sha256)


def test_version_of_an_open_batch_keeps_its_files(
    trainer: CrashableTrainer, tmp_path: Path
) -> None:
    """One version answers the whole batch, however many versions follow."""
    trainer.correct("text")
    trainer.run()
    pinned = trainer.storage.versions.live().version
    batch = trainer.storage.batches.add(batch_draft(model_version=pinned.version))
    for number in range(KEEP_VERSIONS + 1):
        trainer.correct(f"text {number}")
        trainer.run()
    for version in trainer.storage.versions.newest_first():
        make_old(trainer.storage.models.folder(version.sha256))
    sweep(trainer.storage, tmp_path)
    assert trainer.storage.models.holds(pinned.sha256)
    trainer.storage.batches.end(batch.id, State.CANCELLED)
    sweep(trainer.storage, tmp_path)
    assert not trainer.storage.models.holds(pinned.sha256)


def test_database_without_versions_deletes_no_files(
    storage: Storage, tmp_path: Path, trainer: CrashableTrainer
) -> None:
    """Without a version, the needed files are unknown."""
    make_old(orphan(trainer, "a" * 64, tmp_path))
    without = replace(storage, versions=_Empty())  # type: ignore[arg-type]
    assert sweep(without, tmp_path) == []


class _Empty:
    """The versions of an empty database."""

    def newest_first(self) -> list[object]:
        return []


def test_candidates_of_dead_trainers_are_deleted(trainer: CrashableTrainer, tmp_path: Path) -> None:
    """A trainer that is killed while it writes a model leaves megabytes in the home."""
    old, young = tmp_path / "candidate-old", tmp_path / "candidate-young"
    for folder in (old, young):
        folder.mkdir()
        (folder / "weights.npz").write_bytes(b"much")
    make_old(old)
    sweep(trainer.storage, tmp_path)
    assert not old.exists()
    assert young.exists()


def test_sweeper_needs_the_training_lock(trainer: CrashableTrainer, tmp_path: Path) -> None:
    """Files that a trainer is about to publish are not deleted."""
    old = make_old(orphan(trainer, "a" * 64, tmp_path))
    answers = iter([None, None])
    tried: list[object] = []

    def training_lock(lock: object) -> Any:
        tried.append(next(answers, lock))
        assert old.exists()
        return nullcontext(tried[-1])

    with sweeping(trainer.storage, tmp_path, training_lock):
        eventually(lambda: not old.exists(), within=20, what="the orphan is deleted")
    assert tried[:2] == [None, None]
    assert len(tried) == 3


def test_a_correction_that_nobody_reviews_is_rejected(
    trainer: CrashableTrainer, tmp_path: Path
) -> None:
    """It waits a month, not for ever."""
    corrections = trainer.storage.corrections
    month_ago = replace(corrections, now=lambda: datetime.now(UTC) - timedelta(days=REVIEW_DAYS))
    old = month_ago.add(correction_draft("unread"), CorrectionState.REVIEW)[0].id
    new = corrections.add(correction_draft("new"), CorrectionState.REVIEW)[0].id
    sweep(trainer.storage, tmp_path)
    assert corrections.get(old).state is CorrectionState.REJECTED
    assert corrections.get(new).state is CorrectionState.REVIEW
