"""Two corrections that give one text different labels cannot both be learned: the later wins."""

from datetime import datetime

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from emojify_core.correction_states import ACCEPTED, CorrectionState
from emojify_core.storage.database.tables import CorrectionRow


def accept(session: Session, row: CorrectionRow, now: datetime) -> None:
    """Queue a correction; those accepted before that contradict it are superseded."""
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
    """Return what is true of corrections with the same text and another label."""
    return (
        CorrectionRow.normalised == row.normalised,
        # Where nothing could be read, or the text was erased, there is nothing to compare.
        CorrectionRow.normalised != "",
        CorrectionRow.label != row.label,
    )


def superseded_reason(label: str) -> str:
    """Return the sentence for the one that lost."""
    return f"A later correction says that this text is {label}."
