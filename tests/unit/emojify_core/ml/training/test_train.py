"""Training from end to end, on the starter sentences with a small vocabulary."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from emojify_core.ml.data.starter_set import load_starter
from emojify_core.ml.data.training_data import TrainingData, prepare_psychexp
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.model.artifact import load_manifest, load_weights
from emojify_core.ml.model.calibration import negative_log_likelihood, softmax
from emojify_core.ml.model.config import NetworkConfig, TrainingConfig
from emojify_core.ml.text.encoding import TrainingExamples

if TYPE_CHECKING:
    from emojify_core.ml.training.train import Trained


def test_the_same_seed_gives_the_same_weights(
    tiny_data: TrainingData, tiny_settings: TrainingConfig, tiny_trained: "Trained"
) -> None:
    """Anyone can make a model again, bit for bit."""
    from emojify_core.ml.training.train import train  # noqa: PLC0415 - TensorFlow

    heard: list[tuple[int, int]] = []
    again = train(tiny_settings, tiny_data, lambda done, total: heard.append((done, total)))
    for name, array in tiny_trained.weights.items():
        assert (again.weights[name] == array).all(), name
    batches = -(-len(tiny_data.learned) // tiny_settings.batch_size) * 2
    assert heard == [(number, batches) for number in range(1, batches + 1)]


def test_training_lowers_the_loss(tiny_trained: "Trained") -> None:
    """The second pass is better than the first, which is better than knowing nothing."""
    first, second = tiny_trained.history
    assert second.loss < first.loss < np.log(7) * 1.1
    assert tiny_trained.best == min(tiny_trained.history, key=lambda epoch: epoch.validation_nll)


def test_what_is_served_is_what_was_trained(
    tiny_folder: Path, tiny_data: TrainingData, tiny_trained: "Trained"
) -> None:
    """From raw text, the predictor gives the Keras network's answers to 1e-4."""
    from emojify_core.ml.model.network import build_network, set_weights  # noqa: PLC0415 - TensorFlow
    from emojify_core.ml.training.train import logits_with  # noqa: PLC0415

    texts, _ = load_starter()
    manifest = load_manifest(tiny_folder)
    network = build_network(NetworkConfig(**manifest.network), TrainingConfig())
    set_weights(network, load_weights(tiny_folder))
    logits = logits_with(network, tiny_trained.weights, tiny_data.validation)
    served = Predictor.load(tiny_folder).predict(texts[::4]).probabilities
    assert np.abs(softmax(logits, manifest.temperature) - served).max() < 1e-4
    assert negative_log_likelihood(served, tiny_data.validation.labels) == pytest.approx(
        tiny_trained.best.validation_nll, abs=1e-4
    )


def test_stored_weights_are_the_trained_ones_to_the_bit(
    tiny_folder: Path, tiny_trained: "Trained"
) -> None:
    """Rounding the vectors for storage happens before the model is judged, not after."""
    stored = load_weights(tiny_folder)
    assert set(stored) == set(tiny_trained.weights)
    assert all((stored[name] == tiny_trained.weights[name]).all() for name in stored)


def test_the_manifest_says_how_the_model_was_made(
    tiny_folder: Path, tiny_data: TrainingData, tiny_settings: TrainingConfig
) -> None:
    """Seed, settings, data, figures, libraries and time: enough to make it again."""
    manifest = load_manifest(tiny_folder)
    assert manifest.training["seed"] == tiny_settings.seed
    assert manifest.network["vocabulary_size"] == len(tiny_data.vocabulary)
    assert 1 <= manifest.epochs <= tiny_settings.epochs
    assert manifest.data == tiny_data.origin
    assert 0 <= manifest.metrics["validation"]["macro_f1"] <= 1
    assert {"emojify", "keras", "numpy"} <= set(manifest.versions)
    assert manifest.created_at.endswith("+00:00")


def test_texts_without_labels_join_each_step(
    tiny_data: TrainingData, tiny_settings: TrainingConfig
) -> None:
    """Labelled rows first, then as many of both others as the settings say."""
    from emojify_core.ml.training.train import lessons  # noqa: PLC0415 - TensorFlow

    unsure = np.full((20, 7), 1 / 7, np.float32)
    other = TrainingExamples(tiny_data.learned.ids[:20], unsure)
    whole = replace(tiny_data, recombined=other, free=other)
    ids, wanted = next(lessons(tiny_settings, whole, 20, np.random.default_rng(0)))
    assert len(ids) == len(wanted) == 16 + 56 + 40
    assert (wanted[:16].max(axis=1) == 1).all()
    assert (wanted[16:] == unsure[0]).all()
    assert tiny_settings.beside(20, 0) == (96, 0)  # one stands in for the other
    assert tiny_settings.beside(0, 0) == (0, 0)


def test_a_model_learns_from_a_teacher_alone(
    tiny_data: TrainingData, tiny_settings: TrainingConfig
) -> None:
    """Texts with probabilities but without labels move it to what they say."""
    from emojify_core.ml.training.train import logits_with, start_network, train  # noqa: PLC0415

    asked = tiny_data.validation
    sad = np.tile(np.eye(7, dtype=np.float32)[3], (len(asked), 1))
    nothing_else = replace(tiny_data, learned=TrainingExamples(asked.ids, sad))
    weights = train(replace(tiny_settings, epochs=6), nothing_else).weights
    network = start_network(tiny_settings, tiny_data.vectors, 10)
    assert (logits_with(network, weights, asked).argmax(axis=1) == 3).mean() > 0.9


def test_dropped_words_become_unknown_and_filling_stays() -> None:
    """Word dropout touches words alone, about as many as it should."""
    from emojify_core.ml.training.train import drop_words  # noqa: PLC0415 - TensorFlow

    ids = np.full((100, 100), 5, np.int32)
    ids[:, 60:] = 0
    dropped = drop_words(ids, 0.25, np.random.default_rng(0))
    assert (dropped[:, 60:] == 0).all()
    assert set(np.unique(dropped[:, :60])) == {1, 5}
    assert (dropped[:, :60] == 1).mean() == pytest.approx(0.25, abs=0.03)


def test_no_judged_row_is_learned_from(psychexp_path: Path) -> None:
    """Validation, gate and test rows stay unseen; the manifest's sums tell them apart.

    That the texts made of the rows are those the teacher answered is checked on the way.
    """
    data = prepare_psychexp(psychexp_path)
    splits = data.origin["splits"]
    assert len(data.learned) == splits["train"]["rows"]
    assert len(data.validation) == splits["validation"]["rows"] == 600
    assert splits["test"]["rows"] == 1_496
    assert len({part["sha256"] for part in splits.values()}) == 4
    assert len(data.recombined) == data.origin["recombined"] == 76_000
    assert len(data.free) == data.origin["goemotions"] == 0
    for part in (data.learned, data.recombined):
        assert len(part.targets) == len(part)
        assert part.targets.sum(axis=1) == pytest.approx(np.ones(len(part)), abs=1e-5)
    assert data.vectors.shape == (len(data.vocabulary), 112)
    learned = {row.tobytes() for row in data.learned.ids}
    assert not learned & {row.tobytes() for row in data.validation.ids}
