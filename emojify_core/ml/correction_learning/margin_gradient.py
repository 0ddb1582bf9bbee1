"""How a label's margin would change if the word vectors of a text did: the network's gradient.

The one part of learning from corrections that needs TensorFlow. The function is traced once, for
texts of every number and length, so a process that lives for days neither slows down nor grows.
"""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from emojify_core.labels import LABELS
from emojify_core.ml.inference.predictor import slices_by_length
from emojify_core.ml.model.artifact import Weights
from emojify_core.ml.model.config import NetworkConfig, TrainingConfig
from emojify_core.ml.model.network import build_network, set_weights
from emojify_core.ml.text.vocabulary import FIRST_WORD_ID

Vectors = NDArray[np.float32]  # (words, dimensions)

FAR_BELOW_ANY_LOGIT = -1e9


class MarginGradient:
    """The network behind the word vectors, fixed; call it with texts' vectors and labels.

    `weights` are those of any model; their own word vectors play no part. Raises ModelError if
    they do not fit the network.
    """

    def __init__(self, weights: Weights) -> None:
        tf.config.experimental.enable_op_determinism()
        dimensions, gates = weights["forward_kernel"].shape
        settings = NetworkConfig(
            vocabulary_size=FIRST_WORD_ID,  # the table is not used: vectors come from outside
            word_dimensions=dimensions,
            units=gates // 4,
            attention_units=weights["attention_vector"].shape[0],
        )
        self._network = build_network(settings, TrainingConfig())
        self.use(weights)
        signature = (
            tf.TensorSpec((None, None, dimensions), tf.float32),
            tf.TensorSpec((None,), tf.int64),
            tf.TensorSpec((None,), tf.int64),
        )
        self._compiled = tf.function(self._margins_and_slopes, input_signature=signature)

    def use(self, weights: Weights) -> None:
        """Take the weights of another model of the same shape."""
        dimensions = weights["forward_kernel"].shape[0]
        no_table = np.zeros((FIRST_WORD_ID, dimensions), dtype=np.float32)
        set_weights(self._network, {**weights, "embeddings": no_table})

    @property
    def traces(self) -> int:
        """How often the function was compiled: once, whatever it was called with."""
        return int(self._compiled.experimental_get_tracing_count())

    def __call__(
        self, texts: Sequence[Vectors], labels: Sequence[int]
    ) -> list[tuple[float, Vectors]]:
        """Give by how much each text's label leads the next best, and d margin / d vectors."""
        found: list[tuple[float, Vectors]] = [(0.0, one) for one in texts]
        for rows in slices_by_length([len(one) for one in texts]):
            lengths = np.array([len(texts[row]) for row in rows])
            filled = np.zeros((len(rows), lengths.max(), texts[rows[0]].shape[1]), np.float32)
            for place, row in enumerate(rows):
                filled[place, : lengths[place]] = texts[row]
            margins, slopes = self._compiled(filled, lengths, [labels[row] for row in rows])
            answers = zip(rows, lengths, margins.numpy(), slopes.numpy(), strict=True)
            for row, length, margin, slope in answers:
                found[row] = float(margin), slope[:length]
        return found

    def _margins_and_slopes(
        self, vectors: tf.Tensor, lengths: tf.Tensor, labels: tf.Tensor
    ) -> tuple[tf.Tensor, ...]:
        layer = self._network.get_layer
        words = tf.sequence_mask(lengths, tf.shape(vectors)[1])  # (texts, longest)
        with tf.GradientTape() as tape:
            tape.watch(vectors)
            states = layer("bilstm")(vectors, mask=words, training=False)
            logits = layer("logits")(layer("pooling")(states, mask=words))  # (texts, classes)
            ours = tf.one_hot(labels, len(LABELS), dtype=logits.dtype)
            others = tf.where(ours > 0, FAR_BELOW_ANY_LOGIT, logits)
            margins = tf.reduce_sum(logits * ours, axis=1) - tf.reduce_max(others, axis=1)
        return margins, tape.gradient(margins, vectors)  # of their sum: no text feels another
