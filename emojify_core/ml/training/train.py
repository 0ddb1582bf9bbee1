"""Train the network: fixed seeds, the best epoch by the validation rows, a fitted temperature.

Every text has a target, the probability of each class: its label, what the teacher thinks of it,
or something of both. The loss is the cross-entropy with it.

The validation rows are never trained on, here or later, so that the temperature of every model
made from this one can be fitted on rows it has not learned.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from emojify_core.ml.data.training_data import TrainingData
from emojify_core.ml.evaluation.metrics import confusion_matrix, macro_f1
from emojify_core.ml.model.artifact import Weights
from emojify_core.ml.model.artifact_writer import round_embeddings
from emojify_core.ml.model.calibration import (
    confidence_threshold,
    fit_temperature,
    negative_log_likelihood,
    softmax,
)
from emojify_core.ml.model.config import NetworkConfig, TrainingConfig
from emojify_core.ml.model.network import build_network, get_weights, set_weights
from emojify_core.ml.text.encoding import Examples, Ids, by_length, mixed, pad
from emojify_core.ml.text.vocabulary import PADDING, UNKNOWN
from emojify_core.ml.training.compact_vocabulary import compact, expand

Logits = NDArray[np.float32]

PREDICTION_ROWS = 128  # in one batch
WARM_UP = 100  # steps in which the rate rises from 0, at most a tenth of all


@dataclass(frozen=True, slots=True)
class Epoch:
    """What one pass over the training rows came to, judged on the validation rows."""

    number: int  # from 1
    loss: float  # mean over the texts of its steps, while they were learned
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
    settings: TrainingConfig,
    data: TrainingData,
    on_batch: Callable[[int, int], None] = lambda _done, _total: None,
    on_epoch: Callable[[Epoch], None] = lambda _epoch: None,
) -> Trained:
    """Train on the labelled rows and what stands beside them, keeping the best epoch.

    The same seed gives the same weights. A pass goes over the labelled rows once; each of its
    steps takes some of the unlabelled texts too, if there are any.

    `on_batch` hears how many of how many batches are done, `on_epoch` what each pass came to.
    """
    keras.utils.set_random_seed(settings.seed)
    tf.config.experimental.enable_op_determinism()
    random = np.random.default_rng(settings.seed)
    small, used = compact(data)
    per_epoch = -(-len(data.learned) // settings.batch_size)
    total = settings.epochs * per_epoch
    network = start_network(settings, small.vectors, total)
    steps = lessons(settings, small, per_epoch, random)
    history: list[Epoch] = []
    best: Weights = {}
    for number in range(1, settings.epochs + 1):
        loss = 0.0
        for done in range((number - 1) * per_epoch + 1, number * per_epoch + 1):
            ids, targets = next(steps)
            ids = drop_words(ids, settings.word_dropout, random)
            loss += float(network.train_on_batch(ids, targets))
            on_batch(done, total)
        averaged = averaged_weights(network)
        logits = logits_with(network, averaged, small.validation)
        epoch = judge(number, loss / per_epoch, logits, data.validation.labels)
        if all(epoch.validation_nll < other.validation_nll for other in history):
            best = averaged
        history.append(epoch)
        on_epoch(epoch)
    kept = min(history, key=lambda epoch: epoch.validation_nll)
    logits = logits_with(network, best, small.validation)
    threshold = confidence_threshold(softmax(logits, kept.temperature), data.validation.labels)
    table = expand(best["embeddings"], used, data.vectors)
    weights = round_embeddings({**best, "embeddings": table})
    return Trained(weights, kept, threshold, tuple(history))


def lessons(
    settings: TrainingConfig, data: TrainingData, per_epoch: int, random: np.random.Generator
) -> Iterator[tuple[Ids, NDArray[np.float32]]]:
    """Give each step's ids (texts, longest) and targets (texts, classes), without end.

    The labelled rows come first, then what stands beside them.
    """
    beside = settings.beside(len(data.recombined), len(data.free))
    sources = [data.learned, data.recombined, data.free]
    sizes = [settings.batch_size, *beside]
    used = [(one, size) for one, size in zip(sources, sizes, strict=True) if size]
    sources, sizes = [one for one, _ in used], [size for _, size in used]
    for drawn in mixed([one.ids for one in sources], sizes, per_epoch, random):
        together = list(zip(sources, drawn, strict=True))
        ids = [one.ids[row] for one, rows in together for row in rows]
        yield pad(ids), np.concatenate([one.targets[rows] for one, rows in together])


def start_network(
    settings: TrainingConfig, vectors: NDArray[np.float32], steps: int
) -> keras.Model:
    """Build the network ready to train for `steps`, its word vectors set to `vectors`."""
    words, dimensions = vectors.shape
    network = build_network(NetworkConfig(words, dimensions), settings)
    network.get_layer("embeddings").set_weights([vectors])
    warm = min(WARM_UP, steps // 10)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, steps - warm, warmup_target=settings.learning_rate, warmup_steps=warm
    )
    network.compile(
        optimizer=keras.optimizers.Adam(rate, use_ema=True, ema_momentum=settings.average_decay),
        loss=keras.losses.CategoricalCrossentropy(from_logits=True),
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
