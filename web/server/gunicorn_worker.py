"""The worker class of gunicorn: how its event loop and its threads share the connections.

Parsing and answering stay gunicorn's.
"""

import select
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from gunicorn.http.errors import InvalidHeader, UnsupportedTransferCoding

from web.server.connection_loop import ConnectionLoop
from web.server.connections import Connection, Phase
from web.server.request_progress import Arrived

LINGER = 3  # milliseconds that a thread waits for a connection's next request
_PROBE = b"GET /healthz "  # it asks neither Redis nor the database, so it never holds its thread


class BufferingWorker(ConnectionLoop):
    """Lets a thread answer whole requests, and a busy connection's requests one after another."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._queued: deque[None] = deque()  # one entry for each connection without a thread
        self._probes: ThreadPoolExecutor

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """Return the pool for requests; one more thread answers probes ahead of them."""
        self._probes = ThreadPoolExecutor(1, thread_name_prefix="probes")
        pool: ThreadPoolExecutor = super().get_thread_pool()
        return pool

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answer a request that cannot be read; a coding that nobody knows is the client's fault.

        Gunicorn would answer 501, which looks like a fault of the server.
        """
        if isinstance(exc, UnsupportedTransferCoding):
            exc = InvalidHeader("Transfer-Encoding")
        super().handle_error(req, client, addr, exc)

    def enqueue_req(self, conn: Connection) -> None:
        """Queue a connection for a thread. A burst of requests does not delay a probe."""
        conn.enter(Phase.THREAD)
        if conn.sock.received.startswith(_PROBE):
            answered = self._probes.submit(self._answer, conn)
            answered.add_done_callback(
                lambda done: self.method_queue.defer(self.finish_request, conn, done)
            )
            return
        self._queued.append(None)
        super().enqueue_req(conn)

    def finish_request(self, conn: Connection, fs: Any) -> None:
        """Take a connection back from its thread."""
        conn.keep = not fs.cancelled() and fs.exception() is None and fs.result() is True
        conn.begin_request()
        self._go_on(conn)

    def handle(self, conn: Connection) -> Any:
        """Answer a connection's request, and the requests that follow at once.

        Returning the connection to gunicorn's event loop after each request costs a tenth of the
        web's processor time. The thread returns it when another connection waits for a thread.
        """
        self._queued.pop()
        keep = self._answer(conn)
        while keep is True and self.alive and not self._queued and _has_request(conn):
            keep = self._answer(conn)
        return keep

    def _answer(self, connection: Connection) -> Any:
        keep = super().handle(connection)
        if keep is True:
            # The start of the next request goes where the loop looks for it.
            connection.sock.received[:0] = connection.parser.unreader.take_buffered()
        return keep

    def _keepalive_after(self, conn: Connection, keepalive: Any) -> bool:
        """Keep the connection, unless the client still has to send what the route left unread."""
        conn.sock.is_patient = False
        return bool(super()._keepalive_after(conn, keepalive))


def _has_request(connection: Connection) -> bool:
    """Tell whether the whole next request is there, or arrives within a moment."""
    sock = connection.sock
    if sock.outgoing:
        return False
    connection.begin_request()
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    give_up = time.monotonic() + LINGER / 1000
    while connection.progress.measure(sock.received) is not Arrived.ENOUGH:
        # Many clients send a header and its body one after the other.
        if time.monotonic() > give_up or not poll.poll(LINGER):
            return False
        try:
            if not sock.fill():
                return False
        except OSError:
            return False
    return True
