"""SQLite, set up so that a commit survives a power cut and readers never wait for a writer."""

import os
import sqlite3
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Engine, event

from emojify_core.errors import SettingsError

BUSY_TIMEOUT: Final = 5.0  # seconds to wait for another writer
READERS_TIMEOUT: Final = 250  # milliseconds to wait for readers when erasing

_PRAGMAS = (
    "synchronous=FULL",  # with WAL: every commit is on the disk before it returns
    "foreign_keys=ON",
    "secure_delete=ON",  # what is erased is overwritten, not merely unlinked
)


def engine_options(url: URL) -> dict[str, Any]:
    """Return what `create_engine` needs. Raises SettingsError if the URL names no file."""
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise SettingsError(
            "EMOJIFY_DATABASE_URL must name a file, as in sqlite:////var/lib/emojify.sqlite3: "
            "several processes share it, and what is in memory would be lost."
        )
    return {"connect_args": {"timeout": BUSY_TIMEOUT}}


def register_events(engine: Engine) -> None:
    """Prepare each new connection, and before the first one the file and its folder."""
    event.listen(engine, "do_connect", _create_file)
    event.listen(engine, "connect", _configure)


def truncate_log(engine: Engine) -> bool:
    """Take what was erased out of the write-ahead log too; return whether it is.

    A reader who still needs the log is waited for, but not long. Worth repeating now and then.
    """
    connection = engine.raw_connection()  # a checkpoint runs outside any transaction
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={READERS_TIMEOUT}")
        busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT * 1000:.0f}")
    finally:
        connection.close()
    return not busy


def _create_file(_dialect: object, _record: object, args: list[Any], _named: object) -> None:
    """Make the file readable by its owner alone; SQLite gives its log files the same mode.

    A file that is there must not even be opened: closing it again would give up the locks of all
    this process's connections (POSIX), and another process would delete the log under them.
    """
    path = Path(args[0])
    if path.exists():
        return
    with suppress(OSError):  # then connecting fails too, and says why
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, empty = tempfile.mkstemp(dir=path.parent)
        os.close(descriptor)  # before it has the name under which others may lock it
        try:
            os.link(empty, path)
        finally:
            Path(empty).unlink()


def _configure(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own idea of when to BEGIN knows neither DDL nor SELECT; the engine does it.
    connection.isolation_level = None
    try:
        with closing(connection.cursor()) as cursor:
            _enter_wal_mode(cursor)
            for pragma in _PRAGMAS:
                cursor.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        connection.close()  # the pool does not know it yet
        raise


def _enter_wal_mode(cursor: sqlite3.Cursor) -> None:
    """Turn the write-ahead log on; the file remembers it, so this matters once in its life."""
    deadline = time.monotonic() + BUSY_TIMEOUT
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as e:
            # The one statement for which SQLite does not wait for others by itself.
            if e.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
