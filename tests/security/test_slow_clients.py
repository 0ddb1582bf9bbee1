"""Clients that send or read a byte every few seconds keep nobody from an answer (H2)."""

import select
import socket
import threading
from contextlib import suppress
from typing import Self

import pytest

from emojify_core.limits import MAX_BODY
from support.bystander import Bystander, percentile_99, whole_again
from support.deadlines import eventually
from support.stack import Stack

CLIENTS = 200
EVERY = 4  # seconds
ROUNDS = 3  # bytes of each client, or tries to connect again
PROMISED = 0.1  # seconds for /healthz, p99
POST = b"POST /api/v1/predictions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
UPLOAD = b"POST /api/v1/batches HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
STARTS = {
    "silence": b"",
    "headers": b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: ",
    "bodies": POST + b'Content-Length: 1000\r\n\r\n{"text": "',
    "chunked bodies": POST + b"Transfer-Encoding: chunked\r\n\r\n3e8\r\n",
    "uploads": UPLOAD + b"Content-Length: %d\r\n\r\nwords\n" % (MAX_BODY * 100),
    "answers": b"GET /static/views.css HTTP/1.1\r\nHost: x\r\n\r\n" * 3,
}


class SlowClients:
    """A crowd. Each connects again when the server ends its connection."""

    def __init__(self, port: int, start: bytes, *, reads: bool) -> None:
        self._port, self._start, self._reads = port, start, reads
        self._stop = threading.Event()
        self._crowd = [self._connect() for _ in range(CLIENTS)]
        self._thread = threading.Thread(target=self._drip)
        self.rounds = 0

    def _connect(self) -> socket.socket:
        connection = socket.socket()
        if self._reads:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(5)
        with suppress(OSError):
            connection.connect(("127.0.0.1", self._port))
            connection.sendall(self._start)
        return connection

    def _drip(self) -> None:
        while not self._stop.wait(EVERY):
            self._crowd = [self._step(each) for each in self._crowd]
            self.rounds += 1

    def _step(self, connection: socket.socket) -> socket.socket:
        try:
            if self._reads:
                connection.recv(1)
            elif self._start:
                connection.send(b"a")
        except OSError:
            connection.close()
            return self._connect()
        if not self._reads and select.select([connection], [], [], 0)[0]:  # the server ended it
            connection.close()
            return self._connect()
        return connection

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End all."""
        self._stop.set()
        self._thread.join()
        for each in self._crowd:
            each.close()


@pytest.fixture(scope="module")
def usual(stack: Stack) -> float:
    """Return the p99 of /healthz without an attack: a busy machine has a worse one."""
    with Bystander(stack) as bystander:
        bystander.until_asked()
        return percentile_99(bystander.samples("health"))


@pytest.mark.parametrize("kind", STARTS)
def test_two_hundred_slow_clients_delay_nobody(stack: Stack, usual: float, kind: str) -> None:
    """They hold connections, but no thread."""
    crowd = SlowClients(stack.port, STARTS[kind], reads=kind == "answers")
    whole_again(stack)  # the arrival of two hundred at once is a flood, not slowness
    with crowd, Bystander(stack) as bystander:
        eventually(lambda: crowd.rounds >= ROUNDS, within=60)
        bystander.until_asked()
        print(bystander.judge())
        p99 = percentile_99(bystander.samples("health"))
        assert p99 < max(PROMISED, 3 * usual), bystander.figures()
        predicted = {sample.status for sample in bystander.samples("prediction")}
        assert predicted <= {200, 429}, bystander.figures()
    whole_again(stack)
