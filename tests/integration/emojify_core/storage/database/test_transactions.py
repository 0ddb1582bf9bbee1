"""Transactions: whole or not at all, one writer at a time, and plain words when it fails."""

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
    """Give a second process's engine on the same database."""
    engine = make_engine(url)
    yield engine
    engine.dispose()


def count(session: Session) -> int:
    """Return how many corrections this session sees."""
    return session.scalar(select(func.count()).select_from(CorrectionRow)) or 0


def test_an_error_in_between_undoes_everything(corrections: CorrectionRepository) -> None:
    """Half a change is never seen, not even by who made it."""

    def work(session: Session) -> None:
        session.execute(text("UPDATE corrections SET label = 'joy'"))
        raise LookupError("on purpose")

    stored, _ = corrections.add(draft())
    with pytest.raises(LookupError, match="on purpose"):
        write_transaction(corrections.engine, work)
    assert corrections.get(stored.id) == stored


def test_a_look_sees_one_moment(corrections: CorrectionRepository, other: Engine) -> None:
    """Two questions in one look fit together, whatever is committed in between."""
    corrections.add(draft())
    with read_transaction(other) as session:
        assert count(session) == 1
        corrections.add(draft("another"))
        assert count(session) == 1
    with read_transaction(other) as session:
        assert count(session) == 2


def test_a_look_changes_nothing(corrections: CorrectionRepository) -> None:
    """What is not in a writing transaction is not kept."""
    stored, _ = corrections.add(draft())
    try:
        with read_transaction(corrections.engine) as session:
            session.execute(text("UPDATE corrections SET label = 'joy'"))
    except (StorageError, SQLAlchemyError):
        """PostgreSQL says so; SQLite forgets it."""
    assert corrections.get(stored.id) == stored


def test_readers_do_not_wait_for_a_writer(corrections: CorrectionRepository, other: Engine) -> None:
    """The page answers while the trainer publishes."""
    corrections.add(draft())

    def work(session: Session) -> int:
        session.execute(text("UPDATE corrections SET label = 'joy'"))
        with read_transaction(other) as reader:
            return len(list(reader.scalars(select(CorrectionRow).filter_by(label="sadness"))))

    assert write_transaction(corrections.engine, work) == 1


def test_a_writer_waits_for_the_one_before(
    corrections: CorrectionRepository, other: Engine
) -> None:
    """Nobody works on what another is about to change."""
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


def test_a_writer_who_is_kept_waiting_too_long_gives_up(
    url: str, corrections: CorrectionRepository, other: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hung process elsewhere costs others an error within seconds, never a hang."""
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


def test_a_broken_rule_names_the_rule_and_not_the_row(corrections: CorrectionRepository) -> None:
    """No message, and no log that holds it, repeats what a person wrote."""
    private = "Eleonora Quint told me"
    stored, _ = corrections.add(draft(private))

    def work(session: Session) -> None:
        session.execute(text("UPDATE corrections SET version = 7, text = :t"), {"t": private})

    with pytest.raises(StorageError, match=r"breaks the rule") as refused:
        write_transaction(corrections.engine, work)
    assert private not in str(refused.value)
    assert refused.value.__cause__ is None
    assert corrections.get(stored.id).version is None


def test_errors_of_ours_stay_errors_and_hide_parameters(engine: Engine) -> None:
    """A mistake in a statement is not told as an outage, and its values are not shown."""
    with pytest.raises((ProgrammingError, StorageUnavailableError)) as refused:
        write_transaction(
            engine, lambda s: s.execute(text("SELECT :value FRM x"), {"value": "Quint"})
        )
    error = refused.value.__cause__ or refused.value
    assert "SQL parameters hidden" in str(refused.value) + str(refused.value.__cause__)
    assert "Quint" not in str(error)


def test_a_database_without_tables_is_unavailable_or_says_so(databases: Databases) -> None:
    """Forgetting to upgrade ends in an error that names the table."""
    engine = make_engine(databases.empty())
    with pytest.raises((StorageUnavailableError, SQLAlchemyError)) as refused:
        CorrectionRepository(engine).page()
    assert "corrections" in f"{refused.value} {refused.value.__cause__}"
    engine.dispose()
