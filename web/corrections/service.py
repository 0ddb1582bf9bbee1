"""Taking a correction: committed first, then told to the trainer; the one order that loses none."""

import json
from dataclasses import dataclass

from celery import Celery

from emojify_core.correction_states import ACCEPTED, CorrectionState
from emojify_core.errors import InvalidInputError, QueueUnavailableError, TransitionError
from emojify_core.queue.prediction_queue import PredictionQueue
from emojify_core.queue.trainer_notification import wake_trainer
from emojify_core.storage.corrections.queries import is_key_used
from emojify_core.storage.corrections.records import Correction, CorrectionDraft
from emojify_core.storage.corrections.repository import CorrectionRepository
from emojify_core.tokenizer import normalise
from web.corrections.quota import Quota
from web.http.concurrency import WaitSlots

# Those that stay as they are unless an administrator or a later correction changes that.
SETTLED = frozenset(CorrectionState) - ACCEPTED - {CorrectionState.RECEIVED, CorrectionState.REVIEW}
LEAST_SECRET_KEY = 16  # characters; a shorter idempotency key two strangers may choose alike


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionInput:
    """What a client says of a text."""

    text: str
    label: str
    prediction_id: str | None = None
    key: str | None = None  # idempotency key

    @property
    def once(self) -> str | None:
        """What only the very same request, sent again, has in common with this one."""
        if self.key is None or len(self.key) < LEAST_SECRET_KEY:
            return None
        return json.dumps([self.key, self.text, self.label, self.prediction_id])


@dataclass(frozen=True, slots=True)
class CorrectionService:
    """The web's side of a correction's way."""

    corrections: CorrectionRepository
    celery: Celery
    predictions: PredictionQueue
    wait_slots: WaitSlots
    quota: Quota | None
    review: bool  # an administrator accepts each first

    def submit(self, client: str, said: CorrectionInput) -> Correction:
        """Commit a correction, then wake the trainer.

        Raises UnstorableTextError, IdempotencyConflictError, InvalidInputError for a prediction
        of another text, and QuotaExceededError.
        """
        draft = CorrectionDraft(
            client=client,
            text=said.text,
            normalised=normalise(said.text),
            label=said.label,
            prediction_id=said.prediction_id,
            idempotency_key=said.key,
        )
        repeated = said.key and is_key_used(self.corrections.engine, client, said.key)
        if not repeated:
            if said.prediction_id is not None:
                self._check_prediction(said.prediction_id, said.text)
            if self.quota:
                self.quota.check(self.corrections, client)
        first = CorrectionState.REVIEW if self.review else CorrectionState.QUEUED
        correction, is_new = self.corrections.add(draft, first)
        if is_new and correction.state is CorrectionState.QUEUED:
            self.wake_trainer()
        return correction

    def wait(self, correction_id: str, seconds: float) -> Correction:
        """Return a correction when it is settled, or as it is after that time."""
        return self.wait_slots.poll(
            lambda: self.corrections.get(correction_id),
            lambda correction: correction.state in SETTLED,
            seconds,
        )

    def decide(self, correction_id: str, to: CorrectionState, *, by: str, why: str) -> Correction:
        """Accept or reject for an administrator. Raises TransitionError if it is too late."""
        found = self.corrections.get(correction_id)
        moved = []
        if found.state not in ACCEPTED:  # those are on their way already
            moved = self.corrections.move([correction_id], to, by=by, why=why)
            found = self.corrections.get(correction_id)
        if not moved:
            raise TransitionError(f"A correction that is {found.state} cannot become {to}.")
        if found.state is CorrectionState.QUEUED:
            self.wake_trainer()
        return found

    def undo(self, correction_id: str, *, by: str, why: str) -> Correction:
        """Erase a correction's text; the model is rebuilt without it."""
        erased = self.corrections.erase_text(correction_id, by=by, why=why)
        self.wake_trainer()
        return erased

    def wake_trainer(self) -> None:
        """Publish the hint that something waits; without Redis the trainer looks by itself."""
        wake_trainer(self.celery)

    def _check_prediction(self, prediction_id: str, text: str) -> None:
        """Refuse an id that was never given out, or one given for another text."""
        try:
            status = self.predictions.find(prediction_id)
        except QueueUnavailableError:
            return  # no reason to refuse a person's word
        if status is None:
            raise InvalidInputError("There is no prediction with this id.", "prediction_id")
        if status.reply and not status.reply.is_about(text):
            raise InvalidInputError("This prediction was made for another text.", "prediction_id")
