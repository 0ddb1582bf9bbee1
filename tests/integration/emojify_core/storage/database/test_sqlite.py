"""SQLite gives the same guarantees as PostgreSQL."""

import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine

from emojify_core.correction_states import CorrectionState
from emojify_core.errors import StorageUnavailableError
from emojify_core.storage.corrections.repository import CorrectionRepository
from emojify_core.storage.database import migrate
from emojify_core.storage.database.engine import make_engine
from emojify_core.storage.database.sqlite import truncate_log
from emojify_core.storage.versions.repository import VersionRepository
from support import racing
from support.learning import draft, sha256
from support.racing import race

NAME = b"quint"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a path for the database, in a folder that does not exist yet."""
    return tmp_path / "not" / "yet" / "emojify.sqlite3"


@pytest.fixture
def engine(file: Path) -> Iterator[Engine]:
    """Give an engine on a database with the tables."""
    engine = make_engine(f"sqlite:///{file}")
    migrate.upgrade(engine)
    yield engine
    engine.dispose()


def test_every_connection_has_the_settings(engine: Engine) -> None:
    """Commits are durable, readers do not wait, references hold, writers wait 5 seconds."""
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "busy_timeout": 5000,  # milliseconds
        "secure_delete": 1,
    }
    with engine.connect() as first, engine.connect() as second:
        for connection in (first, second):
            found = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in expected
            }
            assert found == expected


def test_only_the_owner_can_read_the_files(engine: Engine, file: Path) -> None:
    """Other users of the machine cannot read the texts."""
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        files = list(file.parent.iterdir())
    assert len(files) == 3, "the database, its log and the index of the log"
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_no_file_contains_an_erased_text(engine: Engine, file: Path) -> None:
    """Erasing overwrites the table, its free pages and the write-ahead log."""
    corrections = CorrectionRepository(engine)
    # Long enough for pages of its own, and named at both ends.
    text = f"Eleonora Quint {'and on ' * 600} Eleonora Quint"
    stored, _ = corrections.add(draft(text), CorrectionState.QUEUED)
    for number in range(20):
        corrections.add(draft(f"another text {number}"))
    assert any(NAME in path.read_bytes().lower() for path in file.parent.iterdir())
    corrections.erase_text(stored.id, by="admin", why="asked for")
    for path in file.parent.iterdir():
        assert NAME not in path.read_bytes().lower(), path


def test_erasing_does_not_wait_for_readers(engine: Engine, file: Path) -> None:
    """A long read delays the overwriting of the log, but never the erasure itself."""
    corrections = CorrectionRepository(engine)
    stored, _ = corrections.add(draft("Eleonora Quint"))
    with engine.connect() as reader:
        reader.exec_driver_sql("SELECT * FROM corrections")
        corrections.erase_text(stored.id, by="admin", why="asked for")
        assert corrections.get(stored.id).text == ""
        assert not truncate_log(engine)
    assert truncate_log(engine)
    assert all(NAME not in path.read_bytes().lower() for path in file.parent.iterdir())


def test_the_first_connections_wait_for_each_other(file: Path) -> None:
    """SQLite itself does not wait when it turns on the write-ahead log."""
    file.parent.mkdir(parents=True)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    engine = make_engine(f"sqlite:///{file}")
    modes: list[str] = []

    def connect() -> None:
        with engine.connect() as connection:
            modes.append(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one())

    thread = Thread(target=connect)
    thread.start()
    thread.join(0.2)
    assert thread.is_alive(), "it waits"
    other.execute("COMMIT")
    other.close()
    thread.join()
    assert modes == ["wal"]
    engine.dispose()


def test_a_process_that_leaves_does_not_delete_the_log_of_others(
    engine: Engine, file: Path
) -> None:
    """No process deletes the log that another one writes to.

    A process that closed the file by hand would lose its locks: whoever disconnects last would
    take the log away, and what is committed into it then would be lost.
    """
    url, corrections = f"sqlite:///{file}", CorrectionRepository(engine)
    with engine.connect() as first:
        first.exec_driver_sql("SELECT 1 FROM corrections")
        with engine.connect() as second:
            second.exec_driver_sql("SELECT 1 FROM corrections")
    race(racing.ensure_base, [(url, "others")])  # a process that writes and disconnects
    assert VersionRepository(engine).live().version.sha256 == sha256("others")
    stored, _ = corrections.add(draft(), CorrectionState.QUEUED)
    elsewhere = make_engine(url)
    assert CorrectionRepository(elsewhere).get(stored.id) == stored
    elsewhere.dispose()


def test_a_damaged_file_is_reported_as_unavailable(file: Path) -> None:
    """A damaged database counts as an outage; the log has the details."""
    file.parent.mkdir(parents=True)
    file.write_bytes(b"this is no database, whatever its name says" * 100)
    engine = make_engine(f"sqlite:///{file}")
    with pytest.raises(StorageUnavailableError) as refused:
        CorrectionRepository(engine).page()
    assert "not a database" in str(refused.value.__cause__)
    engine.dispose()


def test_an_impossible_folder_is_reported_as_unavailable(tmp_path: Path) -> None:
    """A wrong path causes an error, not an endless wait."""
    (tmp_path / "file").touch()
    engine = make_engine(f"sqlite:///{tmp_path}/file/emojify.sqlite3")
    with pytest.raises(StorageUnavailableError):
        CorrectionRepository(engine).page()
    engine.dispose()


def test_a_backup_during_operation_is_complete(engine: Engine, tmp_path: Path) -> None:
    """SQLite's backup works beside running processes."""
    corrections = CorrectionRepository(engine)
    corrections.add(draft())
    source = sqlite3.connect(engine.url.database or "")
    target = sqlite3.connect(tmp_path / "copy.sqlite3")
    source.backup(target)
    assert target.execute("SELECT count(*) FROM corrections").fetchone() == (1,)
    source.close()
    target.close()
