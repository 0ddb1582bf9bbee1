"""The network in Keras: word ids in, seven logits and the gate's logit out.

    ids (batch, time) -> word vectors -> Bi-LSTM -> attention and max pooling -> logits (batch, 8)

The network reads texts of any length. Masks keep padding from changing a text's logits or its
gradients. A model folder stores only arrays; this code always builds the network.
"""

import keras
import numpy as np
from keras import ops

from emojify_core.errors import ModelError
from emojify_core.ml.model.artifact import Weights
from emojify_core.ml.model.config import MASKED, NetworkConfig, TrainingConfig
from emojify_core.ml.text.vocabulary import PADDING

# Stable names for each layer's variables, in Keras's order.
WEIGHT_NAMES: dict[str, tuple[str, ...]] = {
    "embeddings": ("embeddings",),  # (vocabulary, word dimensions)
    "bilstm": (
        "forward_kernel",  # (word dimensions, 4 * units), gate order i, f, c, o
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
    "logits": ("output_kernel", "output_bias"),  # (4 * units, outputs), (outputs,)
}


class AttentionMaxPooling(keras.layers.Layer):  # type: ignore[misc]
    """Attention pooling (Yang et al., 2016) and max pooling over time, concatenated.

    Takes states (batch, time, features) and a mask (batch, time) that is False at padding.
    Returns (batch, 2 * features).
    """

    def __init__(self, units: int, **options: object) -> None:
        super().__init__(**options)
        self.units = units
        self.supports_masking = True  # consumes the mask together with the time axis

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Create the attention's weights for states of `shape` (batch, time, features)."""
        self.kernel = self.add_weight(shape=(shape[-1], self.units), name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
        self.vector = self.add_weight(
            shape=(self.units,), initializer=keras.initializers.RandomNormal(stddev=0.1)
        )

    def compute_mask(self, states: object, mask: object) -> None:
        """Return no mask: the output has no time axis."""

    def call(self, states: object, mask: object) -> object:
        """Pool states (batch, time, features) over time."""
        hidden = ops.tanh(ops.matmul(states, self.kernel) + self.bias)  # (batch, time, units)
        scores = ops.where(mask, ops.sum(hidden * self.vector, axis=-1), MASKED)  # (batch, time)
        # A hand-written softmax over time: Keras's own warns about texts of one word.
        exponentials = ops.exp(scores - ops.max(scores, axis=-1, keepdims=True))
        attention = exponentials / ops.sum(exponentials, axis=-1, keepdims=True)  # (batch, time)
        attended = ops.sum(ops.expand_dims(attention, -1) * states, axis=1)  # (batch, features)
        unmasked = ops.where(ops.expand_dims(mask, -1), states, MASKED)
        return ops.concatenate([attended, ops.max(unmasked, axis=1)], axis=-1)


def build_network(settings: NetworkConfig, training: TrainingConfig) -> keras.Model:
    """Build a network with random weights: int32 ids (batch, time) to logits (batch, outputs).

    The outputs are one logit for each class and, with a gate, the gate's.
    """
    ids = keras.Input((None,), dtype="int32", name="ids")
    mask = ops.not_equal(ids, PADDING)  # (batch, time)
    vectors = keras.layers.Embedding(
        settings.vocabulary_size, settings.word_dimensions, name="embeddings"
    )(ids)  # (batch, time, word dimensions)
    vectors = keras.layers.SpatialDropout1D(training.embedding_dropout)(vectors)
    states = keras.layers.Bidirectional(
        keras.layers.LSTM(settings.units, return_sequences=True), name="bilstm"
    )(vectors, mask=mask)  # (batch, time, 2 * units)
    pooled = AttentionMaxPooling(settings.attention_units, name="pooling")(
        states, mask=mask
    )  # (batch, 4 * units)
    pooled = keras.layers.Dropout(training.pooled_dropout)(pooled)
    outputs = settings.classes + settings.gate
    logits = keras.layers.Dense(outputs, name="logits")(pooled)  # (batch, outputs)
    return keras.Model(ids, logits, name="emojify")


def get_weights(network: keras.Model) -> Weights:
    """Copy the network's weights as float32 arrays under their names in `WEIGHT_NAMES`."""
    return {
        name: np.asarray(variable, dtype=np.float32)
        for layer, names in WEIGHT_NAMES.items()
        for name, variable in zip(names, network.get_layer(layer).get_weights(), strict=True)
    }


def set_weights(network: keras.Model, weights: Weights) -> None:
    """Load weights as returned by `get_weights`.

    Raises ModelError when a name is missing or a shape differs.
    """
    for layer, names in WEIGHT_NAMES.items():
        try:
            network.get_layer(layer).set_weights([weights[name] for name in names])
        except (KeyError, ValueError) as e:
            raise ModelError(
                f"The weights of layer {layer!r} do not fit the network; "
                "train the model again with `emojify train`."
            ) from e
