"""The Bi-LSTM in Keras, and the ONNX graph built from its weights."""

from types import ModuleType
from typing import Any

import numpy as np
import onnxruntime
import pytest

from emojify_core.errors import ModelError
from emojify_core.ml.model.artifact import Weights
from emojify_core.ml.model.config import NetworkConfig, TrainingConfig

WORDS = 500
LONGEST = 180  # words; PsychExp's longest text has 178
CONFIG = NetworkConfig(WORDS, word_dimensions=20, units=24, attention_units=8)


@pytest.fixture(scope="module")
def module() -> ModuleType:
    """Import the network's module late, because it imports TensorFlow."""
    from emojify_core.ml.model import network  # noqa: PLC0415

    return network


@pytest.fixture(scope="module")
def weights(module: ModuleType) -> Weights:
    """Return weights away from zero, so that every term of the graph matters."""
    random = np.random.default_rng(0)
    initial = module.get_weights(module.build_network(CONFIG, TrainingConfig()))
    return {
        name: (array + random.normal(0, 0.2, array.shape)).astype(np.float32)
        for name, array in initial.items()
    }


@pytest.fixture(scope="module")
def network(module: ModuleType, weights: Weights) -> Any:
    """Return the Keras network with these weights, which tests must not change."""
    network = module.build_network(CONFIG, TrainingConfig())
    module.set_weights(network, weights)
    return network


@pytest.fixture(scope="module")
def texts() -> tuple[np.ndarray, np.ndarray]:
    """Return one text of every length from 1 to 180: ids (180, 180) and lengths (180,)."""
    lengths = np.arange(1, LONGEST + 1, dtype=np.int32)
    ids = np.random.default_rng(1).integers(2, WORDS, (LONGEST, LONGEST)).astype(np.int32)
    ids[np.arange(LONGEST) >= lengths[:, None]] = 0
    return ids, lengths


@pytest.fixture(scope="module")
def keras_logits(network: Any, texts: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Return the Keras network's logits of all texts in one batch, (180, 7)."""
    return network.predict_on_batch(texts[0])


@pytest.fixture(scope="module")
def session(weights: Weights) -> onnxruntime.InferenceSession:
    """Open the graph built from the same weights."""
    from emojify_core.ml.model.onnx_export import export_onnx  # noqa: PLC0415

    return onnxruntime.InferenceSession(export_onnx(weights))


def test_padding_never_changes_logits(
    network: Any, texts: tuple[np.ndarray, np.ndarray], keras_logits: np.ndarray
) -> None:
    """A text has the same logits alone as padded beside a text of 180 words."""
    for row in (0, 1, 20, 100):
        alone = network.predict_on_batch(texts[0][row : row + 1, : row + 1])
        assert alone[0] == pytest.approx(keras_logits[row], abs=1e-5)


def test_padding_gets_no_gradient(
    module: ModuleType, weights: Weights, texts: tuple[np.ndarray, np.ndarray]
) -> None:
    """Masking works in training too: the padding's vector is never trained."""
    network = module.build_network(CONFIG, TrainingConfig())
    module.set_weights(network, weights)
    network.compile(optimizer="sgd", loss="mse")
    network.train_on_batch(texts[0][:8, :40], np.ones((8, 7), np.float32))
    after = module.get_weights(network)["embeddings"]
    assert (after[0] == weights["embeddings"][0]).all()
    assert (after[texts[0][0, 0]] != weights["embeddings"][texts[0][0, 0]]).any()


def test_the_graph_equals_keras_for_every_length(
    session: onnxruntime.InferenceSession,
    weights: Weights,
    texts: tuple[np.ndarray, np.ndarray],
    keras_logits: np.ndarray,
) -> None:
    """The served graph computes what was trained, in a batch of lengths 1 to 180."""
    vectors = weights["embeddings"][texts[0]]
    (served,) = session.run(["logits"], {"vectors": vectors, "lengths": texts[1]})
    assert np.abs(keras_logits).max() > 0.5
    assert np.abs(served - keras_logits).max() < 1e-4


def test_the_graph_gives_a_text_the_same_logits_alone(
    session: onnxruntime.InferenceSession,
    weights: Weights,
    texts: tuple[np.ndarray, np.ndarray],
    keras_logits: np.ndarray,
) -> None:
    """Each text without padding has the logits it has in the batch."""
    vectors = weights["embeddings"][texts[0]]
    for row, length in enumerate(texts[1]):
        feed = {"vectors": vectors[row : row + 1, :length], "lengths": texts[1][row : row + 1]}
        assert np.abs(session.run(["logits"], feed)[0][0] - keras_logits[row]).max() < 1e-4


def test_the_graph_ignores_padding(
    session: onnxruntime.InferenceSession, weights: Weights, texts: tuple[np.ndarray, np.ndarray]
) -> None:
    """Even huge numbers after a text's end do not change its logits."""
    ids, lengths = texts
    vectors = weights["embeddings"][ids]
    huge_padding = np.where((ids == 0)[..., None], np.float32(1e6), vectors)
    expected, found = (
        session.run(["logits"], {"vectors": given, "lengths": lengths})[0]
        for given in (vectors, huge_padding)
    )
    assert np.abs(expected - found).max() < 1e-5


def test_the_same_weights_give_the_same_graph(weights: Weights) -> None:
    """A model's checksum depends on its weights only."""
    from emojify_core.ml.model.onnx_export import export_onnx  # noqa: PLC0415

    assert export_onnx(weights) == export_onnx(dict(reversed(weights.items())))


def test_weights_survive_the_network_unchanged(
    module: ModuleType, network: Any, weights: Weights
) -> None:
    """Further training starts from exactly the stored weights."""
    found = module.get_weights(network)
    assert set(found) == {name for names in module.WEIGHT_NAMES.values() for name in names}
    assert all((found[name] == weights[name]).all() for name in weights)


def test_weights_of_another_network_are_refused(module: ModuleType, weights: Weights) -> None:
    """A missing array or a wrong shape is a ModelError that says what to do."""
    network = module.build_network(CONFIG, TrainingConfig())
    missing = {name: array for name, array in weights.items() if name != "output_bias"}
    misshapen = {**weights, "forward_bias": weights["forward_bias"][:-4]}
    for wrong in (missing, misshapen):
        with pytest.raises(ModelError, match="emojify train"):
            module.set_weights(network, wrong)
