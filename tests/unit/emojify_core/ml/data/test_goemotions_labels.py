"""GoEmotions' labels: which label each becomes, how far it is trusted, which texts are left out."""

from pathlib import Path

import numpy as np
import pytest

from emojify_core.errors import DataError
from emojify_core.labels import LABELS
from emojify_core.ml.data.distillation import TeacherLogits, text_key
from emojify_core.ml.data.goemotions_labels import NAMES, LabelledComments, labelled_examples

TRAIN = (
    ("I hate this", "anger"),
    ("thank you so much", "gratitude"),
    ("the bus is red", "neutral"),
    ("why is that", "curiosity"),
    ("oh no, sorry, I cried", "remorse,sadness"),
    ("that is a bit annoying", "annoyance,neutral"),
    ("It stands in the TEST split", "joy"),
)


def written(folder: Path, name: str, rows: tuple[tuple[str, str], ...]) -> None:
    """Write rows as GoEmotions does."""
    numbers = [",".join(str(NAMES.index(label)) for label in names.split(",")) for _, names in rows]
    lines = [f"{rows[i][0]}\t{numbers[i]}\tid{i}\n" for i in range(len(rows))]
    (folder / name).write_text("".join(lines), encoding="utf-8")


@pytest.fixture
def comments(tmp_path: Path) -> LabelledComments:
    """Return what the small train split teaches."""
    written(tmp_path, "train.tsv", TRAIN)
    written(tmp_path, "test.tsv", (("it stands in the test split ", "joy"),))
    logits = np.zeros((1, 7), np.float32)
    logits[0, LABELS.index("sadness")] = 20
    keys = np.array([text_key("thank you so much")], np.uint64)
    return labelled_examples(tmp_path, TeacherLogits(logits, logits, "", logits, keys))


def target(comments: LabelledComments, row: int) -> dict[str, float]:
    """Return a row's probabilities by label."""
    return dict(zip(LABELS, comments.targets[row].tolist(), strict=True))


def test_texts_of_the_test_split_teach_nothing(comments: LabelledComments) -> None:
    """Capitals and spaces do not hide them."""
    assert comments.texts == tuple(text for text, _ in TRAIN[:-1])
    assert comments.targets.shape == (6, 7)
    assert comments.targets.sum(axis=1) == pytest.approx(np.ones(6))


def test_one_of_the_seven_is_trusted_most(comments: LabelledComments) -> None:
    """Without the teacher's answer, the rest is even."""
    assert target(comments, 0)["anger"] == pytest.approx(0.95 + 0.05 / 7)
    assert comments.emotional[0] == comments.weights[0] == 1
    assert comments.strict.tolist() == [True, False, False, False, False, False]


def test_the_teacher_fills_what_a_near_emotion_leaves(comments: LabelledComments) -> None:
    """Gratitude is mostly joy."""
    assert target(comments, 1)["joy"] == pytest.approx(0.95 * 0.85, abs=1e-6)
    assert target(comments, 1)["sadness"] == pytest.approx(1 - 0.95 * 0.85, abs=1e-6)
    assert comments.emotional[1] == pytest.approx(0.85)


def test_neutral_and_other_emotions_teach_no_label(comments: LabelledComments) -> None:
    """Curiosity is felt, but it is none of the seven."""
    assert comments.neutral == ("the bus is red",)
    assert comments.targets[2:4] == pytest.approx(np.full((2, 7), 1 / 7))
    assert comments.emotional[2:4] == pytest.approx([0, 0.35])
    assert comments.weights[2:4] == pytest.approx([0.3, 0])


def test_several_labels_share_the_target(comments: LabelledComments) -> None:
    """A neutral one among them makes the emotion less likely."""
    assert target(comments, 4)["guilt"] == target(comments, 4)["sadness"] > 0.47
    assert target(comments, 5)["anger"] == pytest.approx(0.665 + 0.335 / 7)
    assert comments.emotional[5] == pytest.approx(0.42)
    assert comments.weights[5] == pytest.approx(0.7)


@pytest.mark.parametrize("line", ["no tabs", "text\t28\tid", "text\tjoy\tid", "text\t\tid"])
def test_a_damaged_line_is_named(tmp_path: Path, line: str) -> None:
    """The message says how to get the file again."""
    written(tmp_path, "test.tsv", ())
    (tmp_path / "train.tsv").write_text(f"fine\t17\tid\n{line}\n")
    none = np.zeros((0, 7), np.float32)
    teacher = TeacherLogits(none, none, "", none, np.zeros(0, np.uint64))
    with pytest.raises(DataError, match=r"Line 2 of .*train.tsv.*fetch-texts"):
        labelled_examples(tmp_path, teacher)
    (tmp_path / "test.tsv").unlink()
    with pytest.raises(DataError, match=r"test.tsv cannot be read"):
        labelled_examples(tmp_path, teacher)
