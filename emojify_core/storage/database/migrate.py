"""Bringing a database to the tables that this release knows."""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import SQLAlchemyError

from emojify_core.errors import NewerDatabaseError
from emojify_core.storage.database.engine import WRITES
from emojify_core.storage.database.transactions import raise_storage_error

NEWEST: Final = "0002"  # the last step in `migrations/versions`
MIGRATION_TIMEOUT: Final = 60  # seconds that a process waits while another one does the steps


def upgrade(engine: Engine) -> None:
    """Create the tables, or do the steps that they lack; all of them or none.

    Several processes may call it at once: one does the steps, the others wait. Raises
    NewerDatabaseError if the database knows steps that this release does not, and
    StorageUnavailableError if it does not answer.
    """
    try:
        with engine.connect() as connection:
            if _revision_of(connection) == NEWEST:
                return
        with engine.connect() as connection:
            _raise_timeouts(connection)
            with connection.execution_options(**{WRITES: True}).begin():
                # Done meanwhile? Then this finds nothing left to do.
                if _revision_of(connection) != NEWEST:
                    _run_migrations(connection)
            connection.invalidate()  # with its patience; others shall be impatient
    except SQLAlchemyError as e:
        raise_storage_error(e)


def _revision_of(connection: Connection) -> str | None:
    """Return the last step done; None for an empty database.

    Asked without Alembic: nearly every start finds all steps done, and need not import it.
    """
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.exec_driver_sql(
        "SELECT version_num FROM alembic_version"
    ).scalar()
    return found


def _run_migrations(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - a third of a web process's start
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    done = _revision_of(connection)
    if done is not None and done not in known:
        raise NewerDatabaseError(
            f"The database was made by a newer release of Emojify (step {done}). "
            "Install that release again, or name another database in EMOJIFY_DATABASE_URL."
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _raise_timeouts(connection: Connection) -> None:
    """Let this connection wait for another process's steps, and take its time over its own."""
    if connection.dialect.name == "sqlite":
        patience = [f"PRAGMA busy_timeout={MIGRATION_TIMEOUT * 1000}"]
    else:
        patience = [f"SET lock_timeout='{MIGRATION_TIMEOUT}s'", "SET statement_timeout=0"]
    for statement in patience:
        connection.exec_driver_sql(statement)
    connection.commit()
