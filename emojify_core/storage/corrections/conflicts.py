"""Corrections that give one text different labels contradict each other; the later one wins."""

from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from emojify_core.correction_states import ACCEPTED, CorrectionState
from emojify_core.storage.database.tables import CorrectionRow


def accept(session: Session, row: CorrectionRow, now: datetime) -> None:
    """Queue a correction and supersede the accepted ones that contradict it."""
    row.state, row.superseded_by, row.updated_at = CorrectionState.QUEUED, None, now
    row.reason = row.error = None
    session.flush()
    # Rarely finds any. An UPDATE would compare each object of the session, which makes accepting
    # many at once quadratic.
    earlier = select(CorrectionRow).where(CorrectionRow.state.in_(ACCEPTED), *contradicting(row))
    for other in session.scalars(earlier).all():
        other.state, other.superseded_by = CorrectionState.SUPERSEDED, row.id
        other.reason, other.updated_at = superseded_reason(row.label), now


def contradicting(row: CorrectionRow) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for corrections with the same text and a different label."""
    return (
        CorrectionRow.normalised == row.normalised,
        # An empty normal form (no readable words, or erased) has nothing to compare.
        CorrectionRow.normalised != "",
        CorrectionRow.label != row.label,
    )


def superseded_reason(label: str) -> str:
    """Return the reason that the superseded correction shows."""
    return f"A later correction says that this text is {label}."
