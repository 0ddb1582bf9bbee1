"""What happens at each step of learning, besides the learning."""

import os
import threading
from pathlib import Path

import pytest

from emojify_core.errors import StoppedError
from support.trainer import STEPS, CrashableTrainer
from worker.training.step_hooks import BEFORE_STORING, make_step_hook


def test_each_step_is_a_sign_of_life(tmp_path: Path) -> None:
    """A trainer that learns for minutes is not taken for one that hangs."""
    heartbeat, steps = tmp_path / "heartbeat", list[str]()
    step = make_step_hook(steps.append, heartbeat, threading.Event())
    for name in STEPS:
        heartbeat.touch()
        os.utime(heartbeat, (0, 0))
        step(name)
        assert heartbeat.stat().st_mtime > 0
    assert steps == list(STEPS)


def test_where_nobody_watches_there_is_no_file() -> None:
    """The local run has no health check to read one."""
    make_step_hook(lambda _: None, None, threading.Event())("taken")


@pytest.mark.parametrize("at", sorted(BEFORE_STORING - {"rebuilding"}))
def test_a_stop_in_the_middle_costs_a_correction_nothing(
    trainer: CrashableTrainer, at: str
) -> None:
    """However often the stack is started anew, what waits is learned in the end."""
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


def test_what_is_stored_already_is_published_before_the_end(trainer: CrashableTrainer) -> None:
    """A second more, and the work was not in vain."""
    stopping = threading.Event()
    trainer.on_step = make_step_hook(
        lambda step: stopping.set() if step == "stored" else None, None, stopping
    )
    one = trainer.correct("rain")
    assert trainer.run(lambda: not stopping.is_set()) == 1
    assert trainer.states(one) == ["live"]
