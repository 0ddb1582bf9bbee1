"""The hint that a version was published: heard at once, and not needed."""

import threading
from collections.abc import Iterator

import pytest
import redis

from emojify_core.errors import QueueUnavailableError
from emojify_core.queue import model_notifications
from emojify_core.queue.model_notifications import Listener, hint
from emojify_core.queue.redis_client import connect
from support.deadlines import eventually
from support.redis_server import RedisServer


@pytest.fixture
def client(redis_server: RedisServer) -> Iterator[redis.Redis]:
    """Give a client as the product makes it."""
    with connect(redis_server.url) as client:
        yield client


class Looks:
    """Counts the looks; the first `failures` of them break."""

    def __init__(self, failures: int = 0) -> None:
        self.count, self.failures = 0, failures
        self.changed = threading.Condition()

    def __call__(self) -> None:
        """Look once."""
        with self.changed:
            self.count += 1
            self.changed.notify_all()
        if self.count <= self.failures:
            raise ValueError("a surprise")

    def reach(self, count: int, within: float) -> bool:
        """Wait until there were so many looks."""
        with self.changed:
            return self.changed.wait_for(lambda: self.count >= count, within)


@pytest.fixture
def rarely(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let only hints cause a look."""
    monkeypatch.setattr(model_notifications, "LOOK_EVERY", 60.0)


def subscribed(client: redis.Redis) -> bool:
    """Tell whether somebody listens."""
    return bool(client.pubsub_numsub("emojify:published")[0][1])


@pytest.mark.usefixtures("rarely")
def test_a_hint_is_heard_at_once(client: redis.Redis) -> None:
    """Workers load a new version before anybody asks for it."""
    looks = Looks()
    listener = Listener(client, looks)
    listener.start()
    eventually(lambda: subscribed(client), within=20)
    assert looks.reach(2, within=20), "once at the start, once when it listens"
    before = looks.count
    hint(client)
    assert looks.reach(before + 1, within=20)
    hint(client)
    assert looks.reach(before + 2, within=20)
    listener.stop()


def test_without_any_hint_it_looks_every_few_seconds(client: redis.Redis) -> None:
    """A hint that was lost delays a worker by seconds."""
    looks = Looks()
    listener = Listener(client, looks)
    listener.start()
    assert looks.reach(4, within=20)
    listener.stop()


@pytest.mark.usefixtures("rarely")
def test_it_listens_again_after_redis_was_away(
    redis_server: RedisServer, client: redis.Redis
) -> None:
    """Meanwhile it looks by itself, and hints cannot be sent."""
    looks = Looks()
    listener = Listener(client, looks)
    listener.start()
    eventually(lambda: subscribed(client), within=20)
    redis_server.kill()
    with pytest.raises(QueueUnavailableError):
        hint(client)
    assert looks.reach(looks.count + 1, within=20)
    redis_server.start()
    eventually(lambda: subscribed(client), within=20)
    before = looks.count
    hint(client)
    assert looks.reach(before + 1, within=20)
    listener.stop()


def test_a_look_that_breaks_is_not_the_last(client: redis.Redis) -> None:
    """A worker does not stay with an old version for good because of one error."""
    looks = Looks(failures=2)
    listener = Listener(client, looks)
    listener.start()
    assert looks.reach(4, within=20)
    listener.stop()
