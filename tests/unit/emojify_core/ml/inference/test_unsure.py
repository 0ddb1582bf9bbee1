"""Knowing what it does not know: text that is not English, says no emotion, or is noise."""

from pathlib import Path

import pytest

from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.model.artifact import SHIPPED

TEXTS = [
    line.split("\t")
    for line in (Path(__file__).parent / "unsure.tsv").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize(
    ("kind", "texts", "confident"), [("language", 40, 4), ("neutral", 40, 8), ("noise", 20, 3)]
)
def test_few_answers_are_given_with_confidence(kind: str, texts: int, confident: int) -> None:
    """Of a hundred sentences written for this, before the model was asked."""
    asked = [text for name, text in TEXTS if name == kind]
    assert len(asked) == texts
    assert Predictor.load(SHIPPED).predict(asked).confident.sum() <= confident
