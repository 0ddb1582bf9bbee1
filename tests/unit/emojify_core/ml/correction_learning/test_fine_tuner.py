"""From corrections to a candidate, on a tiny but real model."""

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
    from emojify_core.ml.correction_learning.fine_tuner import FineTuner


def test_every_correction_is_answered_as_corrected(
    tuner: "FineTuner", tiny_model: LoadedModel, wrong: Sequence[LabelledText]
) -> None:
    """Even the least likely label becomes the answer, a quarter more probable than the next."""
    assert (log_odds_margins(tiny_model.predictor, wrong) < 0).all()
    candidate = tuner.tune(tiny_model, wrong)
    assert (log_odds_margins(candidate.model.predictor, wrong) > np.log(1.1) - 0.01).all()
    alone = tuner.tune(tiny_model, wrong[:1])
    assert log_odds_margins(alone.model.predictor, wrong[:1])[0] == pytest.approx(
        np.log(1.25), abs=0.1
    )


def test_a_text_without_a_moved_word_keeps_its_very_answer(
    tuner: "FineTuner",
    tiny_model: LoadedModel,
    wrong: Sequence[LabelledText],
    starter: LabelledTexts,
) -> None:
    """One correction cannot change what has nothing to do with it, not by a digit."""
    candidate = tuner.tune(tiny_model, wrong[:1])
    before, after = tiny_model.weights["embeddings"], candidate.model.weights["embeddings"]
    moved = set(np.flatnonzero((before != after).any(axis=1)).tolist())
    assert 1 <= len(moved) == candidate.moved <= len(wrong[0].text.split())
    texts = [
        text
        for text in starter.texts
        if not moved.intersection(encode(text, tiny_model.vocabulary).tolist())
    ]
    assert len(texts) > 100
    old, new = (
        model.predictor.predict(texts).probabilities for model in (tiny_model, candidate.model)
    )
    assert (old == new).all()
    others = [name for name in tiny_model.weights if name != "embeddings"]
    assert all(candidate.model.weights[name] is tiny_model.weights[name] for name in others)


def test_the_same_corrections_give_the_same_candidate(
    tuner: "FineTuner", tiny_model: LoadedModel, wrong: Sequence[LabelledText]
) -> None:
    """An update can be made again, to the bit, and the live model is not touched by it."""
    untouched = tiny_model.weights["embeddings"].copy()
    once, again = (tuner.tune(tiny_model, wrong).model.weights["embeddings"] for _ in range(2))
    assert (once == again).all()
    assert (tiny_model.weights["embeddings"] == untouched).all()


def test_earlier_corrections_go_on_to_hold(
    tuner: "FineTuner", tiny_model: LoadedModel, wrong: Sequence[LabelledText]
) -> None:
    """Learning a sentence of the same words does not undo what was learned from another."""
    earlier = wrong[0]
    learned = tuner.tune(tiny_model, [earlier]).model
    for other in wrong[1:]:
        both = LabelledText("new", f"{other.text} {earlier.text}", (earlier.label + 1) % 7)
        forgetful = tuner.tune(learned, [both]).model
        if log_odds_margins(forgetful.predictor, [earlier])[0] < 0:
            break
    else:
        pytest.fail("No sentence undoes the earlier one, so nothing is shown here.")
    faithful = tuner.tune(learned, [both], [earlier]).model
    assert (log_odds_margins(faithful.predictor, [earlier, both]) > 0).all()


def test_what_holds_already_moves_nothing(
    tuner: "FineTuner", tiny_model: LoadedModel, wrong: Sequence[LabelledText]
) -> None:
    """Being told what it knows does not change the model."""
    learned = tuner.tune(tiny_model, wrong[:1]).model
    again = tuner.tune(learned, wrong[:1])
    assert (again.moved, again.steps) == (0, 0)


def test_more_voices_make_a_firmer_correction_up_to_a_bound(
    tuner: "FineTuner", tiny_model: LoadedModel, wrong: Sequence[LabelledText]
) -> None:
    """Repeating a correction a hundred times does no more than saying it three times."""
    found = [
        log_odds_margins(
            tuner.tune(tiny_model, [replace(wrong[1], votes=votes)]).model.predictor, wrong[1:2]
        )
        for votes in (1, 2, 3, 100)
    ]
    assert found[0] < found[1] < found[2] == found[3]


def test_spoilt_training_rows_are_mended(
    tiny_model: LoadedModel, wrong: Sequence[LabelledText], starter: LabelledTexts
) -> None:
    """What the model was trained on and answers rightly, it goes on to answer rightly."""
    from emojify_core.ml.correction_learning.fine_tuner import FineTuner, TuningSettings  # noqa: PLC0415 - TensorFlow

    rows = LabelledTexts(
        starter.texts, tiny_model.predictor.predict(starter.texts).probabilities.argmax(1)
    )
    replay = rows.take(np.array([row for row in range(len(rows.texts)) if row % 3 != 2]))
    # Every word moves as freely as any other: the worst that can happen to the other rows.
    careless = FineTuner(tiny_model, None, counts={}).tune(tiny_model, wrong)
    careful = FineTuner(tiny_model, replay, counts={}).tune(tiny_model, wrong)
    everything = range(len(tiny_model.vocabulary))
    rehearsal = ReplaySet(tiny_model, replay, floor=0.0)
    assert not rehearsal.spoilt(tiny_model, everything)
    lost = len(rehearsal.spoilt(careless.model, everything))
    assert len(rehearsal.spoilt(careful.model, everything)) < lost / 2
    assert (log_odds_margins(careful.model.predictor, wrong) > 0).all()
    with_floor = ReplaySet(tiny_model, replay, floor=TuningSettings().floor)
    thinned = with_floor.spoilt(careless.model, everything)
    assert len(thinned) > lost  # those that still lead, but by less, as well
    assert all(0 <= least <= TuningSettings().floor for least in thinned.values())
    assert not with_floor.spoilt(tiny_model, everything)


def test_a_model_of_another_vocabulary_is_refused(
    tuner: "FineTuner", tiny_model: LoadedModel, wrong: Sequence[LabelledText]
) -> None:
    """Word numbers of two vocabularies are never mixed."""
    files = {**tiny_model.manifest.files, VOCABULARY: FileChecksum("0" * 64, 1)}
    stranger = replace(tiny_model, manifest=replace(tiny_model.manifest, files=files))
    with pytest.raises(ModelError, match="another vocabulary"):
        tuner.tune(stranger, wrong)


def test_fifty_updates_in_one_process_do_not_pile_up_memory(
    tuner: "FineTuner", tiny_model: LoadedModel, wrong: Sequence[LabelledText]
) -> None:
    """The training process can live for days."""
    model = tuner.tune(tiny_model, wrong).model
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for turn in range(50):
        one = replace(wrong[turn % 6], label=(wrong[turn % 6].label + turn) % 7)
        model = tuner.tune(model, [one]).model
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before  # KiB on Linux
    assert grown < 50 * 1024 * (1024 if sys.platform == "darwin" else 1)
