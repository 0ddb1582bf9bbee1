"""The corrections: the outbox between those who make them and the trainer who learns them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, Select, func, select
from sqlalchemy.orm import Session

from emojify_core.correction_states import ACCEPTED, IN_TRAINING, CorrectionState
from emojify_core.errors import NotStoredError
from emojify_core.storage.corrections import transitions
from emojify_core.storage.corrections.insert import insert_once
from emojify_core.storage.corrections.records import Correction, CorrectionInput, correction_of
from emojify_core.storage.database import sqlite
from emojify_core.storage.database.records import utc_now
from emojify_core.storage.database.storable_text import check_storable, is_storable
from emojify_core.storage.database.tables import CorrectionRow, VersionCorrectionRow
from emojify_core.storage.database.transactions import read_transaction, write_transaction

# What somebody's work shall end; a review waits for a person and may take its time.
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
        self, draft: CorrectionInput, state: CorrectionState = CorrectionState.RECEIVED
    ) -> tuple[Correction, bool]:
        """Commit a correction as received, for review, or queued; return it and if it is new.

        The same idempotency key of the same client returns what came with it first. Raises
        IdempotencyConflictError if that was something else.
        """
        if state not in _FIRST:
            raise ValueError(f"no correction begins as {state}")
        now = self.now()

        def work(session: Session) -> tuple[Correction, bool]:
            row, is_new = insert_once(session, draft, state, now)
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

        `before` and `after` are the `sequence` of the last or first one of the page beside.
        """
        query = select(CorrectionRow).limit(limit)
        if client is not None:
            query = query.where(CorrectionRow.client == client)
        if state is not None:
            query = query.where(CorrectionRow.state == state)
        if before is not None:
            query = query.where(CorrectionRow.sequence < before)
        if after is not None:
            # The page right above the cursor, not the newest one.
            query = query.where(CorrectionRow.sequence > after).order_by(CorrectionRow.sequence)
            return self._list(query)[::-1]
        return self._list(query.order_by(CorrectionRow.sequence.desc()))

    def count_recent(self, client: str, since: datetime) -> int:
        """Return how many corrections a client has made since then."""
        with read_transaction(self.engine) as session:
            count = session.scalar(
                select(func.count()).where(
                    CorrectionRow.client == client, CorrectionRow.created_at >= since
                )
            )
            return count or 0

    def waiting(self) -> list[Correction]:
        """Return what training shall take, in the order of arrival.

        Besides the queued ones, those still in training or checking: for the one trainer that
        there is, they are what a dead one left behind. See `fail_attempt`.
        """
        return self._list(_ordered().where(CorrectionRow.state.in_(ACCEPTED)))

    def stale(self, older_than: timedelta) -> list[Correction]:
        """Return what nobody has touched for that long although it is not done."""
        return self._list(
            _ordered()
            .where(CorrectionRow.state.in_(_UNFINISHED))
            .where(CorrectionRow.updated_at < self.now() - older_than)
        )

    def learned_by(self, version: int) -> list[Correction]:
        """Return what this version learned itself."""
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
        """Bring corrections into another state; return those that are in it by this call.

        The others were in a state that does not lead there: somebody was faster. Queueing a
        correction supersedes those accepted before that contradict it. `by` and `why` are an
        administrator's. Raises ValueError for states that come about in other ways.
        """
        check_storable(reason=reason, by=by, why=why)
        wanted, now, note = list(ids), self.now(), transitions.TransitionNote(reason, by, why)
        return write_transaction(
            self.engine, lambda session: transitions.move(session, wanted, to, now, note)
        )

    def requeue(self, ids: Iterable[str]) -> None:
        """Queue again what is still in training; what was decided meanwhile stays."""
        back, now, note = list(ids), self.now(), transitions.TransitionNote()
        to, only_from = CorrectionState.QUEUED, IN_TRAINING
        write_transaction(
            self.engine,
            lambda session: transitions.move(session, back, to, now, note, only_from=only_from),
        )

    def fail_attempt(self, correction_id: str, error: str, limit: int) -> Correction:
        """Count a broken training; the correction is queued again, at the limit it has failed.

        Changes nothing for a correction that is not accepted (any more). Raises NotStoredError.
        """
        # Somebody else's message: it may hold anything.
        kept, now = error.encode(errors="replace").decode().replace("\0", ""), self.now()

        def work(session: Session) -> Correction:
            row = _row(session, correction_id)
            transitions.fail_attempt(row, kept, limit, now)
            return correction_of(row)

        return write_transaction(self.engine, work)

    def erase_text(self, correction_id: str, *, by: str, why: str) -> Correction:
        """Erase a correction's text for good; what it had superseded is accepted again.

        The live version may still hold what it learned: see `VersionRepository.removed_in_live`.
        The probabilities of its receipt stay. Raises NotStoredError.
        """
        check_storable(by=by, why=why)
        now = self.now()

        def work(session: Session) -> Correction:
            row = _row(session, correction_id)
            transitions.erase(session, row, now, by=by, why=why)
            return correction_of(row)

        erased = write_transaction(self.engine, work)
        self.purge_erased()
        return erased

    def purge_erased(self) -> None:
        """Take what was erased out of SQLite's log too; to be repeated, readers may be in the way.

        PostgreSQL does so by itself, in its own time.
        """
        if self.engine.dialect.name == "sqlite":
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
