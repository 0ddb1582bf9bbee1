"""The worker class on sockets: probes go first, an end is graceful, uploads are not kept."""

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from support.deadlines import eventually
from support.plain_server import THREADS
from support.processes import REPOSITORY, Process, clean_environ, free_port

LARGE = 200 << 20  # bytes
BLOCK = bytes(1 << 20)
GROWTH = 30 << 20  # bytes of memory; some blocks, and what Python keeps

Start = Callable[[str], "PlainService"]


class PlainService:
    """A server of `support/plain_server.py`."""

    def __init__(self, folder: Path, host: str) -> None:
        self._host, self._port, self._fifo = host, free_port(), folder / "fifo"
        os.mkfifo(self._fifo)
        bind = f"[{host}]:{self._port}" if ":" in host else f"{host}:{self._port}"
        paths = os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "tests")])
        command = [sys.executable, "-m", "support.plain_server", bind, str(self._fifo)]
        self.process = Process(command, clean_environ(PYTHONPATH=paths), folder / "log")
        self.process.start()
        eventually(self.accepts, within=20, what="the server accepts connections")

    def accepts(self) -> bool:
        """Tell whether a connection is accepted."""
        try:
            self.connect().close()
        except OSError:
            return False
        return True

    def connect(self) -> socket.socket:
        """Open a connection."""
        return socket.create_connection((self._host, self._port), timeout=20)

    def ask(self, path: str) -> socket.socket:
        """Send a GET; return its connection."""
        connection = self.connect()
        connection.sendall(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path.encode())
        return connection

    def answers_at_once(self) -> bool:
        """Tell whether a new connection is served."""
        with self.ask("/healthz") as connection:
            connection.settimeout(0.3)
            try:
                return bool(connection.recv(1))
            except OSError:
                return False

    def release(self) -> None:
        """Let all requests that wait go on, and those that follow."""
        with self._fifo.open("wb"):
            self._fifo.unlink()

    def memory(self) -> int:
        """Return the bytes of memory of gunicorn and its worker."""
        parent = self.process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        pages = [Path(f"/proc/{pid}/statm").read_text().split()[1] for pid in (parent, *children)]
        return sum(map(int, pages)) * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts a server on a host."""
    started: list[PlainService] = []

    def start(host: str) -> PlainService:
        started.append(PlainService(tmp_path, host))
        return started[-1]

    yield start
    for each in started:
        each.process.end()


def answer(connection: socket.socket) -> bytes:
    """Return the whole answer, and close."""
    data = b""
    with connection:
        while not data.endswith((b"\r\n\r\nok", str(LARGE).encode())):
            block = connection.recv(4096)
            assert block, data
            data += block
    return data


def test_a_probe_is_answered_while_all_threads_are_busy(start: Start) -> None:
    """A burst of requests does not make the service look dead."""
    service = start("127.0.0.1")
    waiting = [service.ask("/wait") for _ in range(3 * THREADS)]
    assert answer(service.ask("/healthz")).startswith(b"HTTP/1.1 200 ")
    for connection in waiting:
        connection.settimeout(0)
        with pytest.raises(BlockingIOError):
            connection.recv(1)
        connection.settimeout(20)
    service.release()
    assert all(answer(connection).startswith(b"HTTP/1.1 200 ") for connection in waiting)


def test_at_its_end_the_server_answers_what_it_has_begun(start: Start) -> None:
    """It serves no new connection, and is gone within its grace."""
    service = start("127.0.0.1")
    waiting = [service.ask("/wait") for _ in range(THREADS)]
    assert answer(service.ask("/healthz"))  # so the others have arrived
    service.process.signal(signal.SIGTERM)
    eventually(lambda: not service.answers_at_once(), within=3, what="no new one is served")
    late = service.ask("/healthz")
    service.release()
    for connection in waiting:
        assert answer(connection).startswith(b"HTTP/1.1 200 ")
    assert service.process.wait(within=5) == 0
    with late, suppress(ConnectionResetError):
        assert late.recv(1) == b""  # so its client knows at once that it may send again


def test_an_upload_is_passed_on_and_not_kept(start: Start) -> None:
    """A gigabyte needs no more memory than a megabyte."""
    service = start("127.0.0.1")
    before = service.memory()
    with service.connect() as connection:
        head = b"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
        connection.sendall(head % LARGE)
        highest = before
        for _ in range(LARGE // len(BLOCK)):
            connection.sendall(BLOCK)
            highest = max(highest, service.memory())
        assert str(LARGE).encode() in answer(connection)
    print(f"{(highest - before) / 1e6:.1f} MB more")
    assert highest - before < GROWTH


def test_the_server_listens_on_ipv6(start: Start) -> None:
    """Its clients' addresses have four parts instead of two."""
    assert answer(start("::1").ask("/healthz")).startswith(b"HTTP/1.1 200 ")
