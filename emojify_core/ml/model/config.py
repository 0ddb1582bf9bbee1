"""The numbers a model is made with: the network's shape and how it is trained."""

from dataclasses import dataclass

from emojify_core.labels import LABELS


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """What fixes the shapes of the weights, so that a stored model can be built again in code."""

    vocabulary_size: int
    word_dimensions: int = 50
    units: int = 128  # per direction
    attention_units: int = 64
    classes: int = len(LABELS)


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """How the shipped model is trained; docs/model.md says how the values were chosen."""

    seed: int = 0
    epochs: int = 54  # the rate falls to 0 over them; the best on the validation rows is kept
    batch_size: int = 32  # labelled rows of a step; beside them, where there are any ...
    recombined_rows: int = 56  # ... texts made of the training rows ...
    free_rows: int = 40  # ... and texts from elsewhere: see `beside`
    learning_rate: float = 2e-3  # at its highest, after `WARM_UP` steps
    trust: float = 0.5  # in the teacher's answer where there is a label, too
    word_dropout: float = 0.1  # share of words replaced by the unknown word
    embedding_dropout: float = 0.2  # share of dimensions dropped from all vectors of a text
    pooled_dropout: float = 0.3
    average_decay: float = 0.998  # of the moving average of the weights, per step

    def beside(self, recombined: int, free: int) -> tuple[int, int]:
        """How many of each join a step, given how many there are; one stands in for the other."""
        together = self.recombined_rows + self.free_rows
        if recombined and free:
            return self.recombined_rows, self.free_rows
        return (together if recombined else 0), (together if free else 0)
