"""Knowledge distillation (Hinton et al., 2015): the teacher's logits, shipped without its texts.

The teacher is a fine-tuned sentence encoder of 110 million parameters; its probabilities teach a
small network more than labels alone. research/README.md tells how it was made, and that it saw no
validation, gate or test row.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emojify_core.errors import DataError
from emojify_core.ml.model.calibration import softmax
from emojify_core.ml.text.embeddings import add_special_rows
from emojify_core.ml.text.vocabulary import Vocabulary

Logits = NDArray[np.float32]  # (texts, classes)
Keys = NDArray[np.uint64]  # (texts,), see `text_key`

FOLDER = Path(__file__).parents[1] / "taught"
LOGITS_FILE = "answers.npz"
WORDS_FILE = "words.npz"

_INSTALL = "Install emojify again."


@dataclass(frozen=True, slots=True, eq=False)
class TeacherLogits:
    """The teacher's logits for three groups of texts, (texts, classes) each."""

    rows: Logits  # PsychExp's `train` rows, in order
    augmented: Logits  # the texts of `augmentation.augment`, in order
    augmented_sha256: str  # `tokens_sha256` of those texts
    goemotions: Logits
    goemotions_keys: Keys


def load_teacher_logits(folder: Path = FOLDER) -> TeacherLogits:
    """Read the teacher's logits. Raises DataError when the file is missing or damaged."""
    try:
        with np.load(folder / LOGITS_FILE, allow_pickle=False) as stored:
            return TeacherLogits(
                stored["rows"].astype(np.float32),
                stored["recombined"].astype(np.float32),
                str(stored["recombined_sum"]),
                stored["free"].astype(np.float32),
                stored["free_keys"],
            )
    except (OSError, ValueError, KeyError) as e:
        raise DataError(f"The teacher's logits cannot be read ({e}). {_INSTALL}") from e


def load_word_features(vocabulary: Vocabulary, folder: Path = FOLDER) -> NDArray[np.float32]:
    """Return the teacher's features of each word, (len(vocabulary), 62), on GloVe's scale.

    A word's features are 55 principal components of the encoder's own vector and the fine-tuned
    teacher's seven logits. Raises DataError when the file is missing, damaged or was made for
    another vocabulary.
    """
    try:
        with np.load(folder / WORDS_FILE, allow_pickle=False) as stored:
            features = stored["numbers"].astype(np.float32) * stored["scale"]
            made_for = str(stored["words_sum"])
    except (OSError, ValueError, KeyError) as e:
        raise DataError(f"The teacher's word features cannot be read ({e}). {_INSTALL}") from e
    if made_for != tokens_sha256([vocabulary.words]):
        raise DataError(
            "The teacher's word features were made for another vocabulary: PsychExp's split, the "
            "tokenizer or GloVe has changed. Make them again with research/publish.py."
        )
    return add_special_rows(features)


def soft_targets(labels: NDArray[np.int64], logits: Logits, trust: float) -> NDArray[np.float32]:
    """Mix labels (rows,) with the teacher's probabilities into targets (rows, classes).

    `trust` is the teacher's weight, 0 to 1; `logits` is (rows, classes).
    """
    one_hot = np.eye(logits.shape[1], dtype=np.float32)[labels]
    return (1 - trust) * one_hot + trust * softmax(logits)


def tokens_sha256(texts: Iterable[Sequence[str]]) -> str:
    """Return a checksum of tokenized texts, sensitive to order."""
    digest = hashlib.sha256()
    for tokens in texts:
        digest.update("\n".join(tokens).encode() + b"\n\n")
    return digest.hexdigest()


def text_key(text: str) -> int:
    """Return the first 64 bits of the stripped text's SHA-256, which identify its logits."""
    return int.from_bytes(hashlib.sha256(text.strip().encode()).digest()[:8])
