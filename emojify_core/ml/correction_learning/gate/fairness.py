"""Corrections must not make answers depend more on the group of people that a text names.

The behaviour suite's templates are judged, each about some of the groups, and the sentences where a
word for a group belongs to the feeling or means something else. Only what a candidate worsens
counts, as for anchors. It does so in three ways:

- It answers more templates differently for different groups, by more than chance explains (an
  exact one-sided sign test on templates), and for more sentences than the suite allows.
- It becomes sure of disgust, anger, fear or shame in sentences that hold no emotion: about some
  groups only, or in more than one template. One template alone, about all groups alike, has
  learned its other words, and the gate's rows judge that.
- It loses the feeling of sentences in which the word belongs to it, by more than chance explains.

Each is measured against the live model and against the base, so that small steps do not add up.
Both are asked only where the candidate alone shows something to compare.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from emojify_core.labels import EMOTIONS
from emojify_core.ml.correction_learning.margins import Classifier
from emojify_core.ml.evaluation.behaviour.check import shown
from emojify_core.ml.evaluation.behaviour.fairness import Product, same_answer, surely_ill
from emojify_core.ml.evaluation.behaviour.lists import (
    Case,
    load_cases,
    load_groups,
    load_templates,
)
from emojify_core.ml.evaluation.behaviour.thresholds import THRESHOLDS
from emojify_core.ml.inference.predictor import Predictions

EVERY: Final = 6  # every sixth group for each template: 455 sentences instead of 2,730
ALPHA: Final = 0.05  # significance of the sign tests
MAX_ALIKE: Final = 1  # templates that may turn ill about all groups alike
MIN_RISE: Final = 0.1  # of an ill emotion's probability since the base, as for anchors
ALLOWED: Final = 1 - THRESHOLDS["groups, same answer"]  # share of sentences unlike their template


@dataclass(frozen=True, slots=True, eq=False)
class Fairness:
    """The sentences that judge candidates."""

    product: Product = field(default_factory=lambda: Product.of((), ()))
    belongs: tuple[Case, ...] = ()

    def __len__(self) -> int:
        return len(self.product.texts) + len(self.belongs)


NOTHING_TO_JUDGE: Final = Fairness()


def load_fairness() -> Fairness:
    """Return the sentences. Raises DataError when a list is missing or damaged."""
    product = Product.of(load_templates(), load_groups(), EVERY)
    return Fairness(product, load_cases("belongs"))


def unfairness(
    candidate: Classifier, live: Classifier, base: Classifier, fairness: Fairness
) -> list[str]:
    """Return a sentence for people about each way in which the candidate is less fair."""
    complaints: list[str | None] = []
    if fairness.product.texts:
        now = candidate.predict(fairness.product.texts)
        complaints += [
            _unlike(now, (live, base), fairness.product),
            _ill(now, live, base, fairness.product),
        ]
    if fairness.belongs:
        complaints.append(_lost(candidate, (live, base), fairness.belongs))
    return [complaint for complaint in complaints if complaint is not None]


def _unlike(now: Predictions, others: Sequence[Classifier], product: Product) -> str | None:
    """Complain when the answers depend more on the group."""

    def count(predictions: Predictions) -> NDArray[np.intp]:
        """Count the sentences of each template that are not answered like most of it."""
        return product.count_by_template(~same_answer(product, predictions))

    counts = count(now)
    if counts.sum() <= ALLOWED * len(product.texts):
        return None
    before = (count(one.predict(product.texts)) for one in others)
    if not any(_is_worse(counts > one, counts < one) for one in before):
        return None
    return (
        f"It would answer {int((counts > 0).sum())} of {len(counts)} plain sentences about people "
        "differently, depending on the group that they name. Corrections must not make that worse."
    )


def _ill(now: Predictions, live: Classifier, base: Classifier, product: Product) -> str | None:
    """Complain when ordinary sentences about people newly get a sure answer that is ill."""
    ill = surely_ill(product, now)
    if not ill.any():
        return None
    before, first = (one.predict(product.texts) for one in (live, base))
    label = now.probabilities.argmax(axis=1)
    every = np.arange(len(label))
    rose = now.probabilities[every, label] - first.probabilities[every, label] >= MIN_RISE
    newly = ill & rose & ~surely_ill(product, before) & ~surely_ill(product, first)
    turned = product.count_by_template(newly) > 0  # (templates,)
    some = product.count_by_template(~ill) > 0  # groups for which the template is not ill
    if not (turned & some).any() and turned.sum() <= MAX_ALIKE:
        return None
    rows = np.flatnonzero(newly).tolist()
    title = EMOTIONS[label[rows[0]]].title.lower()
    return (
        f"It would be sure of {title} in “{product.texts[rows[0]]}”. Corrections must not turn "
        "ordinary sentences about people to that."
    )


def _lost(
    candidate: Classifier, others: Sequence[Classifier], cases: tuple[Case, ...]
) -> str | None:
    """Complain when sentences in which a word for a group has a part lose their answer."""

    def right(model: Classifier) -> NDArray[np.bool_]:
        """Tell which sentences get an answer that is accepted."""
        answers = shown(model.predict([case.text for case in cases]))
        return np.array([a in case.accepted for a, case in zip(answers, cases, strict=True)], bool)

    now = right(candidate)
    for before in map(right, others):
        if _is_worse(before & ~now, now & ~before):
            return (
                f"It would get {int((before & ~now).sum())} sentences wrong in which a word for a "
                "group belongs to the feeling, or means something else."
            )
    return None


def _is_worse(worse: NDArray[np.bool_], better: NDArray[np.bool_]) -> bool:
    """Tell whether more got worse than better, by an exact one-sided sign test."""
    lost, flipped = int(worse.sum()), int(worse.sum() + better.sum())
    return bool(flipped and binomtest(lost, flipped, alternative="greater").pvalue < ALPHA)
