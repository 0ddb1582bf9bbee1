"""Clients that begin a request and never finish it, and clients that never stop asking."""

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
    """Tell whether a new connection is answered in time."""
    try:
        return httpx.get(f"{stack.url}/healthz", timeout=within, trust_env=False).is_success
    except httpx.TransportError:
        return False


@pytest.mark.chaos
def test_half_sent_requests_hold_nobody_up_for_long() -> None:
    """More of them than there are threads: others are answered again within seconds."""
    with fresh_home() as home, Stack(home) as stack:
        stack.start("web")
        stack.until_up()
        half = [socket.create_connection(("127.0.0.1", stack.port)) for _ in range(THREADS * 2)]
        try:
            for connection in half:
                connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
            # Now every thread has one; a fresh connection has to wait for them to be given up.
            eventually(lambda: not healthy(stack, within=1), within=SILENCE)
            eventually(lambda: healthy(stack, within=1), within=SILENCE * 4)
        finally:
            for connection in half:
                connection.close()
        assert "Traceback" not in stack.output()


@pytest.mark.chaos
def test_who_asks_without_a_pause_keeps_nobody_out() -> None:
    """More busy connections than there are threads: a new one gets its turn."""
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
