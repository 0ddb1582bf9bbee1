"""Sign-ins: which browsers showed a key or the administrator's token and have not signed out."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from emojify_core.storage.database.records import utc_now
from emojify_core.storage.database.sign_in_table import SignInRow
from emojify_core.storage.database.transactions import read_transaction, write_transaction


@dataclass(frozen=True, slots=True)
class SignInRepository:
    """Begins, checks and ends sign-ins. Safe to share between threads.

    Every method raises StorageUnavailableError when the database does not answer.
    """

    engine: Engine
    now: Callable[[], datetime] = utc_now

    def begin(self, owner: str, lifetime: timedelta) -> str:
        """Store a sign-in; return the token that proves it. Deletes the expired ones."""
        token, now = secrets.token_urlsafe(32), self.now()

        def work(session: Session) -> None:
            session.execute(delete(SignInRow).where(SignInRow.expires_at <= now))
            expires_at = now + lifetime
            session.add(SignInRow(token_sha256=_hash(token), owner=owner, expires_at=expires_at))

        write_transaction(self.engine, work)
        return token

    def owner(self, token: str) -> str | None:
        """Return the owner of a sign-in; None if it has ended, expired or never began."""
        query = select(SignInRow.owner).where(
            SignInRow.token_sha256 == _hash(token), SignInRow.expires_at > self.now()
        )
        with read_transaction(self.engine) as session:
            return session.scalar(query)

    def end(self, token: str) -> None:
        """Delete a sign-in, for all web processes at once."""
        chosen = delete(SignInRow).where(SignInRow.token_sha256 == _hash(token))

        def work(session: Session) -> None:
            session.execute(chosen)

        write_transaction(self.engine, work)

    def end_all(self, owner: str) -> int:
        """Delete all sign-ins of an owner; return how many there were."""

        def work(session: Session) -> int:
            ended = delete(SignInRow).where(SignInRow.owner == owner)
            return len(session.scalars(ended.returning(SignInRow.token_sha256)).all())

        return write_transaction(self.engine, work)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
