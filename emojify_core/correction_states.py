"""The states of a correction and the allowed transitions between them."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class CorrectionState(StrEnum):
    """How far a correction has come on its way into the model."""

    RECEIVED = "received"  # committed, not yet accepted
    REVIEW = "review"  # waits for an administrator's decision
    QUEUED = "queued"  # accepted, waits for the trainer
    TRAINING = "training"
    CHECKING = "checking"  # a candidate has learned it; the gate is judging the candidate
    LIVE = "live"  # the live version has learned it
    REFUSED = "refused"  # the gate found that learning it harms the model
    SUPERSEDED = "superseded"  # a later correction gives the same text another label
    FAILED = "failed"  # training failed too often
    REJECTED = "rejected"  # an administrator decided against it
    ROLLED_BACK = "rolled_back"  # learned, but the live version no longer holds it
    REMOVED = "removed"  # undone; its text is erased


_S = CorrectionState

# Accepted, but not yet live or refused. No two of these give one text different labels.
ACCEPTED: Final = frozenset({_S.QUEUED, _S.TRAINING, _S.CHECKING})
IN_TRAINING: Final = frozenset({_S.TRAINING, _S.CHECKING})

# Only a move of the live pointer moves corrections into or out of LIVE. Activating a version
# again makes all of its corrections live again, whatever their state. Undoing a correction queues
# again the one that it superseded.
_OUTCOMES: Final = frozenset({_S.QUEUED, _S.FAILED, _S.REFUSED})
TRANSITIONS: Final[Mapping[CorrectionState, frozenset[CorrectionState]]] = MappingProxyType(
    {
        _S.RECEIVED: frozenset({_S.REVIEW, _S.QUEUED, _S.REJECTED, _S.REMOVED}),
        _S.REVIEW: frozenset({_S.QUEUED, _S.REJECTED, _S.REMOVED}),
        _S.QUEUED: frozenset({_S.TRAINING, _S.LIVE, _S.SUPERSEDED, _S.FAILED, _S.REMOVED}),
        _S.TRAINING: frozenset({_S.CHECKING, _S.LIVE, _S.SUPERSEDED, _S.REMOVED}) | _OUTCOMES,
        _S.CHECKING: frozenset({_S.TRAINING, _S.LIVE, _S.SUPERSEDED, _S.REMOVED}) | _OUTCOMES,
        _S.LIVE: frozenset({_S.QUEUED, _S.SUPERSEDED, _S.ROLLED_BACK, _S.REMOVED}),
        _S.REFUSED: frozenset({_S.QUEUED, _S.LIVE, _S.SUPERSEDED, _S.REMOVED}),
        _S.FAILED: frozenset({_S.QUEUED, _S.LIVE, _S.SUPERSEDED, _S.REMOVED}),
        _S.ROLLED_BACK: frozenset({_S.QUEUED, _S.LIVE, _S.SUPERSEDED, _S.REMOVED}),
        _S.SUPERSEDED: frozenset({_S.QUEUED, _S.LIVE, _S.REMOVED}),
        _S.REJECTED: frozenset({_S.REMOVED}),
        _S.REMOVED: frozenset(),
    }
)


def sources_of(state: CorrectionState) -> frozenset[CorrectionState]:
    """Return the states from which one transition leads to `state`."""
    return frozenset(source for source, targets in TRANSITIONS.items() if state in targets)
