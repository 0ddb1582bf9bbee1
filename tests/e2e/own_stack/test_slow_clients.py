"""Clients that never finish a request, and clients that never pause."""

import socket
import threading

import httpx
import pytest

from emojify_core.limits import HEADER_SECONDS
from support.homes import fresh_home
from support.stack import Stack
from web.http.limits import THREADS


def healthy(stack: Stack, within: float) -> bool:
    """Return whether a new connection is answered in time."""
    try:
        return httpx.get(f"{stack.url}/healthz", timeout=within, trust_env=False).is_success
    except httpx.TransportError:
        return False


@pytest.mark.chaos
def test_unfinished_requests_block_nobody_and_end() -> None:
    """Even when there are more of them than threads."""
    with fresh_home() as home, Stack(home) as stack:
        stack.start("web")
        stack.until_up()
        half = [socket.create_connection(("127.0.0.1", stack.port)) for _ in range(THREADS * 2)]
        try:
            for connection in half:
                connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
            assert all(healthy(stack, within=1) for _ in range(20))
            for connection in half:
                connection.settimeout(HEADER_SECONDS * 2)
                assert connection.recv(1 << 16).startswith(b"HTTP/1.1 408 ")
        finally:
            for connection in half:
                connection.close()
        assert "Traceback" not in stack.output()


@pytest.mark.chaos
def test_requests_in_pieces_are_answered_one_after_the_other() -> None:
    """Several at once, cut anywhere, with a body that waits for leave to be sent."""
    body = b'{"texts": []}'
    post = b"POST /api/v1/predictions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    get = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    with fresh_home() as home, Stack(home) as stack:
        stack.start("web")
        stack.until_up()
        with socket.create_connection(("127.0.0.1", stack.port), timeout=20) as connection:
            connection.sendall(get * 2 + get[:9])
            connection.sendall(
                get[9:] + post + b"Content-Length: 13\r\nExpect: 100-continue\r\n\r\n"
            )
            received = read_until(connection, b"100 Continue\r\n\r\n")
            assert received.count(b"HTTP/1.1 200 ") == 3
            connection.sendall(body)
            # There is no Redis, so it is refused; but it is read.
            assert b"HTTP/1.1 503 " in read_until(connection, b"}")
            connection.sendall(post + b"Content-Length: 9\r\n\r\n{")
            connection.shutdown(socket.SHUT_WR)
            assert b"HTTP/1.1 503 " in read_until(connection, b"}")


def read_until(connection: socket.socket, end: bytes) -> bytes:
    """Return what the server sends, to this end."""
    received = b""
    while not received.endswith(end):
        block = connection.recv(1 << 16)
        assert block, f"the connection ended after {received!r}"
        received += block
    return received


@pytest.mark.chaos
def test_busy_clients_keep_nobody_out() -> None:
    """Even with more busy connections than threads, a new one gets its turn."""
    request, stop = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", threading.Event()

    def ask_on(port: int) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            while not stop.is_set():
                connection.sendall(request)
                answer = b""
                while not answer.endswith(b"}\n"):
                    answer += connection.recv(1 << 16)
                assert b" 200 OK" in answer

    with fresh_home() as home, Stack(home) as stack:
        stack.start("web")
        stack.until_up()
        crowd = [threading.Thread(target=ask_on, args=(stack.port,)) for _ in range(THREADS + 4)]
        for each in crowd:
            each.start()
        try:
            assert all(healthy(stack, within=5) for _ in range(5))
        finally:
            stop.set()
            for each in crowd:
                each.join()
