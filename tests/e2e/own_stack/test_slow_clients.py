"""Clients that never finish a request, and clients that never pause."""

import socket
import threading

import httpx
import pytest

from support.deadlines import eventually
from support.homes import fresh_home
from support.stack import Stack
from web.http.limits import THREADS
from web.server.gunicorn_worker import SILENCE


def healthy(stack: Stack, within: float) -> bool:
    """Return whether a new connection is answered in time."""
    try:
        return httpx.get(f"{stack.url}/healthz", timeout=within, trust_env=False).is_success
    except httpx.TransportError:
        return False


@pytest.mark.chaos
def test_unfinished_requests_block_others_for_seconds_only() -> None:
    """Even when there are more of them than threads."""
    with fresh_home() as home, Stack(home) as stack:
        stack.start("web")
        stack.until_up()
        half = [socket.create_connection(("127.0.0.1", stack.port)) for _ in range(THREADS * 2)]
        try:
            for connection in half:
                connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
            # Every thread holds one now; a new connection waits until the server closes them.
            eventually(lambda: not healthy(stack, within=1), within=SILENCE)
            eventually(lambda: healthy(stack, within=1), within=SILENCE * 4)
        finally:
            for connection in half:
                connection.close()
        assert "Traceback" not in stack.output()


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
