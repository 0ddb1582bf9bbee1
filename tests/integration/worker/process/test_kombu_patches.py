"""A worker survives a Redis that fails between two messages."""

from collections.abc import Iterator

import pytest
from kombu import Connection
from redis.exceptions import RedisError

from support.redis_server import RedisServer, running_redis
from worker.process.kombu_patches import patch_kombu

SOON = {"socket_timeout": 0.5}  # seconds; a worker's real timeout would slow the test down


@pytest.fixture
def server() -> Iterator[RedisServer]:
    """Run a Redis."""
    with running_redis() as server:
        yield server


def test_failed_acknowledgement_does_not_block_the_next_message(server: RedisServer) -> None:
    """A Redis that hangs during an acknowledgement does not stop the worker for good."""
    patch_kombu()
    url = server.settings.redis_address.for_kombu()
    with Connection(url, transport_options=SOON) as connection:
        queue = connection.SimpleQueue("predict")
        queue.channel.basic_qos(0, 1)  # one at a time, like our workers
        queue.put("first")
        queue.put("second")
        first = queue.get(timeout=5)
        assert not queue.channel.qos.can_consume()
        server.pause()
        with pytest.raises(RedisError):
            first.ack()
        server.resume()
        assert queue.channel.qos.can_consume()
        assert queue.get(timeout=5).payload == "second"
