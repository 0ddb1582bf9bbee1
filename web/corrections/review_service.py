"""The review queue as an administrator sees it: what the model says now, and who else says so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from emojify_core.answer import Answer
from emojify_core.correction_states import ACCEPTED, CorrectionState
from emojify_core.errors import OverloadedError, QueueUnavailableError
from emojify_core.limits import MAX_DECISIONS, REVIEW_PAGE
from emojify_core.storage.corrections.records import Correction
from emojify_core.storage.corrections.review_queue import ReviewQueue
from emojify_core.storage.corrections.review_records import Outcome, ReviewFilter, Voices
from web.auth.identity import ADMINISTRATOR
from web.predictions.service import PredictionService

DECISIONS = {"accept": CorrectionState.QUEUED, "reject": CorrectionState.REJECTED}

_PREDICTED_WITHIN = 2.0  # seconds; without a worker the queue is shown without predictions
# Whoever accepts a correction twice finds it on its way or learned.
_AS_DECIDED = {
    "accept": ACCEPTED | {CorrectionState.LIVE, CorrectionState.SUPERSEDED},
    "reject": frozenset({CorrectionState.REJECTED}),
}


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A waiting correction, with what helps to decide."""

    correction: Correction
    prediction: Answer | None  # of the live model; None: no worker answered
    voices: Voices


@dataclass(frozen=True, slots=True)
class ReviewService:
    """Lists and decides what waits for review."""

    reviews: ReviewQueue
    predictions: PredictionService
    wake_trainer: Callable[[], None]

    def page(self, chosen: ReviewFilter, after: int | None) -> list[ReviewItem]:
        """Return the oldest REVIEW_PAGE waiting corrections after a sequence number."""
        found = self.reviews.page(chosen, after=after, limit=REVIEW_PAGE)
        if not found:
            return []
        counts = self.reviews.voices([each.normalised for each in found])
        answers = self._predict([each.text for each in found])
        items = []
        for each, answer in zip(found, answers, strict=True):
            labels = counts.get(each.normalised, {})
            same = labels.get(each.label, 1)  # a text without words is compared with none
            voices = Voices(same, sum(labels.values()) - labels.get(each.label, 0))
            items.append(ReviewItem(each, answer, voices))
        return items

    def decide(self, ids: Sequence[str], decision: str, why: str) -> list[Outcome]:
        """`accept` or `reject` waiting corrections; wake the trainer if any was accepted."""
        to = DECISIONS[decision]
        return self._woken(self.reviews.decide(ids, to, by=ADMINISTRATOR, why=why))

    def decide_chosen(self, chosen: ReviewFilter, decision: str, why: str) -> list[Outcome]:
        """Decide the oldest MAX_DECISIONS that the filter chooses."""
        outcomes = self.reviews.decide_chosen(
            chosen, DECISIONS[decision], by=ADMINISTRATOR, why=why, limit=MAX_DECISIONS
        )
        return self._woken(outcomes)

    def _woken(self, outcomes: list[Outcome]) -> list[Outcome]:
        if any(each.decided and each.state is CorrectionState.QUEUED for each in outcomes):
            self.wake_trainer()
        return outcomes

    def _predict(self, texts: Sequence[str]) -> Sequence[Answer | None]:
        try:
            status = self.predictions.submit(tuple(texts), single=False, wait=_PREDICTED_WITHIN)
        except (QueueUnavailableError, OverloadedError):
            return [None] * len(texts)
        if status.reply is None:
            return [None] * len(texts)
        return [None if answer.error else answer for answer in status.reply.answers]


def problem_of(outcome: Outcome, decision: str) -> str | None:
    """Return why a correction is not decided as wanted; None if it is."""
    if outcome.state is None:
        return "There is no correction with this id."
    if outcome.decided or outcome.state in _AS_DECIDED[decision]:
        return None
    return f"A correction that is {outcome.state} does not wait for review."
