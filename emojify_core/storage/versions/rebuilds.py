"""When the model must be rebuilt without erased corrections: at once, or gathered in an hour."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from emojify_core.correction_states import CorrectionState
from emojify_core.limits import REBUILD_EVERY
from emojify_core.storage.corrections.lineage import contents
from emojify_core.storage.database.tables import CorrectionRow, PointerRow, VersionRow
from emojify_core.storage.database.transactions import read_transaction, write_transaction

REBUILD: Final = "undo"  # the kind of cause of a version that was rebuilt

_LAST_REBUILD = select(func.max(VersionRow.created_at)).where(
    VersionRow.cause["kind"].as_string() == REBUILD
)


def is_rebuild_due(engine: Engine, now: datetime) -> bool:
    """Tell whether the live version must be replaced now, because it holds erased corrections.

    The administrator's undo is due at once. Owners' deletions wait until the last rebuild is
    REBUILD_EVERY seconds old. Everything stands in SQL, so a trainer that dies forgets nothing.
    """
    with read_transaction(engine) as session:
        removed = _removed_in_live(session)
        if not removed:
            return False
        if not all(row.rebuild_may_wait for row in removed):
            return True
        last = session.scalar(_LAST_REBUILD)
        return last is None or now - last >= timedelta(seconds=REBUILD_EVERY)


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
