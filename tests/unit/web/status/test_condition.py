"""What the Status view says in one sentence."""

import pytest

from emojify_core.queue.worker_presence import Worker
from web.status.page_view import condition, figure
from web.status.readiness import Readiness
from web.text_catalog import load_catalog

SAY = load_catalog()
PREDICTS, TRAINS = Worker("predict@a:1", 3), Worker("train@a:2", None)
AMISS = Worker("predict@b:3", 2, problem="The live model cannot be loaded.")


@pytest.mark.parametrize(
    ("workers", "database", "health", "told"),
    [
        ([PREDICTS, TRAINS], None, "well", ""),
        ([PREDICTS, AMISS, TRAINS], None, "degraded", "predict@b:3: The live model"),
        ([PREDICTS], None, "degraded", "corrections wait"),
        ([PREDICTS, TRAINS], "database", "degraded", "database does not answer"),
        ([TRAINS], None, "failing", "No prediction worker"),
        ([], "no_model", "failing", "holds no model yet"),
        (None, "database", "failing", "Redis does not answer"),
    ],
)
def test_the_worst_decides_and_everything_amiss_is_named(
    workers: list[Worker] | None, database: str | None, health: str, told: str
) -> None:
    """Nobody has to put it together from figures."""
    found, troubles = condition(Readiness(workers, database), SAY)
    assert found == health
    assert told in " ".join(troubles)
    assert bool(troubles) == (health != "well")


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (0.04, "0.0"), (0.26, "0.3"), (9.96, "10.0"), (1234.5, "1,234")]
)
def test_figures_are_as_precise_as_somebody_reads_them(number: float, text: str) -> None:
    """No six decimals of a rate."""
    assert figure(number) == text
