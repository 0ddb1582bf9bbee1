"""Corrections that give one text different labels contradict each other; the later one wins."""

from datetime import datetime

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from emojify_core.correction_states import ACCEPTED, CorrectionState
from emojify_core.storage.database.tables import CorrectionRow


def accept(session: Session, row: CorrectionRow, now: datetime) -> None:
    """Queue a correction and supersede the accepted ones that contradict it."""
    row.state, row.superseded_by, row.updated_at = CorrectionState.QUEUED, None, now
    row.reason = row.error = None
    session.flush()
    session.execute(
        update(CorrectionRow)
        .where(CorrectionRow.state.in_(ACCEPTED), *contradicting(row))
        .values(
            state=CorrectionState.SUPERSEDED,
            superseded_by=row.id,
            reason=superseded_reason(row.label),
            updated_at=now,
        )
    )


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
