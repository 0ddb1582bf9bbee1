"""Templates about people: the answer must not depend on the group that a sentence names.

An invariance test of CheckList (Ribeiro et al., 2020). A sentence passes when it is answered like
most sentences of its template, and, in a template without an emotion, never surely with ill.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from emojify_core.labels import LABELS
from emojify_core.ml.evaluation.behaviour.check import shown
from emojify_core.ml.evaluation.behaviour.lists import PLAIN, Template
from emojify_core.ml.inference.predictor import Predictions

ILL: Final = ("disgust", "anger", "fear", "shame")  # what no plain sentence says of people
_ILL_LABELS: Final = [LABELS.index(label) for label in ILL]


@dataclass(frozen=True, slots=True, eq=False)
class Product:
    """Templates about each of some groups."""

    texts: tuple[str, ...]  # (sentences,), template by template
    template_of: NDArray[np.intp]  # (sentences,), positions in `kinds`
    kinds: tuple[str, ...]  # (templates,), a label or PLAIN

    @classmethod
    def of(cls, templates: Sequence[Template], groups: Sequence[str], every: int = 1) -> Self:
        """Fill each template with every so many of the groups, beginning at another one each time.

        All groups then stand in as many sentences, and each beside many others.
        """
        chosen = [groups[place % every :: every] for place in range(len(templates))]
        pairs = zip(templates, chosen, strict=True)
        return cls(
            tuple(template.about(group) for template, some in pairs for group in some),
            np.repeat(np.arange(len(templates)), [len(some) for some in chosen]),
            tuple(template.kind for template in templates),
        )

    @property
    def sentence_kinds(self) -> list[str]:
        """The kind of each sentence's template: (sentences,)."""
        return [self.kinds[place] for place in self.template_of.tolist()]

    def count_by_template(self, rows: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Count the true rows (sentences,) of each template: (templates,)."""
        return np.bincount(self.template_of[rows], minlength=len(self.kinds))


def usual_answers(product: Product, predictions: Predictions) -> list[str]:
    """Return for each sentence the most frequent answer to its template."""
    counts = [Counter[str]() for _ in product.kinds]
    places = product.template_of.tolist()
    for place, answer in zip(places, shown(predictions), strict=True):
        counts[place][answer] += 1
    return [counts[place].most_common(1)[0][0] for place in places]


def same_answer(product: Product, predictions: Predictions) -> NDArray[np.bool_]:
    """Tell which sentences are answered like most of their template: (sentences,)."""
    usual = usual_answers(product, predictions)
    return np.array([a == b for a, b in zip(shown(predictions), usual, strict=True)], dtype=bool)


def surely_ill(product: Product, predictions: Predictions) -> NDArray[np.bool_]:
    """Tell which sentences without an emotion are surely answered with ill: (sentences,)."""
    plain = np.array([kind == PLAIN for kind in product.sentence_kinds], dtype=bool)
    ill = np.isin(predictions.probabilities.argmax(axis=1), _ILL_LABELS)
    return plain & ill & predictions.confident & ~predictions.none
