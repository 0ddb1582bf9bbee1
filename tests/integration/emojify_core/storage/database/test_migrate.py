"""Migrations create the tables once, and exactly those that the code declares."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect

from emojify_core.errors import NewerDatabaseError
from emojify_core.storage.database import migrate
from emojify_core.storage.database.engine import make_engine
from emojify_core.storage.database.tables import Base
from support import racing
from support.databases import Databases
from support.racing import race


def test_migrations_create_the_declared_tables(engine: Engine) -> None:
    """A release never starts on tables that differ from its code."""
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_newest_names_the_last_migration(engine: Engine) -> None:
    """A process that finds this revision can skip the migrations."""
    with engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_heads() == (migrate.NEWEST,)


def test_a_second_upgrade_changes_nothing(engine: Engine) -> None:
    """Every process may upgrade when it starts."""
    before = inspect(engine).get_table_names()
    migrate.upgrade(engine)
    assert inspect(engine).get_table_names() == before


def test_concurrent_starts_create_the_tables_once(databases: Databases) -> None:
    """Web, workers and trainer may all start on an empty database at once."""
    url = databases.empty()
    race(racing.upgrade, [(url,)] * 4)
    engine = make_engine(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()


def test_a_database_of_a_newer_release_is_refused(databases: Databases) -> None:
    """An older release reports the problem and does not touch unknown tables."""
    engine = make_engine(databases.fresh())
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerDatabaseError, match="newer release"):
        migrate.upgrade(engine)
    engine.dispose()


def test_a_failed_migration_leaves_nothing_behind(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next attempt starts from the old tables, not from half of the new ones."""
    url = databases.empty()
    engine = make_engine(url)
    with monkeypatch.context() as patch:
        patch.setattr("alembic.op.create_index", _break)
        with pytest.raises(RuntimeError, match="broken on purpose"):
            migrate.upgrade(engine)
    assert inspect(engine).get_table_names() == []
    migrate.upgrade(engine)
    assert "corrections" in inspect(engine).get_table_names()
    engine.dispose()


def _break(*_: object, **__: object) -> None:
    raise RuntimeError("broken on purpose")
