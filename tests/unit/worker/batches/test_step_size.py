"""The step size keeps the time of a step the same on any machine."""

from collections.abc import Iterator

import pytest

from emojify_core.batches.reading.rows import Row
from emojify_core.text_validation import TextProblem
from worker.batches.step_size import QUIET_AFTER, STEP, StepSizer


class Machine:
    """A clock, and a worker that answers `rate` characters a second."""

    def __init__(self, rate: float) -> None:
        self.rate, self.time = rate, 1_000.0

    def step_sizer(self) -> StepSizer:
        """Return the step sizer of its worker."""
        return StepSizer(lambda: False, self.clock)

    def clock(self) -> float:
        """Return the time in seconds."""
        return self.time

    def steps(self, sizer: StepSizer, rows: Iterator[Row]) -> list[float]:
        """Answer all rows; return the seconds of each step."""
        taken = []
        while True:
            with sizer.step(rows) as step:
                seconds = sum(len(row.text) for row in step) / self.rate
                self.time += seconds
            if not step:
                return taken
            taken.append(seconds)


def rows(number: int, length: int = 100) -> Iterator[Row]:
    """Return so many rows of so many characters."""
    return (Row({}, "x" * length, None, 0) for _ in range(number))


@pytest.mark.parametrize("rate", [300_000, 1_000_000, 4_000_000])
def test_step_takes_the_same_time_on_any_machine(rate: float) -> None:
    """A prediction waits no longer on a slow machine."""
    machine = Machine(rate)
    sizer = machine.step_sizer()
    sizer.record_prediction()
    last = machine.steps(sizer, rows(20_000))[-10:-1]
    assert all(0.5 * STEP < seconds < 1.5 * STEP for seconds in last)


def test_step_size_follows_the_load() -> None:
    """Steps shrink while the machine is busy, and grow again afterwards."""
    machine = Machine(2_000_000)
    sizer = machine.step_sizer()
    sizer.record_prediction()
    idle_seconds = machine.steps(sizer, rows(2_000))[-2]
    machine.rate = 500_000
    assert machine.steps(sizer, rows(2_000))[-2] < 1.5 * idle_seconds
    machine.rate = 2_000_000
    assert machine.steps(sizer, rows(2_000))[-2] > 0.5 * idle_seconds


def test_step_holds_all_rows_without_predictions() -> None:
    """Many texts at once are answered faster."""
    machine = Machine(400_000)
    sizer = machine.step_sizer()
    assert len(machine.steps(sizer, rows(500))) == 1
    sizer.record_prediction()
    assert len(machine.steps(sizer, rows(500))) > 10
    machine.time += QUIET_AFTER + 1
    assert len(machine.steps(sizer, rows(500))) == 1


def test_step_holds_at_least_one_row() -> None:
    """Every step answers a row, however slow the machine is."""
    machine = Machine(100_000)
    sizer = machine.step_sizer()
    sizer.record_prediction()
    assert len(machine.steps(sizer, rows(20, length=5_000))) == 20


def test_rows_with_a_problem_do_not_count_as_fast() -> None:
    """Skipping a text of a million characters does not make the next step longer."""
    machine = Machine(400_000)
    sizer = machine.step_sizer()
    sizer.record_prediction()
    usual = machine.steps(sizer, rows(2_000))[-2]
    problem = TextProblem("too_long", "This is too long.")
    for _ in range(20):
        with sizer.step(iter([Row({}, "x" * 1_000_000, problem, 0)])):
            machine.time += 0.001
    assert machine.steps(sizer, rows(2_000))[0] < 1.1 * usual
