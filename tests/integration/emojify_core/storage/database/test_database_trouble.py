"""People on call read what ails the database, and what to do."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from emojify_core.errors import StorageUnavailableError
from emojify_core.storage.database.database_trouble import NO_RIGHT, NO_TABLES
from emojify_core.storage.database.engine import make_engine
from emojify_core.storage.database.migrate import upgrade
from emojify_core.storage.database.missing_tables import explain_missing_tables
from emojify_core.storage.versions.live_pointer import read_pointer
from support.databases import PostgresDatabases
from support.postgres_server import USER, PostgresServer


@pytest.fixture
def databases(postgres_databases: PostgresDatabases) -> PostgresDatabases:
    """Use this kind of database only."""
    return postgres_databases


@pytest.fixture
def stranger(url: str, postgres: PostgresServer) -> Iterator[str]:
    """Give the URL of an empty database, for a user who may not create tables in it."""
    postgres.execute("CREATE DATABASE bare")
    postgres.execute("CREATE ROLE stranger LOGIN")
    assert url
    yield postgres.url("bare").replace(f"//{USER}@", "//stranger@")
    postgres.execute("DROP DATABASE bare WITH (FORCE)")
    postgres.execute("DROP ROLE stranger")


def trouble_of(engine: Engine) -> str:
    """Return what is told of a database that cannot be read."""
    with pytest.raises(StorageUnavailableError) as refused:
        read_pointer(engine)
    engine.dispose()
    return refused.value.trouble


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("@/", "@/nowhere-", "no database of this name"),
        (f"//{USER}@", "//nobody-known@", "refuses the user or the password"),
        ("?host=", "?host=%2Fnowhere", "no socket at this path"),
    ],
)
def test_what_is_wrong_with_the_url_is_told(url: str, old: str, new: str, words: str) -> None:
    """Each cause has its own sentence, with the variable to correct."""
    assert words in trouble_of(make_engine(url.replace(old, new, 1)))


def test_refused_connection_is_told() -> None:
    """Nothing listens on this port."""
    assert "refuses connections" in trouble_of(make_engine("postgresql://me@127.0.0.1:1/x"))


def test_missing_right_to_create_tables_is_told(stranger: str) -> None:
    """Since PostgreSQL 15 a new user may not create tables in the schema `public`."""
    engine = make_engine(stranger)
    with pytest.raises(StorageUnavailableError) as refused:
        upgrade(engine)
    assert refused.value.trouble == NO_RIGHT
    assert trouble_of(engine) == NO_TABLES
    assert explain_missing_tables(engine, NO_TABLES) == NO_RIGHT
    engine.dispose()


def test_sqlite_tells_a_file_of_another_kind(tmp_path: Path) -> None:
    """A URL may name the wrong file."""
    path = tmp_path / "x"
    path.write_text("This is no database, but a text that is longer than its header.\n" * 20)
    assert "file of another kind" in trouble_of(make_engine(f"sqlite:///{path}"))
