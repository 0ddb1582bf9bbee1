"""The numbers a model is made with: the network's shape and how it is trained."""

from dataclasses import dataclass

from emojify_core.labels import LABELS


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """What fixes the shapes of the weights, so that a stored model can be built again in code."""

    vocabulary_size: int
    word_dimensions: int = 50
    units: int = 128  # per direction
    attention_units: int = 64
    classes: int = len(LABELS)


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How the shipped model is trained; docs/model.md says how the values were chosen."""

    seed: int = 0
    epochs: int = 30  # at most; the best on the validation rows is kept
    batch_size: int = 64
    learning_rate: float = 2e-3
    word_dropout: float = 0.15  # share of words replaced by the unknown word
    embedding_dropout: float = 0.5  # share of dimensions dropped from all vectors of a text
    pooled_dropout: float = 0.5
    average_decay: float = 0.995  # of the moving average of the weights, per step
