"""The two ways to use the database: a consistent look, and a change that is whole or nothing."""

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
from emojify_core.storage.database.engine import WRITES

UNAVAILABLE: Final = "The database does not answer at the moment. Try again shortly."

RETRY_FOR = 5.0  # seconds, when other transactions are in the way

_FIRST_PAUSE, _LONGEST_PAUSE = 0.01, 0.25  # seconds
_SQLITE_CONTENTION = frozenset({5, 6})  # SQLITE_BUSY, SQLITE_LOCKED
_POSTGRESQL_CONTENTION = frozenset({"40001", "40P01", "55P03"})  # serialisation, deadlock, lock

T = TypeVar("T")


@contextmanager
def read_transaction(engine: Engine) -> Iterator[Session]:
    """Give a session in which every query sees the same moment.

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
    """Do `work` in a transaction of its own, alone among writers, and commit it.

    `work` may be called again after a rollback, so it must have no other effect than through its
    session. Raises StorageUnavailableError when the database does not answer, or not in time; if
    the connection broke during the commit, that may have happened none the less.
    """
    engine = engine.execution_options(**{WRITES: True})
    deadline = time.monotonic() + RETRY_FOR
    pause = _FIRST_PAUSE
    while True:
        try:
            with Session(engine, expire_on_commit=False) as session, session.begin():
                session.connection()  # waits its turn here, before `work` looks at anything
                return work(session)
        except SQLAlchemyError as e:
            if not _is_contention(e) or time.monotonic() > deadline:
                raise_storage_error(e)
        time.sleep(random.uniform(0, pause))  # noqa: S311  (spreads the tries, no secret)
        pause = min(2 * pause, _LONGEST_PAUSE)


def _is_contention(error: SQLAlchemyError) -> bool:
    if not isinstance(error, DBAPIError):
        return False
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF  # without the extended part
    return code in _SQLITE_CONTENTION or (
        getattr(error.orig, "sqlstate", None) in _POSTGRESQL_CONTENTION
    )


def raise_storage_error(error: SQLAlchemyError) -> NoReturn:
    """Raise our own error where the database is at fault; a mistake of ours stays what it is."""
    if isinstance(error, IntegrityError):
        # PostgreSQL writes whole rows, texts and all, into the detail: that goes no further.
        diagnostics = getattr(error.orig, "diag", None)
        rule = getattr(diagnostics, "constraint_name", None) or str(error.orig)
        raise StorageError(f"The database refuses this: it would break the rule {rule}.") from None
    if isinstance(error, PoolTimeoutError) or _is_outage(error):
        raise StorageUnavailableError(UNAVAILABLE) from error
    raise error


def _is_outage(error: SQLAlchemyError) -> bool:
    # OperationalError and InterfaceError by PEP 249, and a file that is no database.
    kinds = {"OperationalError", "InterfaceError", "InternalError", "DatabaseError"}
    return isinstance(error, DBAPIError) and type(error).__name__ in kinds
