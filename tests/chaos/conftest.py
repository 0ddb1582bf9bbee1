"""A small stack for each test to break."""

from collections.abc import Iterator

import pytest

from support.homes import fresh_home
from support.processes import free_port
from support.redis_server import RedisServer
from support.stack import RAISED, Stack


@pytest.fixture
def server() -> Iterator[RedisServer]:
    """Run a Redis server on a port, so that its URL survives a restart."""
    with fresh_home() as home:
        server = RedisServer(home, port=free_port())
        server.start()
        yield server
        server.stop()


@pytest.fixture
def stack(server: RedisServer) -> Iterator[Stack]:
    """Run a worker and a web process on that Redis."""
    variables = {"EMOJIFY_RATE_LIMIT": RAISED, "EMOJIFY_REDIS_URL": server.url}
    with fresh_home() as home, Stack(home, **variables) as stack:
        stack.start("worker", "web")
        stack.until_ready()
        yield stack
