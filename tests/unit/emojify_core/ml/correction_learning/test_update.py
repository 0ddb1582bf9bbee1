"""One update, from waiting corrections to a model folder or to none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from emojify_core.labels import LABELS
from emojify_core.ml.correction_learning.bisection import TOO_COSTLY
from emojify_core.ml.correction_learning.gate.judge import Thresholds
from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.ml.correction_learning.update_data import UpdateData, find_update_data
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.model.artifact import SHIPPED, load_manifest

if TYPE_CHECKING:
    from emojify_core.ml.correction_learning.update import Update, Updater

pytestmark = pytest.mark.learning

# Least likely labels are no real corrections: they cost more rows than the strict gate allows.
LENIENT = Thresholds(alpha=0.0, macro_f1_drop=0.5, recall_drop=0.9, recall_drop_base=0.9)


@dataclass(frozen=True)
class Learned:
    """An update that learned all corrections, its steps and the new model's folder."""

    update: "Update"
    steps: Sequence[str]
    folder: Path


@pytest.fixture(scope="module")
def updater(base_folder: Path, update_data: UpdateData) -> "Updater":
    """Make the trainer's updater once."""
    from emojify_core.ml.correction_learning.update import Updater  # noqa: PLC0415 - TensorFlow

    return Updater(base_folder, update_data, LENIENT)


@pytest.fixture(scope="module")
def learned(
    updater: "Updater",
    base_folder: Path,
    corrections: Sequence[LabelledText],
    tmp_path_factory: pytest.TempPathFactory,
) -> Learned:
    """Learn all corrections in one update."""
    folder, steps = tmp_path_factory.mktemp("learned") / "new", list[str]()
    cause = {"kind": "fine_tune", "by": "trainer"}
    update = updater.update(base_folder, corrections, (), folder, cause=cause, on_step=steps.append)
    return Learned(update, steps, folder)


def test_an_update_writes_a_model_that_learned(
    learned: Learned, base_folder: Path, corrections: Sequence[LabelledText]
) -> None:
    """The written files predict every corrected label, and the receipts agree with them."""
    assert learned.steps == ["loaded", "trained", "judged", "written"]
    texts = [one.text for one in corrections]
    before, after = (
        Predictor.load(folder).predict(texts).probabilities
        for folder in (base_folder, learned.folder)
    )
    assert after.argmax(axis=1).tolist() == [one.label for one in corrections]
    for place, one in enumerate(corrections):
        receipt = learned.update.receipts[one.id]
        assert receipt.after == pytest.approx(after[place].tolist(), abs=6e-5)
        assert receipt.before == pytest.approx(before[place].tolist(), abs=6e-5)
        assert all(round(p, 4) == p for p in receipt.before + receipt.after)
    assert not learned.update.refused
    assert not learned.update.put_off
    assert learned.update.seconds > 0


def test_the_manifest_names_the_models_origin(
    learned: Learned, base_folder: Path, corrections: Sequence[LabelledText]
) -> None:
    """Every version names its parent, cause and figures, and contains no person's text."""
    update, manifest = learned.update, load_manifest(learned.folder)
    parent = load_manifest(base_folder)
    assert update.manifest == manifest
    assert manifest.sha256 != parent.sha256
    assert manifest.data["name"] == parent.data["name"]
    assert manifest.data["update"] == {
        "parent": parent.sha256,
        "base": parent.sha256,
        "cause": {"kind": "fine_tune", "by": "trainer"},
        "corrections": [one.id for one in corrections],
        "judged_on": "starter",
    }
    assert update.verdict is not None
    number = len(corrections)
    assert manifest.metrics["gate"]["corrections"] == {"held": number, "of": number}
    content = (learned.folder / "manifest.json").read_text(encoding="utf-8")
    assert not [one.text for one in corrections if one.text in content]


def test_updates_build_on_each_other(
    updater: "Updater", base_folder: Path, corrections: Sequence[LabelledText], tmp_path: Path
) -> None:
    """Corrections of one version still hold in the next."""
    first, second = tmp_path / "1", tmp_path / "2"
    updater.update(base_folder, corrections[:3], (), first)
    update = updater.update(first, corrections[3:], corrections[:3], second)
    texts = [one.text for one in corrections]
    predicted = Predictor.load(second).predict(texts).probabilities.argmax(axis=1)
    assert predicted.tolist() == [one.label for one in corrections]
    assert load_manifest(second).data["update"]["parent"] == load_manifest(first).sha256
    assert update.verdict is not None
    assert update.verdict.figures["earlier"] == {"kept": 3, "of": 3}


def test_a_refused_update_writes_nothing_and_gives_reasons(
    base_folder: Path,
    update_data: UpdateData,
    corrections: Sequence[LabelledText],
    tmp_path: Path,
) -> None:
    """When no candidate passes the gate, the live model stays."""
    from emojify_core.ml.correction_learning.update import Updater  # noqa: PLC0415 - TensorFlow

    strict = Updater(base_folder, update_data, replace(LENIENT, min_margin=100.0))
    steps: list[str] = []
    update = strict.update(base_folder, corrections[:2], (), tmp_path / "new", on_step=steps.append)
    assert update.manifest is None
    assert update.receipts == {}
    assert list(tmp_path.iterdir()) == []
    assert "written" not in steps
    reason = "The correction could not be learned: the model still gives another answer."
    assert update.refused == {"c0": reason, "c1": reason}
    assert update.verdict is not None
    assert not update.verdict.passed


