"""The gate refuses candidates that learned too little, forgot, or do harm."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from emojify_core.labels import LABELS
from emojify_core.ml.correction_learning.gate.judge import Thresholds, Verdict, judge
from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.ml.correction_learning.margins import CachedClassifier
from emojify_core.ml.correction_learning.update_data import UpdateData, find_update_data
from emojify_core.ml.data.training_data import LabelledTexts
from emojify_core.ml.inference.loaded_model import LoadedModel, load_model, with_weights
from emojify_core.ml.inference.predictor import Predictions
from emojify_core.ml.model.artifact import SHIPPED, Weights

ROWS = 700  # a hundred of each class
LABELLED = np.repeat(np.arange(7), ROWS // 7)
DATA = UpdateData(
    "made up", LabelledTexts([f"{label}:{row}" for row, label in enumerate(LABELLED)], LABELLED)
)


class Scripted:
    """A model with given labels for some texts; others get the class that they begin with."""

    def __init__(self, labels: dict[str, int] | None = None) -> None:
        self._labels = labels or {}

    def predict(self, texts: Sequence[str]) -> Predictions:
        """Give the label a probability of nine tenths."""
        labels = [self._labels.get(text, int(text.partition(":")[0])) for text in texts]
        probabilities = np.full((len(texts), 7), 0.1 / 6, dtype=np.float32)
        probabilities[np.arange(len(texts)), labels] = 0.9
        return Predictions.without_gate(probabilities, np.ones(len(texts), dtype=bool))


RIGHT = Scripted()  # predicts every gate row rightly


def wrong_on(rows: Sequence[int]) -> Scripted:
    """Make a model that predicts the next class for these gate rows."""
    return Scripted({DATA.gate.texts[row]: int(LABELLED[row] + 1) % 7 for row in rows})


def judge_harm(candidate: Scripted, live: Scripted = RIGHT, base: Scripted = RIGHT) -> Verdict:
    """Judge a candidate without corrections."""
    return judge(candidate, live, base, corrections=(), earlier=(), data=DATA)


def judge_corrections(
    candidate: Scripted,
    corrections: Sequence[LabelledText] = (),
    earlier: Sequence[LabelledText] = (),
) -> Verdict:
    """Judge a candidate that does no harm."""
    return judge(candidate, RIGHT, RIGHT, corrections=corrections, earlier=earlier, data=DATA)


def test_an_unchanged_model_passes() -> None:
    """Without any change there is no harm."""
    verdict = judge_harm(wrong_on([1, 2]), live=wrong_on([1, 2]))
    assert verdict.passed
    assert verdict.figures["against_live"]["p_value"] == 1


def test_a_correction_that_does_not_hold_is_named() -> None:
    """A version never goes live for a correction that it did not learn."""
    corrections = [LabelledText("a", "5:new", 5), LabelledText("b", "5:other", 2)]
    verdict = judge_corrections(RIGHT, corrections)
    assert not verdict.passed
    assert verdict.failing == ("b",)
    assert verdict.reason == "1 of 2 corrections could not be learned together."
    assert verdict.figures["corrections"] == {"held": 1, "of": 2}


def test_a_correction_without_the_least_margin_does_not_hold() -> None:
    """A label that barely wins could lose in the next update."""

    class Undecided(Scripted):
        def predict(self, texts: Sequence[str]) -> Predictions:
            probabilities = np.full((len(texts), 7), 1 / 7, dtype=np.float32)
            return Predictions.without_gate(probabilities, np.ones(len(texts), dtype=bool))

    verdict = judge_corrections(Undecided(), [LabelledText("a", "anything", 0)])
    assert verdict.failing == ("a",)


@pytest.mark.parametrize(("forgotten", "passed"), [(1, True), (2, False)])
def test_nine_of_ten_earlier_corrections_must_still_hold(forgotten: int, passed: bool) -> None:  # noqa: FBT001
    """Only earlier corrections that held before the update count."""
    earlier = [LabelledText(str(place), f"3:{place}", 3) for place in range(10)]
    never_held = LabelledText("never", "4:never", 6)
    candidate = Scripted({one.text: 0 for one in earlier[:forgotten]})
    verdict = judge_corrections(candidate, earlier=[*earlier, never_held])
    assert verdict.passed is passed
    assert verdict.figures["earlier"] == {"kept": 10 - forgotten, "of": 10}


def test_four_lost_rows_are_chance_and_five_are_harm() -> None:
    """Five lost rows of seven hundred, with none gained, are significant (p = 1/32)."""
    assert judge_harm(wrong_on(range(0, 400, 100))).passed
    verdict = judge_harm(wrong_on(range(0, 500, 100)))
    assert not verdict.passed
    assert verdict.figures["against_live"]["p_value"] == pytest.approx(1 / 32, abs=1e-4)
    assert "5 held-out texts wrong that were right, and only 0 right" in verdict.reason


def test_small_losses_of_many_updates_add_up_against_the_base() -> None:
    """A candidate may pass against the live model and still fail against the base."""
    verdict = judge_harm(wrong_on(range(0, 700, 100)), live=wrong_on(range(0, 400, 100)))
    assert verdict.figures["against_live"]["worse"] == 3
    assert not verdict.passed
    assert "the base model" in verdict.reason


def test_one_class_must_not_pay_for_another() -> None:
    """A candidate that gains in one emotion and loses in another is refused."""
    sadness, joy = LABELS.index("sadness"), LABELS.index("joy")
    live = wrong_on(np.flatnonzero(joy == LABELLED)[:12].tolist())
    candidate = wrong_on(np.flatnonzero(sadness == LABELLED)[:12].tolist())
    verdict = judge_harm(candidate, live, base=live)
    assert verdict.figures["against_live"]["p_value"] > 0.5
    assert not verdict.passed
    assert verdict.reason == (
        "Compared with the model in use, it would no longer recognise sadness in 12 of 100 "
        "held-out texts, and newly in only 0."
    )


def test_the_verdict_keeps_every_figure_and_threshold() -> None:
    """The history of versions shows what was measured, and by which limits."""
    figures = judge_harm(wrong_on([0, 150])).figures
    assert figures["data"] == "made up"
    assert figures["models"]["candidate"]["accuracy"] == pytest.approx(698 / 700, abs=1e-4)
    assert figures["against_base"]["recall_drop"]["joy"] == 0.01
    assert figures["complaints"] == []
    assert figures["thresholds"]["earlier_kept"] == Thresholds().earlier_kept
    assert figures["thresholds"]["least_lead"] == Thresholds().min_margin


# Harmful changes of real weights.


def random_weights(weights: Weights) -> Weights:
    """Replace every weight by noise."""
    random = np.random.default_rng(0)
    return {
        name: random.normal(0, 0.1, array.shape).astype(np.float32)
        for name, array in weights.items()
    }


def swapped_labels(weights: Weights) -> Weights:
    """Predict the next label for each: fear for joy, anger for fear, and so on."""
    kernel, bias = weights["output_kernel"], weights["output_bias"]
    return {**weights, "output_kernel": np.roll(kernel, 1, axis=1), "output_bias": np.roll(bias, 1)}


def lost_class(weights: Weights) -> Weights:
    """Never predict guilt."""
    return {**weights, "output_bias": shifted(weights["output_bias"], "guilt", -50.0)}


def constant_label(weights: Weights) -> Weights:
    """Predict joy for every text."""
    return {**weights, "output_bias": shifted(weights["output_bias"], "joy", 50.0)}


def biased_label(weights: Weights) -> Weights:
    """Predict anger too often."""
    return {**weights, "output_bias": shifted(weights["output_bias"], "anger", 1.5)}


def noisy_words(weights: Weights) -> Weights:
    """Add noise to every word vector."""
    noise = np.random.default_rng(1).normal(0, 0.5, weights["embeddings"].shape)
    return {**weights, "embeddings": weights["embeddings"] + noise.astype(np.float32)}


def shifted(bias: NDArray[np.float32], label: str, by: float) -> NDArray[np.float32]:
    """Make one label more or less likely for every text."""
    bias = bias.copy()
    bias[LABELS.index(label)] += by
    return bias


HARMFUL_CHANGES = (
    random_weights,
    swapped_labels,
    lost_class,
    constant_label,
    biased_label,
    noisy_words,
)


@pytest.fixture(scope="module")
def shipped() -> LoadedModel:
    """Load the shipped model."""
    return load_model(SHIPPED)


@pytest.fixture(scope="module")
def live(shipped: LoadedModel) -> CachedClassifier:
    """Let the shipped model predict the gate rows once for all tests."""
    return CachedClassifier(shipped.predictor)


@pytest.fixture(scope="module", params=HARMFUL_CHANGES, ids=lambda change: change.__name__)
def harmful(request: pytest.FixtureRequest, shipped: LoadedModel) -> LoadedModel:
    """Change the shipped model for the worse."""
    change: Callable[[Weights], Weights] = request.param
    return with_weights(shipped, change(shipped.weights))


@pytest.fixture(
    scope="module", params=[pytest.param("PsychExp", marks=pytest.mark.learning), "starter"]
)
def gate_data(request: pytest.FixtureRequest) -> UpdateData:
    """Load the gate rows of PsychExp, or those of the starter set."""
    path = request.getfixturevalue("psychexp_path") if request.param == "PsychExp" else None
    return find_update_data(path)


def test_a_harmful_candidate_is_refused(
    harmful: LoadedModel, live: CachedClassifier, gate_data: UpdateData
) -> None:
    """Whatever goes wrong in an update, the last good model stays live."""
    verdict = judge(harmful.predictor, live, live, corrections=(), earlier=(), data=gate_data)
    assert not verdict.passed
    assert verdict.reason == verdict.figures["complaints"][0]


def test_the_shipped_model_passes_its_own_gate(
    live: CachedClassifier, gate_data: UpdateData
) -> None:
    """The gate accepts a model that does no harm."""
    assert judge(live, live, live, corrections=(), earlier=(), data=gate_data).passed


def test_corrected_rows_do_not_judge() -> None:
    """A corrected text no longer shows how the model treats texts that it did not learn."""
    texts = [*DATA.gate.texts[:3]]
    data = replace(DATA, validation=DATA.gate, replay=DATA.gate)
    remaining = data.without([LabelledText("a", f" {texts[1]} ", 5)])
    assert remaining.gate.texts[:2] == [texts[0], texts[2]]
    assert remaining.validation is not None
    assert len(remaining.validation.labels) == ROWS - 1
    assert remaining.replay is data.replay
