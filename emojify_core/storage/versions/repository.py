"""Versions of the model: an append-only list, and the pointer to the live one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from emojify_core.correction_states import CorrectionState
from emojify_core.errors import NotStoredError
from emojify_core.storage.corrections.lineage import contents, holding_removed
from emojify_core.storage.corrections.records import Correction, correction_of
from emojify_core.storage.corrections.transitions import TransitionNote, move
from emojify_core.storage.database.records import Json, utc_now
from emojify_core.storage.database.storable_text import check_storable
from emojify_core.storage.database.tables import PointerRow, RefusalRow, VersionRow
from emojify_core.storage.database.transactions import read_transaction, write_transaction
from emojify_core.storage.versions.publish import (
    Publication,
    activate,
    append_version,
    ensure_shipped,
)
from emojify_core.storage.versions.records import (
    SHIPPED,
    Live,
    Refusal,
    Version,
    refusal_of,
    version_of,
)

_NO_MODEL = "There is no model yet. The first worker that starts stores one."


@dataclass(frozen=True, slots=True)
class VersionRepository:
    """Publishes, finds and reactivates versions. Safe to share between threads.

    Every method raises StorageUnavailableError when the database does not answer.
    """

    engine: Engine
    now: Callable[[], datetime] = utc_now

    def ensure_base(self, sha256: str, metrics: Json) -> Version:
        """Return the version with this release's shipped model; append it if there is none.

        In a new installation it is version 1. Otherwise it is the next version and live: the
        corrections learned before are queued, to be learned on top of it. A model that was a
        version once changes nothing, so starting an older release undoes nothing.
        """
        now = self.now()

        def work(session: Session) -> Version:
            return version_of(ensure_shipped(session, sha256, metrics, now))

        return write_transaction(self.engine, work)

    def base_of(self, version: int) -> Version:
        """Return the shipped version that a version is based on. Raises NotStoredError."""
        with read_transaction(self.engine) as session:
            row = _row(session, version)
            while row.cause.get("kind") != SHIPPED and row.source is not None:
                row = _row(session, row.source)
            return version_of(row)

    def live(self) -> Live:
        """Return the live version and its generation. Raises NotStoredError when there is none."""
        with read_transaction(self.engine) as session:
            query = select(VersionRow, PointerRow.generation).join(
                PointerRow, PointerRow.version == VersionRow.version
            )
            found = session.execute(query).one_or_none()
            if found is None:
                raise NotStoredError(_NO_MODEL)
            return Live(version_of(found[0]), found[1])

    def get(self, version: int) -> Version:
        """Return one version. Raises NotStoredError."""
        with read_transaction(self.engine) as session:
            return version_of(_row(session, version))

    def newest_first(self, limit: int | None = None) -> list[Version]:
        """Return all versions, or the newest `limit` of them."""
        with read_transaction(self.engine) as session:
            query = select(VersionRow).order_by(VersionRow.version.desc()).limit(limit)
            return [version_of(row) for row in session.scalars(query)]

    def contents(self, version: int) -> list[str]:
        """Return the ids of all corrections in a version, in the order of learning."""
        with read_transaction(self.engine) as session:
            return [row.id for row, _ in contents(session, version)]

    def held(self, version: int) -> list[Correction]:
        """Return the live corrections in a version, in the order of learning."""
        with read_transaction(self.engine) as session:
            held = contents(session, version)
            return [correction_of(row) for row, _ in held if row.state is CorrectionState.LIVE]

    def removed_in_live(self) -> list[str]:
        """Return removed corrections that are still in the live version: a rebuild is due."""
        with read_transaction(self.engine) as session:
            pointer = session.get(PointerRow, 1)
            held = contents(session, pointer.version) if pointer else ()
            return [row.id for row, _ in held if row.state is CorrectionState.REMOVED]

    def newest_without_removed(self) -> Version:
        """Return the newest version without a removed correction. The base contains none."""
        with read_transaction(self.engine) as session:
            clean = VersionRow.version.not_in(holding_removed(session))
            query = select(VersionRow).where(clean).order_by(VersionRow.version.desc()).limit(1)
            row = session.scalar(query)
        if row is None:
            raise NotStoredError(_NO_MODEL)
        return version_of(row)

    def publish(self, new: Publication, expected_generation: int) -> Version:
        """Append the next version, make it live and update the states of all corrections.

        The learned corrections become live with their receipts; earlier ones that they
        contradict are superseded; live ones that the new version lacks (after a rebuild) are
        queued again. Raises StalePointerError when the live version has changed, TransitionError
        when a learned correction is no longer in training, and StorageError when its source
        contains one already; then nothing has changed.
        """
        now = self.now()

        def work(session: Session) -> Version:
            return version_of(append_version(session, new, expected_generation, now, requeue=True))

        return write_transaction(self.engine, work)

    def activate(
        self, target: int, *, by: str, why: str, requeue: bool, kind: str = "rollback"
    ) -> Version:
        """Roll back (or forward) to a version: append one with its files and corrections.

        Live corrections that it lacks are queued again (`requeue`) or rolled back. A version that
        is live already is returned as it is. Raises NotStoredError, and TransitionError when it
        contains a removed correction.
        """
        check_storable(by=by, why=why)
        cause, now = {"kind": kind, "by": by, "why": why, "target": target}, self.now()

        def work(session: Session) -> Version:
            row = _row(session, target)
            return version_of(activate(session, row, cause, now, requeue=requeue))

        return write_transaction(self.engine, work)

    def record_refusal(
        self,
        *,
        base_version: int,
        correction_ids: Sequence[str],
        figures: Json,
        reason: str,
        final: bool,
    ) -> Refusal:
        """Store why the gate refused a candidate.

        `final`: these corrections cause the harm and are refused with this reason. Otherwise they
        stay in training, and the trainer tries smaller groups.
        """
        check_storable(reason=reason)
        now, ids = self.now(), list(correction_ids)

        def work(session: Session) -> Refusal:
            row = RefusalRow(
                created_at=now,
                base_version=base_version,
                correction_ids=ids,
                figures=dict(figures),
                reason=reason,
            )
            session.add(row)
            if final:
                move(session, ids, CorrectionState.REFUSED, now, TransitionNote(reason))
            session.flush()
            return refusal_of(row)

        return write_transaction(self.engine, work)

    def refusals(self, limit: int = 50) -> list[Refusal]:
        """Return the newest refusals, newest first."""
        with read_transaction(self.engine) as session:
            query = select(RefusalRow).order_by(RefusalRow.id.desc()).limit(limit)
            return [refusal_of(row) for row in session.scalars(query)]


def _row(session: Session, version: int) -> VersionRow:
    row = session.get(VersionRow, version)
    if row is None:
        raise NotStoredError(f"There is no version {version} of the model.")
    return row
