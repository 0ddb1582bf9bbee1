"""Train the network: prepare, build, train, evaluate each epoch, keep the best.

Every text has a target, the probability of each class: from its label, from the teacher, or a mix
of both. The loss is the cross-entropy with the target and, where it is known whether a text holds
an emotion, the gate's.

No model is ever trained on the validation rows, so later versions can fit their temperature on
them too.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from emojify_core.ml.data.training_data import TrainingData
from emojify_core.ml.model.artifact import Weights
from emojify_core.ml.model.artifact_writer import round_embeddings
from emojify_core.ml.model.config import NetworkConfig, TrainingConfig
from emojify_core.ml.model.network import build_network, get_weights, set_weights
from emojify_core.ml.text.encoding import Ids
from emojify_core.ml.text.vocabulary import PADDING, UNKNOWN
from emojify_core.ml.training.calibrate import Calibration, HeldOut, calibrate
from emojify_core.ml.training.compact_vocabulary import compact, expand
from emojify_core.ml.training.held_out import EpochResult, evaluate_epoch, predict_held_out
from emojify_core.ml.training.loss import label_and_gate_loss
from emojify_core.ml.training.stages import Stage, stages

LOSS = attrgetter("epoch.held_out_nll")
WARM_UP_STEPS = 100  # the learning rate rises from 0; at most a tenth of all steps


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """The best weights and how to calibrate their logits."""

    weights: Weights
    best: EpochResult  # of these weights
    calibration: Calibration
    history: tuple[EpochResult, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """A network's weights and what they say of held-out texts."""

    epoch: EpochResult
    weights: Weights
    held_out: HeldOut


def train(
    config: TrainingConfig,
    data: TrainingData,
    on_batch: Callable[[int, int], None] = lambda _done, _total: None,
    on_epoch: Callable[[EpochResult], None] = lambda _epoch: None,
) -> TrainingResult:
    """Train a network; of each stage the epoch with the lowest loss on held-out texts goes on.

    The second stage runs several times, and `mix` makes one network of them. The same seed gives
    the same weights. An epoch reads the labelled rows once; each step adds
    some of the other texts. Calls `on_batch` with the batches done and in all, `on_epoch` after
    each epoch.
    """
    # Prepare.
    keras.utils.set_random_seed(config.seed)
    tf.config.experimental.enable_op_determinism()
    random = np.random.default_rng(config.seed)
    compacted, used_words = compact(data)
    steps = -(-len(data.labelled) // config.batch_size)  # per epoch, rounded up
    first, *second = stages(config, compacted)
    runs = second * config.second_runs
    total = sum(stage.epochs for stage in (first, *runs)) * steps
    # Build.
    network = network_for(config, compacted.embeddings, gate=data.gated)
    # Train and evaluate.
    history: list[EpochResult] = []

    def epochs_of(stage: Stage) -> Iterator[Outcome]:
        compile_for(network, config, stage, stage.epochs * steps)
        batches = stage.batches(steps, random)
        for number in range(len(history) + 1, len(history) + stage.epochs + 1):
            loss = 0.0
            for done in range((number - 1) * steps + 1, number * steps + 1):
                ids, goals = next(batches)
                ids = drop_words(ids, config.word_dropout, random)
                loss += float(network.train_on_batch(ids, goals))
                on_batch(done, total)
            outcome = evaluated(averaged_weights(network), number, loss / steps)
            history.append(outcome.epoch)
            on_epoch(outcome.epoch)
            yield outcome

    def evaluated(weights: Weights, number: int, loss: float) -> Outcome:
        held_out = predict_held_out(network, weights, compacted)
        return Outcome(evaluate_epoch(number, loss, held_out), weights, held_out)

    best = min(epochs_of(first), key=LOSS)
    finished = []
    for stage in runs:  # each goes on from the first stage, with random numbers of its own
        set_weights(network, best.weights)
        finished.append(min(epochs_of(stage), key=LOSS))
    if finished:
        weights = mix(best.weights, [run.weights for run in finished], config.second_share)
        loss = sum(run.epoch.loss for run in finished) / len(finished)
        best = evaluated(weights, len(history), loss)
    # Keep the best.
    embeddings = expand(best.weights["embeddings"], used_words, data.embeddings)
    weights = round_embeddings({**best.weights, "embeddings": embeddings})
    return TrainingResult(weights, best.epoch, calibrate(best.held_out), tuple(history))


def mix(first: Weights, finished: Sequence[Weights], share: float) -> Weights:
    """Average the finished second stages, and give them `share` beside the first stage.

    Runs from one starting point can be averaged (model soups, Wortsman et al., 2022). Some of the
    starting point keeps what it knew (WiSE-FT, Wortsman et al., 2022).
    """
    mixed = {
        name: (1 - share) * start + share * np.mean([run[name] for run in finished], axis=0)
        for name, start in first.items()
    }
    return round_embeddings({name: each.astype(np.float32) for name, each in mixed.items()})


def network_for(
    config: TrainingConfig, embeddings: NDArray[np.float32], *, gate: bool
) -> keras.Model:
    """Build a network with initial embeddings (vocabulary, dimensions)."""
    network = build_network(NetworkConfig(len(embeddings), embeddings.shape[1], gate=gate), config)
    network.get_layer("embeddings").set_weights([embeddings])
    return network


def compile_for(network: keras.Model, config: TrainingConfig, stage: Stage, steps: int) -> None:
    """Give the network an optimizer and a learning rate for the `steps` of a stage."""
    warm_up = min(WARM_UP_STEPS, steps // 10)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, steps - warm_up, warmup_target=stage.learning_rate, warmup_steps=warm_up
    )
    network.compile(
        optimizer=keras.optimizers.Adam(rate, use_ema=True, ema_momentum=config.average_decay),
        loss=label_and_gate_loss(config.gate_weight),
    )


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
