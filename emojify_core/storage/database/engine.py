"""Database engines: SQLite in one file by default, or PostgreSQL by URL, with equal guarantees.

In both, one transaction writes at a time: SQLite has a lock for this; in PostgreSQL each writing
transaction first takes an advisory lock. So rules that span rows (one label for a text, one list
of versions) hold, and no caller ever sees a serialization failure.
"""

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from emojify_core.errors import SettingsError
from emojify_core.storage.database import postgresql, sqlite
from emojify_core.storage.database.json_columns import to_json

WRITES = "emojify_writes"  # execution option of connections that write


def make_engine(url: str) -> Engine:
    """Return an engine for `sqlite:///path` or `postgresql://...`; it connects on first use.

    Make one per process, after any fork, and share it between threads. Raises SettingsError for
    other URLs; the message does not repeat the URL, which may contain a password.
    """
    parsed = _parse(url)
    match parsed.get_backend_name():
        case "sqlite":
            engine_options = sqlite.engine_options(parsed)
        case "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
            engine_options = postgresql.engine_options(parsed)
        case other:
            raise SettingsError(
                "EMOJIFY_DATABASE_URL must begin with sqlite:/// or postgresql://; "
                f"{other}:// is not supported."
            )
    try:
        engine = create_engine(
            parsed,
            json_serializer=to_json,
            hide_parameters=True,  # keeps texts out of error messages
            pool_size=5,
            max_overflow=5,
            pool_timeout=5,  # seconds
            **engine_options,
        )
    except ModuleNotFoundError as e:
        raise SettingsError(
            "EMOJIFY_DATABASE_URL names PostgreSQL, but its driver is not installed. "
            "Install it with `pip install 'emojify[postgres]'`."
        ) from e
    if engine.dialect.name == "sqlite":
        sqlite.register_events(engine)
    event.listen(engine, "begin", _begin)
    return engine


def _parse(url: str) -> URL:
    try:
        # Some hosting providers use the short form, which SQLAlchemy does not accept.
        return make_url(url.replace("postgres://", "postgresql://", 1))
    except (ArgumentError, ValueError):
        raise SettingsError(
            "EMOJIFY_DATABASE_URL is not a database URL. Write it as sqlite:///path or "
            "postgresql://user:password@host/name, with special characters percent-encoded."
        ) from None


def _begin(connection: Connection) -> None:
    """Begin a transaction; a writing one waits here until no other one writes."""
    writes = connection.get_execution_options().get(WRITES, False)
    if connection.dialect.name == "sqlite":
        # A transaction that reads first cannot wait for the lock later: its data would be stale.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    elif writes:
        connection.exec_driver_sql(postgresql.TAKE_WRITERS_LOCK)
