"""Insert a new correction once, however often it is sent, in the caller's transaction."""

import secrets
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from emojify_core.correction_states import CorrectionState
from emojify_core.errors import IdempotencyConflictError
from emojify_core.storage.corrections.conflicts import accept
from emojify_core.storage.corrections.records import CorrectionInput
from emojify_core.storage.database.tables import CorrectionRow


def insert_once(
    session: Session, given: CorrectionInput, state: CorrectionState, now: datetime
) -> tuple[CorrectionRow, bool]:
    """Return the stored correction, and whether it is new.

    Raises IdempotencyConflictError when its key was used for a different correction.
    """
    if (known := _find_by_key(session, given)) is not None:
        return known, False
    row = CorrectionRow(
        **asdict(given),
        id=secrets.token_hex(16),  # only characters that shells and spreadsheets leave alone
        body_sha256=given.body_sha256,
        created_at=now,
        updated_at=now,
        state=state,
    )
    session.add(row)
    session.flush()
    if state is CorrectionState.QUEUED:
        accept(session, row, now)
    return row, True


def _find_by_key(session: Session, given: CorrectionInput) -> CorrectionRow | None:
    """Return the correction that this client sent with the same idempotency key."""
    if given.idempotency_key is None:
        return None
    key = {"client": given.client, "idempotency_key": given.idempotency_key}
    stored = session.scalars(select(CorrectionRow).filter_by(**key)).one_or_none()
    # A removed correction has no hash: the hash of a short text would reveal the text.
    if stored is not None and stored.body_sha256 not in {given.body_sha256, ""}:
        raise IdempotencyConflictError(
            "This idempotency key was used before, for another correction. Use a new key."
        )
    return stored
