"""Taking a correction: committed first, then told to the trainer; the one order that loses none."""

import json
from dataclasses import dataclass, replace

from celery import Celery

from emojify_core.correction_states import ACCEPTED, CorrectionState
from emojify_core.errors import InvalidInputError, QueueUnavailableError, TransitionError
from emojify_core.queue.prediction_queue import PredictionQueue
from emojify_core.queue.trainer_notification import wake_trainer
from emojify_core.storage.corrections.queries import is_key_used
from emojify_core.storage.corrections.records import Correction, CorrectionInput
from emojify_core.storage.corrections.repository import CorrectionRepository
from web.auth.identity import Identity
from web.corrections.quota import Quota
from web.http.concurrency import WaitSlots

# Those that stay as they are unless an administrator or a later correction changes that.
SETTLED = frozenset(CorrectionState) - ACCEPTED - {CorrectionState.RECEIVED, CorrectionState.REVIEW}
_SHORTEST_SECRET_KEY = 16  # characters; two strangers may choose the same shorter one


@dataclass(frozen=True, slots=True)
class CorrectionService:
    """The web's side of a correction's way."""

    corrections: CorrectionRepository
    celery: Celery
    predictions: PredictionQueue
    wait_slots: WaitSlots
    quota: Quota | None
    review: bool  # an administrator accepts each first

    def submit(self, correction: CorrectionInput) -> Correction:
        """Commit a correction, then wake the trainer.

        Raises UnstorableTextError, IdempotencyConflictError, InvalidInputError for a prediction
        of another text, and QuotaExceededError.
        """
        client, key = correction.client, correction.idempotency_key
        if not (key and is_key_used(self.corrections.engine, client, key)):
            if correction.prediction_id is not None:
                self._check_prediction(correction.prediction_id, correction.text)
            if self.quota:
                self.quota.check(self.corrections, client)
        first = CorrectionState.REVIEW if self.review else CorrectionState.QUEUED
        stored, is_new = self.corrections.add(correction, first)
        if is_new and stored.state is CorrectionState.QUEUED:
            self.wake_trainer()
        return stored

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


def submit(
    corrections: CorrectionService, identity: Identity, correction: CorrectionInput
) -> Correction:
    """Store a correction of the requesting client and remember the client in its cookie.

    Raises what CorrectionService.submit raises.
    """
    client = identity.client_or_new(_retry_token(correction))
    stored = corrections.submit(replace(correction, client=client))
    identity.remember(client)
    return stored


def _retry_token(correction: CorrectionInput) -> str | None:
    """Return a secret that only a resend of the same request shares, if its key is long enough."""
    key = correction.idempotency_key
    if key is None or len(key) < _SHORTEST_SECRET_KEY:
        return None
    return json.dumps([key, correction.text, correction.label, correction.prediction_id])
