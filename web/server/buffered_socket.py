"""A socket with what a client has sent already, and with what it has not read yet."""

import errno
import select
import socket
import time
from typing import Any

from emojify_core.limits import MAX_UNREAD_ANSWER
from web.server.pace import Pace

_BLOCK = 64 << 10  # bytes


class BufferedSocket(socket.socket):
    """Gives a thread what the event loop received, and keeps for the loop what it cannot send.

    To the system it never blocks. A thread that needs more of an upload, or whose answer is longer
    than the buffer, waits here as long as the client keeps its pace.
    """

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(fileno=connection.detach())
        super().settimeout(0)
        self.received = bytearray()
        self.outgoing = bytearray()
        self.is_patient = True  # False while gunicorn discards what a route left unread
        self._limit: float | None = None
        self.begin_request()

    def begin_request(self) -> None:
        """Measure the pace anew."""
        self.is_patient = True
        self._reading, self._writing = Pace(), Pace()

    def fill(self) -> int:
        """Receive what is there; return its size, 0 at the end. Raises OSError."""
        data = super().recv(_BLOCK)
        self.received += data
        return len(data)

    def flush(self) -> int:
        """Send what the client takes of the answer; return its size. Raises OSError."""
        try:
            sent = super().send(self.outgoing)
        except BlockingIOError:
            return 0
        del self.outgoing[:sent]
        return sent

    def recv(self, size: int, /, *_flags: int) -> bytes:
        """Return received bytes, or wait for more. Raises ConnectionResetError, TimeoutError."""
        if self.received:
            data = bytes(self.received[:size])
            del self.received[:size]
            return data
        while True:
            try:
                data = super().recv(size)
            except BlockingIOError:
                if not self.is_patient:
                    raise TimeoutError from None
                self._wait(select.POLLIN, self._reading)
            else:
                self._reading.moved(len(data))
                return data

    def sendall(self, data: Any, /, *_flags: int) -> None:
        """Send, and keep the rest for the loop if it is short. Raises ConnectionResetError."""
        sent = 0
        if not self.outgoing:
            try:
                sent = super().send(data)
            except BlockingIOError:
                sent = 0
        if sent < len(data):
            self.outgoing += memoryview(data)[sent:]
        while len(self.outgoing) > MAX_UNREAD_ANSWER:
            self._wait(select.POLLOUT, self._writing)
            self._writing.moved(self.flush())

    def send(self, data: Any, /, *_flags: int) -> int:
        """Send all; gunicorn sends `100 Continue` so, after the loop did."""
        if not bytes(data).startswith(b"HTTP/1.1 100 "):
            self.sendall(data)
        return len(data)

    def setblocking(self, flag: bool, /) -> None:  # noqa: FBT001  (the signature is Python's)
        """Let gunicorn's calls change nothing but the time that recv waits."""
        self._limit = None if flag else 0.0

    def settimeout(self, value: float | None, /) -> None:
        """Limit the seconds that recv waits."""
        self._limit = value

    def gettimeout(self) -> float | None:
        """Return the limit."""
        return self._limit

    def _wait(self, event: int, pace: Pace) -> None:
        poll = select.poll()
        poll.register(self, event)
        patience = pace.patience if self._limit is None else min(self._limit, pace.patience)
        started = time.monotonic()
        is_ready = poll.poll(max(0, patience) * 1000)
        if not pace.waited(time.monotonic() - started):
            raise ConnectionResetError(errno.ECONNRESET, "the client is too slow")
        if not is_ready and self._limit is not None:
            raise TimeoutError
