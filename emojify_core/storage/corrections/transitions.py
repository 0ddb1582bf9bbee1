"""Changes of a correction's state, inside somebody's transaction."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from emojify_core.correction_states import ACCEPTED, CorrectionState, sources_of
from emojify_core.storage.corrections.conflicts import accept
from emojify_core.storage.corrections.lineage import update_states
from emojify_core.storage.database.tables import CorrectionRow, PointerRow

# Those that need more than a new word in one row: publishing, contradicting, erasing.
_NOT_BY_MOVE = frozenset(
    {
        CorrectionState.LIVE,
        CorrectionState.ROLLED_BACK,
        CorrectionState.SUPERSEDED,
        CorrectionState.REMOVED,
    }
)
# Of these, the live version may hold what it learned from the correction.
_NOT_LEFT_BY_MOVE = frozenset({CorrectionState.LIVE, CorrectionState.SUPERSEDED})


class TransitionNote(NamedTuple):
    """What is written down with a new state."""

    reason: str | None = None  # a sentence for the client
    by: str | None = None  # the administrator who decided, if one did
    why: str | None = None


def move(  # noqa: PLR0913 - a change, who made it and when
    session: Session,
    ids: Sequence[str],
    to: CorrectionState,
    now: datetime,
    note: TransitionNote,
    *,
    only_from: AbstractSet[CorrectionState] = frozenset(CorrectionState),
) -> list[str]:
    """Move those of the corrections whose state leads there; return them in order of arrival.

    `only_from`: only those that are in one of these states.
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
    """Count a broken training; queue the correction again, or give it up."""
    if row.state not in ACCEPTED:
        return
    row.attempts += 1
    row.error, row.updated_at = error, now
    if row.attempts < limit:
        row.state = CorrectionState.QUEUED
    else:
        row.state = CorrectionState.FAILED
        row.reason = f"Training broke {row.attempts} times with this correction. It was left out."


def erase(session: Session, row: CorrectionRow, now: datetime, *, by: str, why: str) -> None:
    """Erase the text and all that could betray it; accept again what it had superseded."""
    was = row.state
    if was is CorrectionState.REMOVED:
        return
    row.state, row.updated_at = CorrectionState.REMOVED, now
    row.text = row.normalised = row.body_sha256 = ""
    row.reason = row.error = None
    row.decided_by, row.decided_why = by, why
    session.flush()
    if was in ACCEPTED | {CorrectionState.LIVE}:
        _restore_superseded(session, row, now)


def _restore_superseded(session: Session, row: CorrectionRow, now: datetime) -> None:
    """Let what the live version holds be live again, and accept again what it does not hold."""
    pointer = session.get(PointerRow, 1)
    if pointer is not None:
        update_states(session, pointer.version, now, requeue=True)
    superseded = (
        select(CorrectionRow)
        .where(CorrectionRow.superseded_by == row.id)
        .where(CorrectionRow.state == CorrectionState.SUPERSEDED)
        .order_by(CorrectionRow.sequence)
    )
    for other in session.scalars(superseded).all():
        accept(session, other, now)
