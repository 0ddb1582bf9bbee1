"""Gunicorn's threaded worker, with a limit on how long a client may pause.

Without the limit, a client that sends half a request holds a thread for ever. A few dozen of them
hold all threads. The limit bounds pauses, not slow drips: on the internet, put a buffering proxy
in front.
"""

import errno
import select
import socket
from collections import deque
from typing import Any

from gunicorn.http.errors import InvalidHeader, UnsupportedTransferCoding
from gunicorn.workers.gthread import ThreadWorker

LINGER = 3  # milliseconds that a thread waits for a connection's next request
SILENCE = 5  # seconds without a byte until the connection is closed


class BoundedSocket(socket.socket):
    """A socket that blocks for SILENCE at most."""

    def setblocking(self, flag: bool, /) -> None:  # noqa: FBT001  (the signature is Python's)
        """Block for SILENCE at most, or not at all."""
        self.settimeout(SILENCE if flag else 0)

    def recv(self, *arguments: Any) -> bytes:
        """Read. Raises ConnectionResetError when the client is silent."""
        try:
            return super().recv(*arguments)
        except TimeoutError as e:
            raise self._gone() from e

    def sendall(self, *arguments: Any) -> None:
        """Write. Raises ConnectionResetError when the client does not read."""
        try:
            super().sendall(*arguments)
        except TimeoutError as e:
            raise self._gone() from e

    def _gone(self) -> ConnectionResetError:
        # Close here: gunicorn would wait two more seconds, and the thread serve no other client.
        self.close()
        return ConnectionResetError(errno.ECONNRESET, "the client fell silent")


class BoundedThreadWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no type hints
    """Bounds every connection's pauses, and serves a busy connection's requests in one thread."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._queued: deque[None] = deque()  # one entry for each connection without a thread

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answer a request that cannot be read; a coding that nobody knows is the client's fault.

        Gunicorn would answer 501, which looks like a fault of the server.
        """
        if isinstance(exc, UnsupportedTransferCoding):
            exc = InvalidHeader("Transfer-Encoding")
        super().handle_error(req, client, addr, exc)

    def enqueue_req(self, conn: Any) -> None:
        """Queue a connection for a thread."""
        if not isinstance(conn.sock, BoundedSocket):
            conn.sock = BoundedSocket(fileno=conn.sock.detach())
        self._queued.append(None)
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:
        """Answer a connection's request, and the requests that follow at once.

        Returning the connection to gunicorn's event loop after each request costs a tenth of the
        web's processor time. The thread returns it when another connection waits for a thread.
        """
        self._queued.pop()
        keep = super().handle(conn)
        while keep is True and self.alive and not self._queued and _has_request(conn.sock):
            keep = super().handle(conn)
        return keep


def _has_request(connection: socket.socket) -> bool:
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(LINGER))
