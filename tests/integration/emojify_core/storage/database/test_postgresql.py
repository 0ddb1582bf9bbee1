"""PostgreSQL may stop, restart, hang or refuse."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from emojify_core.errors import StorageUnavailableError
from emojify_core.storage.corrections.repository import CorrectionRepository
from emojify_core.storage.database.engine import make_engine
from emojify_core.storage.database.transactions import read_transaction, write_transaction
from support.databases import PostgresDatabases
from support.deadlines import eventually
from support.learning import draft
from support.postgres_server import PostgresServer
from support.processes import free_port


@pytest.fixture
def databases(postgres_databases: PostgresDatabases) -> PostgresDatabases:
    """Use this kind of database only."""
    return postgres_databases


def setting(engine: Engine, name: str) -> str:
    """Return a setting of the server for these connections."""
    with read_transaction(engine) as session:
        return str(session.scalar(text(f"SHOW {name}")))


def test_every_wait_has_a_limit(engine: Engine) -> None:
    """Statements, locks and idle transactions have timeouts."""
    assert setting(engine, "statement_timeout") == "10s"
    assert setting(engine, "lock_timeout") == "5s"
    assert setting(engine, "idle_in_transaction_session_timeout") == "30s"
    assert setting(engine, "application_name") == "emojify"


def test_options_in_the_url_take_precedence(url: str) -> None:
    """The administrator can set other timeouts."""
    engine = make_engine(f"{url}&options=-c%20lock_timeout%3D7s&application_name=mine")
    assert setting(engine, "lock_timeout") == "7s"
    assert setting(engine, "statement_timeout") == "10s"
    assert setting(engine, "application_name") == "mine"
    engine.dispose()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_each_form_of_the_scheme_is_accepted(url: str, scheme: str) -> None:
    """A URL copied from a hosting console works as it is."""
    engine = make_engine(url.replace("postgresql", scheme, 1))
    assert CorrectionRepository(engine).page() == []
    engine.dispose()


def test_a_restarted_server_causes_no_error(
    engine: Engine, corrections: CorrectionRepository, postgres: PostgresServer
) -> None:
    """Stale connections are detected before use."""
    stored, _ = corrections.add(draft())
    with engine.connect(), engine.connect():
        """Two connections lie in the pool."""
    postgres.stop()
    postgres.start()
    assert corrections.page() == [stored]
    assert corrections.add(draft("another"))[1]


def test_a_server_that_is_down_is_unavailable_until_it_is_back(
    corrections: CorrectionRepository, postgres: PostgresServer
) -> None:
    """No process needs a restart afterwards."""
    stored, _ = corrections.add(draft())
    postgres.stop()
    for ask in (corrections.page, lambda: corrections.add(draft("another"))):
        with pytest.raises(StorageUnavailableError, match="Try again"):
            ask()
    postgres.start()
    assert corrections.page() == [stored]


def test_a_connection_that_breaks_in_a_transaction_changes_nothing(
    engine: Engine, corrections: CorrectionRepository, postgres: PostgresServer
) -> None:
    """No change is stored in part or twice."""
    stored, _ = corrections.add(draft())
    calls: list[int] = []

    def work(session: Session) -> None:
        calls.append(1)
        session.execute(text("UPDATE corrections SET label = 'joy'"))
        backend = session.scalar(text("SELECT pg_backend_pid()"))
        postgres.execute(f"SELECT pg_terminate_backend({backend})")
        session.execute(text("SELECT 1"))

    with pytest.raises(StorageUnavailableError):
        write_transaction(engine, work)
    assert calls == [1]
    assert corrections.get(stored.id) == stored


@pytest.mark.parametrize("code", ["40001", "40P01"])
def test_an_aborted_transaction_is_retried(engine: Engine, code: str) -> None:
    """A deadlock with a foreign query does not reach the caller."""
    calls: list[int] = []

    def work(session: Session) -> int:
        calls.append(1)
        if len(calls) < 3:
            session.execute(text(f"DO $$ BEGIN RAISE SQLSTATE '{code}'; END $$"))
        return session.scalar(text("SELECT 7")) or 0

    assert write_transaction(engine, work) == 7
    assert len(calls) == 3


def test_a_hanging_transaction_does_not_block_others_forever(
    url: str, corrections: CorrectionRepository
) -> None:
    """The server ends it, and the next writer continues."""
    hanging = make_engine(f"{url}&options=-c%20idle_in_transaction_session_timeout%3D200")
    with pytest.raises(StorageUnavailableError):
        write_transaction(hanging, lambda session: _until_ended(session, corrections))
    hanging.dispose()


def _until_ended(session: Session, corrections: CorrectionRepository) -> None:
    session.execute(text("SELECT 1"))
    assert eventually(lambda: corrections.add(draft()), within=20)
    session.execute(text("SELECT 1"))


def test_a_missing_server_is_reported_within_seconds() -> None:
    """A wrong address does not cause an endless wait."""
    engine = make_engine(f"postgresql://emojify:hunter2@127.0.0.1:{free_port()}/emojify")
    with pytest.raises(StorageUnavailableError) as refused:
        CorrectionRepository(engine).page()
    assert "hunter2" not in f"{refused.value} {refused.value.__cause__!r} {engine!r}"
    engine.dispose()
