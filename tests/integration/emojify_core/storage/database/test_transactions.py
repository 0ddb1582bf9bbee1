"""Transactions are atomic, write one at a time and fail with a clear error."""

from collections.abc import Iterator
from threading import Event, Thread

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError
from sqlalchemy.orm import Session

from emojify_core.errors import StorageError, StorageUnavailableError
from emojify_core.storage.corrections.repository import CorrectionRepository
from emojify_core.storage.database import transactions
from emojify_core.storage.database.engine import make_engine
from emojify_core.storage.database.tables import CorrectionRow
from emojify_core.storage.database.transactions import read_transaction, write_transaction
from support.databases import Databases
from support.learning import draft


@pytest.fixture
def other(url: str) -> Iterator[Engine]:
    """Give the engine of a second process on the same database."""
    engine = make_engine(url)
    yield engine
    engine.dispose()


def count(session: Session) -> int:
    """Return how many corrections this session sees."""
    return session.scalar(select(func.count()).select_from(CorrectionRow)) or 0


def test_an_error_rolls_back_the_whole_transaction(corrections: CorrectionRepository) -> None:
    """No reader sees half of a change."""

    def work(session: Session) -> None:
        session.execute(text("UPDATE corrections SET label = 'joy'"))
        raise LookupError("on purpose")

    stored, _ = corrections.add(draft())
    with pytest.raises(LookupError, match="on purpose"):
        write_transaction(corrections.engine, work)
    assert corrections.get(stored.id) == stored


def test_a_read_transaction_sees_one_state(
    corrections: CorrectionRepository, other: Engine
) -> None:
    """Two queries agree, even if a commit happens between them."""
    corrections.add(draft())
    with read_transaction(other) as session:
        assert count(session) == 1
        corrections.add(draft("another"))
        assert count(session) == 1
    with read_transaction(other) as session:
        assert count(session) == 2


def test_a_read_transaction_changes_nothing(corrections: CorrectionRepository) -> None:
    """Changes outside a write transaction are not stored."""
    stored, _ = corrections.add(draft())
    try:
        with read_transaction(corrections.engine) as session:
            session.execute(text("UPDATE corrections SET label = 'joy'"))
    except (StorageError, SQLAlchemyError):
        """PostgreSQL says so; SQLite forgets it."""
    assert corrections.get(stored.id) == stored


def test_readers_do_not_wait_for_a_writer(corrections: CorrectionRepository, other: Engine) -> None:
    """The page responds while the trainer publishes."""
    corrections.add(draft())

    def work(session: Session) -> int:
        session.execute(text("UPDATE corrections SET label = 'joy'"))
        with read_transaction(other) as reader:
            return len(list(reader.scalars(select(CorrectionRow).filter_by(label="sadness"))))

    assert write_transaction(corrections.engine, work) == 1


def test_a_writer_waits_for_the_previous_writer(
    corrections: CorrectionRepository, other: Engine
) -> None:
    """A writer never works on data that another one is changing."""
    holds, seen = Event(), []

    def second() -> None:
        holds.wait(10)
        write_transaction(other, lambda session: seen.append(count(session)))

    thread = Thread(target=second)
    thread.start()

    def first(session: Session) -> None:
        assert count(session) == 0
        holds.set()
        thread.join(0.2)
        assert thread.is_alive(), "it waits"
        session.execute(
            text(
                "INSERT INTO corrections (id, created_at, updated_at, client, text, normalised, "
                "label, body_sha256, state, attempts) VALUES ('i', '2026-01-01', '2026-01-01', "
                "'c', 't', 'n', 'joy', '', 'queued', 0)"
            )
        )

    write_transaction(corrections.engine, first)
    thread.join()
    assert seen == [1]


def test_a_writer_gives_up_after_the_timeout(
    url: str, corrections: CorrectionRepository, other: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hanging process causes an error within seconds, not another hang."""
    del url
    monkeypatch.setattr(transactions, "RETRY_FOR", 0.3)
    impatient = "PRAGMA busy_timeout=100"
    if other.dialect.name == "postgresql":
        impatient = "SET lock_timeout=100"
    # The pool gives this connection to the writer below.
    with other.connect() as connection:
        connection.exec_driver_sql(impatient)
        connection.commit()
    tries: list[int] = []

    def work(_: Session) -> None:
        with pytest.raises(StorageUnavailableError, match="Try again"):
            write_transaction(other, lambda session: tries.append(count(session)))

    write_transaction(corrections.engine, work)
    assert tries == []
    write_transaction(other, lambda session: tries.append(count(session)))
    assert tries == [0]


def test_a_constraint_error_names_the_rule_but_not_the_row(
    corrections: CorrectionRepository,
) -> None:
    """No message or log repeats a text."""
    private = "Eleonora Quint told me"
    stored, _ = corrections.add(draft(private))

    def work(session: Session) -> None:
        session.execute(text("UPDATE corrections SET version = 7, text = :t"), {"t": private})

    with pytest.raises(StorageError, match=r"breaks the rule") as refused:
        write_transaction(corrections.engine, work)
    assert private not in str(refused.value)
    assert refused.value.__cause__ is None
    assert corrections.get(stored.id).version is None


def test_programming_errors_are_not_translated(engine: Engine) -> None:
    """A wrong statement does not look like an outage, and its parameters are hidden."""
    with pytest.raises((ProgrammingError, StorageUnavailableError)) as refused:
        write_transaction(
            engine, lambda s: s.execute(text("SELECT :value FRM x"), {"value": "Quint"})
        )
    error = refused.value.__cause__ or refused.value
    assert "SQL parameters hidden" in str(refused.value) + str(refused.value.__cause__)
    assert "Quint" not in str(error)


def test_a_database_without_tables_is_reported(databases: Databases) -> None:
    """If the migrations are missing, the error names the table."""
    engine = make_engine(databases.empty())
    with pytest.raises((StorageUnavailableError, SQLAlchemyError)) as refused:
        CorrectionRepository(engine).page()
    assert "corrections" in f"{refused.value} {refused.value.__cause__}"
    engine.dispose()
