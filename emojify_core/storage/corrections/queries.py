"""Short queries about corrections."""

from sqlalchemy import Engine, func, select

from emojify_core.correction_states import CorrectionState
from emojify_core.storage.database.tables import CorrectionRow
from emojify_core.storage.database.transactions import read_transaction


def is_key_used(engine: Engine, client: str, key: str) -> bool:
    """Tell whether this client has used this idempotency key before."""
    query = select(CorrectionRow.id).filter_by(client=client, idempotency_key=key)
    with read_transaction(engine) as session:
        return session.scalar(query) is not None


def count_by_state(engine: Engine) -> dict[CorrectionState, int]:
    """Return how many corrections are in each state; this reads an index only."""
    query = select(CorrectionRow.state, func.count()).group_by(CorrectionRow.state)
    with read_transaction(engine) as session:
        counted = [(state, count) for state, count in session.execute(query)]
    return dict.fromkeys(CorrectionState, 0) | dict(counted)
