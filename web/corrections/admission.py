"""Who decides first on a new correction: the gate, an administrator, or other people."""

from dataclasses import dataclass
from typing import Self

from emojify_core.correction_states import CorrectionState
from emojify_core.settings import Settings


@dataclass(frozen=True, slots=True)
class Admission:
    """The rule of this installation. A stranger has no key and is on another machine."""

    review: bool  # an administrator accepts each correction
    review_strangers: bool  # likewise, those of strangers
    count_voices: bool  # the trainer asks for several voices against a confident answer

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Return the rule that the settings give."""
        return cls(settings.review, settings.review_strangers, settings.count_voices)

    def reviews(self, *, is_stranger: bool) -> bool:
        """Tell whether an administrator must accept such a correction."""
        return self.review_strangers if is_stranger else self.review

    def first_state(self, *, is_stranger: bool) -> CorrectionState:
        """Return the state in which a correction is stored."""
        if self.reviews(is_stranger=is_stranger):
            return CorrectionState.REVIEW
        if is_stranger and self.count_voices:
            return CorrectionState.RECEIVED  # the trainer knows what the model is sure of
        return CorrectionState.QUEUED
