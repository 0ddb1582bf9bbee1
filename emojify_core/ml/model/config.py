"""A model's hyperparameters: the network's shape and how it is trained.

Manifests store both classes under these field names, so a field is never renamed.
"""

from dataclasses import dataclass

from emojify_core.labels import LABELS

# Stands for minus infinity at padded positions; real infinity would give NaN gradients.
MASKED = -1e9


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """Everything that fixes the shapes of the weights."""

    vocabulary_size: int
    word_dimensions: int = 50
    units: int = 160  # per direction
    attention_units: int = 64
    classes: int = len(LABELS)
    gate: bool = False  # one more output, which tells whether a text holds an emotion at all


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """How the shipped model is trained; docs/model.md explains how the values were chosen.

    Two stages follow each other. The first learns stories, from labels and the teacher. The second
    adds people's labels of comments, the texts made for training and the gate.
    """

    seed: int = 0
    epochs: int = 54  # of the first stage; the learning rate decays to 0 over them
    batch_size: int = 32  # labelled rows per step
    recombined_rows: int = 56  # augmented texts per step of the first stage
    free_rows: int = 40  # comments with the teacher's targets per step of the first stage
    learning_rate: float = 2e-3  # the peak, after `WARM_UP_STEPS`
    second_epochs: int = 27
    second_runs: int = 2  # of the second stage; their weights are averaged
    second_share: float = 0.9  # of the second stage in the weights; the rest is the first's
    second_recombined_rows: int = 48
    comment_rows: int = 48  # comments with people's labels per step of the second stage
    made_rows: int = 32  # texts made for training, likewise
    second_learning_rate: float = 1e-3
    gate_weight: float = 0.5  # of the gate's loss beside the labels'
    trust: float = 0.5  # weight of the teacher's probabilities where there is a label
    word_dropout: float = 0.1  # share of words replaced by the unknown word
    embedding_dropout: float = 0.2  # share of dimensions dropped from all vectors of a text
    pooled_dropout: float = 0.3
    average_decay: float = 0.998  # of the exponential moving average of the weights, per step
