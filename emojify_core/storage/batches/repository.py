"""Batches: the uploaded files and their progress."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, Select, delete, func, select
from sqlalchemy.orm import Session

from emojify_core.errors import NotStoredError
from emojify_core.messages import FINAL_STATES, State
from emojify_core.storage.batches.records import OPEN, Batch, BatchDraft, batch_of
from emojify_core.storage.database.batch_tables import BatchRow, ChunkRow
from emojify_core.storage.database.records import utc_now
from emojify_core.storage.database.storable_text import check_storable, is_storable
from emojify_core.storage.database.transactions import read_transaction, write_transaction

_STORED = func.coalesce(BatchRow.stored_bytes, BatchRow.size)


@dataclass(frozen=True, slots=True)
class BatchRepository:
    """Adds, finds and ends batches. Safe to share between threads.

    Every method raises StorageUnavailableError when the database does not answer.
    """

    engine: Engine
    now: Callable[[], datetime] = utc_now

    def add(self, draft: BatchDraft) -> Batch:
        """Store a batch whose file is stored already. From now on it will end, whatever fails."""
        now = self.now()

        def work(session: Session) -> Batch:
            row = BatchRow(
                id=draft.id,
                created_at=now,
                updated_at=now,
                client=draft.client,
                network=draft.network,
                state=State.QUEUED,
                name=draft.name,
                size=draft.size,
                stored_bytes=draft.stored_bytes,
                layout=dict(draft.layout),
                model_version=draft.model_version,
                position=draft.start,
                columns=list(draft.columns),
                **dict.fromkeys(("rows", "chunks", "done", "failed", "chunks_done"), 0),
            )
            session.add(row)
            session.flush()
            return batch_of(row)

        return write_transaction(self.engine, work)

    def get(self, batch_id: str) -> Batch:
        """Return one batch. Raises NotStoredError."""
        with read_transaction(self.engine) as session:
            return batch_of(_row(session, batch_id))

    def page(
        self, *, client: str | None = None, before: int | None = None, limit: int = 50
    ) -> list[Batch]:
        """Return up to `limit` batches, newest first, of one client or of all.

        `before` is the `sequence` of the last batch on the previous page.
        """
        own = {} if client is None else {"client": client}
        query = select(BatchRow).filter_by(**own).order_by(BatchRow.sequence.desc()).limit(limit)
        if before is not None:
            query = query.where(BatchRow.sequence < before)
        return self._list(query)

    def count_open(self, client: str | None = None) -> int:
        """Return how many batches of a client, or of all clients, are open."""
        counted = select(func.count()).where(BatchRow.state.in_(OPEN))
        if client is not None:
            counted = counted.where(BatchRow.client == client)
        with read_transaction(self.engine) as session:
            return session.scalar(counted) or 0

    def stored_bytes(self, *, client: str | None = None, network: str | None = None) -> int:
        """Return how many bytes the files of a client, of a network or of all take.

        Files that are not deleted yet count with all of their answers.
        """
        equal = {"client": client, "network": network}
        chosen = {name: value for name, value in equal.items() if value is not None}
        counted = select(func.sum(_STORED)).filter_by(swept_at=None, **chosen)
        with read_transaction(self.engine) as session:
            return int(session.scalar(counted) or 0)

    def pending_bytes(self) -> int:
        """Return how many bytes the answers of the open batches may take."""
        counted = select(func.sum(_STORED - BatchRow.size)).where(BatchRow.state.in_(OPEN))
        with read_transaction(self.engine) as session:
            return int(session.scalar(counted) or 0)

    def list_open(self) -> list[Batch]:
        """Return the open batches, oldest first."""
        query = select(BatchRow).where(BatchRow.state.in_(OPEN)).order_by(BatchRow.sequence)
        return self._list(query)

    def exhausted(self, attempts: int) -> set[str]:
        """Return open batches with an unfinished chunk that was published that often."""
        open_batches = select(BatchRow.id).where(BatchRow.state.in_(OPEN))
        query = (
            select(ChunkRow.batch_id)
            .where(ChunkRow.batch_id.in_(open_batches))
            .where(ChunkRow.attempts >= attempts, ChunkRow.done_at.is_(None))
        )
        with read_transaction(self.engine) as session:
            return set(session.scalars(query))

    def end(
        self, batch_id: str, state: State, *, code: str | None = None, reason: str | None = None
    ) -> Batch:
        """Move an open batch to a final state; return the batch as it is afterwards.

        It succeeds only when all of its chunks are done. Raises NotStoredError.
        """
        if state not in FINAL_STATES:
            raise ValueError(f"{state} is not a final state")
        check_storable(reason=reason)
        now = self.now()

        def work(session: Session) -> Batch:
            row = _row(session, batch_id)
            whole = row.position >= row.size and row.chunks_done == row.chunks
            if row.state in OPEN and (state is not State.SUCCEEDED or whole):
                row.state, row.error_code, row.reason = state, code, reason
                row.started_at = row.started_at or now
                row.finished_at = row.updated_at = now
            return batch_of(row)

        return write_transaction(self.engine, work)

    def ended_before(self, before: datetime) -> list[Batch]:
        """Return batches that ended before `before` and still have their files, oldest first."""
        query = (
            select(BatchRow)
            .where(BatchRow.finished_at < before, BatchRow.swept_at.is_(None))
            .order_by(BatchRow.sequence)
        )
        return self._list(query)

    def mark_swept(self, batch_id: str) -> Batch:
        """Record that the files of a batch are deleted, and delete its chunks.

        A batch that had succeeded becomes expired. Raises NotStoredError.
        """
        now = self.now()

        def work(session: Session) -> Batch:
            row = _row(session, batch_id)
            session.execute(delete(ChunkRow).where(ChunkRow.batch_id == batch_id))
            row.swept_at = now
            if row.state is State.SUCCEEDED:
                row.state = State.EXPIRED
            return batch_of(row)

        return write_transaction(self.engine, work)

    def delete_swept(self, before: datetime) -> list[str]:
        """Delete the rows of batches whose files were deleted before `before`; return their ids."""

        def work(session: Session) -> list[str]:
            old = select(BatchRow).where(BatchRow.swept_at < before)
            rows = session.scalars(old).all()
            for row in rows:
                session.delete(row)
            return [row.id for row in rows]

        return write_transaction(self.engine, work)

    def _list(self, query: Select[BatchRow]) -> list[Batch]:
        with read_transaction(self.engine) as session:
            return [batch_of(row) for row in session.scalars(query)]


def _row(session: Session, batch_id: str) -> BatchRow:
    query = select(BatchRow).filter_by(id=batch_id)
    row = session.scalars(query).one_or_none() if is_storable(batch_id) else None
    if row is None:
        raise NotStoredError("There is no batch with this id.")
    return row
