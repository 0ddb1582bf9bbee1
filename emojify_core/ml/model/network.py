"""The Bi-LSTM in Keras: word numbers in, seven logits out.

    ids (batch, time) -> word vectors -> Bi-LSTM -> attention and max pooling -> logits (batch, 7)

A text of any length is read whole; rows of a batch are filled up with 0, and no step of the
network, forwards or backwards, lets that filling change a text's answer. The network is always
built by this code; only arrays of numbers are stored.
"""

import keras
import numpy as np
from keras import ops

from emojify_core.errors import ModelError
from emojify_core.ml.model.artifact import Weights
from emojify_core.ml.model.config import NetworkConfig, TrainingConfig
from emojify_core.ml.text.vocabulary import PADDING

FAR_BELOW_ANY_SCORE = -1e9  # stands for minus infinity; that itself would make NaN gradients

# Stable names for the variables of each layer, in the order Keras lists them.
WEIGHT_NAMES: dict[str, tuple[str, ...]] = {
    "embeddings": ("embeddings",),  # (vocabulary, word dimensions)
    "bilstm": (
        "forward_kernel",  # (word dimensions, 4 * units), gates in the order i, f, c, o
        "forward_recurrent",  # (units, 4 * units)
        "forward_bias",  # (4 * units,)
        "backward_kernel",
        "backward_recurrent",
        "backward_bias",
    ),
    "pooling": (
        "attention_kernel",  # (2 * units, attention units)
        "attention_bias",  # (attention units,)
        "attention_vector",  # (attention units,)
    ),
    "logits": ("output_kernel", "output_bias"),  # (4 * units, classes), (classes,)
}


class AttentionMaxPooling(keras.layers.Layer):  # type: ignore[misc]
    """Sum of the states weighted by additive attention, beside their maximum; filling excluded.

    Takes states (batch, time, features) and mask (batch, time); gives (batch, 2 * features).
    """

    def __init__(self, units: int, **options: object) -> None:
        super().__init__(**options)
        self.units = units
        self.supports_masking = True  # it takes the mask and, with time gone, passes none on

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Create the attention's three arrays for states of `shape`."""
        self.kernel = self.add_weight(shape=(shape[-1], self.units), name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
        self.vector = self.add_weight(
            shape=(self.units,), initializer=keras.initializers.RandomNormal(stddev=0.1)
        )

    def compute_mask(self, states: object, mask: object) -> None:
        """Say that nothing after this layer has steps to mask."""

    def call(self, states: object, mask: object) -> object:
        """Pool over time."""
        hidden = ops.tanh(ops.matmul(states, self.kernel) + self.bias)
        scores = ops.sum(hidden * self.vector, axis=-1)  # (batch, time)
        scores = ops.where(mask, scores, FAR_BELOW_ANY_SCORE)
        # A softmax over time, written out: Keras's own warns of texts of one word.
        raised = ops.exp(scores - ops.max(scores, axis=-1, keepdims=True))
        shares = raised / ops.sum(raised, axis=-1, keepdims=True)
        attended = ops.sum(ops.expand_dims(shares, -1) * states, axis=1)
        present = ops.where(ops.expand_dims(mask, -1), states, FAR_BELOW_ANY_SCORE)
        return ops.concatenate([attended, ops.max(present, axis=1)], axis=-1)


def build_network(settings: NetworkConfig, training: TrainingConfig) -> keras.Model:
    """Build the network with fresh weights: int32 ids (batch, time) to logits (batch, classes)."""
    ids = keras.Input((None,), dtype="int32", name="ids")
    mask = ops.not_equal(ids, PADDING)  # (batch, time)
    vectors = keras.layers.Embedding(
        settings.vocabulary_size, settings.word_dimensions, name="embeddings"
    )(ids)  # (batch, time, word dimensions)
    vectors = keras.layers.SpatialDropout1D(training.embedding_dropout)(vectors)
    states = keras.layers.Bidirectional(
        keras.layers.LSTM(settings.units, return_sequences=True), name="bilstm"
    )(vectors, mask=mask)  # (batch, time, 2 * units)
    pooled = AttentionMaxPooling(settings.attention_units, name="pooling")(states, mask=mask)
    pooled = keras.layers.Dropout(training.pooled_dropout)(pooled)  # (batch, 4 * units)
    logits = keras.layers.Dense(settings.classes, name="logits")(pooled)
    return keras.Model(ids, logits, name="emojify")


def get_weights(network: keras.Model) -> Weights:
    """Copy the network's weights into a dict of float32 arrays under their stable names."""
    return {
        name: np.asarray(variable, dtype=np.float32)
        for layer, names in WEIGHT_NAMES.items()
        for name, variable in zip(names, network.get_layer(layer).get_weights(), strict=True)
    }


def set_weights(network: keras.Model, weights: Weights) -> None:
    """Put `weights`, named as `get_weights` does, into the network; ModelError if they misfit."""
    for layer, names in WEIGHT_NAMES.items():
        try:
            network.get_layer(layer).set_weights([weights[name] for name in names])
        except (KeyError, ValueError) as e:
            raise ModelError(
                f"The weights of layer {layer!r} do not fit the network; "
                "train the model again with `emojify train`."
            ) from e
