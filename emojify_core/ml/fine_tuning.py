"""From a model and corrections to a candidate: the corrections hold, little else has moved.

Nothing here is random: the same model and corrections give the same candidate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from string import punctuation
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emojify_core.ml.artefact import VOCABULARY
from emojify_core.ml.batches import encode
from emojify_core.ml.labelled_text import LabelledText
from emojify_core.ml.leads import leads
from emojify_core.ml.loaded_model import LoadedModel
from emojify_core.ml.margin_gradient import MarginGradient
from emojify_core.ml.text import tokenize
from emojify_core.ml.vocabulary import UNKNOWN
from emojify_core.ml.word_counts import load_word_counts
from emojify_core.ml.word_moves import MoveSettings, WordMover, mobility

SIGNS: Final = set(punctuation)
ROUNDING: Final = 1e-6  # of leads, so that an untouched text is not taken for a lesser one


@dataclass(frozen=True, slots=True)
class TuningSettings:
    """When a correction is learned, and how hard to try; chosen on the validation rows."""

    lead: float = log(2)  # a learned label is twice as probable as the next
    least_lead: float = log(1.2)  # below this a text is taken up again
    vote: float = 0.25  # share added to the lead by each further person who said the same ...
    most_votes: int = 3  # ... up to this many in all
    sweeps: int = 5  # over all texts; one undoes a little of another where they share rare words
    most_words: int = 400  # of one text; a step's time grows with it
    moves: MoveSettings = field(default_factory=MoveSettings)


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A changed model, not judged yet."""

    model: LoadedModel
    moved: int  # words whose vectors changed
    steps: int


class FineTuner:
    """Made once in a process, used for every update.

    `like` is any model of the shape that all later ones have; `counts` say how often each word
    occurred in training (by default the project's own).
    """

    def __init__(
        self,
        like: LoadedModel,
        counts: Mapping[str, int] | None = None,
        settings: TuningSettings | None = None,
    ) -> None:
        self._settings = settings or TuningSettings()
        self._counts = load_word_counts() if counts is None else counts
        self._gradient = MarginGradient(like.weights)
        self._movers: dict[str, WordMover] = {}  # by the vocabulary's sha256
        self._gradient(like.weights["embeddings"][:1], 0)  # traces it now, not in an update

    def why_unlearnable(self, start: LoadedModel, one: LabelledText) -> str | None:
        """Say, for people, why `start` cannot learn this text at all; None if it can be tried."""
        tokens = tokenize(one.text)
        ids = start.vocabulary.ids(tokens)
        if len(ids) > self._settings.most_words:
            return (
                f"The text has more than {self._settings.most_words} words; "
                "correct the sentence in it that matters."
            )
        words = [n for n, token in zip(ids, tokens, strict=True) if not SIGNS.issuperset(token)]
        if all(number == UNKNOWN for number in words or ids):
            return "The model knows none of its words, and it cannot learn new ones."
        return None

    def tune(
        self,
        start: LoadedModel,
        corrections: Sequence[LabelledText],
        earlier: Sequence[LabelledText] = (),
    ) -> Candidate:
        """Change a copy of `start` until all corrections lead and all `earlier` that led do.

        What does not hold after all sweeps is left so: the gate sees it.
        """
        self._gradient.use(start.weights)
        held = leads(start.predictor, earlier)
        kept = [one for one, lead in zip(earlier, held, strict=True) if lead > 0]
        # What held by less than the usual lead is brought back to what it was, not further.
        known = np.minimum(held[held > 0], self._settings.lead)
        goals = np.concatenate([[self._goal(one) for one in corrections], known])
        return self._sweep(start, [*corrections, *kept], goals, len(corrections))

    def _sweep(
        self,
        start: LoadedModel,
        texts: Sequence[LabelledText],
        goals: NDArray[np.float64],  # (texts,), leads in log odds
        new: int,  # the first so many texts are new
    ) -> Candidate:
        mover, steps = self._mover(start), 0
        model, table = start, start.weights["embeddings"].copy()
        temperature = start.manifest.temperature  # from served odds back to logits
        least = np.minimum(goals, self._settings.least_lead) - ROUNDING
        lacking = np.flatnonzero(leads(start.predictor, texts[:new]) < goals[:new])
        for _ in range(self._settings.sweeps):
            if not lacking.size:
                break
            for place in lacking.tolist():
                ids = encode(texts[place].text, start.vocabulary)
                target = float(goals[place]) * temperature
                steps += mover.learn(table, ids, texts[place].label, target)
            model = start.with_vectors(table)
            lacking = np.flatnonzero(leads(model.predictor, texts) < least)
        moved = (model.weights["embeddings"] != start.weights["embeddings"]).any(axis=1)
        return Candidate(model, int(moved.sum()), steps)

    def _goal(self, one: LabelledText) -> float:
        more = min(one.votes, self._settings.most_votes) - 1
        return self._settings.lead * (1 + self._settings.vote * more)

    def _mover(self, start: LoadedModel) -> WordMover:
        key = start.manifest.files[VOCABULARY].sha256
        if key not in self._movers:
            moves = self._settings.moves
            free = mobility(start.vocabulary, self._counts, moves)
            # One lineage has one vocabulary: no more than the last are kept.
            self._movers = {key: WordMover(free, self._gradient, moves)}
        return self._movers[key]
