"""Database engines: SQLite in one file by default, PostgreSQL by URL, with the same promises.

Both let one transaction write at a time: SQLite by its own lock, PostgreSQL by an advisory lock
that each writing transaction takes first. Rules that span rows (one label for one text, one chain
of versions) then hold without a serialisation failure ever reaching a caller.
"""

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from emojify_core.errors import SettingsError
from emojify_core.storage.database import postgresql, sqlite
from emojify_core.storage.database.json_columns import to_json

WRITES = "emojify_writes"  # execution option of a connection whose transactions write


def make_engine(url: str) -> Engine:
    """Return an engine for `sqlite:///path` or `postgresql://...`; it connects at first use.

    One for each process, to be shared by its threads and made after any fork. Raises
    SettingsError for another kind of URL; the message never repeats the URL, which may hold
    a password.
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
                f"{other}:// is another database."
            )
    try:
        engine = create_engine(
            parsed,
            json_serializer=to_json,
            hide_parameters=True,  # texts stay out of error messages
            pool_size=5,
            max_overflow=5,
            pool_timeout=5,  # seconds
            **engine_options,
        )
    except ModuleNotFoundError as e:
        raise SettingsError(
            "EMOJIFY_DATABASE_URL names PostgreSQL, whose driver is not installed here. "
            "Install it with `pip install 'emojify[postgres]'`."
        ) from e
    if engine.dialect.name == "sqlite":
        sqlite.register_events(engine)
    event.listen(engine, "begin", _begin)
    return engine


def _parse(url: str) -> URL:
    try:
        # Some hosts still write the short form, which SQLAlchemy does not know.
        return make_url(url.replace("postgres://", "postgresql://", 1))
    except (ArgumentError, ValueError):
        raise SettingsError(
            "EMOJIFY_DATABASE_URL is not a database URL. Write it as sqlite:///path or "
            "postgresql://user:password@host/name, with special characters percent-encoded."
        ) from None


def _begin(connection: Connection) -> None:
    """Begin a transaction: a writing one waits here until no other writes."""
    writes = connection.get_execution_options().get(WRITES, False)
    if connection.dialect.name == "sqlite":
        # One that read first and wrote later could not wait: it would have to read again.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    elif writes:
        connection.exec_driver_sql(postgresql.TAKE_WRITERS_LOCK)
