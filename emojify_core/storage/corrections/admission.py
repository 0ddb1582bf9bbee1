"""Admit what strangers say: at once, or after several of them say the same."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Engine, select, tuple_
from sqlalchemy.orm import Session

from emojify_core.correction_states import ACCEPTED, CorrectionState
from emojify_core.limits import INDEPENDENT_VOICES
from emojify_core.storage.corrections.conflicts import accept
from emojify_core.storage.corrections.records import Correction, correction_of
from emojify_core.storage.database.tables import CorrectionRow
from emojify_core.storage.database.transactions import read_transaction, write_transaction

# The reason that a waiting voice shows. It also tells such a correction from one that only an
# administrator may accept; with another wording, that is who decides on those that wait already.
WAITS_FOR_VOICES: Final = (
    f"The model is sure of another answer. This waits until {INDEPENDENT_VOICES} people on "
    "different networks say the same, or an administrator accepts it."
)
WAITS_FOR_REVIEW: Final = "An administrator rejected the same correction. This waits for review."

_S = CorrectionState
_ADMITTED: Final = ACCEPTED | {_S.LIVE}
_VOICES: Final = _ADMITTED | {_S.RECEIVED, _S.REVIEW}
_Opinion = tuple[str, str]  # the normal form of a text, and its label


def received(engine: Engine, limit: int) -> list[Correction]:
    """Return corrections that nobody has admitted yet, oldest first."""
    query = select(CorrectionRow).where(CorrectionRow.state == _S.RECEIVED)
    with read_transaction(engine) as session:
        found = session.scalars(query.order_by(CorrectionRow.sequence).limit(limit))
        return [correction_of(row) for row in found]


def admit(engine: Engine, contested: Mapping[str, bool], now: datetime, limit: int = 64) -> int:
    """Queue received corrections, or let them wait; `contested` says which, by id.

    Also queue up to `limit` of those that wait for one that is admitted now; return how many.

    A contested one overrules an answer that the model is sure of. It is queued once enough people
    say the same, with all of them, or if one that says the same is queued or live already.
    """

    def work(session: Session) -> int:
        rows = session.scalars(
            select(CorrectionRow)
            .where(CorrectionRow.id.in_(contested), CorrectionRow.state == _S.RECEIVED)
            .order_by(CorrectionRow.sequence)
            .with_for_update()
        ).all()
        for row in rows:
            if not contested[row.id]:
                accept(session, row, now)
        alike = _alike(session, [row for row in rows if contested[row.id]])
        for row in rows:
            if row.state is _S.RECEIVED:
                _admit_contested(
                    session, row, alike[_opinion(row)] if row.normalised else [row], now
                )
        return _admit_agreeing(session, now, limit)

    return write_transaction(engine, work)


def _admit_contested(
    session: Session, row: CorrectionRow, alike: Iterable[CorrectionRow], now: datetime
) -> None:
    voices = [one for one in alike if one.state in _VOICES]
    # One that nobody reviewed in time is rejected, too, but by nobody.
    if any(one.state is _S.REJECTED and one.decided_by for one in alike):
        row.state, row.reason, row.updated_at = _S.REVIEW, WAITS_FOR_REVIEW, now
    elif _count(voices) >= INDEPENDENT_VOICES or any(one.state in _ADMITTED for one in voices):
        accept(session, row, now)  # those that wait follow it
    else:
        row.state, row.reason, row.updated_at = _S.REVIEW, WAITS_FOR_VOICES, now


def _count(voices: Iterable[CorrectionRow]) -> int:
    """Count people: one cookie on many networks is one, and so are many cookies on one network."""
    known = [(one.network, one.client) for one in voices if one.network]
    return min(len({network for network, _ in known}), len({client for _, client in known}))


def _admit_agreeing(session: Session, now: datetime, limit: int) -> int:
    """Queue the voices that wait for one another where one that says the same is admitted."""
    session.flush()
    admitted = select(CorrectionRow.normalised, CorrectionRow.label).where(
        CorrectionRow.state.in_(_ADMITTED), CorrectionRow.normalised != ""
    )
    waiting = (
        select(CorrectionRow)
        .where(CorrectionRow.state == _S.REVIEW, CorrectionRow.reason == WAITS_FOR_VOICES)
        .where(tuple_(CorrectionRow.normalised, CorrectionRow.label).in_(admitted))
        .order_by(CorrectionRow.sequence)
        .limit(limit)
        .with_for_update()
    )
    rows = session.scalars(waiting).all()
    for row in rows:
        accept(session, row, now)
    return len(rows)


def _alike(
    session: Session, rows: Iterable[CorrectionRow]
) -> Mapping[_Opinion, list[CorrectionRow]]:
    """Return all corrections that say what one of these says."""
    forms = {row.normalised for row in rows}
    query = select(CorrectionRow).where(
        CorrectionRow.state.in_(_VOICES | {_S.REJECTED}), CorrectionRow.normalised.in_(forms)
    )
    found: dict[_Opinion, list[CorrectionRow]] = defaultdict(list)
    for row in session.scalars(query) if forms else ():
        found[_opinion(row)].append(row)
    return found


def _opinion(row: CorrectionRow) -> _Opinion:
    return row.normalised, row.label
