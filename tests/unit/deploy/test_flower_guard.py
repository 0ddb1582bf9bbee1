"""Flower's guard, with Flower's own pages and no broker."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import httpx
import pytest
from celery import Celery
from flower.options import default_options
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.netutil import bind_sockets

from deploy.flower_guard import GuardedFlower
from emojify_core.limits import FAILED_SIGN_INS
from emojify_core.settings import Settings

PASSWORD = ("emojify", "a password to look for")
WRONG = ("emojify", "a wrong one")


@contextmanager
def running(monkeypatch: pytest.MonkeyPatch, password: str | None) -> Iterator[httpx.Client]:
    """Give a client of a guarded Flower."""
    auth = [f"emojify:{password}"] if password else []
    monkeypatch.setattr(default_options.mockable(), "basic_auth", auth)
    started, running = threading.Event(), SimpleNamespace(loop=None, port=0)

    def serve() -> None:
        asyncio.set_event_loop(asyncio.new_event_loop())
        running.loop = IOLoop.current()
        app = Celery(broker="memory://", set_as_current=False)
        flower = GuardedFlower(Settings.from_env({}), capp=app, io_loop=running.loop)
        (socket,) = bind_sockets(0, address="127.0.0.1")
        running.port = socket.getsockname()[1]
        HTTPServer(flower).add_sockets([socket])
        running.loop.add_callback(started.set)
        running.loop.start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert started.wait(20)
    with httpx.Client(base_url=f"http://127.0.0.1:{running.port}", trust_env=False) as client:
        yield client
    running.loop.add_callback(running.loop.stop)
    thread.join(10)


def test_a_rebound_name_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A website that points its name at this machine sees no queue."""
    with running(monkeypatch, None) as client:
        for path in (
            "/healthcheck",
            "/metrics",
            "/workers",
            "/api/workers",
            "/static/css/flower.css",
        ):
            refused = client.get(path, headers={"Host": "evil.example:5555"})
            assert (refused.status_code, refused.text) == (
                421,
                "Flower does not answer to this name.",
            )
        assert client.post("/api/workers", headers={"Host": "evil.example"}).status_code == 421
        assert client.get("/healthcheck").status_code == 200
        assert client.get("/metrics").status_code == 200, "without a password they are open"


def test_wrong_passwords_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """After twenty, even the right one waits. The health check needs no password."""
    with running(monkeypatch, PASSWORD[1]) as client:
        assert client.get("/metrics").status_code == 401, "they tell names of workers and tasks"
        assert client.get("/metrics", auth=PASSWORD).status_code == 200
        tries = [client.get("/metrics", auth=WRONG).status_code for _ in range(FAILED_SIGN_INS)]
        assert tries == [401] * FAILED_SIGN_INS
        refused = client.get("/metrics", auth=PASSWORD)
        assert refused.status_code == 429
        assert 0 < int(refused.headers["Retry-After"]) <= 60
        assert client.get("/healthcheck").status_code == 200
