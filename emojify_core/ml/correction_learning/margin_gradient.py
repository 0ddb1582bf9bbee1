"""The gradient of a label's margin with respect to the word vectors of its text.

Only this part of learning needs TensorFlow. It traces the function once, for any number and
length of texts, so a trainer that runs for days neither slows down nor grows.

The margin (own logit less the largest other) is the multiclass margin of Crammer and Singer,
2001; its gradient comes from automatic differentiation.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import tensorflow as tf

from emojify_core.labels import LABELS
from emojify_core.ml.correction_learning.embedding_updates import Vectors
from emojify_core.ml.inference.slices import slices_by_length
from emojify_core.ml.model.artifact import Weights
from emojify_core.ml.model.config import NetworkConfig, TrainingConfig
from emojify_core.ml.model.network import build_network, set_weights
from emojify_core.ml.text.vocabulary import FIRST_WORD_ID

MASKED_LOGIT: Final = -1e9


class MarginGradient:
    """The network behind the word vectors, with fixed weights.

    `weights` are those of any model; their own word vectors are ignored. Raises ModelError if
    they do not fit the network.
    """

    def __init__(self, weights: Weights) -> None:
        tf.config.experimental.enable_op_determinism()
        dimensions, gates = weights["forward_kernel"].shape
        settings = NetworkConfig(
            vocabulary_size=FIRST_WORD_ID,  # the embedding layer is unused: callers pass vectors
            word_dimensions=dimensions,
            units=gates // 4,
            attention_units=weights["attention_vector"].shape[0],
            gate=weights["output_bias"].shape[0] > len(LABELS),
        )
        self._network = build_network(settings, TrainingConfig())
        self.use_weights(weights)
        signature = (
            tf.TensorSpec((None, None, dimensions), tf.float32),
            tf.TensorSpec((None,), tf.int64),
            tf.TensorSpec((None,), tf.int64),
        )
        self._compiled = tf.function(self._margins_and_slopes, input_signature=signature)

    def use_weights(self, weights: Weights) -> None:
        """Take the weights of another model of the same shape; ModelError if they do not fit."""
        dimensions = weights["forward_kernel"].shape[0]
        unused_table = np.zeros((FIRST_WORD_ID, dimensions), dtype=np.float32)
        set_weights(self._network, {**weights, "embeddings": unused_table})

    @property
    def traces(self) -> int:
        """How often TensorFlow traced the function; 1 after the first call."""
        return int(self._compiled.experimental_get_tracing_count())

    def __call__(
        self, texts: Sequence[Vectors], labels: Sequence[int]
    ) -> list[tuple[float, Vectors]]:
        """Return each text's margin in logits, and d margin / d vectors: (words, dimensions).

        `texts` holds one (words, dimensions) array each, `labels` a position in LABELS each.
        """
        results: list[tuple[float, Vectors]] = [(0.0, one) for one in texts]
        for rows in slices_by_length([len(one) for one in texts]):
            lengths = np.array([len(texts[row]) for row in rows])
            padded = np.zeros((len(rows), lengths.max(), texts[rows[0]].shape[1]), np.float32)
            for place, row in enumerate(rows):
                padded[place, : lengths[place]] = texts[row]
            margins, slopes = self._compiled(padded, lengths, [labels[row] for row in rows])
            by_row = zip(rows, lengths, margins.numpy(), slopes.numpy(), strict=True)
            for row, length, margin, slope in by_row:
                results[row] = float(margin), slope[:length]
        return results

    def _margins_and_slopes(
        self, vectors: tf.Tensor, lengths: tf.Tensor, labels: tf.Tensor
    ) -> tuple[tf.Tensor, ...]:
        """Return margins (texts,) and slopes (texts, longest, dimensions).

        Takes vectors (texts, longest, dimensions), lengths (texts,) and labels (texts,).
        """
        layer = self._network.get_layer
        words = tf.sequence_mask(lengths, tf.shape(vectors)[1])  # (texts, longest)
        with tf.GradientTape() as tape:
            tape.watch(vectors)
            states = layer("bilstm")(vectors, mask=words, training=False)
            outputs = layer("logits")(layer("pooling")(states, mask=words))
            logits = outputs[:, : len(LABELS)]  # (texts, classes), without the gate's
            is_label = tf.one_hot(labels, len(LABELS), dtype=logits.dtype)
            others = tf.where(is_label > 0, MASKED_LOGIT, logits)
            margins = tf.reduce_sum(logits * is_label, axis=1) - tf.reduce_max(others, axis=1)
        # The gradient of the margins' sum: a text's margin depends on its own vectors alone.
        return margins, tape.gradient(margins, vectors)
