"""Gunicorn's threaded worker, with a bound on how long a client may say nothing.

Without it a client that sends half a request holds a thread for ever, and a few dozen of them
hold all. It bounds pauses, not drips: on the internet a buffering proxy stands in front.
"""

import errno
import socket
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

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


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no type hints
    """Puts every new connection into a bounded socket."""

    def enqueue_req(self, conn: Any) -> None:
        """Hand a connection to a thread."""
        if not isinstance(conn.sock, BoundedSocket):
            conn.sock = BoundedSocket(fileno=conn.sock.detach())
        super().enqueue_req(conn)
