"""Any history of the trainer's own code keeps the promises, on SQLite and on PostgreSQL."""

import pytest
import structlog
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from support.databases import Databases, SqliteDatabases
from support.hypothesis_profiles import examples
from support.trainer_history import TrainerHistory


@pytest.mark.hypothesis
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("on_sqlite", "on_postgresql"),
    [
        pytest.param(examples(8), examples(4), id="short"),
        pytest.param(150, 50, marks=pytest.mark.chaos, id="long"),
    ],
)
def test_any_history_of_trainers_keeps_the_promises(
    databases: Databases, on_sqlite: int, on_postgresql: int
) -> None:
    """No crash, pause, second trainer, rollback or undo loses, repeats or strands a correction."""
    with structlog.testing.capture_logs():  # silences thousands of lines
        run_state_machine_as_test(
            lambda: TrainerHistory(databases),  # type: ignore[arg-type]  # a factory will do
            settings=settings(
                max_examples=on_sqlite if isinstance(databases, SqliteDatabases) else on_postgresql,
                stateful_step_count=20,
                suppress_health_check=list(HealthCheck),
            ),
        )
