"""Names the cause of an error of Redis, and the next step, in one sentence for people on call.

Clients read none of this; it goes to `/readyz`, the Status view and the log.
"""

import socket
import ssl
from collections.abc import Iterator

import redis
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    MaxConnectionsError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
)

NO_ANSWER = "does not answer. Is it running, and does it accept this machine?"

_READ_ONLY = "is a read-only replica, as during a failover. Wait, or point to the primary."
_FULL = "is full. Raise its maxmemory, or wait until messages are answered."
_CREDENTIALS = "refuses the user or the password. Correct them in EMOJIFY_REDIS_URL."
_NO_PASSWORD = "wants a password. Add it to EMOJIFY_REDIS_URL."  # noqa: S105  (a sentence)
_RIGHTS = "gives this user too few rights. docs/operations.md lists those it needs."
_CLUSTER = "runs in cluster mode. Emojify needs a server without it."
_LOADING = "still loads its data. Wait."
_REFUSED = "refuses connections. Is it running, and is EMOJIFY_REDIS_URL right?"
_NO_SOCKET = "has no socket at this path. Is it running?"
_SOCKET_RIGHTS = "does not let this user open its socket. Check the socket's rights."
_NO_HOST = "has a host name that is not known. Correct it in EMOJIFY_REDIS_URL."
_CERTIFICATE = (
    "shows a certificate that cannot be verified. Name its authority by "
    "?ssl_ca_certs=/path in EMOJIFY_REDIS_URL, or correct the host's name."
)

# Words of an error, or its class, and the end of the sentence. The first one that fits counts.
# redis-py takes the code off some replies, and tells an error of the system by its number.
_TROUBLES: tuple[tuple[str | type[BaseException], str], ...] = (
    (ReadOnlyError, _READ_ONLY),
    (OutOfMemoryError, _FULL),
    (NoPermissionError, _RIGHTS),
    (BusyLoadingError, _LOADING),
    (MaxConnectionsError, "gets too many connections from this process."),
    ("UNBLOCKED", "changes its role, as during a failover. Wait for the new primary."),
    ("MASTERDOWN", "is a replica whose primary is away. Wait, or point to the primary."),
    ("NOREPLICAS", "has too few replicas to accept writes. Bring the replicas back."),
    ("MISCONF", "cannot save to its disk and refuses writes. Make room on its disk."),
    ("NOAUTH", _NO_PASSWORD),
    ("Authentication required", _NO_PASSWORD),
    ("HELLO must be called", _NO_PASSWORD),
    ("without any password", "knows no password. Leave it out of EMOJIFY_REDIS_URL."),
    (AuthenticationError, _CREDENTIALS),
    ("NOPERM", _RIGHTS),
    ("DB index is out of range", "has no database of this number. Correct EMOJIFY_REDIS_URL."),
    ("CROSSSLOT", _CLUSTER),
    ("MOVED", _CLUSTER),
    ("CLUSTERDOWN", _CLUSTER),
    ("not allowed in cluster mode", _CLUSTER),
    ("max number of clients", "has too many clients. Raise its maxclients."),
    ("CERTIFICATE_VERIFY_FAILED", _CERTIFICATE),
    ("WRONG_VERSION_NUMBER", "does not speak TLS. Write redis:// in place of rediss://."),
    (socket.gaierror, _NO_HOST),
    ("not known", _NO_HOST),
    (ssl.SSLError, "cannot be reached by TLS. Check rediss:// and its options."),
    (ConnectionRefusedError, _REFUSED),
    ("Connection refused", _REFUSED),
    (FileNotFoundError, _NO_SOCKET),
    ("No such file or directory", _NO_SOCKET),
    (PermissionError, _SOCKET_RIGHTS),
    ("Permission denied", _SOCKET_RIGHTS),
)


def redis_trouble(error: BaseException) -> str:
    """Return what ails Redis, as the end of a sentence that begins with "Redis"."""
    chain = list(_chain(error))
    for sign, sentence in _TROUBLES:
        if any(
            sign in str(cause) if isinstance(sign, str) else isinstance(cause, sign)
            for cause in chain
        ):
            return sentence
    refused = next((each for each in chain if isinstance(each, redis.ResponseError)), None)
    if refused is not None:  # its first word is the code; the rest may hold a key
        return f"refuses a command ({str(refused).partition(' ')[0][:40]})."
    return NO_ANSWER


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and its causes, from the last one to the first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
