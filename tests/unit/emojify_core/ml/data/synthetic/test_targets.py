"""What the made texts teach adds up, and says what the making says."""

import pytest

from emojify_core.labels import LABELS
from emojify_core.ml.data.synthetic.targets import EVEN, denied, ironic, mixed, one_hot, silent


@pytest.mark.parametrize("label", LABELS)
def test_a_denied_label_gets_next_to_nothing(label: str) -> None:
    """Joy that is denied is trouble; anything else denied is calm."""
    target, emotional = denied(label)
    assert target.sum() == pytest.approx(1)
    assert target[LABELS.index(label)] == target.min() < 0.03
    assert (emotional > 0.5) == (label == "joy")
    assert LABELS[target.argmax()] == ("sadness" if label == "joy" else "joy")


@pytest.mark.parametrize("label", ["anger", "sadness", "fear", "disgust"])
def test_irony_is_not_joy(label: str) -> None:
    """It is softer than a plain statement, because readers differ."""
    target = ironic(label)
    assert target.sum() == pytest.approx(1)
    assert 0.5 <= target[LABELS.index(label)] == target.max() <= 0.6
    assert target[LABELS.index("joy")] < 0.05


def test_targets_mix() -> None:
    """The weight is the second one's."""
    target = mixed(one_hot("joy", 1), one_hot("anger", 1), 0.25)
    assert target.tolist() == [0.75, 0, 0.25, 0, 0, 0, 0]
    assert silent("table").emotional == 0
    assert EVEN.sum() == pytest.approx(1)
