"""The model is unsure about other languages, neutral texts and noise."""

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
def test_few_predictions_are_confident(kind: str, texts: int, confident: int) -> None:
    """A hundred sentences were written for this test before the model was run on them."""
    chosen = [text for name, text in TEXTS if name == kind]
    assert len(chosen) == texts
    assert Predictor.load(SHIPPED).predict(chosen).confident.sum() <= confident
