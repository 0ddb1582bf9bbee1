"""The gate: what may replace the live model. Harmful candidates are planted and must be refused."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from emojify_core.labels import LABELS
from emojify_core.ml.correction_learning.gate import Thresholds, Verdict, judge
from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.ml.correction_learning.update_data import UpdateData, find_update_data
from emojify_core.ml.data.training_data import LabelledTexts
from emojify_core.ml.inference.loaded_model import LoadedModel, load_model, with_weights
from emojify_core.ml.inference.predictor import Predictions
from emojify_core.ml.model.artifact import SHIPPED, Weights

ROWS = 700  # of the made-up gate, a hundred of each class
LABELLED = np.repeat(np.arange(7), ROWS // 7)


class Scripted:
    """A model that answers by rote; what it was not told it takes for its class in the gate."""

    def __init__(self, answers: dict[str, int] | None = None) -> None:
        self._answers = answers or {}

    def predict(self, texts: Sequence[str]) -> Predictions:
        """Give nine tenths to the answer."""
        chosen = [self._answers.get(text, int(text.partition(":")[0])) for text in texts]
        probabilities = np.full((len(texts), 7), 0.1 / 6, dtype=np.float32)
        probabilities[np.arange(len(texts)), chosen] = 0.9
        return Predictions(probabilities, np.ones(len(texts), dtype=bool))


DATA = UpdateData(
    "made up", LabelledTexts([f"{label}:{row}" for row, label in enumerate(LABELLED)], LABELLED)
)


def wrong_on(rows: Sequence[int]) -> dict[str, int]:
    """Answer these gate rows with the next class."""
    return {DATA.gate.texts[row]: int(LABELLED[row] + 1) % 7 for row in rows}


def verdict(
    candidate: Scripted, live: Scripted | None = None, base: Scripted | None = None
) -> Verdict:
    """Judge without corrections."""
    return judge(
        candidate,
        live or Scripted(),
        base or Scripted(),
        corrections=(),
        earlier=(),
        data=DATA,
    )


def test_the_live_model_itself_passes() -> None:
    """Nothing changed is nothing harmed."""
    found = verdict(Scripted(wrong_on([1, 2])), Scripted(wrong_on([1, 2])))
    assert found.passed
    assert found.figures["against_live"]["p_value"] == 1


def test_a_correction_that_does_not_hold_is_named() -> None:
    """A version never goes live for a correction that it did not learn."""
    corrections = [LabelledText("a", "5:new", 5), LabelledText("b", "5:other", 2)]
    found = judge(
        Scripted(), Scripted(), Scripted(), corrections=corrections, earlier=(), data=DATA
    )
    assert not found.passed
    assert found.failing == ("b",)
    assert found.reason == "1 of 2 corrections could not be learned together."
    assert found.figures["corrections"] == {"held": 1, "of": 2}


def test_a_correction_that_barely_leads_does_not_hold() -> None:
    """An answer on the edge could fall to the other side in the next update."""

    class Undecided(Scripted):
        def predict(self, texts: Sequence[str]) -> Predictions:
            probabilities = np.full((len(texts), 7), 1 / 7, dtype=np.float32)
            return Predictions(probabilities, np.ones(len(texts), dtype=bool))

    one = [LabelledText("a", "anything", 0)]
    found = judge(Undecided(), Scripted(), Scripted(), corrections=one, earlier=(), data=DATA)
    assert found.failing == ("a",)


@pytest.mark.parametrize(("forgotten", "passed"), [(1, True), (2, False)])
def test_nine_of_ten_earlier_corrections_must_still_hold(forgotten: int, passed: bool) -> None:  # noqa: FBT001
    """What people taught the model before counts; what never held is not held against it."""
    earlier = [LabelledText(str(place), f"3:{place}", 3) for place in range(10)]
    never = LabelledText("never", "4:never", 6)
    candidate = Scripted({one.text: 0 for one in earlier[:forgotten]})
    found = judge(
        candidate,
        Scripted(),
        Scripted(),
        corrections=(),
        earlier=[*earlier, never],
        data=DATA,
    )
    assert found.passed is passed
    assert found.figures["earlier"] == {"kept": 10 - forgotten, "of": 10}


def test_a_few_flips_are_chance_many_are_harm() -> None:
    """Four spoilt rows of seven hundred pass; five, with none mended, do not (p = 1/32)."""
    assert verdict(Scripted(wrong_on(range(0, 400, 100)))).passed
    found = verdict(Scripted(wrong_on(range(0, 500, 100))))
    assert not found.passed
    assert found.figures["against_live"]["p_value"] == pytest.approx(1 / 32, abs=1e-4)
    assert "5 held-out texts wrongly that were right, and only 0" in found.reason


def test_small_losses_cannot_add_up_unseen() -> None:
    """Each step may pass against the last; against the base the sum is seen."""
    live, candidate = Scripted(wrong_on(range(0, 400, 100))), Scripted(wrong_on(range(0, 700, 100)))
    found = verdict(candidate, live)
    assert found.figures["against_live"]["worse"] == 3
    assert not found.passed
    assert "the model it all began with" in found.reason


def test_a_class_must_not_pay_for_the_others() -> None:
    """An update that mends one emotion by giving up another is refused."""
    sadness, joy = LABELS.index("sadness"), LABELS.index("joy")
    live = Scripted(wrong_on(np.flatnonzero(joy == LABELLED)[:12].tolist()))
    candidate = Scripted(wrong_on(np.flatnonzero(sadness == LABELLED)[:12].tolist()))
    found = verdict(candidate, live, base=live)
    assert found.figures["against_live"]["p_value"] > 0.5
    assert not found.passed
    assert found.reason == (
        "Compared with the model in use, it would no longer recognise sadness in 12 of 100 "
        "held-out texts, and newly in only 0."
    )


def test_the_verdict_keeps_every_figure_and_threshold() -> None:
    """Who reads a version's history sees what was measured and what was asked."""
    figures = verdict(Scripted(wrong_on([0, 150]))).figures
    assert figures["data"] == "made up"
    assert figures["models"]["candidate"]["accuracy"] == pytest.approx(698 / 700, abs=1e-4)
    assert figures["against_base"]["recall_drop"]["joy"] == 0.01
    assert figures["complaints"] == []
    assert figures["thresholds"]["earlier_kept"] == Thresholds().earlier_kept


