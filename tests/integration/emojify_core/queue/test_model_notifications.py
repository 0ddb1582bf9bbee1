"""Notifications of a published version: they arrive at once, and workers can do without."""

import threading
from collections.abc import Iterator

import pytest
import redis

from emojify_core.errors import QueueUnavailableError
from emojify_core.queue import model_notifications
from emojify_core.queue.model_notifications import NotificationListener, notify_workers
from emojify_core.queue.redis_client import connect
from support.deadlines import eventually
from support.redis_server import RedisServer, running_redis


@pytest.fixture(scope="module")
def redis_server() -> Iterator[RedisServer]:
    """Run a Redis. A test that stops it starts it again."""
    with running_redis() as server:
        yield server


@pytest.fixture
def client(redis_server: RedisServer) -> Iterator[redis.Redis]:
    """Give a client with the product's options."""
    with connect(redis_server.url) as client:
        yield client


class Refreshes:
    """Counts the calls; the first `failures` of them raise."""

    def __init__(self, failures: int = 0) -> None:
        self.count, self.failures = 0, failures
        self.changed = threading.Condition()

    def __call__(self) -> None:
        """Refresh once."""
        with self.changed:
            self.count += 1
            self.changed.notify_all()
        if self.count <= self.failures:
            raise ValueError("a bug")

    def reach(self, count: int, within: float) -> bool:
        """Wait until there were so many calls."""
        with self.changed:
            return self.changed.wait_for(lambda: self.count >= count, within)


@pytest.fixture
def notified_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refresh after notifications only, not after some seconds."""
    monkeypatch.setattr(model_notifications, "REFRESH_EVERY", 60.0)


def subscribed(client: redis.Redis) -> bool:
    """Tell whether a listener has subscribed."""
    return bool(client.pubsub_numsub("emojify:published")[0][1])


@pytest.mark.usefixtures("notified_only")
def test_listener_refreshes_at_each_notification(client: redis.Redis) -> None:
    """Workers load a new version before the next prediction."""
    refreshes = Refreshes()
    listener = NotificationListener(client, refreshes)
    listener.start()
    eventually(lambda: subscribed(client), within=20)
    assert refreshes.reach(2, within=20), "at the start, and when subscribed"
    before = refreshes.count
    notify_workers(client)
    assert refreshes.reach(before + 1, within=20)
    notify_workers(client)
    assert refreshes.reach(before + 2, within=20)
    listener.stop()


def test_listener_refreshes_without_notifications(client: redis.Redis) -> None:
    """A lost notification delays a worker by seconds."""
    refreshes = Refreshes()
    listener = NotificationListener(client, refreshes)
    listener.start()
    assert refreshes.reach(4, within=20)
    listener.stop()


@pytest.mark.usefixtures("notified_only")
def test_listener_survives_a_redis_outage(redis_server: RedisServer, client: redis.Redis) -> None:
    """While Redis is down it still refreshes, and sending a notification fails."""
    refreshes = Refreshes()
    listener = NotificationListener(client, refreshes)
    listener.start()
    eventually(lambda: subscribed(client), within=20)
    redis_server.kill()
    with pytest.raises(QueueUnavailableError):
        notify_workers(client)
    assert refreshes.reach(refreshes.count + 1, within=20)
    redis_server.start()
    eventually(lambda: subscribed(client), within=20)
    before = refreshes.count
    notify_workers(client)
    assert refreshes.reach(before + 1, within=20)
    listener.stop()


def test_listener_survives_a_failed_refresh(client: redis.Redis) -> None:
    """One error must not leave a worker with an old version for good."""
    refreshes = Refreshes(failures=2)
    listener = NotificationListener(client, refreshes)
    listener.start()
    assert refreshes.reach(4, within=20)
    listener.stop()
