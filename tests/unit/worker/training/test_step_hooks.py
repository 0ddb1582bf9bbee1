"""The hook that the trainer calls after each step of an update."""

import os
import threading
from pathlib import Path

import pytest

from emojify_core.errors import StoppedError
from support.trainer import STEPS, CrashableTrainer
from worker.training.step_hooks import BEFORE_STORING, make_step_hook


def test_each_step_touches_the_heartbeat(tmp_path: Path) -> None:
    """A health check does not take a long update for a hang."""
    heartbeat, steps = tmp_path / "heartbeat", list[str]()
    step = make_step_hook(steps.append, heartbeat, threading.Event())
    for name in STEPS:
        heartbeat.touch()
        os.utime(heartbeat, (0, 0))
        step(name)
        assert heartbeat.stat().st_mtime > 0
    assert steps == list(STEPS)


def test_heartbeat_file_is_optional() -> None:
    """The local run has no health check."""
    make_step_hook(lambda _: None, None, threading.Event())("taken")


@pytest.mark.parametrize("at", sorted(BEFORE_STORING - {"rebuilding"}))
def test_stop_during_an_update_counts_no_attempt(trainer: CrashableTrainer, at: str) -> None:
    """However often the stack restarts, a waiting correction is learned in the end."""
    stopping = threading.Event()

    def stop(step: str) -> None:
        if step == at:
            stopping.set()

    trainer.on_step = make_step_hook(stop, None, stopping)
    one = trainer.correct("rain")
    with pytest.raises(StoppedError):
        trainer.run()
    assert trainer.states(one) == ["queued"]
    assert trainer.get(one).attempts == 0
    stopping.clear()
    trainer.on_step = lambda _: None
    assert trainer.run() == 1
    assert trainer.states(one) == ["live"]


def test_stored_model_is_published_before_the_stop(trainer: CrashableTrainer) -> None:
    """Publishing takes a second, and saves the update."""
    stopping = threading.Event()
    trainer.on_step = make_step_hook(
        lambda step: stopping.set() if step == "stored" else None, None, stopping
    )
    one = trainer.correct("rain")
    assert trainer.run(lambda: not stopping.is_set()) == 1
    assert trainer.states(one) == ["live"]
