"""PostgreSQL through psycopg: nothing waits for ever, and one transaction writes at a time."""

from typing import Any, Final

from sqlalchemy import URL

# "emojify" in ASCII. Held until the transaction ends; a server that loses the client frees it.
TAKE_WRITERS_LOCK: Final = f"SELECT pg_advisory_xact_lock({0x656D6F6A696679})"

_CONNECTION: dict[str, Any] = {
    "connect_timeout": 3,  # seconds
    "application_name": "emojify",
    # A peer that vanished without a word is noticed within some 25 seconds.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,  # milliseconds
}

_SERVER = {  # milliseconds
    "statement_timeout": 10_000,
    "lock_timeout": 5_000,
    # A process that hangs inside a transaction must not keep the writers' lock.
    "idle_in_transaction_session_timeout": 30_000,
}


def engine_options(url: URL) -> dict[str, Any]:
    """Return what `create_engine` needs; what the URL's own query says comes first."""
    connection = {name: value for name, value in _CONNECTION.items() if name not in url.query}
    server = [f"-c {name}={value}" for name, value in _SERVER.items()]
    theirs = url.query.get("options", ())
    connection["options"] = " ".join([*server, *([theirs] if isinstance(theirs, str) else theirs)])
    return {
        "connect_args": connection,
        # The lock makes transactions wait for each other. Each statement must see what was
        # committed meanwhile, which a snapshot from before the wait would hide.
        "isolation_level": "READ COMMITTED",
        "pool_recycle": 1800,  # seconds
        "pool_pre_ping": True,  # a server that was restarted costs nobody an error
    }