def test_unlearnable_repeated_and_superseded_corrections_are_reported_apart(
    updater: "Updater", base_folder: Path, corrections: Sequence[LabelledText], tmp_path: Path
) -> None:
    """Each correction has its own outcome, and one bad text does not hold up the others."""
    one = corrections[0]
    waiting = [
        replace(one, id="old", label=(one.label + 1) % 7),
        replace(one, id="first"),
        LabelledText("words", "qwertz asdf", 3),
        replace(one, id="last"),
    ]
    update = updater.update(base_folder, waiting, [one], tmp_path / "new")
    assert list(update.receipts) == ["last"]
    assert update.repeats == {"first": "last"}
    assert update.superseded == {"old": "last"}
    assert list(update.refused) == ["words"]
    assert "knows none of the text's words" in update.refused["words"]
    assert update.manifest is not None
    assert update.manifest.data["update"]["corrections"] == ["last"]


def test_an_update_with_nothing_learnable_trains_nothing(
    updater: "Updater", base_folder: Path, tmp_path: Path
) -> None:
    """Unlearnable corrections cost no training."""
    steps: list[str] = []
    waiting = [LabelledText("words", "qwertz asdf", 3)]
    update = updater.update(base_folder, waiting, (), tmp_path / "new", on_step=steps.append)
    assert steps == ["loaded"]
    assert (update.manifest, update.verdict) == (None, None)
    assert list(update.refused) == ["words"]


def test_a_correction_that_holds_already_gives_the_same_model(
    updater: "Updater", learned: Learned, corrections: Sequence[LabelledText], tmp_path: Path
) -> None:
    """A correction that the model predicts already is accepted and changes no file."""
    again = [replace(corrections[0], id="again")]
    update = updater.update(learned.folder, again, corrections, tmp_path / "new")
    assert list(update.receipts) == ["again"]
    assert load_manifest(tmp_path / "new").sha256 == load_manifest(learned.folder).sha256


@pytest.mark.parametrize("step", ["loaded", "trained", "judged", "written"])
def test_a_crash_at_any_step_leaves_no_partial_model(
    step: str,
    updater: "Updater",
    base_folder: Path,
    corrections: Sequence[LabelledText],
    tmp_path: Path,
) -> None:
    """Whenever the process dies, the files on disk are whole, and the next update succeeds."""
    live = load_manifest(base_folder)

    def crash(name: str) -> None:
        if name == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        updater.update(base_folder, corrections[:1], (), tmp_path / "new", on_step=crash)
    assert load_manifest(base_folder) == live
    if step == "written":
        load_manifest(tmp_path / "new")  # checks every file's checksum
    else:
        assert list(tmp_path.iterdir()) == []
    update = updater.update(base_folder, corrections[:1], (), tmp_path / "new")
    assert update.manifest == load_manifest(tmp_path / "new")


def test_an_update_without_time_refuses_one_correction_and_puts_off_the_others(
    updater: "Updater", base_folder: Path, corrections: Sequence[LabelledText], tmp_path: Path
) -> None:
    """No correction holds up the trainer longer than its time, and each try decides one."""
    update = updater.update(base_folder, corrections, (), tmp_path / "new", seconds=0)
    shortest = min(corrections, key=lambda one: len(one.text))
    assert update.refused == {shortest.id: TOO_COSTLY}
    assert set(update.put_off) == {one.id for one in corrections} - {shortest.id}
    assert update.manifest is None


def test_the_shipped_model_learns_real_corrections_without_harm(
    psychexp_path: Path, tmp_path: Path
) -> None:
    """The strict gate accepts five corrected sentences, and few other predictions change."""
    from emojify_core.ml.correction_learning.update import Updater  # noqa: PLC0415 - TensorFlow

    data = find_update_data(psychexp_path)
    assert data.validation is not None
    texts, labels = data.validation.texts, data.validation.labels
    before = Predictor.load(SHIPPED).predict(texts).probabilities.argmax(axis=1)
    rows = np.flatnonzero(before != labels)[:5].tolist()
    wrong = [LabelledText(str(row), texts[row], int(labels[row])) for row in rows]
    update = Updater(SHIPPED, data).update(SHIPPED, wrong, (), tmp_path / "new")
    assert update.verdict is not None
    assert update.verdict.passed, update.verdict.reason
    assert set(update.receipts) == {str(row) for row in rows}
    for one in wrong:
        assert np.argmax(update.receipts[one.id].after) == one.label, LABELS[one.label]
    after = Predictor.load(tmp_path / "new").predict(texts).probabilities.argmax(axis=1)
    changed = set(np.flatnonzero(before != after).tolist()) - set(rows)
    assert len(changed) <= 6  # of 595
