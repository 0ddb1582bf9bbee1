"""How many rows are answered before somebody who waits is looked for."""

from collections.abc import Iterator

import pytest

from emojify_core.batches.reading.rows import Row
from emojify_core.text_validation import TextProblem
from worker.batches.step_size import QUIET_AFTER, STEP, StepSizer


class Machine:
    """A clock, and a worker that answers so many characters a second by it."""

    def __init__(self, rate: float) -> None:
        self.rate, self.time = rate, 1_000.0

    def pace(self) -> StepSizer:
        """Return what paces its worker."""
        return StepSizer(lambda: False, self.clock)

    def clock(self) -> float:
        """Return the seconds."""
        return self.time

    def steps(self, pace: StepSizer, rows: Iterator[Row]) -> list[float]:
        """Answer all rows; return the seconds of each step."""
        taken = []
        while True:
            with pace.step(rows) as step:
                seconds = sum(len(row.text) for row in step) / self.rate
                self.time += seconds
            if not step:
                return taken
            taken.append(seconds)


def rows(number: int, length: int = 100) -> Iterator[Row]:
    """Return so many rows of so many characters."""
    return (Row({}, "x" * length, None, 0) for _ in range(number))


@pytest.mark.parametrize("rate", [300_000, 1_000_000, 4_000_000])
def test_a_step_takes_as_long_on_any_machine(rate: float) -> None:
    """Whoever waits for a prediction waits no longer on a slow machine."""
    machine = Machine(rate)
    pace = machine.pace()
    pace.record_prediction()
    last = machine.steps(pace, rows(20_000))[-10:-1]
    assert all(0.5 * STEP < seconds < 1.5 * STEP for seconds in last)


def test_a_machine_that_is_busy_for_a_while_is_noticed() -> None:
    """Steps become smaller, and larger again after it."""
    machine = Machine(2_000_000)
    pace = machine.pace()
    pace.record_prediction()
    at_ease = machine.steps(pace, rows(2_000))[-2]
    machine.rate = 500_000
    assert machine.steps(pace, rows(2_000))[-2] < 1.5 * at_ease
    machine.rate = 2_000_000
    assert machine.steps(pace, rows(2_000))[-2] > 0.5 * at_ease


def test_while_nobody_asks_a_step_is_everything() -> None:
    """Texts together are answered faster."""
    machine = Machine(400_000)
    pace = machine.pace()
    assert len(machine.steps(pace, rows(500))) == 1
    pace.record_prediction()
    assert len(machine.steps(pace, rows(500))) > 10
    machine.time += QUIET_AFTER + 1
    assert len(machine.steps(pace, rows(500))) == 1


def test_no_row_is_too_long_for_a_step() -> None:
    """Every step brings the batch further, however slow the machine is."""
    machine = Machine(100_000)
    pace = machine.pace()
    pace.record_prediction()
    assert len(machine.steps(pace, rows(20, length=5_000))) == 20


def test_rows_without_an_answer_teach_nothing_about_the_others() -> None:
    """A text of a million characters is no work: the next step is no longer for it."""
    machine = Machine(400_000)
    pace = machine.pace()
    pace.record_prediction()
    usual = machine.steps(pace, rows(2_000))[-2]
    problem = TextProblem("too_long", "This is too long.")
    for _ in range(20):
        with pace.step(iter([Row({}, "x" * 1_000_000, problem, 0)])):
            machine.time += 0.001
    assert machine.steps(pace, rows(2_000))[0] < 1.1 * usual
