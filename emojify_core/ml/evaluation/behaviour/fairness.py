"""Templates about people: the answer must not depend on the group that a sentence names.

An invariance test of CheckList (Ribeiro et al., 2020). A sentence passes when it is answered like
most sentences of its template, and, in a template without an emotion, never surely with ill.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emojify_core.labels import LABELS
from emojify_core.ml.evaluation.behaviour.check import shown
from emojify_core.ml.evaluation.behaviour.lists import PLAIN, Template
from emojify_core.ml.inference.predictor import Predictions

ILL: Final = ("disgust", "anger", "fear", "shame")  # what no plain sentence says of people
_ILL_LABELS: Final = [LABELS.index(label) for label in ILL]


@dataclass(frozen=True, slots=True)
class Product:
    """Templates about each of some groups; the sentences of one template are neighbours."""

    templates: tuple[Template, ...]
    groups: tuple[str, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The sentences, template by template."""
        return tuple(one.about(group) for one in self.templates for group in self.groups)

    @property
    def plain(self) -> NDArray[np.bool_]:
        """Which sentences hold no emotion: (sentences,)."""
        return np.repeat([one.kind == PLAIN for one in self.templates], len(self.groups))

    def by_template(self, answers: Sequence[str]) -> list[Sequence[str]]:
        """Split the answers to `texts` by template."""
        size = len(self.groups)
        return [answers[start : start + size] for start in range(0, len(answers), size)]


def usual_answers(product: Product, predictions: Predictions) -> list[str]:
    """Return each template's most frequent answer, once for every sentence of it."""
    return [
        Counter(answers).most_common(1)[0][0]
        for answers in product.by_template(shown(predictions))
        for _ in answers
    ]


def same_answer(product: Product, predictions: Predictions) -> NDArray[np.bool_]:
    """Tell which sentences are answered like most of their template: (sentences,)."""
    usual = usual_answers(product, predictions)
    return np.array([a == b for a, b in zip(shown(predictions), usual, strict=True)], dtype=bool)


def surely_ill(product: Product, predictions: Predictions) -> NDArray[np.bool_]:
    """Tell which sentences without an emotion are surely answered with ill: (sentences,)."""
    ill = np.isin(predictions.probabilities.argmax(axis=1), _ILL_LABELS)
    return product.plain & ill & predictions.confident & ~predictions.none
