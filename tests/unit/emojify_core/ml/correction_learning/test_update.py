"""A whole update, from waiting corrections to a model folder, or to none."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from emojify_core.labels import LABELS
from emojify_core.ml.correction_learning.gate import Thresholds
from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.ml.correction_learning.update_data import UpdateData, find_update_data
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.model.artifact import SHIPPED, load_manifest

if TYPE_CHECKING:
    from emojify_core.ml.correction_learning.update import Updater

# The tiny model knows so little that any update flips some rows.
LENIENT = Thresholds(alpha=0.0, macro_f1_drop=0.5, recall_drop=0.9, recall_drop_base=0.9)


@pytest.fixture(scope="module")
def updater(tiny_folder: Path, starter_data: UpdateData) -> "Updater":
    """Make the training process's part, once."""
    from emojify_core.ml.correction_learning.update import Updater  # noqa: PLC0415 - TensorFlow

    return Updater(tiny_folder, starter_data, LENIENT)


def test_an_update_writes_a_model_that_has_learned(
    updater: "Updater", tiny_folder: Path, wrong: Sequence[LabelledText], tmp_path: Path
) -> None:
    """From the files alone, every correction is answered as corrected, as the receipts say."""
    heard: list[str] = []
    update = updater.update(
        tiny_folder, wrong, (), tmp_path / "new", cause={"kind": "fine_tune"}, on_step=heard.append
    )
    assert heard == ["loaded", "trained", "judged", "written"]
    served = Predictor.load(tmp_path / "new").predict([one.text for one in wrong]).probabilities
    assert served.argmax(axis=1).tolist() == [one.label for one in wrong]
    before = Predictor.load(tiny_folder).predict([one.text for one in wrong]).probabilities
    for place, one in enumerate(wrong):
        receipt = update.receipts[one.id]
        assert receipt.after == pytest.approx(served[place].tolist(), abs=6e-5)
        assert receipt.before == pytest.approx(before[place].tolist(), abs=6e-5)
        assert all(round(p, 4) == p for p in receipt.before + receipt.after)
    assert not update.refused
    assert not update.put_off
    assert update.seconds > 0


def test_the_manifest_says_what_the_model_comes_from(
    updater: "Updater", tiny_folder: Path, wrong: Sequence[LabelledText], tmp_path: Path
) -> None:
    """Every version names its parent, its cause and its figures, and holds nobody's text."""
    update = updater.update(
        tiny_folder, wrong[:2], (), tmp_path / "new", cause={"kind": "fine_tune", "by": "trainer"}
    )
    manifest, parent = load_manifest(tmp_path / "new"), load_manifest(tiny_folder)
    assert update.manifest == manifest
    assert manifest.sha256 != parent.sha256
    assert manifest.data["name"] == parent.data["name"]
    assert manifest.data["update"] == {
        "parent": parent.sha256,
        "base": parent.sha256,
        "cause": {"kind": "fine_tune", "by": "trainer"},
        "corrections": ["c0", "c1"],
        "judged_on": "starter",
    }
    assert update.verdict is not None
    assert manifest.metrics["gate"]["corrections"] == {"held": 2, "of": 2}
    assert wrong[0].text not in (tmp_path / "new" / "manifest.json").read_text(encoding="utf-8")


def test_updates_build_on_each_other(
    updater: "Updater", tiny_folder: Path, wrong: Sequence[LabelledText], tmp_path: Path
) -> None:
    """What was learned in one version holds in the next."""
    first, second = tmp_path / "1", tmp_path / "2"
    updater.update(tiny_folder, wrong[:3], (), first)
    update = updater.update(first, wrong[3:], wrong[:3], second)
    served = Predictor.load(second).predict([one.text for one in wrong]).probabilities
    assert served.argmax(axis=1).tolist() == [one.label for one in wrong]
    assert load_manifest(second).data["update"]["parent"] == load_manifest(first).sha256
    assert update.verdict is not None
    assert update.verdict.figures["earlier"] == {"kept": 3, "of": 3}


def test_a_refused_update_writes_nothing_and_says_why(
    tiny_folder: Path, starter_data: UpdateData, wrong: Sequence[LabelledText], tmp_path: Path
) -> None:
    """A gate that nothing passes leaves the live model where it is."""
    from emojify_core.ml.correction_learning.update import Updater  # noqa: PLC0415 - TensorFlow

    strict = Updater(tiny_folder, starter_data, replace(LENIENT, least_lead=100.0))
    heard: list[str] = []
    update = strict.update(tiny_folder, wrong[:2], (), tmp_path / "new", on_step=heard.append)
    assert update.manifest is None
    assert update.receipts == {}
    assert list(tmp_path.iterdir()) == []
    assert "written" not in heard
    reason = "The correction could not be learned: the model still answers otherwise."
    assert update.refused == {"c0": reason, "c1": reason}
    assert update.verdict is not None
    assert not update.verdict.passed


