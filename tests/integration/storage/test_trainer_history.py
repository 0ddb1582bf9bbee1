"""Any history of the trainer's own code keeps the promises, on SQLite and on PostgreSQL."""

import pytest
import structlog
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from support.databases import Databases, SqliteDatabases
from support.trainer_history import TrainerHistory


@pytest.mark.timeout(300)
def test_any_history_of_trainers_keeps_the_promises(databases: Databases) -> None:
    """No crash, pause, second trainer, rollback or undoing loses, doubles or leaves anything."""
    with structlog.testing.capture_logs():  # thousands of lines that nobody reads
        run_state_machine_as_test(
            lambda: TrainerHistory(databases),  # type: ignore[arg-type]  # a factory will do
            settings=settings(
                max_examples=8 if isinstance(databases, SqliteDatabases) else 4,
                stateful_step_count=20,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
