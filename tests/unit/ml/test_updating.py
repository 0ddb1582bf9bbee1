"""One update, whole, on the real held-out rows."""

from pathlib import Path

from emojify_core.labels import LABELS
from emojify_core.ml.artefact import SHIPPED, load_manifest
from emojify_core.ml.held_out import find_held_out
from emojify_core.ml.labelled_text import LabelledText
from emojify_core.ml.predictor import Predictor
from emojify_core.ml.updating import Updater

TEXT = "He pushed in front of me and swore at me."
ANGER = LABELS.index("anger")


def test_a_correction_is_learned_judged_and_written(psychexp_path: Path, tmp_path: Path) -> None:
    """The new model answers as corrected, passes the gate, and the old one is untouched."""
    before = load_manifest(SHIPPED).sha256
    steps: list[str] = []
    updater = Updater(SHIPPED, find_held_out(psychexp_path))
    update = updater.update(
        SHIPPED, [LabelledText("one", TEXT, ANGER)], [], tmp_path / "new", on_step=steps.append
    )
    assert steps == ["loaded", "trained", "judged", "written"]
    assert update.manifest is not None
    assert update.verdict is not None
    assert update.verdict.passed
    learned = Predictor.load(tmp_path / "new").predict([TEXT]).probabilities[0]
    assert learned.argmax() == ANGER
    assert update.receipts["one"].after[ANGER] > update.receipts["one"].before[ANGER]
    assert load_manifest(SHIPPED).sha256 == before


def test_what_holds_no_known_word_is_refused_with_a_reason(
    psychexp_path: Path, tmp_path: Path
) -> None:
    """Nothing can be learned from it, and the person is told so."""
    updater = Updater(SHIPPED, find_held_out(psychexp_path))
    update = updater.update(
        SHIPPED, [LabelledText("one", "qwxzv zzkqj", ANGER)], [], tmp_path / "new"
    )
    assert update.manifest is None
    assert update.refused["one"]
    assert not (tmp_path / "new").exists()
