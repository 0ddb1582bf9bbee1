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
    units: int = 128  # per direction
    attention_units: int = 64
    classes: int = len(LABELS)
    gate: bool = False  # one more output, which tells whether a text holds an emotion at all


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """How the shipped model is trained; docs/model.md explains how the values were chosen."""

    seed: int = 0
    epochs: int = 54  # the learning rate decays to 0 over them
    batch_size: int = 32  # labelled rows per step
    recombined_rows: int = 56  # augmented texts per step, see `unlabelled_rows`
    free_rows: int = 40  # texts of other sources per step, likewise
    learning_rate: float = 2e-3  # the peak, after `WARM_UP_STEPS`
    trust: float = 0.5  # weight of the teacher's probabilities where there is a label
    word_dropout: float = 0.1  # share of words replaced by the unknown word
    embedding_dropout: float = 0.2  # share of dimensions dropped from all vectors of a text
    pooled_dropout: float = 0.3
    average_decay: float = 0.998  # of the exponential moving average of the weights, per step

    def unlabelled_rows(self, augmented: int, other: int) -> tuple[int, int]:
        """Return how many augmented and other texts join each step.

        A source without texts is replaced by more of the other one.
        """
        total = self.recombined_rows + self.free_rows
        if augmented and other:
            return self.recombined_rows, self.free_rows
        return (total if augmented else 0), (total if other else 0)
