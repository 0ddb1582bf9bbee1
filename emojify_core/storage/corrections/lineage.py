"""What a version of the model holds, and the states of corrections that follow from it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from emojify_core.correction_states import ACCEPTED, CorrectionState
from emojify_core.storage.corrections.conflicts import accept, contradicting, superseded_reason
from emojify_core.storage.database.tables import CorrectionRow, VersionCorrectionRow, VersionRow

ROLLED_BACK = "The version that had learned it was rolled back."

# (the correction, the version that learned it), in the order of learning
Contents = Sequence[tuple[CorrectionRow, int]]


def contents(session: Session, version: int) -> Contents:
    """Return what a version learned itself and, before that, what it has from its source."""
    # A source is always older than what was made of it, so this ends.
    chain = (
        select(VersionRow.version, VersionRow.source)
        .where(VersionRow.version == version)
        .cte("chain", recursive=True)
    )
    chain = chain.union_all(
        select(VersionRow.version, VersionRow.source).join(
            chain, VersionRow.version == chain.c.source
        )
    )
    learned = VersionCorrectionRow
    rows = session.execute(
        select(CorrectionRow, learned.version)
        .join(learned, learned.correction_id == CorrectionRow.id)
        .join(chain, chain.c.version == learned.version)
        .order_by(learned.version, CorrectionRow.sequence)
    )
    return [(row, by) for row, by in rows]


def holding_removed(session: Session) -> set[int]:
    """Return the versions that hold a correction which has been removed."""
    own = (
        select(VersionCorrectionRow.version)
        .join(CorrectionRow, CorrectionRow.id == VersionCorrectionRow.correction_id)
        .where(CorrectionRow.state == CorrectionState.REMOVED)
    )
    tainted = set(session.scalars(own))
    chain = select(VersionRow.version, VersionRow.source).order_by(VersionRow.version)
    for version, source in session.execute(chain):  # a source comes before what was made of it
        if source in tainted:
            tainted.add(version)
    return tainted


def update_states(session: Session, version: int, now: datetime, *, requeue: bool) -> None:
    """Make every correction's state agree with this version being the live one.

    Those it holds are live, or superseded by a later one it holds too. Those that were live and
    are not held any more are accepted again (`requeue`) or rolled back.
    """
    held = contents(session, version)
    latest = {row.normalised: row for row, _ in held if _has_readable_text(row)}
    for row, learned_by in held:
        row.version = learned_by
        winner = latest.get(row.normalised, row)
        if row.state == CorrectionState.REMOVED:
            continue
        if winner.label != row.label:
            _set_state(
                row, CorrectionState.SUPERSEDED, now, superseded_reason(winner.label), winner.id
            )
        else:
            _set_state(row, CorrectionState.LIVE, now)
    session.flush()
    holds = {row.id for row, _ in held}
    live = select(CorrectionRow).where(CorrectionRow.state == CorrectionState.LIVE)
    for row in session.scalars(live.order_by(CorrectionRow.sequence)).all():
        if row.id in holds:
            continue
        row.version = None
        if requeue:
            _requeue(session, row, now)
        else:
            _set_state(row, CorrectionState.ROLLED_BACK, now, ROLLED_BACK)
    session.flush()


def _has_readable_text(row: CorrectionRow) -> bool:
    return row.state != CorrectionState.REMOVED and row.normalised != ""


def _requeue(session: Session, row: CorrectionRow, now: datetime) -> None:
    """Queue a correction that was live, unless a contradicting one was accepted since."""
    later = session.scalars(
        select(CorrectionRow).where(CorrectionRow.state.in_(ACCEPTED), *contradicting(row))
    ).first()
    if later is None:
        accept(session, row, now)
    else:
        _set_state(row, CorrectionState.SUPERSEDED, now, superseded_reason(later.label), later.id)


def _set_state(
    row: CorrectionRow,
    state: CorrectionState,
    now: datetime,
    reason: str | None = None,
    superseded_by: str | None = None,
) -> None:
    """Set a state with what belongs to it; an unchanged one keeps its date."""
    if (row.state, row.superseded_by) != (state, superseded_by):
        row.state, row.superseded_by, row.reason = state, superseded_by, reason
        row.error, row.updated_at = None, now
