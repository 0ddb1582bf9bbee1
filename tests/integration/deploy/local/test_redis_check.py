"""`make run` refuses a Redis that will never do, in one sentence, before anything starts."""

from collections.abc import Iterator

import pytest

from deploy.local.preflight import CannotStartError
from deploy.local.redis_check import require_usable_redis
from emojify_core.settings import Settings
from support.processes import free_port
from support.redis_server import RedisServer, running_redis


@pytest.fixture
def server() -> Iterator[RedisServer]:
    """Run a Redis with a password."""
    with running_redis(port=free_port()) as server:
        with server.client() as client:
            client.config_set("requirepass", "word")
        server.url = server.url.replace("redis://", "redis://:word@")
        yield server


def check(url: str) -> None:
    """Check the Redis of this URL."""
    require_usable_redis(Settings.from_env({"EMOJIFY_REDIS_URL": url}))


def test_suitable_redis_is_accepted(server: RedisServer) -> None:
    """As it is shipped."""
    check(server.url)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (":word@", ":wrong@", "refuses the user or the password"),
        (":word@", "", "wants a password"),
        ("/0", "/99", "no database of this number"),
    ],
)
def test_wrong_url_is_refused(server: RedisServer, old: str, new: str, sentence: str) -> None:
    """The sentence names the variable to correct."""
    with pytest.raises(CannotStartError, match=sentence) as refused:
        check(server.url.replace(old, new))
    assert "EMOJIFY_REDIS_URL" in str(refused.value)


def test_redis_that_deletes_messages_is_refused(server: RedisServer) -> None:
    """A full Redis would lose requests in silence."""
    with server.client() as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
    with pytest.raises(CannotStartError, match="maxmemory-policy allkeys-lru"):
        check(server.url)


def test_redis_that_is_away_is_waited_for() -> None:
    """It may come back, so the run starts."""
    check(f"redis://127.0.0.1:{free_port()}/0")
