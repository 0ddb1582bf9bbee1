"""One update, whole: from the live model and waiting corrections to a new model on disk, or none.

`Updater` is made once in the training process. It keeps nothing between updates but what never
changes: the base to compare with, the held-out rows and the traced gradient.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from emojify_core.ml.correction_learning.bisection import Attempt, Refused, accept_most
from emojify_core.ml.correction_learning.eligibility import why_unlearnable
from emojify_core.ml.correction_learning.fine_tuner import FineTuner
from emojify_core.ml.correction_learning.gate import Thresholds, Verdict, judge
from emojify_core.ml.correction_learning.labelled_text import LabelledText, merge, other_texts
from emojify_core.ml.correction_learning.margins import CachedClassifier
from emojify_core.ml.correction_learning.recalibration import recalibrate
from emojify_core.ml.correction_learning.update_data import UpdateData
from emojify_core.ml.inference.loaded_model import LoadedModel, load_model
from emojify_core.ml.model.artifact import Manifest
from emojify_core.ml.model.artifact_writer import save_artifact
from emojify_core.ml.training.save import library_versions

DECIMALS = 4  # of probabilities in receipts, as in answers


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an accepted correction changed: seven probabilities in LABELS order, each time."""

    before: tuple[float, ...]
    after: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Update:
    """What came of the waiting corrections; each id is in one of the five groups."""

    manifest: Manifest | None  # of the model written; None: nothing was accepted
    verdict: Verdict | None  # on what was written, else on the last candidate, if there was one
    refusals: tuple[Refused, ...]  # by the gate, with its figures; groups and single ones
    receipts: Mapping[str, Receipt]  # learned
    repeats: Mapping[str, str]  # id -> id of the same text and label, whose fate it shares
    superseded: Mapping[str, str]  # id -> id of the later one with another label
    refused: Mapping[str, str]  # id -> reason, for people
    put_off: tuple[str, ...]  # to be tried again
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class _Passed:
    model: LoadedModel
    verdict: Verdict


class Updater:
    """Learns corrections into models that descend from the one in `base`.

    Raises ModelError if that folder is damaged, DataError if the project's word counts are.
    """

    def __init__(self, base: Path, data: UpdateData, thresholds: Thresholds | None = None) -> None:
        self._base = load_model(base)
        self._data = data
        self._thresholds = thresholds
        self._tuner = FineTuner(self._base, data.replay)

    def update(  # noqa: PLR0913 - the live model, what it shall learn and what it has
        self,
        live: Path,
        corrections: Sequence[LabelledText],
        earlier: Sequence[LabelledText],
        out: Path,
        *,
        cause: Mapping[str, Any] | None = None,
        on_step: Callable[[str], None] = lambda _name: None,
    ) -> Update:
        """Write to `out` the model in `live` with as many corrections learned as pass the gate.

        `earlier` are those that the live model has learned; of one that a new correction
        contradicts, the new one wins. `cause` goes into the manifest. `on_step` hears "loaded",
        for each attempt "trained" and "judged", and at last "written". Nothing is written if
        nothing is accepted. Raises ModelError if the live model is damaged.
        """
        started = time.perf_counter()
        start = load_model(live)
        on_step("loaded")
        merged = merge(corrections)
        hopeless = {
            one.id: why
            for one in merged.kept
            if (why := why_unlearnable(one.text, start.vocabulary)) is not None
        }
        trying = [one for one in merged.kept if one.id not in hopeless]
        data = self._data.without((*trying, *earlier))
        verdict: Verdict | None = None

        live_answers, base_answers = (
            CachedClassifier(start.predictor),
            CachedClassifier(self._base.predictor),
        )

        def attempt(best: _Passed | None, some: Sequence[LabelledText]) -> Attempt[_Passed]:
            nonlocal verdict
            old = other_texts(earlier, some)
            begin = best.model if best else start
            candidate = self._tuner.tune(begin, some, old)
            model = recalibrate(begin, candidate.model, data) if candidate.moved else begin
            on_step("trained")
            verdict = judge(
                model.predictor,
                live_answers,
                base_answers,
                corrections=some,
                earlier=old,
                data=data,
                thresholds=self._thresholds,
            )
            on_step("judged")
            passed = _Passed(model, verdict) if verdict.passed else None
            return Attempt(passed, verdict.reason, verdict.failing, verdict.figures)

        result = accept_most(trying, attempt)
        manifest, receipts = None, {}
        if result.candidate is not None:
            model, verdict = result.candidate.model, result.candidate.verdict
            about = self._describe(start, model, verdict, result.accepted, cause or {})
            manifest = save_artifact(out, model.vocabulary, model.weights, about)
            on_step("written")
            learned = [one for one in trying if one.id in result.accepted]
            receipts = _receipts(start, model, learned)
        return Update(
            manifest,
            verdict,
            result.refusals,
            receipts,
            merged.repeats,
            merged.superseded,
            {**hopeless, **result.refused},
            result.put_off,
            time.perf_counter() - started,
        )

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
            "corrections": list(learned),  # ids: texts may be erased later, and so stay out
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
    texts = [one.text for one in learned]
    before, after = (
        one.predictor.predict(texts).probabilities.astype(np.float64).round(DECIMALS).tolist()
        for one in (start, model)
    )
    return {
        one.id: Receipt(tuple(was), tuple(now))
        for one, was, now in zip(learned, before, after, strict=True)
    }
