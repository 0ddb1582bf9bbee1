"""Append a version and move the live pointer to it, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from emojify_core.correction_states import IN_TRAINING, CorrectionState
from emojify_core.errors import StalePointerError, StorageError, TransitionError
from emojify_core.storage.corrections.lineage import contents, update_states
from emojify_core.storage.corrections.records import Receipt
from emojify_core.storage.database.records import Json
from emojify_core.storage.database.tables import (
    CorrectionRow,
    PointerRow,
    VersionCorrectionRow,
    VersionRow,
)
from emojify_core.storage.versions.records import SHIPPED

FIRST = 1  # the first version of every installation

# A rebuild from the base learns the live corrections again.
_LEARNABLE = IN_TRAINING | {CorrectionState.LIVE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """The contents of the next version."""

    sha256: str
    source: int  # the version whose corrections it contains besides the learned ones
    cause: Json
    metrics: Json
    verdict: Json | None
    learned: Mapping[str, Receipt]  # by correction id


def append_version(
    session: Session, new: Publication, generation: int, now: datetime, *, requeue: bool
) -> VersionRow:
    """Append the next version, make it live and update the states of all corrections.

    Raises StalePointerError when the generation has changed, TransitionError when a learned
    correction is no longer in training, and StorageError when the source contains one already.
    """
    # This compare-and-set decides between two trainers that publish.
    parent = session.scalar(
        update(PointerRow)
        .where(PointerRow.generation == generation)
        .values(generation=generation + 1)
        .returning(PointerRow.version)
    )
    if parent is None:
        raise StalePointerError(
            "Another version was published after this training started. Nothing was changed; "
            "start again from the live version."
        )
    row = VersionRow(
        version=parent + 1,
        sha256=new.sha256,
        parent=parent,
        source=new.source,
        cause=dict(new.cause),
        metrics=dict(new.metrics),
        verdict=None if new.verdict is None else dict(new.verdict),
        created_at=now,
    )
    session.add(row)
    session.flush()
    session.execute(update(PointerRow).values(version=row.version))
    _learn(session, row, new.learned, now)
    update_states(session, row.version, now, requeue=requeue)
    return row


def ensure_shipped(session: Session, sha256: str, metrics: Json, now: datetime) -> VersionRow:
    """Return the version with these files; append it as a shipped one if there is none."""
    known = select(VersionRow).filter_by(sha256=sha256).order_by(VersionRow.version).limit(1)
    if (row := session.scalar(known)) is not None:
        return row
    pointer = session.get(PointerRow, 1)
    if pointer is not None:
        new = Publication(
            sha256=sha256,
            source=FIRST,  # which contains no correction
            cause={"kind": SHIPPED},
            metrics=metrics,
            verdict=None,
            learned={},
        )
        return append_version(session, new, pointer.generation, now, requeue=True)
    row = VersionRow(
        version=FIRST,
        sha256=sha256,
        cause={"kind": SHIPPED},
        metrics=dict(metrics),
        created_at=now,
    )
    session.add(row)
    session.flush()
    session.add(PointerRow(id=1, version=FIRST, generation=1))
    return row


def _learn(
    session: Session, version: VersionRow, learned: Mapping[str, Receipt], now: datetime
) -> None:
    held = {row.id for row, _ in contents(session, version.version)}
    if twice := held & learned.keys():
        raise StorageError(
            f"The model has learned the correction {min(twice)} already and would learn it twice."
        )
    rows = session.scalars(
        select(CorrectionRow)
        .where(CorrectionRow.id.in_(learned), CorrectionRow.state.in_(_LEARNABLE))
        .with_for_update()
    ).all()
    if gone := learned.keys() - {row.id for row in rows}:
        raise TransitionError(
            f"The correction {min(gone)} was superseded, removed or put back while the model "
            "learned it. Nothing was changed; train again without it."
        )
    for row in rows:
        receipt = learned[row.id]
        row.before, row.after = list(receipt.before), list(receipt.after)
        row.seconds, row.updated_at = receipt.seconds, now
        row.attempts = 0  # training succeeded; a later rebuild starts counting again
        session.add(VersionCorrectionRow(version=version.version, correction_id=row.id))
    session.flush()


def activate(
    session: Session, target: VersionRow, cause: Json, now: datetime, *, requeue: bool
) -> VersionRow:
    """Append a version with the files and corrections of the target, unless it is live.

    Raises TransitionError when the target contains a removed correction.
    """
    pointer = session.get_one(PointerRow, 1, with_for_update=True)
    live = session.get_one(VersionRow, pointer.version)
    held = contents(session, target.version)
    if target.sha256 == live.sha256 and held == contents(session, live.version):
        return live
    if removed := [row.id for row, _ in held if row.state is CorrectionState.REMOVED]:
        raise TransitionError(
            f"Version {target.version} contains the correction {removed[0]}, which was removed. "
            "Choose an older version, or let the trainer rebuild the model."
        )
    copy = Publication(
        sha256=target.sha256,
        source=target.version,
        cause=cause,
        metrics=target.metrics,
        verdict=None,
        learned={},
    )
    return append_version(session, copy, pointer.generation, now, requeue=requeue)
