"""A server with the responses of the test, and a client that does not sleep."""

from collections.abc import Iterator

import pytest

from emojify_core.client.connection import Connection
from emojify_core.client.emojify import Emojify
from support.api_server import ApiServer, running_api_server


@pytest.fixture
def api() -> Iterator[ApiServer]:
    """Run a server."""
    with running_api_server() as server:
        yield server


@pytest.fixture
def pauses() -> list[float]:
    """Collect the client's pauses in seconds."""
    return []


@pytest.fixture
def emojify(api: ApiServer, pauses: list[float]) -> Iterator[Emojify]:
    """Return a client of that server."""
    connection = Connection(api.url, "a-key-of-ours", sleep=pauses.append)
    with Emojify(connection=connection) as client:
        yield client
