"""GoEmotions' labels as targets for training (Demszky et al., 2020; CC BY 4.0).

Its 27 emotions and "neutral" become probabilities of the seven labels and of an emotion at all.
An emotion that is not one of the seven is trusted less, and the teacher's answer to the text
fills the rest. The test split judges: its labels are not read, and its texts are not returned.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emojify_core.errors import DataError
from emojify_core.labels import LABELS
from emojify_core.ml.data.distillation import TeacherLogits, text_key
from emojify_core.ml.model.calibration import softmax
from emojify_core.tokenizer import tokenize

# In the order of their numbers in the files.
NAMES: Final = (
    "admiration", "amusement", "anger", "annoyance", "approval", "caring", "confusion",
    "curiosity", "desire", "disappointment", "disapproval", "disgust", "embarrassment",
    "excitement", "fear", "gratitude", "grief", "joy", "love", "nervousness", "optimism", "pride",
    "realization", "relief", "remorse", "sadness", "surprise", "neutral",
)  # fmt: skip

# Emotion of GoEmotions: label, and how far it is trusted to be that label.
MEANINGS: Final = {
    "joy": ("joy", 1.0),
    "fear": ("fear", 1.0),
    "anger": ("anger", 1.0),
    "sadness": ("sadness", 1.0),
    "disgust": ("disgust", 1.0),
    "embarrassment": ("shame", 1.0),
    "remorse": ("guilt", 1.0),
    "love": ("joy", 0.9),
    "excitement": ("joy", 0.85),
    "gratitude": ("joy", 0.85),
    "pride": ("joy", 0.85),
    "amusement": ("joy", 0.8),
    "relief": ("joy", 0.8),
    "admiration": ("joy", 0.75),
    "optimism": ("joy", 0.65),
    "approval": ("joy", 0.5),
    "nervousness": ("fear", 0.85),
    "annoyance": ("anger", 0.7),
    "disapproval": ("anger", 0.5),
    "grief": ("sadness", 0.85),
    "disappointment": ("sadness", 0.7),
}
STRICT: Final = frozenset(name for name, (_, trust) in MEANINGS.items() if trust == 1)

_AGAIN: Final = "Remove it and download it again with `emojify data fetch-texts`."
_NEUTRAL: Final = "neutral"
_RATERS: Final = 0.95  # raters of GoEmotions often disagree, so no label gets all
_AND_NEUTRAL: Final = 0.6  # some raters saw no emotion
_UNMAPPED: Final = 0.35  # surprise, curiosity and others: something is felt, but none of the seven
_WEIGHT_NEUTRAL: Final = 0.3  # an even target teaches caution; in full it would blur the labels
_WEIGHT_AND_NEUTRAL: Final = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class LabelledComments:
    """Comments and what they teach."""

    texts: tuple[str, ...]  # (n,)
    targets: NDArray[np.float32]  # (n, 7), each row adds up to 1
    emotional: NDArray[np.float32]  # (n,), how likely the text holds an emotion
    weights: NDArray[np.float32]  # (n,), of the labels' loss; the gate's loss is not weighted
    strict: NDArray[np.bool_]  # (n,), exactly one label, and that is one of the seven

    @property
    def neutral(self) -> tuple[str, ...]:
        """The texts in which all raters saw no emotion."""
        return tuple(t for t, value in zip(self.texts, self.emotional, strict=True) if value == 0)


def labelled_examples(folder: Path, teacher: TeacherLogits) -> LabelledComments:
    """Return the train split without the texts that the test split holds, too.

    Raises DataError when a file is missing or damaged.
    """
    kept_for_judging = {
        _normalised(line.partition("\t")[0]) for line in _lines(folder / "test.tsv")
    }
    rows = [
        row
        for row in read_labelled(folder / "train.tsv")
        if _normalised(row[0]) not in kept_for_judging
    ]
    answers = dict(zip(teacher.goemotions_keys.tolist(), softmax(teacher.goemotions), strict=True))
    even = np.full(len(LABELS), 1 / len(LABELS), dtype=np.float32)
    taught = [_taught(names, answers.get(text_key(text), even), even) for text, names in rows]
    return LabelledComments(
        tuple(text for text, _ in rows),
        np.array([target for target, _, _ in taught], np.float32).reshape(-1, len(LABELS)),
        np.array([emotional for _, emotional, _ in taught], np.float32),
        np.array([weight for _, _, weight in taught], np.float32),
        np.array([len(names) == 1 and names[0] in STRICT for _, names in rows], np.bool_),
    )


def read_labelled(path: Path) -> list[tuple[str, tuple[str, ...]]]:
    """Return a file's texts, each with the names of its labels.

    Raises DataError when the file cannot be read or a line is damaged.
    """
    rows = []
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        try:
            text, labels, _ = line.split("\t")
            names = tuple(NAMES[int(label)] for label in labels.split(","))
        except (ValueError, IndexError) as e:
            raise DataError(
                f"Line {number} of {path} is not a text, label numbers and an id. {_AGAIN}"
            ) from e
        rows.append((text.strip(), names))
    return rows


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as e:
        raise DataError(f"{path} cannot be read ({e}). {_AGAIN}") from e


def _normalised(text: str) -> str:
    return " ".join(tokenize(text))


def _taught(
    names: tuple[str, ...], answer: NDArray[np.float32], even: NDArray[np.float32]
) -> tuple[NDArray[np.float32], float, float]:
    """Return a comment's target (7,), `emotional` and weight; `answer` (7,) is the teacher's."""
    meanings = [MEANINGS[name] for name in names if name in MEANINGS]
    if not meanings:
        return (even, 0.0, _WEIGHT_NEUTRAL) if names == (_NEUTRAL,) else (even, _UNMAPPED, 0.0)
    shares = [
        _RATERS * trust * np.eye(len(LABELS), dtype=np.float32)[LABELS.index(label)]
        + (1 - _RATERS * trust) * answer
        for label, trust in meanings
    ]
    target = np.asarray(np.mean(shares, axis=0), np.float32)
    emotional = max(trust for _, trust in meanings)
    if _NEUTRAL in names:
        return target, emotional * _AND_NEUTRAL, _WEIGHT_AND_NEUTRAL
    return target, emotional, 1.0
