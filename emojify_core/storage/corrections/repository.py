"""Corrections: the outbox between the clients that send them and the trainer that learns them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, Select, func, select
from sqlalchemy.orm import Session

from emojify_core.correction_states import ACCEPTED, IN_TRAINING, CorrectionState
from emojify_core.errors import NotStoredError
from emojify_core.storage.corrections import transitions
from emojify_core.storage.corrections.erasure import Eraser, erase
from emojify_core.storage.corrections.insert import insert_once
from emojify_core.storage.corrections.records import Correction, CorrectionInput, correction_of
from emojify_core.storage.database import sqlite
from emojify_core.storage.database.records import utc_now
from emojify_core.storage.database.storable_text import check_storable, is_storable
from emojify_core.storage.database.tables import CorrectionRow, VersionCorrectionRow
from emojify_core.storage.database.transactions import read_transaction, write_transaction

# States that a process must end soon; a review waits for a person.
_UNFINISHED = ACCEPTED | {CorrectionState.RECEIVED}
_FIRST = frozenset({CorrectionState.RECEIVED, CorrectionState.REVIEW, CorrectionState.QUEUED})


@dataclass(frozen=True, slots=True)
class CorrectionRepository:
    """Adds, finds and moves corrections. Safe to share between threads.

    Every method raises StorageUnavailableError when the database does not answer.
    """

    engine: Engine
    now: Callable[[], datetime] = utc_now

    def add(
        self, given: CorrectionInput, state: CorrectionState = CorrectionState.RECEIVED
    ) -> tuple[Correction, bool]:
        """Store a correction as received, for review or queued; return it and whether it is new.

        A repeated idempotency key of a client returns the first correction. Raises
        IdempotencyConflictError when that was a different one.
        """
        if state not in _FIRST:
            raise ValueError(f"a correction cannot start as {state}")
        now = self.now()

        def work(session: Session) -> tuple[Correction, bool]:
            row, is_new = insert_once(session, given, state, now)
            return correction_of(row), is_new

        return write_transaction(self.engine, work)

    def get(self, correction_id: str) -> Correction:
        """Return one correction. Raises NotStoredError."""
        with read_transaction(self.engine) as session:
            return correction_of(_row(session, correction_id))

    def page(
        self,
        *,
        client: str | None = None,
        state: CorrectionState | None = None,
        before: int | None = None,
        after: int | None = None,
        limit: int = 50,
    ) -> list[Correction]:
        """Return up to `limit` corrections, newest first, of one client or of all.

        `before` and `after` exclude this `sequence` number and the newer or older ones.
        """
        equal = {"client": client, "state": state}
        chosen = {name: value for name, value in equal.items() if value is not None}
        query = select(CorrectionRow).filter_by(**chosen).limit(limit)
        if before is not None:
            query = query.where(CorrectionRow.sequence < before)
        if after is not None:
            # The page directly above the cursor, not the newest page.
            query = query.where(CorrectionRow.sequence > after).order_by(CorrectionRow.sequence)
            return self._list(query)[::-1]
        return self._list(query.order_by(CorrectionRow.sequence.desc()))

    def count_recent(self, client: str, since: datetime) -> int:
        """Return how many corrections a client has sent since `since`."""
        recent = (CorrectionRow.client == client) & (CorrectionRow.created_at >= since)
        with read_transaction(self.engine) as session:
            return session.scalar(select(func.count()).where(recent)) or 0

    def waiting(self) -> list[Correction]:
        """Return the corrections to learn, in the order of arrival.

        They include those in training or checking: only one trainer runs, so a trainer that died
        left them behind. See `fail_attempt`.
        """
        return self._list(_ordered().where(CorrectionRow.state.in_(ACCEPTED)))

    def stale(self, older_than: timedelta) -> list[Correction]:
        """Return unfinished corrections that have not changed for that long."""
        return self._list(
            _ordered()
            .where(CorrectionRow.state.in_(_UNFINISHED))
            .where(CorrectionRow.updated_at < self.now() - older_than)
        )

    def learned_by(self, version: int) -> list[Correction]:
        """Return the corrections that this version learned itself, without those of its source."""
        learned = VersionCorrectionRow
        return self._list(
            _ordered()
            .join(learned, learned.correction_id == CorrectionRow.id)
            .where(learned.version == version)
        )

    def move(
        self,
        ids: Iterable[str],
        to: CorrectionState,
        *,
        reason: str | None = None,
        by: str | None = None,
        why: str | None = None,
    ) -> list[str]:
        """Move corrections to another state; return the ids of those that this call moved.

        The state of the others does not lead there: another process was faster. Queueing a
        correction supersedes accepted ones that contradict it. An administrator gives `by` and
        `why`. Raises ValueError for a state that only publishing or erasing sets.
        """
        check_storable(reason=reason, by=by, why=why)
        wanted, now, note = list(ids), self.now(), transitions.TransitionNote(reason, by, why)
        return write_transaction(
            self.engine, lambda session: transitions.move(session, wanted, to, now, note)
        )

    def requeue(self, ids: Iterable[str]) -> None:
        """Queue corrections again if they are still in training."""
        wanted, now, note = list(ids), self.now(), transitions.TransitionNote()

        write_transaction(
            self.engine,
            lambda session: transitions.move(
                session, wanted, CorrectionState.QUEUED, now, note, only_from=IN_TRAINING
            ),
        )

    def fail_attempt(self, correction_id: str, error: str, limit: int) -> Correction:
        """Count a failed training; queue the correction again, or fail it at the limit.

        A correction that is not accepted does not change. Raises NotStoredError.
        """
        # The message comes from a library and may contain characters that cannot be stored.
        kept, now = error.encode(errors="replace").decode().replace("\0", ""), self.now()

        def work(session: Session) -> Correction:
            row = _row(session, correction_id)
            transitions.fail_attempt(row, kept, limit, now)
            return correction_of(row)

        return write_transaction(self.engine, work)

    def erase_text(
        self, correction_id: str, *, by: str, why: str, may_wait: bool = False
    ) -> Correction:
        """Erase a correction's text for good; accept again what it superseded.

        `may_wait`: the rebuild without it may be gathered with others. Raises NotStoredError.
        """
        check_storable(by=by, why=why)
        now, eraser = self.now(), Eraser(by, why, may_wait)

        def work(session: Session) -> Correction:
            row = _row(session, correction_id)
            erase(session, [row], now, eraser)
            return correction_of(row)

        erased = write_transaction(self.engine, work)
        self.purge_erased()
        return erased

    def purge_erased(self) -> None:
        """Remove erased text from SQLite's log too. Repeat this: a reader may prevent it."""
        if self.engine.dialect.name == "sqlite":  # PostgreSQL does this by itself
            sqlite.truncate_log(self.engine)

    def _list(self, query: Select[CorrectionRow]) -> list[Correction]:
        with read_transaction(self.engine) as session:
            return [correction_of(row) for row in session.scalars(query)]


def _ordered() -> Select[CorrectionRow]:
    return select(CorrectionRow).order_by(CorrectionRow.sequence)


def _row(session: Session, correction_id: str) -> CorrectionRow:
    query = select(CorrectionRow).filter_by(id=correction_id)
    row = session.scalars(query).one_or_none() if is_storable(correction_id) else None
    if row is None:
        raise NotStoredError("There is no correction with this id.")
    return row
