"""What the teacher said about texts and words: numbers that come with the project, no text.

The teacher is a fine-tuned sentence encoder of 110 million parameters
(research/README.md says how it was made, and that it saw no validation, gate or test row). A
small network learns more from how sure the teacher is of each class than from labels alone
(Hinton et al., 2015).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emojify_core.errors import DataError
from emojify_core.ml.model.calibration import softmax
from emojify_core.ml.text.vocabulary import FIRST_WORD_ID, PADDING, UNKNOWN, Vocabulary

Logits = NDArray[np.float32]  # (texts, classes)
Keys = NDArray[np.uint64]  # of texts, see `key_of`

FOLDER = Path(__file__).parents[1] / "taught"
ANSWERS = "answers.npz"
WORDS = "words.npz"

_INSTALL = "Install emojify again."


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The teacher's logits, float32, in the classes' order."""

    rows: Logits  # of PsychExp's `train` rows
    recombined: Logits  # of what `recombining.recombine` makes of them
    recombined_sum: str  # of those texts, see `sum_of`
    free: Logits  # of texts of GoEmotions ...
    free_keys: Keys  # ... and their keys, (texts,)


def load_answers(folder: Path = FOLDER) -> Answers:
    """Read the teacher's answers. Raises DataError if they are missing or damaged."""
    try:
        with np.load(folder / ANSWERS, allow_pickle=False) as stored:
            return Answers(
                stored["rows"].astype(np.float32),
                stored["recombined"].astype(np.float32),
                str(stored["recombined_sum"]),
                stored["free"].astype(np.float32),
                stored["free_keys"],
            )
    except (OSError, ValueError, KeyError) as e:
        raise DataError(f"The teacher's answers cannot be read ({e}). {_INSTALL}") from e


def load_word_features(vocabulary: Vocabulary, folder: Path = FOLDER) -> NDArray[np.float32]:
    """Give what the teacher knows of each word, (len(vocabulary), 62), of GloVe's spread.

    55 principal components of the encoder's own vector of the word, then the seven logits the
    fine-tuned teacher gives for it. Padding is zeros, the unknown word the mean of the rarer
    half. Raises DataError for missing numbers, or for another vocabulary than they were made for.
    """
    try:
        with np.load(folder / WORDS, allow_pickle=False) as stored:
            numbers = stored["numbers"].astype(np.float32) * stored["scale"]
            made_for = str(stored["words_sum"])
    except (OSError, ValueError, KeyError) as e:
        raise DataError(f"The teacher's words cannot be read ({e}). {_INSTALL}") from e
    if made_for != sum_of([vocabulary.words]):
        raise DataError(
            "The teacher's numbers were made for another vocabulary: PsychExp's split, the "
            "tokeniser or GloVe has changed. Make them again with research/publish.py."
        )
    table = np.zeros((len(vocabulary), numbers.shape[1]), dtype=np.float32)
    table[FIRST_WORD_ID:] = numbers
    table[UNKNOWN] = table[FIRST_WORD_ID + len(numbers) // 2 :].mean(axis=0)
    table[PADDING] = 0.0
    return table


def targets(labels: NDArray[np.int64], logits: Logits, trust: float) -> NDArray[np.float32]:
    """Mix labels and the teacher's probabilities, `trust` of the latter: (rows, classes)."""
    certain = np.eye(logits.shape[1], dtype=np.float32)[labels]
    return (1 - trust) * certain + trust * softmax(logits)


def sum_of(texts: Iterable[Sequence[str]]) -> str:
    """Sum texts given as tokens; one that differs anywhere has another sum."""
    digest = hashlib.sha256()
    for tokens in texts:
        digest.update("\n".join(tokens).encode() + b"\n\n")
    return digest.hexdigest()


def key_of(text: str) -> int:
    """Give the first 64 bits of the stripped text's SHA-256: by these its answer is found."""
    return int.from_bytes(hashlib.sha256(text.strip().encode()).digest()[:8])
