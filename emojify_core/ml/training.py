"""Train the network: fixed seeds, the best epoch by the validation rows, a fitted temperature.

The validation rows are never trained on, here or later, so that the temperature of every model
made from this one can be fitted on rows it has not learned.
"""

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from emojify_core.ml.artefact import Weights
from emojify_core.ml.batches import Examples, Ids, by_length, pad, shuffled
from emojify_core.ml.calibration import (
    confidence_threshold,
    fit_temperature,
    negative_log_likelihood,
    softmax,
)
from emojify_core.ml.metrics import confusion_matrix, macro_f1
from emojify_core.ml.network import build_network, get_weights, set_weights
from emojify_core.ml.recipe import NetworkSettings, TrainingSettings
from emojify_core.ml.saving import round_embeddings
from emojify_core.ml.training_data import TrainingData
from emojify_core.ml.vocabulary import PADDING, UNKNOWN

Logits = NDArray[np.float32]

PREDICTION_ROWS = 128  # in one batch


@dataclass(frozen=True, slots=True)
class Epoch:
    """What one pass over the training rows came to, judged on the validation rows."""

    number: int  # from 1
    loss: float  # mean over the training rows, while they were learned
    temperature: float  # fitted on the validation rows
    validation_nll: float  # after temperature scaling, in nats
    validation_accuracy: float
    validation_macro_f1: float


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained network: its weights at the best epoch and how to read its logits."""

    weights: Weights
    best: Epoch  # the one they are from
    confidence_threshold: float
    history: tuple[Epoch, ...]


def train(
    settings: TrainingSettings,
    data: TrainingData,
    on_batch: Callable[[int, int], None] = lambda _done, _total: None,
    on_epoch: Callable[[Epoch], None] = lambda _epoch: None,
) -> Trained:
    """Train on `data.learned`, keeping the best epoch; the same seed gives the same weights.

    `on_batch` hears how many of how many batches are done, `on_epoch` what each pass came to.
    """
    keras.utils.set_random_seed(settings.seed)
    tf.config.experimental.enable_op_determinism()
    random = np.random.default_rng(settings.seed)
    network = start_network(settings, data.vectors)
    per_epoch = -(-len(data.learned) // settings.batch_size)
    history: list[Epoch] = []
    best: Weights = {}
    for number in range(1, settings.epochs + 1):
        loss = 0.0
        batches = shuffled(data.learned.ids, settings.batch_size, random)
        for done, rows in enumerate(batches, (number - 1) * per_epoch + 1):
            ids = pad([data.learned.ids[row] for row in rows])
            ids = drop_words(ids, settings.word_dropout, random)
            loss += len(rows) * float(network.train_on_batch(ids, data.learned.labels[rows]))
            on_batch(done, settings.epochs * per_epoch)
        averaged = averaged_weights(network)
        logits = logits_with(network, averaged, data.validation)
        epoch = judge(number, loss / len(data.learned), logits, data.validation.labels)
        if all(epoch.validation_nll < other.validation_nll for other in history):
            best = averaged
        history.append(epoch)
        on_epoch(epoch)
    kept = min(history, key=lambda epoch: epoch.validation_nll)
    logits = logits_with(network, best, data.validation)
    threshold = confidence_threshold(softmax(logits, kept.temperature), data.validation.labels)
    return Trained(best, kept, threshold, tuple(history))


def start_network(settings: TrainingSettings, vectors: NDArray[np.float32]) -> keras.Model:
    """Build the network ready to train, its word vectors set to `vectors`."""
    words, dimensions = vectors.shape
    network = build_network(NetworkSettings(words, dimensions), settings)
    network.get_layer("embeddings").set_weights([vectors])
    network.compile(
        optimizer=keras.optimizers.Adam(
            settings.learning_rate, use_ema=True, ema_momentum=settings.average_decay
        ),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return network


def drop_words(ids: Ids, share: float, random: np.random.Generator) -> Ids:
    """Make a share of the words unknown, so that the model learns to do without any one of them."""
    dropped = (random.random(ids.shape) < share) & (ids != PADDING)
    return np.where(dropped, np.int32(UNKNOWN), ids)


def averaged_weights(network: keras.Model) -> Weights:
    """Give the optimiser's moving average of the weights, rounded as they are stored."""
    current = get_weights(network)
    network.optimizer.finalize_variable_values(network.trainable_variables)
    averaged = get_weights(network)
    set_weights(network, current)
    return round_embeddings(averaged)


def logits_with(network: keras.Model, weights: Weights, examples: Examples) -> Logits:
    """Run all rows with `weights`, leaving the network's own as they were.

    Gives logits (rows, classes) in the rows' order.
    """
    current = get_weights(network)
    set_weights(network, weights)
    logits = np.empty((len(examples), network.output_shape[-1]), dtype=np.float32)
    for rows in by_length(examples.ids, PREDICTION_ROWS):
        logits[rows] = network.predict_on_batch(pad([examples.ids[row] for row in rows]))
    set_weights(network, current)
    return logits


def judge(number: int, loss: float, logits: Logits, labels: NDArray[np.int64]) -> Epoch:
    """Fit the temperature and measure what the logits are worth with it."""
    answers = logits.argmax(axis=-1)
    temperature = fit_temperature(logits, labels)
    return Epoch(
        number,
        loss,
        temperature,
        negative_log_likelihood(softmax(logits, temperature), labels),
        float((answers == labels).mean()),
        macro_f1(confusion_matrix(answers, labels)),
    )