def test_the_unlearnable_repeated_and_contradicted_are_sorted_out(
    updater: "Updater", tiny_folder: Path, wrong: Sequence[LabelledText], tmp_path: Path
) -> None:
    """Each correction gets its own fate, and one bad text does not hold up the rest."""
    one = wrong[0]
    corrections = [
        replace(one, id="old", label=(one.label + 1) % 7),
        replace(one, id="first"),
        LabelledText("words", "qwertz asdf", 3),
        replace(one, id="last"),
    ]
    update = updater.update(tiny_folder, corrections, [one], tmp_path / "new")
    assert list(update.receipts) == ["last"]
    assert update.repeats == {"first": "last"}
    assert update.superseded == {"old": "last"}
    assert list(update.refused) == ["words"]
    assert "knows none of the text's words" in update.refused["words"]
    assert update.manifest is not None
    assert update.manifest.data["update"]["corrections"] == ["last"]


def test_an_update_of_nothing_learnable_tries_nothing(
    updater: "Updater", tiny_folder: Path, tmp_path: Path
) -> None:
    """An update without anything to learn costs no training."""
    heard: list[str] = []
    hopeless = [LabelledText("words", "qwertz asdf", 3)]
    update = updater.update(tiny_folder, hopeless, (), tmp_path / "new", on_step=heard.append)
    assert heard == ["loaded"]
    assert (update.manifest, update.verdict) == (None, None)
    assert list(update.refused) == ["words"]


def test_a_correction_that_holds_already_gives_the_same_model(
    updater: "Updater", tiny_folder: Path, wrong: Sequence[LabelledText], tmp_path: Path
) -> None:
    """Telling the model what it knows is accepted, and changes no answer and no digit."""
    first, second = tmp_path / "1", tmp_path / "2"
    updater.update(tiny_folder, wrong[:1], (), first)
    update = updater.update(first, [replace(wrong[0], id="again")], wrong[:1], second)
    assert list(update.receipts) == ["again"]
    assert load_manifest(second).sha256 == load_manifest(first).sha256


@pytest.mark.parametrize("step", ["loaded", "trained", "judged", "written"])
def test_a_crash_at_any_step_leaves_the_live_model_and_no_half_one(
    step: str,
    updater: "Updater",
    tiny_folder: Path,
    wrong: Sequence[LabelledText],
    tmp_path: Path,
) -> None:
    """Whenever the process dies, what is on disk is whole, and the next try succeeds."""
    live = load_manifest(tiny_folder)

    def die(name: str) -> None:
        if name == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        updater.update(tiny_folder, wrong[:1], (), tmp_path / "new", on_step=die)
    assert load_manifest(tiny_folder) == live
    if step == "written":
        load_manifest(tmp_path / "new")  # whole: every sum is checked
    else:
        assert list(tmp_path.iterdir()) == []
    update = updater.update(tiny_folder, wrong[:1], (), tmp_path / "new")
    assert update.manifest == load_manifest(tmp_path / "new")


def test_the_shipped_model_learns_real_corrections_without_harm(
    psychexp_path: Path, tmp_path: Path
) -> None:
    """Under the strict gate: five sentences it got wrong are learned, few other answers change."""
    from emojify_core.ml.correction_learning.update import Updater  # noqa: PLC0415 - TensorFlow

    data = find_update_data(psychexp_path)
    assert data.validation is not None
    texts, labels = data.validation.texts, data.validation.labels
    before = Predictor.load(SHIPPED).predict(texts).probabilities.argmax(axis=1)
    rows = np.flatnonzero(before != labels)[:5].tolist()
    corrections = [LabelledText(str(row), texts[row], int(labels[row])) for row in rows]
    update = Updater(SHIPPED, data).update(SHIPPED, corrections, (), tmp_path / "new")
    assert update.verdict is not None
    assert update.verdict.passed, update.verdict.reason
    assert set(update.receipts) == {str(row) for row in rows}
    for one in corrections:
        assert np.argmax(update.receipts[one.id].after) == one.label, LABELS[one.label]
    after = Predictor.load(tmp_path / "new").predict(texts).probabilities.argmax(axis=1)
    changed = set(np.flatnonzero(before != after).tolist()) - set(rows)
    assert len(changed) <= 6  # of 595
