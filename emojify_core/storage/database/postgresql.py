"""PostgreSQL with psycopg: every wait has a limit, and one transaction writes at a time."""

from typing import Any, Final

from sqlalchemy import URL

# "emojify" in ASCII. The server frees the lock when the transaction or the connection ends.
TAKE_WRITERS_LOCK: Final = f"SELECT pg_advisory_xact_lock({0x656D6F6A696679})"

_CONNECTION: dict[str, Any] = {
    "connect_timeout": 3,  # seconds
    "application_name": "emojify",
    # Detects a lost peer within about 25 seconds.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,  # milliseconds
}

_SERVER = {  # milliseconds
    "statement_timeout": 10_000,
    "lock_timeout": 5_000,
    # A process that hangs in a transaction must not keep the lock.
    "idle_in_transaction_session_timeout": 30_000,
}


def engine_options(url: URL) -> dict[str, Any]:
    """Return the arguments of `create_engine`; options in the URL take precedence."""
    connection = {name: value for name, value in _CONNECTION.items() if name not in url.query}
    server = [f"-c {name}={value}" for name, value in _SERVER.items()]
    own = url.query.get("options", ())
    connection["options"] = " ".join([*server, *([own] if isinstance(own, str) else own)])
    return {
        "connect_args": connection,
        # A transaction may wait for the lock. Its statements must see what was committed
        # meanwhile, which a snapshot from before the wait would hide.
        "isolation_level": "READ COMMITTED",
        "pool_recycle": 1800,  # seconds
        "pool_pre_ping": True,  # so that a restarted server causes no error
    }
