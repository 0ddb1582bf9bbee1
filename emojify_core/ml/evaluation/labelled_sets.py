"""The labelled sets that models are measured on, by name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emojify_core.errors import DataError
from emojify_core.labels import LABELS
from emojify_core.ml.data.goemotions import default_folder
from emojify_core.ml.data.goemotions_labels import MEANINGS, STRICT, read_labelled
from emojify_core.ml.data.psychexp import NEXT_STEP, load_psychexp
from emojify_core.ml.data.splits import make_splits
from emojify_core.ml.data.starter_set import load_starter


@dataclass(frozen=True, slots=True, eq=False)
class TestSet:
    """Labelled texts that no model was trained on."""

    __test__ = False  # or pytest would collect the class

    name: str  # for people
    texts: Sequence[str]
    labels: NDArray[np.int64]  # (texts,)
    neutral: Sequence[str] = ()  # texts that hold no emotion


def _starter(_psychexp: Path | None, _home: Path) -> TestSet:
    return TestSet("the starter sentences", *load_starter())


def _psychexp(part: str, title: str, psychexp: Path | None, _home: Path) -> TestSet:
    if psychexp is None:
        raise DataError(f"PsychExp is not here. {NEXT_STEP}")
    data = load_psychexp(psychexp)
    rows = getattr(make_splits(data.texts, data.labels), part)
    return TestSet(f"PsychExp, {title}", [data.texts[row] for row in rows], data.labels[rows])


def _goemotions(split: str, _psychexp: Path | None, home: Path, *, near: bool = False) -> TestSet:
    """Return the comments with a single label: one of the seven, with `near` also near ones."""
    wanted = MEANINGS.keys() if near else STRICT
    rows = read_labelled(default_folder(home) / f"{split}.tsv")
    single = [(text, names[0]) for text, names in rows if len(names) == 1]
    labelled = [(text, MEANINGS[name][0]) for text, name in single if name in wanted]
    kind = "and near ones" if near else "alone"
    return TestSet(
        f"GoEmotions, {split} split, the seven emotions {kind}",
        tuple(text for text, _ in labelled),
        np.array([LABELS.index(label) for _, label in labelled], dtype=np.int64),
        tuple(text for text, name in single if name == "neutral"),
    )


# Choose by validation and dev. Whoever looks at a test split lists the look in the model card.
SETS: Final[Mapping[str, Callable[[Path | None, Path], TestSet]]] = {
    "psychexp-test": partial(_psychexp, "test", "the article's test split"),
    "psychexp-validation": partial(_psychexp, "validation", "the validation rows"),
    "goemotions-dev": partial(_goemotions, "dev"),
    "goemotions-dev-near": partial(_goemotions, "dev", near=True),
    "goemotions-test": partial(_goemotions, "test"),
    "goemotions-test-near": partial(_goemotions, "test", near=True),
    "starter": _starter,
}


def load_set(name: str, psychexp: Path | None, home: Path) -> TestSet:
    """Return a set of SETS, of the file `psychexp` or of the data in `home`.

    Raises DataError when the data is missing or altered.
    """
    return SETS[name](psychexp, home)
