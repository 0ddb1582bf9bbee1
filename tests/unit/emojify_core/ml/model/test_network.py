"""The Bi-LSTM in Keras, and the ONNX graph made from its weights."""

from types import ModuleType

import numpy as np
import onnxruntime
import pytest

from emojify_core.errors import ModelError
from emojify_core.ml.model.artifact import Weights
from emojify_core.ml.model.config import NetworkConfig, TrainingConfig

WORDS = 500
LONGEST = 180  # words; PsychExp's longest text has 178
SETTINGS = NetworkConfig(WORDS, word_dimensions=20, units=24, attention_units=8)


@pytest.fixture(scope="module")
def module() -> ModuleType:
    """Import the network's module, late because it brings TensorFlow."""
    from emojify_core.ml.model import network  # noqa: PLC0415

    return network


@pytest.fixture(scope="module")
def weights(module: ModuleType) -> Weights:
    """Make weights of every layer away from zero, so that no term of the graph hides."""
    random = np.random.default_rng(0)
    fresh = module.get_weights(module.build_network(SETTINGS, TrainingConfig()))
    return {
        name: (array + random.normal(0, 0.2, array.shape)).astype(np.float32)
        for name, array in fresh.items()
    }


@pytest.fixture(scope="module")
def texts() -> tuple[np.ndarray, np.ndarray]:
    """Make one text of every length from 1 to 180: ids (180, 180) and lengths (180,)."""
    lengths = np.arange(1, LONGEST + 1, dtype=np.int32)
    ids = np.random.default_rng(1).integers(2, WORDS, (LONGEST, LONGEST)).astype(np.int32)
    ids[np.arange(LONGEST) >= lengths[:, None]] = 0
    return ids, lengths


@pytest.fixture(scope="module")
def keras_logits(
    module: ModuleType, weights: Weights, texts: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """Let the masked Keras network answer all of them in one batch: (180, 7)."""
    network = module.build_network(SETTINGS, TrainingConfig())
    module.set_weights(network, weights)
    return network.predict_on_batch(texts[0])


@pytest.fixture(scope="module")
def session(weights: Weights) -> onnxruntime.InferenceSession:
    """Open the graph made from the same weights."""
    from emojify_core.ml.model.onnx_export import export_onnx  # noqa: PLC0415

    return onnxruntime.InferenceSession(export_onnx(weights))


def test_filling_never_changes_an_answer(
    module: ModuleType,
    weights: Weights,
    texts: tuple[np.ndarray, np.ndarray],
    keras_logits: np.ndarray,
) -> None:
    """A text gives the same logits alone as filled up beside texts of 180 words."""
    network = module.build_network(SETTINGS, TrainingConfig())
    module.set_weights(network, weights)
    for row in (0, 1, 20, 100):
        alone = network.predict_on_batch(texts[0][row : row + 1, : row + 1])
        assert alone[0] == pytest.approx(keras_logits[row], abs=1e-5)


def test_filling_gets_no_gradient(
    module: ModuleType, weights: Weights, texts: tuple[np.ndarray, np.ndarray]
) -> None:
    """Masking holds in training too: the vector of the filling is never learned."""
    network = module.build_network(SETTINGS, TrainingConfig())
    module.set_weights(network, weights)
    network.compile(optimizer="sgd", loss="mse")
    network.train_on_batch(texts[0][:8, :40], np.ones((8, 7), np.float32))
    after = module.get_weights(network)["embeddings"]
    assert (after[0] == weights["embeddings"][0]).all()
    assert (after[texts[0][0, 0]] != weights["embeddings"][texts[0][0, 0]]).any()


def test_the_graph_answers_as_keras_does_for_every_length(
    session: onnxruntime.InferenceSession,
    weights: Weights,
    texts: tuple[np.ndarray, np.ndarray],
    keras_logits: np.ndarray,
) -> None:
    """What is served is what was trained, in a batch of all lengths from 1 to 180."""
    vectors = weights["embeddings"][texts[0]]
    (served,) = session.run(["logits"], {"vectors": vectors, "lengths": texts[1]})
    assert np.abs(keras_logits).max() > 0.5
    assert np.abs(served - keras_logits).max() < 1e-4


def test_the_graph_answers_a_text_alone_as_in_company(
    session: onnxruntime.InferenceSession,
    weights: Weights,
    texts: tuple[np.ndarray, np.ndarray],
    keras_logits: np.ndarray,
) -> None:
    """One text without any filling, for each length."""
    vectors = weights["embeddings"][texts[0]]
    for row, length in enumerate(texts[1]):
        feed = {"vectors": vectors[row : row + 1, :length], "lengths": texts[1][row : row + 1]}
        assert np.abs(session.run(["logits"], feed)[0][0] - keras_logits[row]).max() < 1e-4


def test_the_graph_reads_nothing_after_a_texts_end(
    session: onnxruntime.InferenceSession, weights: Weights, texts: tuple[np.ndarray, np.ndarray]
) -> None:
    """Whatever stands in the filling, even huge numbers, the answers are the same."""
    ids, lengths = texts
    vectors = weights["embeddings"][ids]
    soiled = np.where((ids == 0)[..., None], np.float32(1e6), vectors)
    clean, dirty = (
        session.run(["logits"], {"vectors": given, "lengths": lengths})[0]
        for given in (vectors, soiled)
    )
    assert np.abs(clean - dirty).max() < 1e-5


def test_the_same_weights_give_the_same_graph(weights: Weights) -> None:
    """A model's sum depends on its weights alone."""
    from emojify_core.ml.model.onnx_export import export_onnx  # noqa: PLC0415

    assert export_onnx(weights) == export_onnx(dict(reversed(weights.items())))


def test_weights_go_in_and_come_out_unchanged(module: ModuleType, weights: Weights) -> None:
    """Further training starts from exactly what was stored."""
    network = module.build_network(SETTINGS, TrainingConfig())
    module.set_weights(network, weights)
    again = module.get_weights(network)
    assert set(again) == {name for names in module.WEIGHT_NAMES.values() for name in names}
    assert all((again[name] == weights[name]).all() for name in weights)


def test_weights_of_another_network_are_refused(module: ModuleType, weights: Weights) -> None:
    """A missing array or a wrong shape is a ModelError that says what to do."""
    network = module.build_network(SETTINGS, TrainingConfig())
    missing = {name: array for name, array in weights.items() if name != "output_bias"}
    misshapen = {**weights, "forward_bias": weights["forward_bias"][:-4]}
    for wrong in (missing, misshapen):
        with pytest.raises(ModelError, match="emojify train"):
            module.set_weights(network, wrong)
