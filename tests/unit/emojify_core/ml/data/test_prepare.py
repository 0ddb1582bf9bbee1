"""The shipped model's training data, from PsychExp and a few comments."""

from pathlib import Path

import numpy as np
import pytest

from emojify_core.ml.data import comments
from emojify_core.ml.data.goemotions_labels import NAMES
from emojify_core.ml.data.prepare import prepare_psychexp
from emojify_core.ml.data.training_data import TrainingData

pytestmark = pytest.mark.learning

JOY, NEUTRAL = NAMES.index("joy"), NAMES.index("neutral")


@pytest.fixture(scope="module")
def data(psychexp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainingData:
    """Return training data with nine comments and two hundred made texts."""
    folder = tmp_path_factory.mktemp("goemotions")
    rows = [(f"what a lovely day {label}", label) for label in range(7)]
    rows += [("the bus is red", NEUTRAL), ("judged later", JOY)]
    write = {"train": rows, "dev": [("so happy", JOY), ("a table", NEUTRAL)]}
    for split, lines in {**write, "test": [("Judged LATER", JOY)]}.items():
        content = "".join(f"{text}\t{label}\tid\n" for text, label in lines)
        (folder / f"{split}.tsv").write_text(content, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comments, "MADE", 200)
        patch.setattr(comments, "DRAWN", 100)
        return prepare_psychexp(psychexp_path, folder)


def test_held_out_rows_are_not_trained_on(data: TrainingData) -> None:
    """Validation, gate and test rows stay unseen; the manifest's checksums tell them apart.

    Preparing also verifies that the teacher's logits belong to the augmented texts.
    """
    splits = data.origin["splits"]
    assert len(data.labelled) == splits["train"]["rows"]
    assert len(data.validation) == splits["validation"]["rows"] == 600
    assert splits["test"]["rows"] == 1_496
    assert len({part["sha256"] for part in splits.values()}) == 4
    assert len(data.augmented) == 76_000
    trained = {ids.tobytes() for ids in data.labelled.ids}
    assert not trained & {ids.tobytes() for ids in data.validation.ids}


def test_comments_teach_labels_and_the_gate(data: TrainingData) -> None:
    """The test split's text is left out; made texts tell how emotional they are."""
    assert data.origin["goemotions"] == 8
    assert len(data.made) == data.origin["made"] == 200
    assert data.gated
    assert data.comments is not None
    assert data.comments.emotional.labels.tolist() == [0]
    assert len(data.comments.neutral) == 1
    for part in (data.labelled, data.augmented, data.goemotions, data.made):
        assert part.targets.sum(axis=1) == pytest.approx(np.ones(len(part)), abs=1e-5)


def test_tokens_of_reading_have_vectors(data: TrainingData) -> None:
    """GloVe's and the teacher's numbers, and the means of words for what only reading makes."""
    assert data.embeddings.shape == (len(data.vocabulary), 112)
    (group,) = data.vocabulary.ids(["<group>"])
    assert group > 1
    assert np.abs(data.embeddings[group]).sum() > 0


def test_without_comments_the_model_has_no_gate(psychexp_path: Path, tmp_path: Path) -> None:
    """An empty folder is as good as none."""
    data = prepare_psychexp(psychexp_path, tmp_path)
    assert not data.gated
    assert len(data.goemotions) == len(data.made) == len(data.free) == 0
