"""Bringing a database to the tables that this release knows."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from emojify_core.errors import NewerDatabaseError
from emojify_core.storage.database import WRITES
from emojify_core.storage.transactions import raise_ours

PATIENCE: Final = 60  # seconds that a process waits while another one does the steps


def upgrade(engine: Engine) -> None:
    """Create the tables, or do the steps that they lack; all of them or none.

    Several processes may call it at once: one does the steps, the others wait. Raises
    NewerDatabaseError if the database knows steps that this release does not, and
    StorageUnavailableError if it does not answer.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    try:
        with engine.connect() as connection:
            if _is_current(connection, scripts):
                return
        with engine.connect() as connection:
            _wait_longer(connection)
            with connection.execution_options(**{WRITES: True}).begin():
                # Done meanwhile? Then this finds nothing left to do.
                if not _is_current(connection, scripts):
                    config.attributes["connection"] = connection
                    command.upgrade(config, "head")
            connection.invalidate()  # with its patience; others shall be impatient
    except SQLAlchemyError as e:
        raise_ours(e)


def _is_current(connection: Connection, scripts: ScriptDirectory) -> bool:
    found = set(MigrationContext.configure(connection).get_current_heads())
    unknown = found - {step.revision for step in scripts.walk_revisions()}
    if unknown:
        raise NewerDatabaseError(
            f"The database was made by a newer release of Emojify (step {min(unknown)}). "
            "Install that release again, or name another database in EMOJIFY_DATABASE_URL."
        )
    return found == set(scripts.get_heads())


def _wait_longer(connection: Connection) -> None:
    """Let this connection wait for another process's steps, and take its time over its own."""
    if connection.dialect.name == "sqlite":
        patience = [f"PRAGMA busy_timeout={PATIENCE * 1000}"]
    else:
        patience = [f"SET lock_timeout='{PATIENCE}s'", "SET statement_timeout=0"]
    for statement in patience:
        connection.exec_driver_sql(statement)
    connection.commit()
