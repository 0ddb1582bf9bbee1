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
    """How the shipped model is trained; every value was chosen on the validation rows."""

    seed: int = 0
    epochs: int = 20  # at most; the best on validation is kept
    batch_size: int = 32
    learning_rate: float = 1e-3
    word_dropout: float = 0.05  # share of words replaced by the unknown word
    embedding_dropout: float = 0.3  # whole dimensions of a text's vectors
    pooled_dropout: float = 0.5
    label_smoothing: float = 0.0
    average_decay: float = 0.99  # of the moving average of the weights, per step
