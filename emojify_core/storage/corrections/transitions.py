"""Change the state of corrections, in the caller's transaction."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from emojify_core.correction_states import ACCEPTED, CorrectionState, sources_of
from emojify_core.storage.corrections.conflicts import accept
from emojify_core.storage.database.tables import CorrectionRow

# Publishing, contradicting and erasing set these; they change more than one row.
_NOT_BY_MOVE = frozenset(
    {
        CorrectionState.LIVE,
        CorrectionState.ROLLED_BACK,
        CorrectionState.SUPERSEDED,
        CorrectionState.REMOVED,
    }
)
# The live version may contain a correction in one of these states.
_NOT_LEFT_BY_MOVE = frozenset({CorrectionState.LIVE, CorrectionState.SUPERSEDED})


class TransitionNote(NamedTuple):
    """The values that a transition stores with its new state."""

    reason: str | None = None  # a sentence for the client
    by: str | None = None  # the administrator who decided, if any
    why: str | None = None


def move(  # noqa: PLR0913 - the change, who made it and when
    session: Session,
    ids: Sequence[str],
    to: CorrectionState,
    now: datetime,
    note: TransitionNote,
    *,
    only_from: AbstractSet[CorrectionState] = frozenset(CorrectionState),
) -> list[str]:
    """Move the corrections whose state allows it; return their ids in the order of arrival.

    `only_from` restricts the states to move from. Raises ValueError for a state that publishing,
    rolling back or erasing sets.
    """
    if to in _NOT_BY_MOVE:
        raise ValueError(f"a correction is not moved to {to}: publish, activate or erase")
    movable = (
        select(CorrectionRow)
        .where(CorrectionRow.id.in_(ids))
        .where(CorrectionRow.state.in_((sources_of(to) - _NOT_LEFT_BY_MOVE) & only_from))
        .order_by(CorrectionRow.sequence)
        .with_for_update()
    )
    rows = session.scalars(movable).all()
    for row in rows:
        if to is CorrectionState.QUEUED:
            accept(session, row, now)  # in order of arrival: the later supersedes the earlier
        row.state, row.reason, row.updated_at = to, note.reason, now
        if note.by is not None:
            row.decided_by, row.decided_why = note.by, note.why
    session.flush()
    return [row.id for row in rows if row.state is to]


def fail_attempt(row: CorrectionRow, error: str, limit: int, now: datetime) -> None:
    """Count a failed training; queue the correction again, or fail it at the limit."""
    if row.state not in ACCEPTED:
        return
    row.attempts += 1
    row.error, row.updated_at = error, now
    if row.attempts < limit:
        row.state = CorrectionState.QUEUED
    else:
        row.state = CorrectionState.FAILED
        row.reason = (
            f"Training failed {row.attempts} times with this correction, so it was left out."
        )
