"""What ails the database: the cause of an error, with the next step, for people on call.

Clients read none of this; it goes to `/readyz`, the Status view and the log.
"""

from typing import Final

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

NO_ANSWER: Final = "does not answer. Is it running, and does it accept this machine?"
NO_TABLES: Final = "lacks its tables. The web process makes them; its log says what hinders it."
NO_RIGHT: Final = (
    "does not let this user create tables (since PostgreSQL 15 that is the default). Its "
    "administrator can run: GRANT CREATE ON SCHEMA public TO <user>"
)
_READ_ONLY = "is read-only, as a standby during a failover. Wait, or point to the primary."
_FULL = "has no room on its disk. Make room there."
_CREDENTIALS = "refuses the user or the password. Correct them in EMOJIFY_DATABASE_URL."
_NO_HOST = "has a host name that is not known. Correct it in EMOJIFY_DATABASE_URL."
_TLS = "shows a certificate that cannot be verified. Check sslrootcert in EMOJIFY_DATABASE_URL."
_PGBOUNCER = (
    "is behind pgbouncer, which refuses a startup parameter. Set "
    "ignore_startup_parameters = options in pgbouncer.ini."
)

# PostgreSQL's codes (SQLSTATE) tell most; a refused connection has only words.
_CODES: Final = {
    "28P01": _CREDENTIALS,
    "28000": _CREDENTIALS,
    "3D000": "has no database of this name. Create it, or correct EMOJIFY_DATABASE_URL.",
    "25006": _READ_ONLY,
    "53100": _FULL,
    "53300": "has too many connections. Raise its max_connections.",
    "57P03": "is starting. Wait.",
    "42501": NO_RIGHT,
    "42P01": NO_TABLES,
}
_WORDS: Final = (
    ("password authentication failed", _CREDENTIALS),
    ("no password supplied", "wants a password. Add it to EMOJIFY_DATABASE_URL."),
    ("no pg_hba.conf entry", "does not accept this machine or user. See its pg_hba.conf."),
    ("unsupported startup parameter", _PGBOUNCER),
    ("remaining connection slots", _CODES["53300"]),
    ('role "', _CREDENTIALS),
    ("does not support SSL", "does not speak TLS. Leave sslmode out, or turn TLS on there."),
    ("certificate", _TLS),
    ("too many clients", _CODES["53300"]),
    ("starting up", _CODES["57P03"]),
    ("not translate host name", _NO_HOST),
    ("not resolve host", _NO_HOST),
    ("Name or service not known", _NO_HOST),
    ("does not exist", _CODES["3D000"]),
    ("onnection refused", "refuses connections. Is it running, at this port?"),
    ("No such file or directory", "has no socket at this path. Is it running?"),
    ("readonly database", "cannot be written: its file is read-only. Correct the file's rights."),
    ("disk is full", _FULL),
    ("unable to open database file", "cannot be opened. Is its folder there, with rights to it?"),
    ("not a database", "is a file of another kind. Correct EMOJIFY_DATABASE_URL."),
    ("malformed", "is damaged. Restore a backup."),
    ("disk I/O error", "cannot be read or written: its disk fails or is full."),
    ("no such table", NO_TABLES),
    ("locked", "is held by another program for too long."),
)  # fmt: skip


def database_trouble(error: SQLAlchemyError) -> str:
    """Return what ails the database, as the end of a sentence that begins with its name."""
    if isinstance(error, PoolTimeoutError):
        return "is too slow: all connections of this process are in use."
    if not isinstance(error, DBAPIError):
        return NO_ANSWER
    code = getattr(error.orig, "sqlstate", None)
    if code in _CODES:
        return _CODES[code]
    words = str(error.orig)
    return next((sentence for sign, sentence in _WORDS if sign in words), NO_ANSWER)


def is_setup_problem(error: SQLAlchemyError) -> bool:
    """Whether a missing right or missing tables cause what looks like an error of the program."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in {
        "42501",
        "42P01",
    }