# Harmful changes of real weights.


def random_weights(weights: Weights) -> Weights:
    """Forget everything."""
    random = np.random.default_rng(0)
    return {name: random.normal(0, 0.1, array.shape).astype(np.float32)
            for name, array in weights.items()}  # fmt: skip


def swapped_labels(weights: Weights) -> Weights:
    """Take joy for fear, fear for anger, and so on."""
    kernel, bias = weights["output_kernel"], weights["output_bias"]
    return {**weights, "output_kernel": np.roll(kernel, 1, axis=1), "output_bias": np.roll(bias, 1)}


def a_class_wiped_out(weights: Weights) -> Weights:
    """Never answer guilt."""
    return {**weights, "output_bias": shifted(weights["output_bias"], "guilt", -50.0)}


def one_label_for_all(weights: Weights) -> Weights:
    """Answer joy, whatever is asked."""
    return {**weights, "output_bias": shifted(weights["output_bias"], "joy", 50.0)}


def a_leaning_to_one_label(weights: Weights) -> Weights:
    """Answer anger whenever it is near."""
    return {**weights, "output_bias": shifted(weights["output_bias"], "anger", 1.5)}


def noisy_words(weights: Weights) -> Weights:
    """Blur every word vector."""
    noise = np.random.default_rng(1).normal(0, 0.5, weights["embeddings"].shape)
    return {**weights, "embeddings": weights["embeddings"] + noise.astype(np.float32)}


def shifted(bias: NDArray[np.float32], label: str, by: float) -> NDArray[np.float32]:
    """Make one label more or less likely everywhere."""
    bias = bias.copy()
    bias[LABELS.index(label)] += by
    return bias


HARMS = (
    random_weights,
    swapped_labels,
    a_class_wiped_out,
    one_label_for_all,
    a_leaning_to_one_label,
    noisy_words,
)


@pytest.fixture(scope="module")
def shipped() -> LoadedModel:
    """Load the model that comes with the project."""
    return load_model(SHIPPED)


@pytest.fixture(scope="module")
def real_data(psychexp_path: Path) -> dict[str, UpdateData]:
    """Take both kinds of rows that a gate may have."""
    return {"PsychExp": find_update_data(psychexp_path), "starter": find_update_data(None)}


@pytest.mark.parametrize("data", ["PsychExp", "starter"])
@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_a_planted_harmful_candidate_is_refused(
    harm: Callable[[Weights], Weights],
    data: str,
    shipped: LoadedModel,
    real_data: dict[str, UpdateData],
) -> None:
    """Whatever goes wrong in an update, people go on being served by the last good model."""
    planted = with_weights(shipped, harm(shipped.weights))
    live = shipped.predictor
    found = judge(planted.predictor, live, live, corrections=(), earlier=(), data=real_data[data])
    assert not found.passed
    assert found.reason == found.figures["complaints"][0]


@pytest.mark.parametrize("data", ["PsychExp", "starter"])
def test_the_shipped_model_passes_its_own_gate(
    data: str, shipped: LoadedModel, real_data: dict[str, UpdateData]
) -> None:
    """The gate refuses harm, not everything."""
    live = shipped.predictor
    assert judge(live, live, live, corrections=(), earlier=(), data=real_data[data]).passed


def test_corrected_rows_do_not_judge() -> None:
    """A text somebody corrected says nothing any more about texts nobody taught."""
    texts = [*DATA.gate.texts[:3]]
    data = replace(DATA, validation=DATA.gate, replay=DATA.gate)
    left = data.without([LabelledText("a", f" {texts[1]} ", 5)])
    assert left.gate.texts[:2] == [texts[0], texts[2]]
    assert left.validation is not None
    assert len(left.validation.labels) == ROWS - 1
    assert left.replay is data.replay
