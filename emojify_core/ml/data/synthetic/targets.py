"""What the made texts teach: the probability of each label, and how likely there is an emotion.

All values are here. People rarely agree fully on an emotion, so no label gets everything; a text
whose emotion is doubtful gets a softer target and a lower value of `emotional`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from emojify_core.labels import LABELS
from emojify_core.ml.text.reading.groups import group_words
from emojify_core.ml.text.reading.symbols import symbols

Target = NDArray[np.float32]  # (labels,), adds up to 1

# Nothing is there to say, so no label may win.
EVEN: Final[Target] = np.full(len(LABELS), 1 / len(LABELS), dtype=np.float32)
SILENT: Final = 0.0

# How likely a text of each kind holds an emotion.
CLEAR: Final = 1.0
SYMBOL_ALONE: Final = 0.95
CHAT_WORD_ALONE: Final = 0.7  # "lol" is often a filler
SYMBOL_AFTER_PLAIN: Final = 0.75  # only the symbol speaks
SMILEY_AFTER_PLAIN: Final = 0.5  # a smiley after a plain sentence is often mere politeness
IRONIC: Final = 0.85
DENIED: Final = 0.15  # "I was not afraid" says that an emotion is absent
DENIED_JOY: Final = 0.7  # "I was not happy" says that something is wrong
NEGATED_ROW: Final = 0.4  # the rest of the row may still tell of something

# The label's own probability.
SURE: Final = 0.9
TOLD: Final = 0.85  # of somebody else, or by a sentence around a group of people
AFTER_PLAIN: Final = 0.75

# The symbol's weight beside a row that says something else: "I failed 😂" is mostly the row.
CONTRADICTING_SYMBOL: Final = 0.4
CONTRADICTING_CHAT_WORD: Final = 0.15

# Mostly sadness and anger: "not happy with the service", "no joy left".
_WITHOUT_JOY: Final[Mapping[str, float]] = {
    "joy": 0.02, "fear": 0.1, "anger": 0.28, "sadness": 0.4, "disgust": 0.08, "shame": 0.06,
    "guilt": 0.06,
}  # fmt: skip
_DENIED: Final = 0.01  # of the denied label itself
_CALM: Final = 0.3  # joy: it is a relief not to be afraid
# Irony hides anger or disappointment, and readers differ; hardly anybody reads it as joy.
_IRONIC: Final[Mapping[str, Mapping[str, float]]] = {
    "anger": {"anger": 0.58, "sadness": 0.22, "disgust": 0.08, "joy": 0.03},
    "sadness": {"sadness": 0.55, "anger": 0.25, "shame": 0.05, "joy": 0.03},
    "fear": {"fear": 0.55, "anger": 0.18, "sadness": 0.14, "joy": 0.03},
    "disgust": {"disgust": 0.55, "anger": 0.25, "sadness": 0.08, "joy": 0.03},
}


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A text, the probability of each label (7,), and how likely it holds an emotion at all."""

    text: str
    target: Target
    emotional: float


class SymbolKind(Protocol):
    """Emoji, emoticons or chat words of one meaning, as the way of reading lists them."""

    @property
    def emotion(self) -> str:
        """A label, or "none"."""

    @property
    def forms(self) -> Sequence[str]:
        """The symbols as people type them."""


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """The training rows that the generator combines with this project's sentences.

    `symbols` has some of every label and of "none".
    """

    emotional: Sequence[Example]  # training rows with an emotion
    neutral: Sequence[str]  # training rows without one
    symbols: Sequence[SymbolKind] = field(default_factory=symbols)
    group_words: Sequence[str] = field(default_factory=group_words)
    rare_words: Sequence[str] = ()  # stand for groups that no list names


def silent(text: str) -> Example:
    """Return an example without an emotion."""
    return Example(text, EVEN, SILENT)


def one_hot(label: str, sure: float = SURE) -> Target:
    """Return the target (7,) of one label; the others share the rest."""
    return shares({label: sure})


def shares(of: Mapping[str, float]) -> Target:
    """Return the target (7,) of some labels' probabilities; the others share the rest."""
    others = (1 - sum(of.values())) / max(len(LABELS) - len(of), 1)
    return np.array([of.get(label, others) for label in LABELS], dtype=np.float32)


def denied(label: str) -> tuple[Target, float]:
    """Return the target (7,) and `emotional` of a text that denies an emotion."""
    if label == "joy":
        return shares(_WITHOUT_JOY), DENIED_JOY
    return shares({label: _DENIED, "joy": _CALM}), DENIED


def ironic(label: str) -> Target:
    """Return the target (7,) of praise for something that is bad."""
    return shares(_IRONIC[label])


def mixed(first: Target, second: Target, weight: float) -> Target:
    """Return a mean of two targets (7,); `weight` is the second one's."""
    return ((1 - weight) * first + weight * second).astype(np.float32)
