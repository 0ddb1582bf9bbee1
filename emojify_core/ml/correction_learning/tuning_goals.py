"""The margins that fine-tuning must reach: for new corrections, earlier ones and replay rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log

from emojify_core.ml.correction_learning.embedding_updates import MarginTarget, StepSettings
from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.ml.correction_learning.margins import TOLERANCE, log_odds_margins
from emojify_core.ml.inference.loaded_model import LoadedModel
from emojify_core.ml.text.encoding import encode


@dataclass(frozen=True, slots=True)
class TuningSettings:
    """When a text counts as learned; margins in log odds, chosen on the validation rows."""

    margin: float = log(1.25)  # a learned label is a quarter more probable than the next
    min_margin: float = log(1.1)  # below it, the next sweep learns the text again
    vote_bonus: float = 0.25  # share of the margin for each further person with the same label ...
    max_votes: int = 3  # ... counting at most this many people
    # A replay row is degraded below its margin in the base, or below the floor if that is lower.
    replay_floor: float = 0.3
    repair_bonus: float = 0.03  # a degraded row is repaired to this much above the lower of both
    max_sweeps: int = 8  # texts that share rare words undo a little of each other
    steps: StepSettings = field(default_factory=StepSettings)


@dataclass(frozen=True, slots=True)
class Goal:
    """A text and its margins in log odds."""

    text: LabelledText
    margin: float  # to reach
    min_margin: float  # below it, the next sweep learns the text again

    def target(self, model: LoadedModel) -> MarginTarget:
        """Return the goal in word ids and logits, that is before `model` divides by temperature."""
        ids = encode(self.text.text, model.predictor.reader)
        (temperature,) = model.predictor.temperatures([ids.tolist()]).tolist()
        return MarginTarget(ids, self.text.label, self.margin * temperature)


def new_goal(correction: LabelledText, settings: TuningSettings) -> Goal:
    """Ask a new correction for the full margin, and for more if several people agree."""
    further_votes = min(correction.votes, settings.max_votes) - 1
    margin = settings.margin * (1 + settings.vote_bonus * further_votes)
    return Goal(correction, margin, settings.min_margin)


def earlier_goals(
    start: LoadedModel, earlier: Sequence[LabelledText], settings: TuningSettings
) -> list[Goal]:
    """Ask each earlier correction that holds to keep its margin, up to that of a new one."""
    margins = log_odds_margins(start.predictor, earlier).tolist()
    return [
        Goal(one, min(margin, settings.margin), min(margin, settings.min_margin) - TOLERANCE)
        for one, margin in zip(earlier, margins, strict=True)
        if margin > 0
    ]
