"""The trainer's clock: what was forgotten is done, and what nobody needs does not fill the disk."""

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
from emojify_core.messages import State
from emojify_core.storage.factory import Storage
from support.batching import draft as batch_draft
from support.deadlines import eventually
from support.fake_update_runner import BASE_FILES
from support.trainer import CrashableTrainer
from worker.training.sweeper import GRACE, KEEP_VERSIONS, Sweeper, sweep

SOON = 0.05  # seconds between checks


@contextmanager
def sweeping(storage: Storage, home: Path, alone: Any = nullcontext) -> Iterator[Event]:
    """Let a sweeper look all the time; give what is set when it wakes the trainer."""
    woken = Event()
    sweeper = Sweeper(storage, home, woken.set, lambda: alone(object()), check_every=SOON)
    sweeper.start()
    yield woken
    sweeper.stop()


def long_ago(storage: Storage) -> Storage:
    """Return the storage as it sees things when its clock is far ahead."""
    ahead = replace(storage.corrections, now=lambda: datetime.now(UTC) + timedelta(minutes=1))
    return replace(storage, corrections=ahead)


def make_old(path: Path) -> Path:
    """Date something back beyond the grace."""
    past = (datetime.now(UTC) - GRACE * 2).timestamp()
    os.utime(path, (past, past))
    return path


def orphan(trainer: CrashableTrainer, name: str, folder: Path) -> Path:
    """Store a model's files that no version names; return where they are."""
    source = folder / f"source of {name}"
    source.mkdir()
    (source / "manifest.json").write_text("{}")
    trainer.storage.models.put(name, source)
    return trainer.storage.models.folder(name)


def test_what_nobody_touched_wakes_the_trainer(trainer: CrashableTrainer, tmp_path: Path) -> None:
    """A message that Redis lost delays a correction by some seconds, no more."""
    trainer.correct("rain")
    with sweeping(long_ago(trainer.storage), tmp_path) as woken:
        assert woken.wait(20)


def test_an_undoing_that_is_due_wakes_the_trainer(
    trainer: CrashableTrainer, tmp_path: Path
) -> None:
    """The text is gone at once, but the model must be rebuilt without it."""
    one = trainer.correct("rain")
    trainer.run()
    trainer.undo(one)
    with sweeping(trainer.storage, tmp_path) as woken:
        assert woken.wait(20)


def test_nothing_to_do_wakes_nobody(trainer: CrashableTrainer, tmp_path: Path) -> None:
    """What is settled, or just came in, is left alone."""
    trainer.correct("rain")
    trainer.run()
    trainer.correct("sun")
    looked = Event()

    @contextmanager
    def alone(lock: object) -> Iterator[object]:
        looked.set()
        yield lock

    with sweeping(trainer.storage, tmp_path, alone) as woken:
        assert looked.wait(20)
        assert not woken.is_set()


@pytest.mark.parametrize("error", [StorageUnavailableError("away"), ValueError("a surprise")])
def test_the_clock_goes_on_after_an_error(
    trainer: CrashableTrainer, tmp_path: Path, error: Exception
) -> None:
    """A database that was away for a while is looked into again."""
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


def test_files_of_no_version_are_swept_once_they_are_old(
    trainer: CrashableTrainer, tmp_path: Path
) -> None:
    """A trainer that died before publishing leaves no rubbish for ever."""
    old, young = (orphan(trainer, name * 64, tmp_path) for name in "ab")
    make_old(old)
    assert sweep(trainer.storage, tmp_path) == [f"models/{'a' * 64}"]
    assert not old.exists()
    assert young.exists()


def test_versions_keep_their_files_as_long_as_they_may_be_needed(
    trainer: CrashableTrainer, tmp_path: Path
) -> None:
    """The base, the one in service and the newest ones can always be gone back to."""
    for number in range(KEEP_VERSIONS + 3):
        trainer.correct(f"text {number}")
        trainer.run()
    versions = trainer.storage.versions.newest_first()
    for version in versions:
        make_old(trainer.storage.models.folder(version.sha256))
    kept = {*(each.sha256 for each in versions[:KEEP_VERSIONS]), BASE_FILES}
    swept = sweep(trainer.storage, tmp_path)
    assert len(swept) == 3
    assert {each.sha256 for each in versions if trainer.storage.models.holds(each.sha256)} == kept


def test_an_old_model_in_service_again_keeps_its_files(
    trainer: CrashableTrainer, tmp_path: Path
) -> None:
    """After a rollback far back, what serves is needed whatever its age."""
    for number in range(KEEP_VERSIONS + 3):
        trainer.correct(f"text {number}")
        trainer.run()
    trainer.storage.versions.activate(2, by="admin", why="", requeue=False)
    for version in trainer.storage.versions.newest_first():
        make_old(trainer.storage.models.folder(version.sha256))
    sweep(trainer.storage, tmp_path)
    assert trainer.storage.models.holds(trainer.storage.versions.get(2).sha256)


def test_what_an_open_batch_began_with_keeps_its_files(
    trainer: CrashableTrainer, tmp_path: Path
) -> None:
    """A batch that was accepted is answered by its version, however many came since."""
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


def test_a_new_database_beside_old_files_sweeps_none(
    storage: Storage, tmp_path: Path, trainer: CrashableTrainer
) -> None:
    """Until it has a version, nobody knows what is needed."""
    make_old(orphan(trainer, "a" * 64, tmp_path))
    without = replace(storage, versions=_Empty())  # type: ignore[arg-type]
    assert sweep(without, tmp_path) == []


class _Empty:
    """Versions of a database that has none."""

    def newest_first(self) -> list[object]:
        return []


def test_candidates_of_dead_trainers_are_swept(trainer: CrashableTrainer, tmp_path: Path) -> None:
    """A trainer killed while it wrote a model leaves megabytes in the home."""
    old, young = tmp_path / "candidate-old", tmp_path / "candidate-young"
    for folder in (old, young):
        folder.mkdir()
        (folder / "weights.npz").write_bytes(b"much")
    make_old(old)
    sweep(trainer.storage, tmp_path)
    assert not old.exists()
    assert young.exists()


def test_the_sweeper_waits_for_the_lock_under_which_versions_are_published(
    trainer: CrashableTrainer, tmp_path: Path
) -> None:
    """Files that are about to go live are not swept from under a trainer."""
    old = make_old(orphan(trainer, "a" * 64, tmp_path))
    answers = iter([None, None])
    tried: list[object] = []

    def alone(lock: object) -> Any:
        tried.append(next(answers, lock))
        assert old.exists()
        return nullcontext(tried[-1])

    with sweeping(trainer.storage, tmp_path, alone):
        eventually(lambda: not old.exists(), within=20, what="the orphan is swept")
    assert tried[:2] == [None, None]
    assert len(tried) == 3
