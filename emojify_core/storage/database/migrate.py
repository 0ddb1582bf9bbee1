"""Bring a database to the tables of this release."""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import SQLAlchemyError

from emojify_core.errors import NewerDatabaseError
from emojify_core.storage.database.engine import WRITES
from emojify_core.storage.database.transactions import raise_storage_error

NEWEST: Final = "0007"  # the last revision in `migrations/versions`
MIGRATION_TIMEOUT: Final = 60  # seconds that a process waits while another one migrates


def upgrade(engine: Engine) -> None:
    """Run all missing migrations in one transaction.

    Several processes may call it at once: one migrates, the others wait. Raises
    NewerDatabaseError when the database has migrations that this release does not know, and
    StorageUnavailableError when it does not answer.
    """
    try:
        with engine.connect() as connection:
            if _revision_of(connection) == NEWEST:
                return
        with engine.connect() as connection:
            _raise_timeouts(connection)
            with connection.execution_options(**{WRITES: True}).begin():
                # Another process may have migrated while this one waited.
                if _revision_of(connection) != NEWEST:
                    _run_migrations(connection)
            connection.invalidate()  # its timeouts are too long for other work
    except SQLAlchemyError as e:
        raise_storage_error(e)


def _revision_of(connection: Connection) -> str | None:
    """Return the last revision in the database; None for an empty database.

    It does not need Alembic: nearly every start finds nothing to do and saves the import.
    """
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.exec_driver_sql(
        "SELECT version_num FROM alembic_version"
    ).scalar()
    return found


def _run_migrations(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - a third of the start of a web process
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    done = _revision_of(connection)
    if done is not None and done not in known:
        raise NewerDatabaseError(
            f"The database belongs to a newer release of Emojify (revision {done}). "
            "Install that release again, or set EMOJIFY_DATABASE_URL to another database."
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _raise_timeouts(connection: Connection) -> None:
    """Let this connection wait for other migrations, and give it time for its own."""
    if connection.dialect.name == "sqlite":
        timeouts = [f"PRAGMA busy_timeout={MIGRATION_TIMEOUT * 1000}"]
    else:
        timeouts = [f"SET lock_timeout='{MIGRATION_TIMEOUT}s'", "SET statement_timeout=0"]
    for statement in timeouts:
        connection.exec_driver_sql(statement)
    connection.commit()
