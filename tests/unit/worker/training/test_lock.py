"""The training lock lets one trainer work at a time."""

import pytest
import redis

from support.deadlines import eventually
from support.redis_server import RedisServer
from worker.training.lock import training_lock

LIFE = 1.5  # seconds; on a busy machine the extending thread may be late by one
NAME = "emojify:training"


@pytest.fixture
def client(redis_server: RedisServer) -> redis.Redis:
    """Return a client of a Redis in which the lock is free."""
    client = redis_server.client()
    client.flushall()
    return client


def test_second_trainer_does_not_get_the_lock(client: redis.Redis) -> None:
    """The lock is extended for as long as the first trainer works."""
    with training_lock(client, life=LIFE) as first:
        assert first is not None
        with training_lock(client, life=LIFE, patience=2 * LIFE) as second:
            assert second is None
        assert first()
    with training_lock(client, life=LIFE, patience=0) as third:
        assert third is not None


def test_lock_of_a_dead_trainer_expires(client: redis.Redis) -> None:
    """No administrator has to remove it."""
    client.set(NAME, "a killed trainer", px=int(LIFE * 1000))
    with training_lock(client, life=LIFE) as lock:
        assert lock is not None


def test_lost_lock_is_noticed_and_left_to_its_new_holder(client: redis.Redis) -> None:
    """After a long pause another trainer may hold it."""
    with training_lock(client, life=LIFE) as lock:
        assert lock is not None
        client.set(NAME, "another trainer")
        assert not lock()
    assert client.get(NAME) == b"another trainer"


def test_lock_lost_with_redis_data_is_taken_again(client: redis.Redis) -> None:
    """A second trainer does not start while the first one works."""
    with training_lock(client, life=LIFE) as lock:
        assert lock is not None
        client.flushall()
        eventually(lambda: client.exists(NAME), within=20, what="the lock is there again")
        assert lock()
        with training_lock(client, life=LIFE, patience=0) as second:
            assert second is None


def test_work_continues_while_redis_is_down(redis_server: RedisServer, client: redis.Redis) -> None:
    """Without Redis no other trainer can take the lock; the live pointer has its own guard."""
    with training_lock(client, life=LIFE) as lock:
        assert lock is not None
        redis_server.kill()
        assert lock()
        redis_server.start()
        assert lock()


def test_lock_needs_redis(redis_server: RedisServer, client: redis.Redis) -> None:
    """Without Redis, the trainer tries again later."""
    redis_server.stop()
    with pytest.raises(redis.RedisError), training_lock(client, life=LIFE):
        pass
    redis_server.start()
