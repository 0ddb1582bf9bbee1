"""A load generator: some connections, each of which sends its next request after the answer.

One thread and epoll, no parsing but of the length: on few cores its own time counts.
"""

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np

GIVES_UP = 30  # seconds after the end; then what is still open counts as failed
END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Measured:
    """What the clients saw: milliseconds, and requests a second."""

    p50: float
    p99: float
    rate: float
    answers: int
    failures: int


class Connection:
    """A client that keeps its connection."""

    def __init__(self, port: int, poll: selectors.BaseSelector) -> None:
        self.port, self.poll = port, poll
        self.open()

    def open(self) -> None:
        """Connect to the server."""
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=GIVES_UP)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.poll.register(self.socket, selectors.EVENT_READ, self)

    def reconnect(self) -> None:
        """Begin anew after a failure."""
        self.close()
        self.open()

    def close(self) -> None:
        """End the connection."""
        self.poll.unregister(self.socket)
        self.socket.close()

    def send(self, request: bytes) -> None:
        """Send a request; note when."""
        self.answer, self.end = bytearray(), 0
        self.started = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bool | None:
        """Read what came; tell whether the answer is good, or None while it is not whole."""
        data = self.socket.recv(1 << 18)
        if not data:
            return False
        self.answer += data
        if not self.end and (head := self.answer.find(END_OF_HEAD)) >= 0:
            self.end = head + len(END_OF_HEAD) + content_length(self.answer[:head])
        if not self.end or len(self.answer) < self.end:
            return None
        return self.answer.startswith(b"HTTP/1.1 200")


def content_length(head: bytes) -> int:
    """Return the length of a body. No server here sends one in chunks."""
    return int(head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])


def drive(port: int, requests: Sequence[bytes], clients: int, seconds: float) -> Measured:
    """Send the requests in turn from so many clients for so long."""
    taken: list[float] = []
    failures = 0
    turn = cycle(requests)
    with selectors.DefaultSelector() as poll:
        waiting = {Connection(port, poll) for _ in range(clients)}
        started = last = time.perf_counter()
        for each in waiting:
            each.send(next(turn))
        while waiting and time.perf_counter() < started + seconds + GIVES_UP:
            for key, _ in poll.select(timeout=1):
                each = key.data
                is_good = each.receive()
                if is_good is None:
                    continue
                last = time.perf_counter()
                if is_good:
                    taken.append((last - each.started) * 1000)
                else:
                    failures += 1
                    each.reconnect()
                if last < started + seconds:
                    each.send(next(turn))
                else:
                    each.close()
                    waiting.discard(each)
        for each in waiting:
            each.close()
    p50, p99 = np.percentile(taken, [50, 99]) if taken else (0.0, 0.0)
    rate = len(taken) / (last - started)
    return Measured(float(p50), float(p99), rate, len(taken), failures + len(waiting))
