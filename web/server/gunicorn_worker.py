"""Gunicorn's threaded worker, patient with clients for so long and no longer.

Without a bound a client that sends half a request holds a thread for ever, and a few dozen of them
hold all. It bounds pauses, not drips: on the internet a buffering proxy stands in front.
"""

import errno
import select
import socket
from collections import deque
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

LINGER = 3  # milliseconds that a thread stays with a connection for its next request
SILENCE = 5  # seconds without a byte, and the connection is closed


class BoundedSocket(socket.socket):
    """A socket whose "blocking" means: for SILENCE at most."""

    def setblocking(self, flag: bool, /) -> None:  # noqa: FBT001  (the signature is Python's)
        """Wait a bounded time, or not at all."""
        self.settimeout(SILENCE if flag else 0)

    def recv(self, *arguments: Any) -> bytes:
        """Read; a silent client counts as one that has gone."""
        try:
            return super().recv(*arguments)
        except TimeoutError as e:
            raise self._gone() from e

    def sendall(self, *arguments: Any) -> None:
        """Write; likewise."""
        try:
            super().sendall(*arguments)
        except TimeoutError as e:
            raise self._gone() from e

    def _gone(self) -> ConnectionResetError:
        # Closed here and now: gunicorn would linger for two seconds, and nobody else be served.
        self.close()
        return ConnectionResetError(errno.ECONNRESET, "the client fell silent")


class BoundedThreadWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no type hints
    """Puts every new connection into a bounded socket, and stays with one that asks on."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._in_line: deque[Any] = deque()  # one entry for each connection without a thread

    def enqueue_req(self, conn: Any) -> None:
        """Hand a connection to a thread."""
        if not isinstance(conn.sock, BoundedSocket):
            conn.sock = BoundedSocket(fileno=conn.sock.detach())
        self._in_line.append(None)
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:
        """Answer a connection's request, and those that follow at once, in a thread.

        Who sends one request after the other is not handed back each time to the loop that
        watches all connections: that costs a tenth of the web's processor time. But nobody stays
        while another connection waits for a thread.
        """
        self._in_line.pop()
        again = super().handle(conn)
        while again is True and self.alive and not self._in_line and _asks_on(conn.sock):
            again = super().handle(conn)
        return again


def _asks_on(connection: socket.socket) -> bool:
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(LINGER))
