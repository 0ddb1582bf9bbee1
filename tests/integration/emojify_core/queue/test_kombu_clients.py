"""A channel of kombu keeps its Redis client, and gets another one with new connections."""

from collections.abc import Iterator

import pytest
from celery import Celery
from kombu.transport.redis import Channel

from emojify_core.messages import Queue
from emojify_core.queue.celery_app import make_celery
from emojify_core.queue.priorities import count_waiting
from support.redis_server import RedisServer, running_redis


@pytest.fixture
def server() -> Iterator[RedisServer]:
    """Give a Redis that a test may restart."""
    with running_redis() as server:
        yield server


@pytest.fixture
def celery(server: RedisServer) -> Iterator[Celery]:
    """Give an app that only publishes."""
    app = make_celery(server.settings)
    yield app
    app.close()


def channel_of(celery: Celery) -> Channel:
    """Return the channel that publishes."""
    with celery.producer_pool.acquire() as producer:
        return producer.channel


def publish(celery: Celery) -> None:
    """Publish a message that nobody takes."""
    celery.send_task("emojify.predict", queue=Queue.PREDICT, args=({},))


def test_a_channel_uses_one_client(celery: Celery) -> None:
    """Making one takes longer than a command."""
    publish(celery)
    channel = channel_of(celery)
    client = channel._create_client()  # noqa: SLF001
    publish(celery)
    assert channel._create_client() is client  # noqa: SLF001


def test_after_a_restart_of_redis_a_channel_publishes(celery: Celery, server: RedisServer) -> None:
    """The client goes with the connections that broke."""
    publish(celery)
    server.stop()
    server.start()
    publish(celery)
    with server.client() as redis:
        assert count_waiting(redis, Queue.PREDICT) == 2


def test_new_connections_have_a_client_of_their_own(celery: Celery) -> None:
    """The old client would use connections that kombu has closed."""
    publish(celery)
    channel = channel_of(celery)
    before = channel._create_client()  # noqa: SLF001
    channel._disconnect_pools()  # noqa: SLF001
    after = channel._create_client()  # noqa: SLF001
    assert after is not before
    assert after.connection_pool is channel.pool
