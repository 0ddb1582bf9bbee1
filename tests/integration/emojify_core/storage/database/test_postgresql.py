"""What only a database server can do to us: go away, come back, hang, refuse."""

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
    """Make databases of this kind alone."""
    return postgres_databases


def setting(engine: Engine, name: str) -> str:
    """Return what the server does on our connections."""
    with read_transaction(engine) as session:
        return str(session.scalar(text(f"SHOW {name}")))


def test_nothing_waits_for_ever(engine: Engine) -> None:
    """Statements, locks and idle transactions all have an end."""
    assert setting(engine, "statement_timeout") == "10s"
    assert setting(engine, "lock_timeout") == "5s"
    assert setting(engine, "idle_in_transaction_session_timeout") == "30s"
    assert setting(engine, "application_name") == "emojify"


def test_what_the_url_says_comes_first(url: str) -> None:
    """Whoever runs it can be more or less patient."""
    engine = make_engine(f"{url}&options=-c%20lock_timeout%3D7s&application_name=mine")
    assert setting(engine, "lock_timeout") == "7s"
    assert setting(engine, "statement_timeout") == "10s"
    assert setting(engine, "application_name") == "mine"
    engine.dispose()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_each_way_to_write_the_scheme_means_the_same(url: str, scheme: str) -> None:
    """A URL copied from a host's console works as it is."""
    engine = make_engine(url.replace("postgresql", scheme, 1))
    assert CorrectionRepository(engine).page() == []
    engine.dispose()


def test_a_restarted_server_costs_nobody_an_error(
    engine: Engine, corrections: CorrectionRepository, postgres: PostgresServer
) -> None:
    """Connections from before the restart are noticed before they are used."""
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
    """Nothing is promised meanwhile, and nobody has to be restarted afterwards."""
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
    """Nothing is half done, and nothing is done twice behind one's back."""
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
def test_a_transaction_that_the_server_aborts_is_tried_again(engine: Engine, code: str) -> None:
    """A deadlock with somebody's own query is no error of ours."""
    calls: list[int] = []

    def work(session: Session) -> int:
        calls.append(1)
        if len(calls) < 3:
            session.execute(text(f"DO $$ BEGIN RAISE SQLSTATE '{code}'; END $$"))
        return session.scalar(text("SELECT 7")) or 0

    assert write_transaction(engine, work) == 7
    assert len(calls) == 3


def test_a_process_that_hangs_in_a_transaction_does_not_hold_others_for_ever(
    url: str, corrections: CorrectionRepository
) -> None:
    """The server ends it, and the next writer goes on."""
    hanging = make_engine(f"{url}&options=-c%20idle_in_transaction_session_timeout%3D200")
    with pytest.raises(StorageUnavailableError):
        write_transaction(hanging, lambda session: _until_ended(session, corrections))
    hanging.dispose()


def _until_ended(session: Session, corrections: CorrectionRepository) -> None:
    session.execute(text("SELECT 1"))
    assert eventually(lambda: corrections.add(draft()), within=20)
    session.execute(text("SELECT 1"))


def test_a_server_that_is_not_there_is_told_within_seconds() -> None:
    """A wrong address or a database that is down is no endless wait."""
    engine = make_engine(f"postgresql://emojify:hunter2@127.0.0.1:{free_port()}/emojify")
    with pytest.raises(StorageUnavailableError) as refused:
        CorrectionRepository(engine).page()
    assert "hunter2" not in f"{refused.value} {refused.value.__cause__!r} {engine!r}"
    engine.dispose()
