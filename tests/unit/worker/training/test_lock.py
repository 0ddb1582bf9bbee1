"""The lock that keeps two trainers from doing the same work."""

import pytest
import redis

from support.deadlines import eventually
from support.redis_server import RedisServer
from worker.training.lock import training_lock

LIFE = 1.5  # seconds; a busy machine may let the thread that extends it wait for one
NAME = "emojify:training"


@pytest.fixture
def client(redis_server: RedisServer) -> redis.Redis:
    """Return a client of a Redis in which nobody holds the lock."""
    client = redis_server.client()
    client.flushall()
    return client


def test_one_holds_it_and_the_other_is_told_so(client: redis.Redis) -> None:
    """However long the work takes: the lock is extended."""
    with training_lock(client, life=LIFE) as first:
        assert first is not None
        with training_lock(client, life=LIFE, patience=2 * LIFE) as second:
            assert second is None
        assert first()
    with training_lock(client, life=LIFE, patience=0) as third:
        assert third is not None


def test_the_lock_of_a_dead_trainer_is_taken_over(client: redis.Redis) -> None:
    """Nobody has to remove it by hand."""
    client.set(NAME, "of somebody killed", px=int(LIFE * 1000))
    with training_lock(client, life=LIFE) as lock:
        assert lock is not None


def test_who_lost_it_is_told_and_leaves_the_new_holder_alone(client: redis.Redis) -> None:
    """After a long pause somebody else may hold it."""
    with training_lock(client, life=LIFE) as lock:
        assert lock is not None
        client.set(NAME, "another's")
        assert not lock()
    assert client.get(NAME) == b"another's"


def test_a_lock_that_was_lost_with_redis_s_data_is_taken_again(client: redis.Redis) -> None:
    """A second trainer does not begin beside a first that is still at work."""
    with training_lock(client, life=LIFE) as lock:
        assert lock is not None
        client.flushall()
        eventually(lambda: client.exists(NAME), within=20, what="the lock is there again")
        assert lock()
        with training_lock(client, life=LIFE, patience=0) as second:
            assert second is None


def test_while_redis_is_away_the_work_goes_on(
    redis_server: RedisServer, client: redis.Redis
) -> None:
    """Without Redis nobody else can take the lock; the pointer is guarded in any case."""
    with training_lock(client, life=LIFE) as lock:
        assert lock is not None
        redis_server.kill()
        assert lock()
        redis_server.start()
        assert lock()


def test_without_redis_there_is_no_lock(redis_server: RedisServer, client: redis.Redis) -> None:
    """The trainer puts its work off."""
    redis_server.stop()
    with pytest.raises(redis.RedisError), training_lock(client, life=LIFE):
        pass
    redis_server.start()
