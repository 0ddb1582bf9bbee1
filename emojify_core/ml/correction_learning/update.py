"""One update: from the live model and waiting corrections to a new model on disk, or none.

The trainer creates one `Updater`. Between updates it keeps only what never changes: the base
model, the held-out rows and the traced gradient.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from typing import Any, Final

import numpy as np

from emojify_core.ml.correction_learning.bisection import Refused, accept_by_bisection
from emojify_core.ml.correction_learning.earlier_sample import sample_earlier
from emojify_core.ml.correction_learning.eligibility import why_unlearnable
from emojify_core.ml.correction_learning.fine_tuner import FineTuner
from emojify_core.ml.correction_learning.gate.judge import Thresholds, Verdict
from emojify_core.ml.correction_learning.labelled_text import LabelledText, merge
from emojify_core.ml.correction_learning.margins import CachedClassifier
from emojify_core.ml.correction_learning.time_limit import TimeLimit
from emojify_core.ml.correction_learning.trials import Trials
from emojify_core.ml.correction_learning.update_data import UpdateData
from emojify_core.ml.inference.loaded_model import LoadedModel, load_model
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.model.artifact import Manifest
from emojify_core.ml.model.artifact_writer import save_artifact
from emojify_core.ml.training.save import library_versions

DECIMALS: Final = 4  # of probabilities in receipts, as in predictions


@dataclass(frozen=True, slots=True)
class Receipt:
    """The probabilities of a learned text before and after the update, in LABELS order."""

    before: tuple[float, ...]
    after: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Update:
    """The outcome of one update; each correction's id is in one of the five groups."""

    manifest: Manifest | None  # of the written model; None: nothing was accepted
    verdict: Verdict | None  # on the written model, else on the last candidate, if there was one
    refusals: tuple[Refused, ...]  # by the gate, with its figures; groups and single corrections
    receipts: Mapping[str, Receipt]  # learned
    repeats: Mapping[str, str]  # id -> id with the same text and label, and the same outcome
    superseded: Mapping[str, str]  # id -> id of the later correction with another label
    refused: Mapping[str, str]  # id -> reason, for people
    put_off: tuple[str, ...]  # for another update
    seconds: float


class Updater:
    """Learns corrections into models that descend from the model in the folder `base`.

    Raises ModelError if that folder is damaged, DataError if the project's word counts are.
    """

    def __init__(self, base: Path, data: UpdateData, thresholds: Thresholds | None = None) -> None:
        self._base = load_model(base)
        self._data = data
        self._thresholds = thresholds
        self._tuner = FineTuner(self._base, data.replay)

    def update(  # noqa: PLR0913 - the live model, old and new corrections, and the target
        self,
        live: Path,
        corrections: Sequence[LabelledText],
        earlier: Sequence[LabelledText],
        out: Path,
        *,
        cause: Mapping[str, Any] | None = None,
        on_step: Callable[[str], None] = lambda _name: None,
        seconds: float = inf,
    ) -> Update:
        """Learn into the model in `live` all corrections that pass the gate, and write it to `out`.

        `earlier` are the corrections that the live model has learned; of very many, a sample is
        checked. A new correction of the same text overrules an earlier one. `cause` goes
        into the manifest. `on_step` is called with "loaded", for each candidate with "trained" and
        "judged", and last with "written".
        `seconds` limits the processor time of each candidate, and of the update once it has decided
        something; the rest is put off. If nothing is accepted, nothing is written. Raises
        ModelError if the live model is damaged.
        """
        started, limit = time.perf_counter(), TimeLimit(seconds)
        start = load_model(live)
        on_step("loaded")
        merged = merge(corrections)
        unlearnable = {
            one.id: reason
            for one in merged.kept
            if (reason := why_unlearnable(one.text, start.predictor.reader)) is not None
        }
        learnable = [one for one in merged.kept if one.id not in unlearnable]
        trials = Trials(
            tuner=self._tuner,
            live=start,
            live_classifier=CachedClassifier(start.predictor),
            base_classifier=CachedClassifier(self._base.predictor),
            earlier=sample_earlier(earlier, learnable, start.predictor.reader),
            data=self._data.without((*learnable, *earlier)),
            thresholds=self._thresholds,
            seconds=seconds,
            on_step=on_step,
        )
        result = accept_by_bisection(
            learnable, trials.train_and_judge, is_over=lambda: limit.is_over
        )
        manifest, receipts = None, {}
        if result.candidate is not None and result.verdict is not None:
            model = result.candidate
            about = self._describe(start, model, result.verdict, result.accepted, cause or {})
            manifest = save_artifact(out, model.vocabulary, model.weights, about)
            on_step("written")
            learned = [one for one in learnable if one.id in result.accepted]
            receipts = _receipts(start, model, learned)
        return Update(
            manifest=manifest,
            verdict=result.verdict,
            refusals=result.refusals,
            receipts=receipts,
            repeats=merged.repeats,
            superseded=merged.superseded,
            refused={**unlearnable, **result.refused},
            put_off=result.put_off,
            seconds=time.perf_counter() - started,
        )

    def confident_labels(self, live: Path, texts: Sequence[str]) -> list[frozenset[int]]:
        """Return for each text the labels, if any, of which the base or the live model is sure.

        A learned correction holds by a small margin, so the live model alone would soon be sure of
        nothing. Raises ModelError if the live model is damaged.
        """
        base = self._base.predictor
        answers = [one.predict(texts) for one in (base, Predictor.load(live, like=base))]
        return [
            frozenset(
                int(each.probabilities[row].argmax()) for each in answers if each.confident[row]
            )
            for row in range(len(texts))
        ]

    def _describe(
        self,
        start: LoadedModel,
        model: LoadedModel,
        verdict: Verdict,
        learned: Sequence[str],
        cause: Mapping[str, Any],
    ) -> Manifest:
        update = {
            "parent": start.manifest.sha256,
            "base": self._base.manifest.sha256,
            "cause": dict(cause),
            "corrections": list(learned),  # ids alone: a person may erase a text later
            "judged_on": self._data.name,
        }
        return replace(
            model.manifest,
            data={**start.manifest.data, "update": update},
            metrics={"gate": dict(verdict.figures)},
            versions=library_versions(),
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )


def _receipts(
    start: LoadedModel, model: LoadedModel, learned: Sequence[LabelledText]
) -> dict[str, Receipt]:
    """Predict the learned texts with both models."""
    texts = [one.text for one in learned]
    before, after = (
        one.predictor.predict(texts).probabilities.astype(np.float64).round(DECIMALS).tolist()
        for one in (start, model)
    )
    return {
        one.id: Receipt(tuple(old), tuple(new))
        for one, old, new in zip(learned, before, after, strict=True)
    }
