"""Remove the traces of a client from its batches, whose files are deleted already."""

from datetime import datetime

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from emojify_core.messages import State
from emojify_core.storage.database.batch_tables import BatchRow, ChunkRow
from emojify_core.storage.database.transactions import write_transaction


def forget_batch(engine: Engine, batch_id: str, owner: str, now: datetime) -> None:
    """Blank the file's name, its columns and the client of an ended batch; `owner` replaces it.

    The row stays until the retention time is over. A worker that still answers a chunk finds the
    batch ended, and what it may have stored is deleted with the row.
    """

    def work(session: Session) -> None:
        row = session.scalars(select(BatchRow).filter_by(id=batch_id)).one()
        session.execute(delete(ChunkRow).where(ChunkRow.batch_id == batch_id))
        row.client, row.network, row.name, row.columns = owner, None, "", []
        row.layout = row.layout | {"column": "", "columns": []}
        row.reason, row.updated_at, row.swept_at = None, now, now
        if row.state is State.SUCCEEDED:
            row.state = State.EXPIRED

    write_transaction(engine, work)
