"""A model with a gate says whether a text holds an emotion at all."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from emojify_core.errors import ModelError
from emojify_core.labels import LABELS
from emojify_core.ml.inference.predictor import Predictions, Predictor
from emojify_core.ml.model.artifact import FILES, Gate, load_manifest
from tests.support.gated_model import (
    EMOTIONAL,
    GATE,
    NOT_EMOTIONAL,
    NOT_UNDERSTOOD,
    save_gated_model,
)

TEXTS = [EMOTIONAL, NOT_EMOTIONAL, NOT_UNDERSTOOD, "?!"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a gated model's folder."""
    path = tmp_path_factory.mktemp("gated") / "model"
    save_gated_model(path)
    return path


def test_a_text_below_the_threshold_has_no_clear_emotion(folder: Path) -> None:
    """The gate's threshold decides, and silence is never confident."""
    found = Predictor.load(folder).predict(TEXTS)
    assert found.none.tolist() == [False, True, True, True]
    assert found.emotional[0] > GATE.threshold > found.emotional[1] > 0
    assert found.confident.tolist() == [True, False, False, False]


def test_a_text_without_a_known_word_is_not_understood(folder: Path) -> None:
    """Nonsense and punctuation hold no emotion."""
    found = Predictor.load(folder).predict(TEXTS)
    assert found.understood.tolist() == [True, True, False, False]
    assert found.emotional[2:].tolist() == [0, 0]


def test_probabilities_are_those_of_the_seven_labels(folder: Path, tmp_path: Path) -> None:
    """The gate's output changes no probability."""
    save_gated_model(tmp_path / "open", Gate(1.0, 5.0, 0.5))
    silent, open_ = Predictor.load(folder), Predictor.load(tmp_path / "open")
    probabilities = silent.predict(TEXTS).probabilities
    assert probabilities.shape == (len(TEXTS), 7)
    np.testing.assert_allclose(probabilities, open_.predict(TEXTS).probabilities, atol=1e-6)


def test_a_model_without_a_gate_finds_an_emotion_in_every_text() -> None:
    """Nobody can tell how emotional a text is to such a model."""
    probabilities = np.full((2, 7), 1 / 7, dtype=np.float32)
    found = Predictions.without_gate(probabilities, np.array([True, False]))
    assert np.isnan(found.emotional).all()
    assert not found.none.any()
    assert found.understood.all()


def test_the_gate_is_part_of_the_identity(folder: Path) -> None:
    """Another threshold answers otherwise, so it is another model."""
    manifest = load_manifest(folder)
    other = replace(manifest, gate=Gate(1.0, 0.0, 0.4))
    assert len({each.sha256 for each in (manifest, other, replace(manifest, gate=None))}) == 3


def test_a_model_from_before_keeps_its_identity(folder: Path) -> None:
    """Installations know their versions by it."""
    before = replace(load_manifest(folder), gate=None, reading=1)
    identity = {
        "files": {name: before.files[name].sha256 for name in FILES},
        "labels": list(LABELS),
        "temperature": before.temperature,
        "confidence_threshold": before.confidence_threshold,
    }
    expected = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
    assert before.sha256 == expected
    assert replace(before, reading=2).sha256 != expected


@pytest.mark.parametrize("gate", [Gate(0.0, 0.0, 0.5), Gate(1.0, float("nan"), 0.5)])
def test_an_impossible_gate_is_refused(gate: Gate, tmp_path: Path) -> None:
    """Such a gate would silence every text, or none."""
    save_gated_model(tmp_path / "model", gate)
    with pytest.raises(ModelError, match="gate"):
        load_manifest(tmp_path / "model")
