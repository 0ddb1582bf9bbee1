"""How a label's margin would change if the word vectors of a text did: the network's gradient.

The one part of learning from corrections that needs TensorFlow. The function is traced once, for
texts of every length, so a process that lives for days neither slows down nor grows.
"""

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from emojify_core.labels import LABELS
from emojify_core.ml.artefact import Weights
from emojify_core.ml.network import build_network, set_weights
from emojify_core.ml.recipe import NetworkSettings, TrainingSettings
from emojify_core.ml.vocabulary import SPECIALS

Vectors = NDArray[np.float32]  # (words, dimensions)

FAR_BELOW_ANY_LOGIT = -1e9


class MarginGradient:
    """The network behind the word vectors, fixed; call it with a text's vectors and a label.

    `weights` are those of any model; their own word vectors play no part. Raises ModelError if
    they do not fit the network.
    """

    def __init__(self, weights: Weights) -> None:
        tf.config.experimental.enable_op_determinism()
        dimensions, gates = weights["forward_kernel"].shape
        settings = NetworkSettings(
            vocabulary_size=SPECIALS,  # the table is not used: vectors come from outside
            word_dimensions=dimensions,
            units=gates // 4,
            attention_units=weights["attention_vector"].shape[0],
        )
        self._network = build_network(settings, TrainingSettings())
        self.use(weights)
        signature = (
            tf.TensorSpec((None, dimensions), tf.float32),
            tf.TensorSpec((), tf.int64),
        )
        self._compiled = tf.function(self._margin_and_gradient, input_signature=signature)

    def use(self, weights: Weights) -> None:
        """Take the weights of another model of the same shape."""
        dimensions = weights["forward_kernel"].shape[0]
        no_table = np.zeros((SPECIALS, dimensions), dtype=np.float32)
        set_weights(self._network, {**weights, "embeddings": no_table})

    @property
    def traces(self) -> int:
        """How often the function was compiled: once, whatever it was called with."""
        return int(self._compiled.experimental_get_tracing_count())

    def __call__(self, vectors: Vectors, label: int) -> tuple[float, Vectors]:
        """Give by how much `label`'s logit leads the next best, and d margin / d vectors."""
        margin, gradient = self._compiled(vectors, label)
        return float(margin), gradient.numpy()

    def _margin_and_gradient(self, vectors: tf.Tensor, label: tf.Tensor) -> tuple[tf.Tensor, ...]:
        layer = self._network.get_layer
        with tf.GradientTape() as tape:
            tape.watch(vectors)
            batch = vectors[None]  # (1, words, dimensions)
            words = tf.ones(tf.shape(batch)[:2], tf.bool)
            states = layer("bilstm")(batch, mask=words, training=False)
            logits = layer("logits")(layer("pooling")(states, mask=words))[0]  # (classes,)
            ours = tf.one_hot(label, len(LABELS), dtype=logits.dtype)
            others = tf.where(ours > 0, FAR_BELOW_ANY_LOGIT, logits)
            margin = tf.reduce_sum(logits * ours) - tf.reduce_max(others)
        return margin, tape.gradient(margin, vectors)
