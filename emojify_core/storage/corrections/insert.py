"""Storing a new correction once, however often it is sent, inside somebody's transaction."""

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
    session: Session, draft: CorrectionInput, state: CorrectionState, now: datetime
) -> tuple[CorrectionRow, bool]:
    """Return the stored correction, and whether it is new."""
    if (known := _stored_before(session, draft)) is not None:
        return known, False
    row = CorrectionRow(
        **asdict(draft),
        id=secrets.token_hex(16),  # no sign that a shell or a spreadsheet minds
        body_sha256=draft.body_sha256,
        created_at=now,
        updated_at=now,
        state=state,
    )
    session.add(row)
    session.flush()
    if state is CorrectionState.QUEUED:
        accept(session, row, now)
    return row, True


def _stored_before(session: Session, draft: CorrectionInput) -> CorrectionRow | None:
    """Return what came with this client's key first. Raises IdempotencyConflictError."""
    if draft.idempotency_key is None:
        return None
    key = {"client": draft.client, "idempotency_key": draft.idempotency_key}
    stored = session.scalars(select(CorrectionRow).filter_by(**key)).one_or_none()
    # The sum of a removed one is erased with its text, which a sum of a short text would betray.
    if stored is not None and stored.body_sha256 not in {draft.body_sha256, ""}:
        raise IdempotencyConflictError(
            "This idempotency key was used before, for another correction. Use a new key."
        )
    return stored
