"""SQLite, configured so that commits survive a power cut and readers never wait for a writer."""

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
READERS_TIMEOUT: Final = 250  # milliseconds to wait for readers before truncating the log

_PRAGMAS = (
    "synchronous=FULL",  # with WAL: a commit is on the disk before it returns
    "foreign_keys=ON",
    "secure_delete=ON",  # erased text is overwritten, not just unlinked
)


def engine_options(url: URL) -> dict[str, Any]:
    """Return the arguments of `create_engine`. Raises SettingsError when the URL names no file."""
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise SettingsError(
            "EMOJIFY_DATABASE_URL must name a file, as in sqlite:////var/lib/emojify.sqlite3: "
            "several processes share it, and data in memory would be lost."
        )
    return {"connect_args": {"timeout": BUSY_TIMEOUT}}


def register_events(engine: Engine) -> None:
    """Configure each new connection, and create the file and its folder before the first one."""
    event.listen(engine, "do_connect", _create_file)
    event.listen(engine, "connect", _configure)


def truncate_log(engine: Engine) -> bool:
    """Truncate the write-ahead log, which contains erased text; return whether that worked.

    It waits briefly for a reader that needs the log, so callers should repeat it now and then.
    """
    connection = engine.raw_connection()  # a checkpoint must not run in a transaction
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={READERS_TIMEOUT}")
        busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT * 1000:.0f}")
    finally:
        connection.close()
    return not busy


def _create_file(_dialect: object, _record: object, args: list[Any], _named: object) -> None:
    """Create the file for its owner alone; SQLite gives its log files the same mode.

    Never open an existing file here: in POSIX, closing it releases the locks of all connections
    of this process, and another process could then delete the log that they use.
    """
    path = Path(args[0])
    if path.exists():
        return
    with suppress(OSError):  # then connecting fails too, with a better message
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, empty = tempfile.mkstemp(dir=path.parent)
        os.close(descriptor)  # before other processes can lock it by its name
        try:
            os.link(empty, path)
        finally:
            Path(empty).unlink()


def _configure(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would not BEGIN before DDL and SELECT, so the engine begins transactions.
    connection.isolation_level = None
    try:
        with closing(connection.cursor()) as cursor:
            _enter_wal_mode(cursor)
            for pragma in _PRAGMAS:
                cursor.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        connection.close()  # the pool does not hold it yet
        raise


def _enter_wal_mode(cursor: sqlite3.Cursor) -> None:
    """Turn on the write-ahead log. The file keeps this setting, so only its first time matters."""
    deadline = time.monotonic() + BUSY_TIMEOUT
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as e:
            # SQLite does not apply its busy timeout to this statement.
            if e.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
