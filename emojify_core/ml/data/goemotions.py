"""Texts without labels: comments of GoEmotions, for the teacher's answers to be learned from.

GoEmotions (Demszky et al., 2020; CC BY 4.0) is 58,000 comments from Reddit. Its own labels are
not read: no labelled emotion data but PsychExp's trains the model, so that other sets stay honest
tests of it.
"""

from pathlib import Path
from typing import Final

import numpy as np

from emojify_core.errors import DataError
from emojify_core.ml.data.distillation import Answers, Logits, key_of

FILES: Final = ("train.tsv", "dev.tsv", "test.tsv")
URL: Final = (
    "https://raw.githubusercontent.com/google-research/google-research/master/goemotions/data/"
)
TEXTS: Final = 53_854  # that the teacher answered: those of three words and more
MOST_BYTES: Final = 16 * 1024 * 1024  # of one file; the largest has about four million


def default_folder(home: Path) -> Path:
    """Where `emojify data fetch-texts` puts the three files."""
    return home / "data" / "goemotions"


def read_texts(folder: Path) -> list[str]:
    """Read the first column of the files that are there; an empty list if none is.

    Raises DataError for a file that cannot be read.
    """
    texts: list[str] = []
    for name in FILES:
        path = folder / name
        if not path.is_file():
            continue
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as e:
            raise DataError(
                f"{path} cannot be read ({e}). Remove it and get it again with "
                "`emojify data fetch-texts`."
            ) from e
        texts += [line.partition("\t")[0].strip() for line in lines]
    return texts


def answered(texts: list[str], answers: Answers) -> tuple[list[str], Logits]:
    """Pick the texts the teacher answered, in the answers' order, and the answers.

    Each text is known by its sum, so an altered one is passed over and no other can slip in.
    """
    found = {key_of(text): text for text in texts}
    keys = answers.free_keys.tolist()
    rows = [row for row, key in enumerate(keys) if key in found]
    return [found[keys[row]] for row in rows], answers.free[np.array(rows, dtype=np.intp)]
