"""Add GoEmotions' comments, and the texts made for training, to what trains the network."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emojify_core.labels import LABELS
from emojify_core.ml.data.distillation import TeacherLogits
from emojify_core.ml.data.goemotions import match_logits, read_texts
from emojify_core.ml.data.goemotions_labels import (
    MEANINGS,
    STRICT,
    LabelledComments,
    labelled_examples,
    read_labelled,
)
from emojify_core.ml.data.synthetic.generate import generate
from emojify_core.ml.data.synthetic.targets import CLEAR, Example, Sources
from emojify_core.ml.data.training_data import Comments, TrainingData
from emojify_core.ml.model.calibration import softmax
from emojify_core.ml.text.encoding import LabelledIds, TrainingExamples, encode
from emojify_core.ml.text.reading.reader import Reader

MADE: Final = 60_000  # texts made for training
DRAWN: Final = 60_000  # comments, some of them several times
NEUTRAL_SHARE: Final = 0.33  # of the drawn comments
UNCLEAR_SHARE: Final = 0.07  # with an emotion that is none of the seven
RARE: Final = 15_000  # words after this rank stand in for groups of people that no list names


@dataclass(frozen=True, slots=True, eq=False)
class Stories:
    """PsychExp's training rows."""

    texts: Sequence[str]
    targets: NDArray[np.float32]  # (texts, classes)


def add_comments(
    data: TrainingData, stories: Stories, teacher: TeacherLogits, reader: Reader, folder: Path
) -> TrainingData:
    """Add what teaches comments and the gate.

    Raises DataError when one of the files in `folder` is missing or cannot be read.
    """
    free, logits = match_logits(read_texts(folder), teacher)
    comments = labelled_examples(folder, teacher)
    drawn = balanced_rows(comments, np.random.default_rng(0))
    made = list(generate(_sources(stories, comments), _rare_words(reader), MADE))
    return replace(
        data,
        free=TrainingExamples([encode(text, reader) for text in free], softmax(logits)),
        goemotions=TrainingExamples(
            [encode(comments.texts[row], reader) for row in drawn],
            comments.targets[drawn],
            comments.emotional[drawn],
            comments.weights[drawn],
        ),
        made=TrainingExamples(
            [encode(one.text, reader) for one in made],
            np.stack([one.target for one in made]),
            np.array([one.emotional for one in made], dtype=np.float32),
        ),
        comments=_held_out(folder, reader),
        origin={**data.origin, "goemotions": len(comments.texts), "made": MADE},
    )


def balanced_rows(comments: LabelledComments, random: np.random.Generator) -> NDArray[np.intp]:
    """Draw `DRAWN` rows: joy is twenty times as frequent as guilt, which this evens out by a root.

    The result has no order that training could learn from.
    """
    neutral, unclear = len(LABELS), len(LABELS) + 1
    kind = np.where(comments.weights == 0, unclear, comments.targets.argmax(axis=1))
    kind = np.where(comments.emotional == 0, neutral, kind)
    roots = np.sqrt(np.bincount(kind, minlength=unclear + 1)[: len(LABELS)])
    labelled = (1 - NEUTRAL_SHARE - UNCLEAR_SHARE) * roots / roots.sum()
    shares = [*labelled, NEUTRAL_SHARE, UNCLEAR_SHARE]
    drawn = [
        np.resize(random.permutation(np.flatnonzero(kind == one)), int(share * DRAWN))
        for one, share in enumerate(shares)
    ]
    return np.concatenate(drawn)


def _sources(stories: Stories, comments: LabelledComments) -> Sources:
    emotional = [
        Example(text, target, CLEAR)
        for text, target in zip(stories.texts, stories.targets, strict=True)
    ]
    emotional += [
        Example(comments.texts[row], comments.targets[row], CLEAR)
        for row in np.flatnonzero(comments.strict).tolist()
    ]
    return Sources(emotional, comments.neutral)


def _rare_words(reader: Reader) -> list[str]:
    return [word for word in reader.vocabulary.words[RARE:] if word.isalpha()]


def _held_out(folder: Path, reader: Reader) -> Comments:
    """Return the `dev` split's comments of exactly one of the seven emotions, or neutral."""
    rows = read_labelled(folder / "dev.tsv")
    emotional = [(text, names[0]) for text, names in rows if len(names) == 1 and names[0] in STRICT]
    labels = [LABELS.index(MEANINGS[name][0]) for _, name in emotional]
    return Comments(
        LabelledIds(
            [encode(text, reader) for text, _ in emotional], np.array(labels, dtype=np.int64)
        ),
        [encode(text, reader) for text, names in rows if names == ("neutral",)],
    )
