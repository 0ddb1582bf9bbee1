"""The review queue: corrections that wait for an administrator, oldest first.

Every query reads an index and a bounded number of rows: limits.py bounds how many may wait.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from emojify_core.correction_states import CorrectionState
from emojify_core.storage.corrections import transitions
from emojify_core.storage.corrections.records import Correction, correction_of
from emojify_core.storage.corrections.review_records import (
    Outcome,
    ReviewFilter,
    Sender,
    VoiceCounts,
)
from emojify_core.storage.database.records import utc_now
from emojify_core.storage.database.storable_text import check_storable, is_storable
from emojify_core.storage.database.tables import CorrectionRow
from emojify_core.storage.database.transactions import read_transaction, write_transaction

_EXPIRED = "Nobody reviewed it within {days} days."
# Decided in one transaction. Accepting compares each with all others of the transaction.
_PART = 50
_WAITS = frozenset({CorrectionState.REVIEW})


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """Lists, counts and decides what waits for review. Safe to share between threads.

    Every method raises StorageUnavailableError when the database does not answer.
    """

    engine: Engine
    now: Callable[[], datetime] = utc_now

    def page(
        self, chosen: ReviewFilter, *, after: int | None = None, limit: int
    ) -> list[Correction]:
        """Return up to `limit` waiting corrections after a `sequence` number, oldest first."""
        query = select(CorrectionRow).where(*chosen.conditions()).limit(limit)
        if after is not None:
            query = query.where(CorrectionRow.sequence > after)
        with read_transaction(self.engine) as session:
            rows = session.scalars(query.order_by(CorrectionRow.sequence))
            return [correction_of(row) for row in rows]

    def count(self, chosen: ReviewFilter) -> int:
        """Return how many wait."""
        query = select(func.count()).select_from(CorrectionRow).where(*chosen.conditions())
        with read_transaction(self.engine) as session:
            return session.scalar(query) or 0

    def senders(self, limit: int) -> list[Sender]:
        """Return who sent most of what waits. Clients of one address count together."""
        row = CorrectionRow
        waits = row.state == CorrectionState.REVIEW
        waiting = func.count().label("waiting")
        by_network = (
            select(row.network, func.min(row.client), func.count(row.client.distinct()), waiting)
            .where(waits, row.network.is_not(None))
            .group_by(row.network)
        )
        by_client = (
            select(row.client, waiting).where(waits, row.network.is_(None)).group_by(row.client)
        )
        with read_transaction(self.engine) as session:
            found = [
                Sender(network, client if clients == 1 else None, clients, count)
                for network, client, clients, count in session.execute(
                    by_network.order_by(waiting.desc(), row.network).limit(limit)
                )
            ]
            found += [
                Sender(None, client, 1, count)
                for client, count in session.execute(
                    by_client.order_by(waiting.desc(), row.client).limit(limit)
                )
            ]
        return sorted(found, key=lambda sender: -sender.waiting)[:limit]

    def voices(self, normalised: Collection[str]) -> VoiceCounts:
        """Return how many independent senders of waiting corrections say each label of a text."""
        row = CorrectionRow
        sender = func.coalesce(row.network, row.client)
        query = (
            select(row.normalised, row.label, func.count(sender.distinct()))
            .where(row.state == CorrectionState.REVIEW, row.normalised.in_({*normalised} - {""}))
            .group_by(row.normalised, row.label)
        )
        found: defaultdict[str, dict[str, int]] = defaultdict(dict)
        with read_transaction(self.engine) as session:
            for text, label, count in session.execute(query):
                found[text][label] = count
        return found

    def latest_decisions(self, by: str, limit: int) -> list[Correction]:
        """Return the decided corrections that changed last."""
        query = select(CorrectionRow).filter_by(decided_by=by)
        query = query.order_by(CorrectionRow.updated_at.desc()).limit(limit)
        with read_transaction(self.engine) as session:
            return [correction_of(row) for row in session.scalars(query)]

    def decide(
        self, ids: Sequence[str], to: CorrectionState, *, by: str, why: str
    ) -> list[Outcome]:
        """Accept (QUEUED) or reject waiting corrections; return an outcome for each id.

        Corrections that do not wait stay as they are. Many are decided in several transactions,
        so that nobody else waits long for the database.
        """
        check_storable(by=by, why=why)
        wanted, note = [*dict.fromkeys(ids)], transitions.TransitionNote(None, by, why)
        outcomes: list[Outcome] = []
        for start in range(0, len(wanted), _PART):
            decide = partial(_decide, wanted[start : start + _PART], to, self.now(), note)
            outcomes += write_transaction(self.engine, decide)
        return outcomes

    def decide_chosen(
        self, chosen: ReviewFilter, to: CorrectionState, *, by: str, why: str, limit: int
    ) -> list[Outcome]:
        """Accept or reject the oldest `limit` waiting corrections that the filter chooses."""
        query = select(CorrectionRow.id).where(*chosen.conditions())
        with read_transaction(self.engine) as session:
            ids = session.scalars(query.order_by(CorrectionRow.sequence).limit(limit)).all()
        return self.decide(ids, to, by=by, why=why)

    def expire(self, age: timedelta, limit: int = 500) -> int:
        """Reject what nobody reviewed for that long, up to `limit`; return how many."""
        now = self.now()
        query = (
            select(CorrectionRow.id)
            .where(CorrectionRow.state == CorrectionState.REVIEW)
            .where(CorrectionRow.created_at < now - age)
            .order_by(CorrectionRow.sequence)
            .limit(limit)
        )
        note = transitions.TransitionNote(_EXPIRED.format(days=age.days))

        def work(session: Session) -> int:
            ids = session.scalars(query).all()
            moved = transitions.move(
                session, ids, CorrectionState.REJECTED, now, note, only_from=_WAITS
            )
            return len(moved)

        return write_transaction(self.engine, work)


def _decide(
    ids: Sequence[str],
    to: CorrectionState,
    now: datetime,
    note: transitions.TransitionNote,
    session: Session,
) -> list[Outcome]:
    known = [each for each in ids if is_storable(each)]
    query = select(CorrectionRow).where(CorrectionRow.id.in_(known)).with_for_update()
    rows = {row.id: row for row in session.scalars(query)}
    waited = {row.id for row in rows.values() if row.state in _WAITS}
    transitions.move(session, known, to, now, note, only_from=_WAITS)
    return [
        Outcome(each, rows[each].state, each in waited)
        if each in rows
        else Outcome(each, None, decided=False)
        for each in ids
    ]
