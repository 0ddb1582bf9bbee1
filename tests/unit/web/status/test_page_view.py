"""What the Status view shows of the stack's readiness."""

import pytest

from emojify_core.queue.worker_presence import Worker
from web.status.page_view import condition, figure
from web.status.readiness import Readiness
from web.text_catalog import load_catalog

SAY = load_catalog()
PREDICTOR, TRAINER = Worker("predict@a:1", 3), Worker("train@a:2", None)
BROKEN = Worker("predict@b:3", 2, problem="The live model cannot be loaded.")


@pytest.mark.parametrize(
    ("workers", "database", "health", "sentence"),
    [
        ([PREDICTOR, TRAINER], None, "well", ""),
        ([PREDICTOR, BROKEN, TRAINER], None, "degraded", "predict@b:3: The live model"),
        ([PREDICTOR], None, "degraded", "corrections wait"),
        ([PREDICTOR, TRAINER], "database", "degraded", "database does not answer"),
        ([TRAINER], None, "failing", "No prediction worker"),
        ([], "no_model", "failing", "holds no model yet"),
        (None, "database", "failing", "Redis does not answer"),
    ],
)
def test_the_worst_trouble_decides_and_all_are_listed(
    workers: list[Worker] | None, database: str | None, health: str, sentence: str
) -> None:
    """A person need not work it out from figures."""
    found, troubles = condition(Readiness(workers, database), SAY)
    assert found == health
    assert sentence in " ".join(troubles)
    assert bool(troubles) == (health != "well")


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (0.04, "0.0"), (0.26, "0.3"), (9.96, "10.0"), (1234.5, "1,234")]
)
def test_figures_are_rounded_for_people(number: float, text: str) -> None:
    """Small figures have one decimal, larger ones none."""
    assert figure(number) == text
