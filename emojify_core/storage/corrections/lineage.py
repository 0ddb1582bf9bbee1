"""Which corrections a version of the model contains, and the states that follow from it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from emojify_core.correction_states import ACCEPTED, CorrectionState
from emojify_core.storage.corrections.conflicts import accept, contradicting, superseded_reason
from emojify_core.storage.database.tables import CorrectionRow, VersionCorrectionRow, VersionRow

ROLLED_BACK = "The version that had learned it was rolled back."

# (the correction, the version that learned it), in the order of learning
Contents = Sequence[tuple[CorrectionRow, int]]

# The version itself, its source, the source of that, and so on to the base.
_ANCESTORS = (
    select(VersionRow.version, VersionRow.source)
    .where(VersionRow.version == bindparam("version"))
    .cte("ancestors", recursive=True)
)
# A source is always older than the versions made from it, so the recursion ends.
_ANCESTORS = _ANCESTORS.union_all(
    select(VersionRow.version, VersionRow.source).join(
        _ANCESTORS, VersionRow.version == _ANCESTORS.c.source
    )
)
_CONTENTS = (
    select(CorrectionRow, VersionCorrectionRow.version)
    .join(VersionCorrectionRow, VersionCorrectionRow.correction_id == CorrectionRow.id)
    .join(_ANCESTORS, _ANCESTORS.c.version == VersionCorrectionRow.version)
    .order_by(VersionCorrectionRow.version, CorrectionRow.sequence)
)


def contents(session: Session, version: int) -> Contents:
    """Return what a version contains: what its source contains, then what it learned itself."""
    return [(row, by) for row, by in session.execute(_CONTENTS, {"version": version})]


def holding_removed(session: Session) -> set[int]:
    """Return the versions that contain a removed correction."""
    learned_removed = (
        select(VersionCorrectionRow.version)
        .join(CorrectionRow, CorrectionRow.id == VersionCorrectionRow.correction_id)
        .where(CorrectionRow.state == CorrectionState.REMOVED)
    )
    tainted = set(session.scalars(learned_removed))
    sources = select(VersionRow.version, VersionRow.source).order_by(VersionRow.version)
    for version, source in session.execute(sources):  # a source comes before its descendants
        if source in tainted:
            tainted.add(version)
    return tainted


def update_states(session: Session, version: int, now: datetime, *, requeue: bool) -> None:
    """Bring the state of every correction in line with this version being live.

    Corrections in this version become live, or superseded by a later one in it. Corrections that
    were live and are not in it are queued again (`requeue`) or rolled back.
    """
    held = contents(session, version)
    # A removed text, and one without words, has an empty normal form.
    latest = {row.normalised: row for row, _ in held if row.normalised}
    for row, learned_by in held:
        row.version = learned_by
        winner = latest.get(row.normalised, row)
        if row.state == CorrectionState.REMOVED:
            continue
        if winner.label != row.label:
            _supersede(row, winner, now)
        else:
            _set_state(row, CorrectionState.LIVE, now)
    session.flush()
    held_ids = {row.id for row, _ in held}
    live = select(CorrectionRow).where(CorrectionRow.state == CorrectionState.LIVE)
    for row in session.scalars(live.order_by(CorrectionRow.sequence)).all():
        if row.id in held_ids:
            continue
        row.version = None
        if requeue:
            _requeue(session, row, now)
        else:
            _set_state(row, CorrectionState.ROLLED_BACK, now, ROLLED_BACK)
    session.flush()


def _requeue(session: Session, row: CorrectionRow, now: datetime) -> None:
    """Queue a correction that was live, unless a contradicting one was accepted since."""
    later = session.scalars(
        select(CorrectionRow).where(CorrectionRow.state.in_(ACCEPTED), *contradicting(row))
    ).first()
    if later is None:
        accept(session, row, now)
    else:
        _supersede(row, later, now)


def _supersede(row: CorrectionRow, by: CorrectionRow, now: datetime) -> None:
    _set_state(row, CorrectionState.SUPERSEDED, now, superseded_reason(by.label), by.id)


def _set_state(
    row: CorrectionRow,
    state: CorrectionState,
    now: datetime,
    reason: str | None = None,
    superseded_by: str | None = None,
) -> None:
    """Set a state and its details; a row that does not change keeps its date."""
    if (row.state, row.superseded_by) != (state, superseded_by):
        row.state, row.superseded_by, row.reason = state, superseded_by, reason
        row.error, row.updated_at = None, now
