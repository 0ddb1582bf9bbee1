"""When the model must be rebuilt without erased corrections: at once, or gathered in an hour."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from emojify_core.correction_states import CorrectionState
from emojify_core.limits import REBUILD_EVERY, REBUILD_SHARE
from emojify_core.storage.corrections.lineage import contents
from emojify_core.storage.database.tables import CorrectionRow, PointerRow, VersionRow
from emojify_core.storage.database.transactions import read_transaction, write_transaction

REBUILD: Final = "undo"  # the kind of cause of a version that was rebuilt

_LAST_REBUILD = (
    select(VersionRow.created_at, VersionRow.cause)
    .where(VersionRow.cause["kind"].as_string() == REBUILD)
    .order_by(VersionRow.created_at.desc())
    .limit(1)
)


def is_rebuild_due(engine: Engine, now: datetime) -> bool:
    """Tell whether the live version must be replaced now, because it holds erased corrections.

    The administrator's undo is due at once. Owners' deletions wait until the last rebuild is
    REBUILD_EVERY seconds old, and REBUILD_SHARE times as old as it took. A rebuild learns all live
    corrections again, and must leave the trainer to new ones. Everything stands in SQL, so a
    trainer that dies forgets nothing.
    """
    with read_transaction(engine) as session:
        removed = _removed_in_live(session)
        if not removed:
            return False
        if not all(row.rebuild_may_wait for row in removed):
            return True
        last = session.execute(_LAST_REBUILD).first()
        if last is None:
            return True
        took = last.cause.get("seconds", 0)  # releases before did not write it
        pause = timedelta(seconds=max(REBUILD_EVERY, REBUILD_SHARE * took))
        return bool(now - last.created_at >= pause)


def request_rebuild(engine: Engine) -> int:
    """Let no erased correction wait; return how many the live version still holds."""
    waiting = (CorrectionRow.state == CorrectionState.REMOVED) & CorrectionRow.rebuild_may_wait

    def work(session: Session) -> int:
        session.execute(update(CorrectionRow).where(waiting).values(rebuild_may_wait=False))
        return len(_removed_in_live(session))

    return write_transaction(engine, work)


def _removed_in_live(session: Session) -> list[CorrectionRow]:
    pointer = session.get(PointerRow, 1)
    held = contents(session, pointer.version) if pointer else ()
    return [row for row, _ in held if row.state is CorrectionState.REMOVED]
