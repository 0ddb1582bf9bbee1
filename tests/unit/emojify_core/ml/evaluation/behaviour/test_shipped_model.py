"""The shipped model keeps the promises of the behaviour suite (docs/behaviour.md)."""

import pytest

from emojify_core.ml.evaluation.behaviour.check import Check
from emojify_core.ml.evaluation.behaviour.lists import load_lists
from emojify_core.ml.evaluation.behaviour.suite import check_behaviour
from emojify_core.ml.evaluation.behaviour.thresholds import THRESHOLDS
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.model.artifact import SHIPPED


@pytest.fixture(scope="module")
def checks() -> dict[str, Check]:
    """Run the suite once, and return its checks by name."""
    found = check_behaviour(Predictor.load(SHIPPED), load_lists())
    return {check.name: check for check in found.checks}


@pytest.mark.parametrize("name", THRESHOLDS)
def test_the_shipped_model_meets_the_threshold(checks: dict[str, Check], name: str) -> None:
    """`emojify evaluate --behaviour --failures` shows the sentences that failed."""
    check = checks[name]
    assert check.met, f"{check.rate:.3f} passed, {check.threshold} are promised"
