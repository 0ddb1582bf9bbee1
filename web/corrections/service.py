"""Storing a client's corrections and waking the trainer.

A correction is committed before the trainer is notified, so no failure can lose it.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NamedTuple

from emojify_core.correction_states import ACCEPTED, CorrectionState
from emojify_core.errors import (
    InvalidInputError,
    NotStoredError,
    QueueUnavailableError,
    TransitionError,
)
from emojify_core.queue.prediction_queue import PredictionQueue
from emojify_core.storage.corrections.erasure import OWNER
from emojify_core.storage.corrections.queries import is_key_used
from emojify_core.storage.corrections.records import Correction, CorrectionInput
from emojify_core.storage.corrections.repository import CorrectionRepository
from web.auth.identity import ADMINISTRATOR, Identity, token_missing
from web.corrections.admission import Admission
from web.corrections.quota import Quota
from web.corrections.review_quota import ReviewQuota
from web.http.concurrency import WaitSlots

# Only an administrator or a later correction changes these states.
SETTLED = frozenset(CorrectionState) - ACCEPTED - {CorrectionState.RECEIVED, CorrectionState.REVIEW}
# Waiting for an administrator may take days, so no request waits in these states.
RESTING = SETTLED | {CorrectionState.REVIEW}
UNKNOWN = "You have no correction with this id."
_SHORTEST_SECRET_KEY = 16  # characters; two strangers may choose the same shorter one


class Submitted(NamedTuple):
    """A stored correction, and what a client without its maker's cookie needs to follow it."""

    correction: Correction
    proof: str | None


@dataclass(frozen=True, slots=True)
class CorrectionService:
    """Submits, decides and undoes corrections."""

    repository: CorrectionRepository
    predictions: PredictionQueue
    wake_trainer: Callable[[], None]
    wait_slots: WaitSlots
    quota: Quota | None
    review_quota: ReviewQuota
    admission: Admission

    def submit(self, correction: CorrectionInput) -> tuple[Correction, bool]:
        """Commit a correction, then wake the trainer; return it and whether it is new.

        Raises UnstorableTextError, IdempotencyConflictError, InvalidInputError for a prediction
        of another text, QuotaExceededError and ReviewFullError.
        """
        client, key = correction.client, correction.idempotency_key
        first_state = self.admission.first_state(is_stranger=correction.network is not None)
        if not (key and is_key_used(self.repository.engine, client, key)):
            if correction.prediction_id is not None:
                self._check_prediction(correction.prediction_id, correction.text)
            if self.quota:
                self.quota.check(self.repository, client)
            if first_state is not CorrectionState.QUEUED:
                self.review_quota.check(client, correction.network)
        stored, is_new = self.repository.add(correction, first_state)
        if is_new and stored.state is not CorrectionState.REVIEW:
            self.wake_trainer()
        return stored, is_new

    def wait(self, correction_id: str, seconds: float) -> Correction:
        """Return a correction as soon as it rests, or as it is after `seconds`."""
        return self.wait_slots.poll(
            lambda: self.repository.get(correction_id),
            lambda correction: correction.state in RESTING,
            seconds,
        )

    def decide(self, correction_id: str, to: CorrectionState, *, by: str, why: str) -> Correction:
        """Accept or reject a correction. Raises NotStoredError, TransitionError."""
        # An accepted correction needs no second decision.
        is_open = self.repository.get(correction_id).state not in ACCEPTED
        moved = is_open and self.repository.move([correction_id], to, by=by, why=why)
        correction = self.repository.get(correction_id)
        if not moved:
            raise TransitionError(f"A correction that is {correction.state} cannot become {to}.")
        if correction.state is CorrectionState.QUEUED:
            self.wake_trainer()
        return correction

    def undo(self, correction_id: str, *, by: str, why: str) -> Correction:
        """Erase a correction's text; the trainer rebuilds the model without it.

        An owner's rebuild may wait, so that nobody keeps the trainer busy by deleting.
        """
        may_wait = by == OWNER
        erased = self.repository.erase_text(correction_id, by=by, why=why, may_wait=may_wait)
        self.wake_trainer()
        return erased

    def _check_prediction(self, prediction_id: str, text: str) -> None:
        """Raise InvalidInputError for an unknown prediction or one of another text."""
        try:
            status = self.predictions.find(prediction_id)
        except QueueUnavailableError:
            return  # Redis cannot confirm the id; accept the correction
        if status is None:
            raise InvalidInputError("There is no prediction with this id.", "prediction_id")
        if status.reply and not status.reply.is_about(text):
            raise InvalidInputError("This prediction was made for another text.", "prediction_id")


def submit_as_client(
    corrections: CorrectionService, identity: Identity, correction: CorrectionInput
) -> Submitted:
    """Submit a correction for the requesting client and remember a new client in its cookie.

    A repeat without the cookie may come from somebody who knows the idempotency key and the
    text. It gets this one correction and a proof to follow it, but not its maker's cookie.
    Raises what CorrectionService.submit raises.
    """
    known = identity.client()
    client = known or identity.client_or_new(_request_key(correction))
    stored, is_new = corrections.submit(
        replace(correction, client=client, network=identity.network(client))
    )
    if known or is_new:
        identity.remember(client)
        return Submitted(stored, None)
    return Submitted(stored, identity.proofs.of(stored.id))


def listed(
    corrections: CorrectionService,
    identity: Identity,
    *,
    state: CorrectionState | None,
    before: int | None,
    limit: int,
) -> list[Correction]:
    """Return the client's corrections, newest first; the administrator sees all."""
    is_administrator, client = identity.is_administrator(), identity.client()
    if not (is_administrator or client):
        return []
    return corrections.repository.page(
        client=None if is_administrator else client, state=state, before=before, limit=limit
    )


def visible(corrections: CorrectionService, identity: Identity, correction_id: str) -> Correction:
    """Return the client's own correction, or one with a proof; the administrator sees all.

    Raises NotStoredError for another client's correction too, so that ids reveal nothing.
    """
    is_administrator, client = identity.is_administrator(), identity.client()
    with suppress(NotStoredError):
        correction = corrections.repository.get(correction_id)
        proof = identity.proofs.shown(correction_id)
        if is_administrator or correction.client == client or proof:
            return correction
    raise NotStoredError(UNKNOWN)


def is_owner(identity: Identity, correction: Correction) -> bool:
    """Return whether the requesting client sent the correction; a proof does not count."""
    return correction.client == identity.client()


def delete_as_client(
    corrections: CorrectionService, identity: Identity, correction_id: str, why: str
) -> Correction:
    """Delete the client's own correction, or undo any as the administrator.

    Raises NotStoredError for another client's correction too, so that ids reveal nothing, and
    Problem 401 for a client that cannot have any.
    """
    if identity.is_administrator():
        return corrections.undo(correction_id, by=ADMINISTRATOR, why=why)
    if identity.client() is None:
        raise token_missing()
    if not is_owner(identity, visible(corrections, identity, correction_id)):
        raise NotStoredError(UNKNOWN)
    return corrections.undo(correction_id, by=OWNER, why="")


def _request_key(correction: CorrectionInput) -> str | None:
    """Return a secret that only a resend of this request shares; None if its key is short."""
    key = correction.idempotency_key
    if key is None or len(key) < _SHORTEST_SECRET_KEY:
        return None
    return json.dumps([key, correction.text, correction.label, correction.prediction_id])
