"""The sentences to correct, and those that show what the corrections change elsewhere."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.ml.data.psychexp import load_psychexp
from emojify_core.ml.data.splits import make_splits
from emojify_core.ml.data.training_data import LabelledTexts
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.model.artifact import SHIPPED
from emojify_core.tokenizer import normalise

PARAPHRASES = Path(__file__).parent / "paraphrases.tsv"


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Sentences that the shipped model predicts wrongly, and all others of the same split."""

    corrected: Sequence[LabelledText]
    paraphrases: Sequence[LabelledText]  # each with the label of the sentence it rephrases
    untouched: LabelledTexts


def choose(psychexp: Path, split: str, number: int, skip: int = 0) -> Rows:
    """Choose misclassified rows of the split: first those with paraphrases, then others by hash."""
    data = load_psychexp(psychexp)
    rows = getattr(make_splits(data.texts, data.labels), split)
    texts, labels = [data.texts[row] for row in rows], data.labels[rows]
    answers = Predictor.load(SHIPPED).predict(texts).probabilities.argmax(axis=1)
    wrong = [
        LabelledText(text_sum(text), text, int(label))
        for text, label, answer in zip(texts, labels, answers, strict=True)
        if label != answer
    ]
    written = read_paraphrases()
    corrected = sorted(wrong, key=lambda one: (one.id not in written, one.id))[skip : skip + number]
    corrected.sort(key=lambda one: one.id)  # the order does not depend on paraphrases
    forms = {normalise(one.text) for one in corrected}
    others = [row for row, text in enumerate(texts) if normalise(text) not in forms]
    return Rows(
        corrected,
        [
            LabelledText(f"{one.id}/{place}", text, one.label)
            for one in corrected
            for place, text in enumerate(written.get(one.id, ()))
        ],
        LabelledTexts(texts, labels).take(np.array(others)),
    )


def text_sum(text: str) -> str:
    """Return a checksum that identifies a text without showing it."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_paraphrases() -> Mapping[str, Sequence[str]]:
    """Read the hand-written paraphrases by the checksum of their sentence."""
    found: dict[str, list[str]] = {}
    lines = PARAPHRASES.read_text(encoding="utf-8").splitlines()
    for line in lines:
        if not line.startswith(("#", "sha256\t")):
            name, _, text = line.partition("\t")
            found.setdefault(name, []).append(text)
    return found
