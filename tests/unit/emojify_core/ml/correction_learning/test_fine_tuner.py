"""From corrections to a candidate, on a small but real model."""

import resource
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from emojify_core.errors import ModelError
from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.ml.correction_learning.margins import log_odds_margins
from emojify_core.ml.correction_learning.replay import ReplaySet
from emojify_core.ml.data.training_data import LabelledTexts
from emojify_core.ml.inference.loaded_model import LoadedModel
from emojify_core.ml.model.artifact import VOCABULARY, FileChecksum
from emojify_core.ml.text.encoding import encode

if TYPE_CHECKING:
    from emojify_core.ml.correction_learning.fine_tuner import Candidate, FineTuner


@pytest.fixture(scope="module")
def candidate(
    tuner: "FineTuner", base: LoadedModel, corrections: Sequence[LabelledText]
) -> "Candidate":
    """Learn all corrections."""
    return tuner.tune(base, corrections)


@pytest.fixture(scope="module")
def first_learned(
    tuner: "FineTuner", base: LoadedModel, corrections: Sequence[LabelledText]
) -> "Candidate":
    """Learn the first correction alone."""
    return tuner.tune(base, corrections[:1])


def test_every_corrected_label_wins_by_its_margin(
    base: LoadedModel,
    corrections: Sequence[LabelledText],
    candidate: "Candidate",
    first_learned: "Candidate",
) -> None:
    """Even the least likely label wins; learned alone, it is a quarter above the next, or more."""
    assert (log_odds_margins(base.predictor, corrections) < 0).all()
    margins = log_odds_margins(candidate.model.predictor, corrections)
    assert (margins > np.log(1.1) - 0.01).all()
    margin = log_odds_margins(first_learned.model.predictor, corrections[:1])[0]
    assert np.log(1.15) < margin < np.log(1.5)


def test_a_text_without_a_changed_word_keeps_its_exact_prediction(
    base: LoadedModel,
    corrections: Sequence[LabelledText],
    first_learned: "Candidate",
    starter: LabelledTexts,
) -> None:
    """A correction changes nothing for unrelated texts, not even in the last digit."""
    model = first_learned.model
    differs = (base.weights["embeddings"] != model.weights["embeddings"]).any(axis=1)
    changed = set(np.flatnonzero(differs).tolist())
    assert 1 <= len(changed) == first_learned.changed_words <= len(corrections[0].text.split())
    texts = [
        text
        for text in starter.texts
        if not changed.intersection(encode(text, base.predictor.reader).tolist())
    ]
    assert len(texts) > 100
    before, after = (one.predictor.predict(texts).probabilities for one in (base, model))
    assert (before == after).all()
    others = [name for name in base.weights if name != "embeddings"]
    assert all(model.weights[name] is base.weights[name] for name in others)


def test_the_same_corrections_give_the_same_candidate(
    tuner: "FineTuner",
    base: LoadedModel,
    corrections: Sequence[LabelledText],
    candidate: "Candidate",
) -> None:
    """An update is reproducible to the bit and leaves the live model as it is."""
    before = base.weights["embeddings"].copy()
    again = tuner.tune(base, corrections).model
    assert (candidate.model.weights["embeddings"] == again.weights["embeddings"]).all()
    assert (base.weights["embeddings"] == before).all()


def test_earlier_corrections_still_hold(
    tuner: "FineTuner", corrections: Sequence[LabelledText], first_learned: "Candidate"
) -> None:
    """Learning a sentence with the same words does not undo an earlier correction."""
    earlier, learned = corrections[0], first_learned.model
    for other in corrections[1:]:
        both = LabelledText("new", f"{other.text} {earlier.text}", (earlier.label + 3) % 7)
        forgetful = tuner.tune(learned, [both]).model
        if log_odds_margins(forgetful.predictor, [earlier])[0] < 0:
            break
    else:
        pytest.fail("No sentence undoes the earlier one, so the test shows nothing.")
    faithful = tuner.tune(learned, [both], [earlier]).model
    assert (log_odds_margins(faithful.predictor, [earlier, both]) > 0).all()


def test_a_correction_that_holds_already_changes_nothing(
    tuner: "FineTuner", corrections: Sequence[LabelledText], first_learned: "Candidate"
) -> None:
    """Learning the same correction twice takes no step."""
    again = tuner.tune(first_learned.model, corrections[:1])
    assert (again.changed_words, again.steps) == (0, 0)


def test_more_votes_give_a_larger_margin_up_to_a_limit(
    tuner: "FineTuner", base: LoadedModel, corrections: Sequence[LabelledText]
) -> None:
    """A hundred votes have no more effect than three."""
    margins = [
        log_odds_margins(
            tuner.tune(base, [replace(corrections[1], votes=votes)]).model.predictor,
            corrections[1:2],
        )
        for votes in (1, 2, 3, 100)
    ]
    assert margins[0] < margins[1] < margins[2] == margins[3]


@pytest.mark.learning
def test_degraded_replay_rows_are_repaired(
    base: LoadedModel, corrections: Sequence[LabelledText], starter: LabelledTexts
) -> None:
    """Training rows that the base predicts rightly stay right after an update."""
    from emojify_core.ml.correction_learning.fine_tuner import FineTuner  # noqa: PLC0415 - TensorFlow
    from emojify_core.ml.correction_learning.tuning_goals import TuningSettings  # noqa: PLC0415

    few = corrections[:3]
    texts = starter.texts[::3]
    labels = base.predictor.predict(texts).probabilities.argmax(axis=1)
    replay = LabelledTexts(texts, labels)
    # Without counts every word moves as freely as any other: the worst case for other rows.
    careless = FineTuner(base, None, counts={}).tune(base, few).model
    careful = FineTuner(base, replay, counts={}).tune(base, few).model
    vocabulary = range(len(base.vocabulary))
    without_floor = ReplaySet(base, replay, floor=0.0)
    assert not without_floor.degraded(base, vocabulary)
    lost = len(without_floor.degraded(careless, vocabulary))
    assert len(without_floor.degraded(careful, vocabulary)) < lost / 2
    assert (log_odds_margins(careful.predictor, few) > 0).all()
    floor = TuningSettings().replay_floor
    with_floor = ReplaySet(base, replay, floor)
    degraded = with_floor.degraded(careless, vocabulary)
    assert len(degraded) > lost  # also rows that are still right, but by less
    assert all(0 <= min_margin <= floor for min_margin in degraded.values())
    assert not with_floor.degraded(base, vocabulary)


def test_a_model_with_another_vocabulary_is_refused(
    tuner: "FineTuner", base: LoadedModel, corrections: Sequence[LabelledText]
) -> None:
    """Word ids of different vocabularies never mix."""
    files = {**base.manifest.files, VOCABULARY: FileChecksum("0" * 64, 1)}
    foreign = replace(base, manifest=replace(base.manifest, files=files))
    with pytest.raises(ModelError, match="another vocabulary"):
        tuner.tune(foreign, corrections)


@pytest.mark.learning
def test_fifty_updates_in_one_process_do_not_accumulate_memory(
    tuner: "FineTuner", corrections: Sequence[LabelledText], candidate: "Candidate"
) -> None:
    """The trainer can run for days."""
    model = candidate.model
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for turn in range(50):
        one = corrections[turn % 6]
        model = tuner.tune(model, [replace(one, label=(one.label + turn) % 7)]).model
    growth = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before  # KiB on Linux
    assert growth < 50 * 1024 * (1024 if sys.platform == "darwin" else 1)
