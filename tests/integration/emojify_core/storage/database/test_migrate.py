"""The tables: made once by whoever comes first, the same as the code knows them."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect

from emojify_core.errors import NewerDatabaseError
from emojify_core.storage.database import migrate
from emojify_core.storage.database.engine import make_engine
from emojify_core.storage.database.tables import Base
from support.databases import Databases
from support.racing import race


def test_the_migrations_make_exactly_the_tables_that_the_code_knows(engine: Engine) -> None:
    """No release starts on tables other than it expects."""
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_the_newest_step_is_the_last_migration(engine: Engine) -> None:
    """A start that finds it done skips nothing."""
    with engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_heads() == (migrate.NEWEST,)


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    """Every process may upgrade at its start."""
    before = inspect(engine).get_table_names()
    migrate.upgrade(engine)
    assert inspect(engine).get_table_names() == before


def test_processes_that_start_together_make_the_tables_once(databases: Databases) -> None:
    """Web, workers and trainer may all be the first on an empty database."""
    url = databases.empty()
    race("upgrade", [(url,)] * 4)
    engine = make_engine(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()


def test_a_database_of_a_newer_release_is_left_alone(databases: Databases) -> None:
    """Going back to an older release says so instead of writing into unknown tables."""
    engine = make_engine(databases.fresh())
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerDatabaseError, match="newer release"):
        migrate.upgrade(engine)
    engine.dispose()


def test_a_step_that_breaks_leaves_nothing_behind(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a failed upgrade the next try starts from the old tables, not from half of the new."""
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
