"""The states of a correction, and which may follow which."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class CorrectionState(StrEnum):
    """Where a correction is on its way into the model."""

    RECEIVED = "received"  # committed, nobody looked at it yet
    REVIEW = "review"  # waits for an administrator
    QUEUED = "queued"  # accepted, waits for the trainer
    TRAINING = "training"
    CHECKING = "checking"  # a candidate has learned it and is being judged
    LIVE = "live"  # the live version has learned it
    REFUSED = "refused"  # the gate found that learning it does harm
    SUPERSEDED = "superseded"  # another one gives the same text another label
    FAILED = "failed"  # training broke too often
    REJECTED = "rejected"  # by an administrator
    ROLLED_BACK = "rolled_back"  # learned once, but the live version no longer holds it
    REMOVED = "removed"  # undone: its text is erased


_S = CorrectionState

# Accepted and not yet decided. Of these, no two give one text different labels.
ACCEPTED: Final = frozenset({_S.QUEUED, _S.TRAINING, _S.CHECKING})
IN_TRAINING: Final = frozenset({_S.TRAINING, _S.CHECKING})

# Into and out of LIVE a correction goes only with the pointer to the live version; a version
# that is activated again brings back what it had learned, whatever became of it meanwhile. What
# was superseded is queued again when the later correction is undone.
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
    """Return the states from which `state` can be reached in one step."""
    return frozenset(source for source, targets in TRANSITIONS.items() if state in targets)
