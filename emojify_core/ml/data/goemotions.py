"""GoEmotions' comments without their labels, to learn the teacher's predictions from.

GoEmotions (Demszky et al., 2020; CC BY 4.0) has 58,000 comments from Reddit. What its labels
teach is in `goemotions_labels`.
"""

from pathlib import Path
from typing import Final

import numpy as np

from emojify_core.errors import DataError
from emojify_core.ml.data.distillation import Logits, TeacherLogits, text_key

TRAIN_FILE: Final = "train.tsv"
FILES: Final = (TRAIN_FILE, "dev.tsv", "test.tsv")
URL: Final = (
    "https://raw.githubusercontent.com/google-research/google-research/master/goemotions/data/"
)
# With logits of the teacher: the train split's texts of three words and more. Those that the dev
# or the test split holds too are left out, because these judge.
TEXTS: Final = 43_001
MAX_BYTES: Final = 16 * 1024 * 1024  # per file; the largest has about four million


def default_folder(home: Path) -> Path:
    """Return where `emojify data fetch-texts` puts the three files."""
    return home / "data" / "goemotions"


def read_texts(folder: Path) -> list[str]:
    """Read the first column of every file that exists.

    Raises DataError when a file cannot be read.
    """
    texts: list[str] = []
    for path in (folder / name for name in FILES):
        if not path.is_file():
            continue
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as e:
            raise DataError(
                f"{path} cannot be read ({e}). Remove it and download it again with "
                "`emojify data fetch-texts`."
            ) from e
        texts += [line.partition("\t")[0].strip() for line in lines]
    return texts


def match_logits(texts: list[str], teacher: TeacherLogits) -> tuple[list[str], Logits]:
    """Return the texts that have logits, in the teacher's order, and the logits (texts, classes).

    A hash identifies each text, so a changed text is skipped and never gets another's logits.
    """
    text_of = {text_key(text): text for text in texts}
    keys = teacher.goemotions_keys.tolist()
    rows = [row for row, key in enumerate(keys) if key in text_of]
    return [text_of[keys[row]] for row in rows], teacher.goemotions[np.array(rows, dtype=np.intp)]
