"""Train the network: prepare, build, train, evaluate each epoch, keep the best one.

Every text has a target, the probability of each class: from its label, from the teacher, or a mix
of both. The loss is the cross-entropy with the target.

No model is ever trained on the validation rows, so later versions can fit their temperature on
them too.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import attrgetter

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
from emojify_core.ml.text.encoding import Ids, LabelledIds, batches_by_length, pad, shuffled_batches
from emojify_core.ml.text.vocabulary import PADDING, UNKNOWN
from emojify_core.ml.training.compact_vocabulary import compact, expand

Logits = NDArray[np.float32]  # (texts, classes)

PREDICTION_BATCH = 128  # texts
WARM_UP_STEPS = 100  # the learning rate rises from 0; at most a tenth of all steps


@dataclass(frozen=True, slots=True)
class EpochResult:
    """One epoch's training loss and its metrics on the validation rows."""

    number: int  # from 1
    loss: float  # mean over the epoch's steps
    temperature: float  # fitted on the validation rows
    validation_nll: float  # after temperature scaling, in nats
    validation_accuracy: float
    validation_macro_f1: float


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """The weights of the best epoch and how to calibrate their logits."""

    weights: Weights
    best: EpochResult
    confidence_threshold: float
    history: tuple[EpochResult, ...]


def train(
    config: TrainingConfig,
    data: TrainingData,
    on_batch: Callable[[int, int], None] = lambda _done, _total: None,
    on_epoch: Callable[[EpochResult], None] = lambda _epoch: None,
) -> TrainingResult:
    """Train a network and keep the epoch with the lowest validation loss.

    The same seed gives the same weights. An epoch reads the labelled rows once; each step adds
    some of the unlabelled texts. Calls `on_batch` with the batches done and in all, `on_epoch`
    after each epoch.
    """
    # Prepare.
    keras.utils.set_random_seed(config.seed)
    tf.config.experimental.enable_op_determinism()
    random = np.random.default_rng(config.seed)
    compacted, used_words = compact(data)
    steps = -(-len(data.labelled) // config.batch_size)  # per epoch, rounded up
    total = config.epochs * steps
    batches = training_batches(config, compacted, steps, random)
    # Build.
    network = compiled_network(config, compacted.embeddings, total)
    # Train and evaluate.
    history: list[EpochResult] = []
    best_weights, best_logits = Weights(), np.empty(0, dtype=np.float32)
    for number in range(1, config.epochs + 1):
        loss = 0.0
        for done in range((number - 1) * steps + 1, number * steps + 1):
            ids, targets = next(batches)
            ids = drop_words(ids, config.word_dropout, random)
            loss += float(network.train_on_batch(ids, targets))
            on_batch(done, total)
        weights = averaged_weights(network)
        logits = predict_logits(network, weights, compacted.validation)
        history.append(evaluate_epoch(number, loss / steps, logits, data.validation.labels))
        on_epoch(history[-1])
        best = min(history, key=attrgetter("validation_nll"))
        if best is history[-1]:
            best_weights, best_logits = weights, logits
    # Keep the best epoch.
    probabilities = softmax(best_logits, best.temperature)
    threshold = confidence_threshold(probabilities, data.validation.labels)
    embeddings = expand(best_weights["embeddings"], used_words, data.embeddings)
    weights = round_embeddings({**best_weights, "embeddings": embeddings})
    return TrainingResult(weights, best, threshold, tuple(history))


def training_batches(
    config: TrainingConfig,
    data: TrainingData,
    steps_per_epoch: int,
    random: np.random.Generator,
) -> Iterator[tuple[Ids, NDArray[np.float32]]]:
    """Yield each step's ids (texts, longest) and targets (texts, classes), without end.

    The labelled rows come first, then the augmented texts, then GoEmotions.
    """
    augmented, goemotions = config.unlabelled_rows(len(data.augmented), len(data.goemotions))
    sizes = (config.batch_size, augmented, goemotions)
    examples = zip((data.labelled, data.augmented, data.goemotions), sizes, strict=True)
    sources, used_sizes = zip(*((source, size) for source, size in examples if size), strict=True)
    drawn = shuffled_batches([each.ids for each in sources], used_sizes, steps_per_epoch, random)
    for rows_of_sources in drawn:
        parts = list(zip(sources, rows_of_sources, strict=True))
        ids = pad([source.ids[row] for source, rows in parts for row in rows])
        yield ids, np.concatenate([source.targets[rows] for source, rows in parts])


def compiled_network(
    config: TrainingConfig, embeddings: NDArray[np.float32], steps: int
) -> keras.Model:
    """Build a network to train for `steps`, with initial embeddings (vocabulary, dimensions)."""
    network = build_network(NetworkConfig(*embeddings.shape), config)
    network.get_layer("embeddings").set_weights([embeddings])
    warm_up = min(WARM_UP_STEPS, steps // 10)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, steps - warm_up, warmup_target=config.learning_rate, warmup_steps=warm_up
    )
    network.compile(
        optimizer=keras.optimizers.Adam(rate, use_ema=True, ema_momentum=config.average_decay),
        loss=keras.losses.CategoricalCrossentropy(from_logits=True),
    )
    return network


def drop_words(ids: Ids, share: float, random: np.random.Generator) -> Ids:
    """Replace a share of the words by the unknown word, so that no single word decides.

    Takes and returns ids (texts, longest); padding stays.
    """
    dropped = (random.random(ids.shape) < share) & (ids != PADDING)
    return np.where(dropped, np.int32(UNKNOWN), ids)


def averaged_weights(network: keras.Model) -> Weights:
    """Return the optimizer's moving average of the weights, with rounded embeddings."""
    current = get_weights(network)
    network.optimizer.finalize_variable_values(network.trainable_variables)
    averaged = get_weights(network)
    set_weights(network, current)
    return round_embeddings(averaged)


def predict_logits(network: keras.Model, weights: Weights, examples: LabelledIds) -> Logits:
    """Return the logits (texts, classes) under `weights`; the network keeps its own."""
    current = get_weights(network)
    set_weights(network, weights)
    logits = np.empty((len(examples), network.output_shape[-1]), dtype=np.float32)
    for rows in batches_by_length(examples.ids, PREDICTION_BATCH):
        logits[rows] = network.predict_on_batch(pad([examples.ids[row] for row in rows]))
    set_weights(network, current)
    return logits


def evaluate_epoch(
    number: int, loss: float, logits: Logits, labels: NDArray[np.int64]
) -> EpochResult:
    """Fit the temperature on the logits (texts, classes) and labels (texts,), and measure them."""
    predicted = logits.argmax(axis=-1)
    temperature = fit_temperature(logits, labels)
    return EpochResult(
        number,
        loss,
        temperature,
        negative_log_likelihood(softmax(logits, temperature), labels),
        float((predicted == labels).mean()),
        macro_f1(confusion_matrix(predicted, labels)),
    )
