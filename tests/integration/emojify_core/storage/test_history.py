"""Any history of corrections, trainings, rollbacks, undos and crashes keeps the promises."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from support.databases import Databases
from support.history import History
from support.hypothesis_profiles import examples


@pytest.mark.hypothesis
@pytest.mark.timeout(300)
def test_any_history_keeps_the_promises(databases: Databases) -> None:
    """No order of events loses a correction, applies one twice or forks the version list."""
    run_state_machine_as_test(
        lambda: History(databases),  # type: ignore[arg-type]  # a factory will do
        settings=settings(
            max_examples=examples(20),
            stateful_step_count=25,
            suppress_health_check=list(HealthCheck),
        ),
    )
