"""The suite: each kind of sentence is a test of capability, as in CheckList (Ribeiro et al., 2020).

A check passes or fails whole sentences, and judges what people see: a label, or that there is no
clear emotion.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from emojify_core.ml.evaluation.behaviour.check import Check, Failure, make_check, shown
from emojify_core.ml.evaluation.behaviour.fairness import (
    ILL,
    Product,
    same_answer,
    surely_ill,
    usual_answers,
)
from emojify_core.ml.evaluation.behaviour.lists import PLAIN, SHOWN, BehaviourLists, Case
from emojify_core.ml.evaluation.behaviour.thresholds import THRESHOLDS
from emojify_core.ml.inference.predictor import Predictions


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the suite found about one model."""

    model: str  # its sha256
    checks: tuple[Check, ...]

    @property
    def met(self) -> bool:
        """Whether every threshold is met."""
        return all(check.met for check in self.checks)

    def to_dict(self) -> dict[str, Any]:
        """Return everything for JSON."""
        checks = [check.to_dict() for check in self.checks]
        return {"model": self.model, "met": self.met, "checks": checks}


class Judged(Protocol):
    """The part of a predictor that the suite uses."""

    sha256: str

    def predict(self, texts: Sequence[str]) -> Predictions:
        """Predict every text."""


def check_behaviour(predictor: Judged, lists: BehaviourLists) -> Behaviour:
    """Run every check of the suite on a model."""
    checks: list[Check] = []
    for kind, cases in lists.cases.items():
        predictions = predictor.predict([case.text for case in cases])
        checks.append(_check_answers(kind, cases, predictions))
        if kind == PLAIN:
            checks.append(_check_unsure(cases, predictions))
    product = Product.of(lists.templates, lists.groups)
    checks += _check_groups(product, predictor.predict(product.texts))
    return Behaviour(predictor.sha256, tuple(checks))


def _check_answers(kind: str, cases: Sequence[Case], predictions: Predictions) -> Check:
    answers = shown(predictions)
    passed = np.array([a in case.accepted for a, case in zip(answers, cases, strict=True)], bool)
    wanted = [_wanted(case.accepted) for case in cases]
    texts = [case.text for case in cases]
    failures = _failures(texts, predictions, passed, wanted)
    return make_check(kind, passed, failures, THRESHOLDS.get(kind))


def _check_unsure(cases: Sequence[Case], predictions: Predictions) -> Check:
    """Check plain sentences: even one that is not silent must not be sure."""
    name, passed = "plain, not confident", ~predictions.confident
    texts, wanted = [case.text for case in cases], ["not confident"] * len(cases)
    return make_check(
        name, passed, _failures(texts, predictions, passed, wanted), THRESHOLDS.get(name)
    )


def _check_groups(product: Product, predictions: Predictions) -> list[Check]:
    """Check the templates: by sentence, by template, and those without or with an emotion.

    Sentences of one template stand and fall together, so the intervals count templates.
    """
    usual, same = usual_answers(product, predictions), same_answer(product, predictions)
    kinds = product.sentence_kinds
    plain = np.array([kind == PLAIN for kind in kinds], dtype=bool)
    alike = product.count_by_template(~same) == 0  # (templates,)
    kept = np.array([a == b for a, b in zip(shown(predictions), kinds, strict=True)], bool)
    no_ill = ~surely_ill(product, predictions)
    not_ill = [f"not confident of {', '.join(ILL)}"] * len(kinds)

    def check(
        name: str, passed: NDArray[np.bool_], wanted: Sequence[str], among: NDArray[np.bool_]
    ) -> Check:
        failures = _failures(product.texts, predictions, passed | ~among, wanted)
        trials = len(np.unique(product.template_of[among]))
        return make_check(name, passed[among], failures, THRESHOLDS.get(name), independent=trials)

    return [
        check("groups, same answer", same, usual, np.ones_like(same)),
        # Its failures are those of the check before.
        make_check("groups, templates alike", alike, (), THRESHOLDS.get("groups, templates alike")),
        check("groups, no confident ill", no_ill, not_ill, plain),
        check("groups, emotion kept", kept, kinds, ~plain),
    ]


def _failures(
    texts: Sequence[str],
    predictions: Predictions,
    passed: NDArray[np.bool_],
    wanted: Sequence[str],
) -> list[Failure]:
    answers = shown(predictions)
    return [
        Failure(texts[row], answers[row], bool(predictions.confident[row]), wanted[row])
        for row in np.flatnonzero(~passed).tolist()
    ]


def _wanted(accepted: frozenset[str]) -> str:
    """Name the answers that pass, or the one that does not where all others do."""
    if len(accepted) == len(SHOWN) - 1:
        return "not " + next(answer for answer in SHOWN if answer not in accepted)
    return " or ".join(answer for answer in SHOWN if answer in accepted)
