"""Erase the texts of corrections: one that somebody deletes, ended ones, all of a client."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from emojify_core.correction_states import ACCEPTED, CorrectionState
from emojify_core.limits import ERASED_AT_ONCE, KEEP_REFUSED
from emojify_core.storage.corrections.conflicts import accept
from emojify_core.storage.corrections.lineage import update_states
from emojify_core.storage.database.tables import CorrectionRow, PointerRow
from emojify_core.storage.database.transactions import write_transaction

OWNER: Final = "owner"  # decided_by, when the client that sent a correction deleted it
RETENTION: Final = "retention"  # decided_by, when nobody asked, but its time was over
FORGOTTEN: Final = "forgotten"  # the client of all corrections whose client was forgotten

# These ended outside the model, and only an administrator moves them again.
_SWEPT: Final = frozenset(
    {CorrectionState.REFUSED, CorrectionState.FAILED, CorrectionState.REJECTED}
)


class Eraser(NamedTuple):
    """The person who erases, the reason, and whether the rebuild may wait for further deletions."""

    by: str
    why: str
    may_wait: bool = False


def erase(session: Session, rows: Sequence[CorrectionRow], now: datetime, eraser: Eraser) -> None:
    """Erase the texts and all that could reveal them; accept again what they superseded.

    `rows` come newest first. Rows whose text is erased already stay as they are; only a rebuild
    that waits may become urgent.
    """
    in_use: set[str] = set()  # waiting, in training, live, or superseded by one of these
    for row in rows:
        if row.state is CorrectionState.REMOVED:
            row.rebuild_may_wait = row.rebuild_may_wait and eraser.may_wait
            continue
        if row.state in ACCEPTED | {CorrectionState.LIVE} or row.superseded_by in in_use:
            in_use.add(row.id)
        row.state, row.updated_at = CorrectionState.REMOVED, now
        row.text = row.normalised = row.body_sha256 = ""
        row.reason = row.error = row.network = None
        row.decided_by, row.decided_why = eraser.by, eraser.why
        row.rebuild_may_wait = eraser.may_wait
    session.flush()
    if in_use:
        _restore_superseded(session, in_use, now)


def erase_ended(engine: Engine, now: datetime) -> int:
    """Erase the texts that were refused, rejected or given up KEEP_REFUSED days ago.

    Return how many. Raises StorageUnavailableError.
    """
    old = (
        select(CorrectionRow)
        .where(CorrectionRow.state.in_(_SWEPT))
        .where(CorrectionRow.updated_at < now - timedelta(days=KEEP_REFUSED))
        .order_by(CorrectionRow.sequence)
        .limit(ERASED_AT_ONCE)
    )

    def work(session: Session) -> int:
        rows = session.scalars(old).all()
        ends = {row.id: row.state.value for row in rows}
        erase(session, rows, now, Eraser(RETENTION, ""))
        for row in rows:
            row.reason = (
                f"It was {ends[row.id]}, and its text was deleted {KEEP_REFUSED} days later."
            )
        return len(rows)

    erased = 0
    while count := write_transaction(engine, work):
        erased += count
    return erased


def forget(engine: Engine, client: str, now: datetime, eraser: Eraser) -> int:
    """Erase all corrections of a client, its idempotency keys and its name.

    Return how many corrections there were. A call that is cut off may be repeated. Raises
    StorageUnavailableError.
    """
    own = (
        select(CorrectionRow)
        .where(CorrectionRow.client == client)
        .order_by(CorrectionRow.sequence.desc())
        .limit(ERASED_AT_ONCE)
    )

    def work(session: Session) -> int:
        rows = session.scalars(own).all()
        erase(session, rows, now, eraser)
        for row in rows:
            row.client, row.idempotency_key, row.prediction_id = FORGOTTEN, None, None
        return len(rows)

    forgotten = 0
    while client != FORGOTTEN and (count := write_transaction(engine, work)):
        forgotten += count
    return forgotten


def _restore_superseded(session: Session, ids: AbstractSet[str], now: datetime) -> None:
    """Make superseded corrections live if the live version contains them; queue the others."""
    pointer = session.get(PointerRow, 1)
    if pointer is not None:
        update_states(session, pointer.version, now, requeue=True)
    superseded = (
        select(CorrectionRow)
        .where(CorrectionRow.superseded_by.in_(ids))
        .where(CorrectionRow.state == CorrectionState.SUPERSEDED)
        .order_by(CorrectionRow.sequence)
    )
    for other in session.scalars(superseded).all():
        accept(session, other, now)
