"""What a network says of texts that it was not trained on."""

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np

from emojify_core.labels import LABELS
from emojify_core.ml.data.training_data import TrainingData
from emojify_core.ml.evaluation.metrics import confusion_matrix, macro_f1
from emojify_core.ml.model.artifact import Weights
from emojify_core.ml.model.calibration import fit_temperature, negative_log_likelihood, softmax
from emojify_core.ml.model.network import get_weights, set_weights
from emojify_core.ml.text.encoding import Ids, batches_by_length, pad
from emojify_core.ml.training.calibrate import HeldOut, Labels, Logits

PREDICTION_BATCH = 128  # texts


@dataclass(frozen=True, slots=True)
class EpochResult:
    """One epoch's training loss and its metrics on the held-out texts."""

    number: int  # from 1
    loss: float  # mean over the epoch's steps
    validation_nll: float  # after temperature scaling, in nats
    validation_accuracy: float
    validation_macro_f1: float
    comments_nll: float  # likewise; 0 without comments
    comments_accuracy: float

    @property
    def held_out_nll(self) -> float:
        """The loss that chooses the epoch."""
        return self.validation_nll + self.comments_nll


def predict_held_out(network: keras.Model, weights: Weights, data: TrainingData) -> HeldOut:
    """Return the logits under `weights`; the network keeps its own."""
    stories, comments = data.validation, data.comments
    return HeldOut(
        predict_logits(network, weights, stories.ids),
        stories.labels,
        predict_logits(network, weights, comments.emotional.ids if comments else ()),
        comments.emotional.labels if comments else np.empty(0, dtype=np.int64),
        predict_logits(network, weights, comments.neutral if comments else ()),
    )


def predict_logits(network: keras.Model, weights: Weights, texts: Sequence[Ids]) -> Logits:
    """Return the logits (texts, outputs) under `weights`; the network keeps its own."""
    current = get_weights(network)
    set_weights(network, weights)
    logits = np.empty((len(texts), network.output_shape[-1]), dtype=np.float32)
    for rows in batches_by_length(texts, PREDICTION_BATCH):
        logits[rows] = network.predict_on_batch(pad([texts[row] for row in rows]))
    set_weights(network, current)
    return logits


def evaluate_epoch(number: int, loss: float, held_out: HeldOut) -> EpochResult:
    """Fit a temperature on each kind of held-out text, and measure the answers."""
    nll, accuracy, f1 = _measure(held_out.stories, held_out.story_labels)
    if not len(held_out.comments):
        return EpochResult(number, loss, nll, accuracy, f1, 0.0, 0.0)
    comments_nll, comments_accuracy, _ = _measure(held_out.comments, held_out.comment_labels)
    return EpochResult(number, loss, nll, accuracy, f1, comments_nll, comments_accuracy)


def _measure(outputs: Logits, labels: Labels) -> tuple[float, float, float]:
    """Return the loss after temperature scaling, the accuracy and the macro-F1."""
    logits = outputs[:, : len(LABELS)]
    predicted = logits.argmax(axis=-1)
    probabilities = softmax(logits, fit_temperature(logits, labels))
    return (
        negative_log_likelihood(probabilities, labels),
        float((predicted == labels).mean()),
        macro_f1(confusion_matrix(predicted, labels)),
    )
