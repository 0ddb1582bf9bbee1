"""The event loop of gunicorn's threaded worker: it reads whole requests and sends slow answers.

A thread gets a request when all of it has arrived, and leaves what a client does not read to the
loop. So slow clients hold no thread, and each of their phases has a deadline. Uploads are larger
than the loop's buffer: a thread reads them on, at the client's pace.
"""

import selectors
import socket
import time
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn import util
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, ThreadWorker

from web.server.buffered_socket import BufferedSocket
from web.server.connections import Connection, Phase, WaitingConnections
from web.server.request_progress import Arrived

ACCEPTED_AT_ONCE = 64  # connections
LOOK_EVERY = 0.5  # seconds; for connections whose time is over

_REFUSALS = {
    Arrived.HEADER_TOO_LONG: (431, "Request Header Fields Too Large", "The header is too long."),
    Arrived.TOO_MANY_CHUNKS: (400, "Bad Request", "Send the body in larger chunks."),
}
_LATE = (408, "Request Timeout", "The request did not arrive in time. Send it again.")


class ConnectionLoop(ThreadWorker):  # type: ignore[misc]  # gunicorn has no type hints
    """Replaces how gunicorn's threaded worker waits for its clients."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._waiting = WaitingConnections()
        self._next_look = 0.0
        self._stop_by: float | None = None

    def accept(self, listener: socket.socket) -> None:
        """Take new connections, and their requests if these are there already.

        What comes last of a burst would else wait for a turn of the loop for each one before it.
        """
        for _ in range(ACCEPTED_AT_ONCE):
            try:
                self._accept_one(listener)
            except (BlockingIOError, ConnectionAbortedError):
                return

    def _accept_one(self, listener: socket.socket) -> None:
        accepted, client = listener.accept()
        self.nr_conns += 1
        connection = Connection(self.cfg, BufferedSocket(accepted), client, listener.getsockname())
        self._receive(connection)
        if self.nr_conns >= self.worker_connections:
            for each in self._waiting.surplus(self.worker_connections // 10):
                self._drop(each)

    def _receive(self, connection: Connection) -> None:
        """Read what is there; hand the request over if that is enough."""
        try:
            size = connection.sock.fill()
        except BlockingIOError:
            self._watch(connection, selectors.EVENT_READ)
            return
        except OSError:
            self._drop(connection)
            return
        if connection.phase is Phase.CLOSING:
            connection.sock.received.clear()
            if size:
                self._watch(connection, selectors.EVENT_READ)
            else:
                self._drop(connection)
        elif size or connection.sock.received:  # gunicorn answers 400 to what is cut off
            connection.moved(size)
            self._examine(connection, is_at_end=not size)
        else:
            self._drop(connection)

    def _examine(self, connection: Connection, *, is_at_end: bool = False) -> None:
        """Hand a request over, refuse it, or wait for more of it."""
        progress = connection.progress
        arrived = progress.measure(connection.sock.received)
        if arrived in _REFUSALS:
            self._refuse(connection, *_REFUSALS[arrived])
        elif arrived is Arrived.ENOUGH or is_at_end:
            self._unwatch(connection)
            self.enqueue_req(connection)
        else:
            if arrived is Arrived.BODY_INCOMPLETE and progress.expects_continue:
                progress.expects_continue = False
                with suppress(OSError):  # the next read tells
                    connection.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            is_header = arrived is Arrived.HEADER_INCOMPLETE
            connection.enter(Phase.HEADER if is_header else Phase.BODY)
            self._watch(connection, selectors.EVENT_READ)

    def _send(self, connection: Connection) -> None:
        """Send what the client takes of its answer; go on when it has all."""
        try:
            connection.moved(connection.sock.flush())
        except OSError:
            self._drop(connection)
            return
        if connection.sock.outgoing:
            self._watch(connection, selectors.EVENT_WRITE)
            return
        self._unwatch(connection)
        self._go_on(connection)

    def _go_on(self, connection: Connection) -> None:
        """Do what comes after an answer."""
        if connection.sock.fileno() < 0:
            self._drop(connection)
        elif connection.sock.outgoing:
            connection.enter(Phase.ANSWER)
            self._send(connection)
        elif connection.keep:
            connection.enter(Phase.IDLE)
            if connection.sock.received:
                self._examine(connection)
            else:
                self._watch(connection, selectors.EVENT_READ)
        else:
            # The client reads the answer only if it may send the rest of its request first.
            connection.enter(Phase.CLOSING)
            connection.sock.received.clear()
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_WR)
            self._receive(connection)

    def _refuse(self, connection: Connection, status: int, reason: str, sentence: str) -> None:
        self._unwatch(connection)
        connection.keep = False
        try:
            util.write_error(connection.sock, status, reason, sentence)
        except OSError:
            self._drop(connection)
            return
        self._go_on(connection)

    def _on_event(self, connection: Connection, _socket: Any) -> None:
        if connection not in self._waiting:  # dropped by an earlier event of this turn
            return
        if connection.phase is Phase.ANSWER:
            self._send(connection)
        else:
            self._receive(connection)

    def _watch(self, connection: Connection, event: int) -> None:
        if connection not in self._waiting:
            self._waiting.add(connection)
            self.poller.register(connection.sock, event, partial(self._on_event, connection))

    def _unwatch(self, connection: Connection) -> None:
        if connection in self._waiting:
            self._waiting.remove(connection)
            self.poller.unregister(connection.sock)

    def _drop(self, connection: Connection) -> None:
        self._unwatch(connection)
        self.nr_conns -= 1
        connection.sock.close()

    def murder_keepalived(self, force: bool = False) -> None:  # noqa: FBT001, FBT002  (gunicorn's)
        """End every connection whose time is over; when the worker stops, all that wait."""
        now = time.monotonic()
        if not self.alive and self._stop_by is None:
            self._stop_by = now + STOP_KEEPALIVE_LINGER
        if force or (self._stop_by is not None and now > self._stop_by):
            for each in self._waiting:
                if force or each.phase in {Phase.IDLE, Phase.HEADER}:
                    self._drop(each)
        if now < self._next_look:
            return
        self._next_look = now + LOOK_EVERY
        for each in self._waiting.late(now):
            if each.phase in {Phase.HEADER, Phase.BODY} and each.sock.received:
                self._refuse(each, *_LATE)
            else:
                self._drop(each)
        for each in self._waiting.surplus_buffers():
            self._drop(each)
