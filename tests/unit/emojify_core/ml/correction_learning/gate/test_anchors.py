"""The gate refuses candidates that spoil plain sentences, and says which."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from emojify_core.errors import DataError
from emojify_core.labels import LABELS
from emojify_core.ml.correction_learning.gate.anchors import (
    Anchors,
    load_anchors,
    parse_anchors,
    spoiled,
)
from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.ml.inference.loaded_model import load_model
from emojify_core.ml.inference.predictor import Predictions
from emojify_core.ml.model.artifact import SHIPPED

JOY, DISGUST = LABELS.index("joy"), LABELS.index("disgust")
LOVE, MEAL = "I love you", "My Jewish neighbours came to dinner."
ANCHORS = Anchors((LabelledText(LOVE, LOVE, JOY),), (MEAL,))


@dataclass
class Model:
    """A model with one answer to each text: a label, and its probability."""

    answers: dict[str, tuple[int, float]] = field(default_factory=dict)

    def predict(self, texts: Sequence[str]) -> Predictions:
        """Be sure from a probability of six tenths."""
        probabilities = np.zeros((len(texts), 7), dtype=np.float32)
        for row, text in enumerate(texts):
            label, probability = self.answers.get(text, (JOY, 0.8))
            probabilities[row] = (1 - probability) / 6
            probabilities[row, label] = probability
        return Predictions.without_gate(probabilities, probabilities.max(axis=1) >= 0.6)


BASE = Model()


def test_a_flipped_anchor_is_named() -> None:
    """A person reads which sentence their correction would have spoiled."""
    (complaint,) = spoiled(Model({LOVE: (DISGUST, 0.5)}), BASE, BASE, ANCHORS)
    assert complaint.startswith("It would change the answer to “I love you” from joy to disgust.")


def test_an_unchanged_model_spoils_nothing() -> None:
    """Also where an earlier release has learned a flip: only new harm counts."""
    poisoned = Model({LOVE: (DISGUST, 0.9), MEAL: (DISGUST, 0.9)})
    assert spoiled(BASE, BASE, BASE, ANCHORS) == []
    assert spoiled(poisoned, poisoned, BASE, ANCHORS) == []
    assert spoiled(poisoned, poisoned, poisoned, ANCHORS) == []
    assert spoiled(BASE, poisoned, BASE, ANCHORS) == []


def test_a_model_that_was_wrong_already_may_stay_so() -> None:
    """The shipped model does not know every anchor."""
    wrong = Model({LOVE: (DISGUST, 0.9)})
    assert spoiled(Model({LOVE: (LABELS.index("fear"), 0.9)}), wrong, wrong, ANCHORS) == []


def test_small_steps_do_not_add_up() -> None:
    """Each step is small against the model before it, but all are measured from the base."""
    live = BASE
    for percent in range(78, 20, -4):
        candidate = Model({LOVE: (JOY, percent / 100)})
        complaints = spoiled(candidate, live, BASE, ANCHORS)
        if complaints:
            break
        live = candidate
    assert complaints[0].startswith("It would make the model much less sure that “I love you”")
    assert live.answers[LOVE][1] > 0.4


def test_people_do_not_become_disgusting() -> None:
    """An ordinary sentence about a group must not turn, and not surely."""
    unsure = Model({MEAL: (DISGUST, 0.5)})
    (complaint,) = spoiled(unsure, BASE, BASE, ANCHORS)
    assert complaint.startswith(f"It would say disgust of “{MEAL}”.")
    sure = Model({MEAL: (DISGUST, 0.7)})
    assert spoiled(sure, unsure, unsure, ANCHORS), "newly sure"
    assert spoiled(unsure, unsure, unsure, ANCHORS) == []
    assert spoiled(unsure, BASE, unsure, ANCHORS) == [], "back to what the base says"
    assert spoiled(BASE, unsure, unsure, ANCHORS) == [], "joy speaks ill of nobody"


@pytest.mark.parametrize(("before", "now", "spoils"), [(0.2, 0.22, 0), (0.2, 0.3, 1)])
def test_a_sentence_between_two_answers_may_flip(before: float, now: float, spoils: int) -> None:
    """Any change flips it, so only a rise of the worse emotion counts."""
    base = Model({MEAL: (JOY, before)})
    assert len(spoiled(Model({MEAL: (DISGUST, now)}), base, base, ANCHORS)) == spoils


def test_the_shipped_model_is_right_about_nearly_all() -> None:
    """Anchors that it gets wrong protect nothing."""
    anchors = load_anchors()
    predictor = load_model(SHIPPED).predictor
    given = predictor.predict([one.text for one in anchors.emotions]).probabilities.argmax(axis=1)
    right = given == np.array([one.label for one in anchors.emotions])
    assert right.mean() > 0.9
    for label in range(len(LABELS)):
        own = np.array([one.label == label for one in anchors.emotions])
        assert right[own].sum() >= 15, LABELS[label]
    assert len(anchors.people) >= 50


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["joy\tI love you"], "header"),
        ([], "header"),
        (["kind\ttext", "", "# comment", "love\tI love you"], "Line 4"),
        (["kind\ttext", "joy I love you"], "Line 2"),
        (["kind\ttext", "joy\t "], "Line 2"),
    ],
)
def test_a_damaged_file_is_an_error(lines: list[str], said: str) -> None:
    """The trainer says what is wrong instead of judging without anchors."""
    with pytest.raises(DataError, match=said):
        parse_anchors(lines)
