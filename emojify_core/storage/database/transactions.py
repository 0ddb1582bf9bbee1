"""The two ways to use the database: a consistent read, and an atomic change."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, NoReturn, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from emojify_core.errors import StorageError, StorageUnavailableError
from emojify_core.storage.database.database_trouble import database_trouble, is_setup_problem
from emojify_core.storage.database.engine import WRITES

UNAVAILABLE: Final = "The database does not answer at the moment. Try again shortly."

RETRY_FOR = 5.0  # seconds, while other transactions hold the lock

_FIRST_PAUSE, _LONGEST_PAUSE = 0.01, 0.25  # seconds
_SQLITE_CONTENTION = frozenset({5, 6})  # SQLITE_BUSY, SQLITE_LOCKED
_POSTGRESQL_CONTENTION = frozenset({"40001", "40P01", "55P03"})  # serialisation, deadlock, lock

T = TypeVar("T")


@contextmanager
def read_transaction(engine: Engine) -> Iterator[Session]:
    """Give a session in which all queries see the same state.

    Raises StorageUnavailableError when the database does not answer.
    """
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    try:
        with Session(engine, expire_on_commit=False) as session:
            yield session
    except SQLAlchemyError as e:
        raise_storage_error(e)


def write_transaction(engine: Engine, work: Callable[[Session], T]) -> T:
    """Run `work` in its own transaction, as the only writer, and commit.

    After a rollback `work` may run again, so its only effects must be in the session. Raises
    StorageUnavailableError when the database does not answer in time. If the connection breaks
    during the commit, the change may be stored all the same.
    """
    engine = engine.execution_options(**{WRITES: True})
    deadline = time.monotonic() + RETRY_FOR
    pause = _FIRST_PAUSE
    while True:
        try:
            with Session(engine, expire_on_commit=False) as session, session.begin():
                session.connection()  # waits for the lock before `work` reads anything
                return work(session)
        except SQLAlchemyError as e:
            if not _is_contention(e) or time.monotonic() > deadline:
                raise_storage_error(e)
        time.sleep(random.uniform(0, pause))  # noqa: S311  (spreads the retries, not a secret)
        pause = min(2 * pause, _LONGEST_PAUSE)


def _is_contention(error: SQLAlchemyError) -> bool:
    if not isinstance(error, DBAPIError):
        return False
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF  # the primary part of the code
    return code in _SQLITE_CONTENTION or (
        getattr(error.orig, "sqlstate", None) in _POSTGRESQL_CONTENTION
    )


def raise_storage_error(error: SQLAlchemyError) -> NoReturn:
    """Raise a StorageError if the database is the cause; raise a programming error as it is."""
    if isinstance(error, IntegrityError):
        # The detail of PostgreSQL contains whole rows with texts, so it is left out.
        diagnostics = getattr(error.orig, "diag", None)
        rule = getattr(diagnostics, "constraint_name", None) or str(error.orig)
        raise StorageError(
            f"The database refuses this change: it breaks the rule {rule}."
        ) from None
    if isinstance(error, PoolTimeoutError) or _is_outage(error) or is_setup_problem(error):
        unavailable = StorageUnavailableError(UNAVAILABLE)
        unavailable.trouble = database_trouble(error)
        raise unavailable from error
    raise error


def _is_outage(error: SQLAlchemyError) -> bool:
    # The errors of PEP 249 for outages, and for a file that is not a database.
    kinds = {"OperationalError", "InterfaceError", "InternalError", "DatabaseError"}
    return isinstance(error, DBAPIError) and type(error).__name__ in kinds
