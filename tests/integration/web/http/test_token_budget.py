"""Limits on what requests cost, and limits while Redis cannot count. No worker takes a task."""

from collections.abc import Iterator

import pytest
import redis
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from emojify_core.limits import MAX_CHARACTERS, MAX_TEXTS
from emojify_core.messages import Queue
from emojify_core.queue.priorities import count_waiting, redis_keys
from support.api_checks import API, assert_problem
from support.deadlines import eventually
from support.installation import settings_of
from support.redis_server import RedisServer, running_redis
from support.stack import RAISED
from web.app import create_app

DEFAULT = "predictions=600/minute corrections=60/minute"
COSTLY = {"texts": ["a." * (MAX_CHARACTERS // 2)] * 40}
ORDINARY = {
    "texts": ["They told me at noon that I had passed, and I cried on the way."] * MAX_TEXTS
}
STRANGER = {"REMOTE_ADDR": "192.0.2.1"}
OTHER = {"REMOTE_ADDR": "192.0.2.2"}


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """Run one Redis for this module."""
    with running_redis() as server:
        yield server


@pytest.fixture
def store(server: RedisServer) -> Iterator[redis.Redis]:
    """Give a client of the Redis, emptied and with memory."""
    with server.client() as client:
        client.config_set("maxmemory", "256mb")
        client.flushall()
        yield client
        client.config_set("maxmemory", "256mb")


def client_of(server: RedisServer, limits: str = DEFAULT) -> FlaskClient:
    """Return a client of a new web app with these rate limits."""
    home = {"EMOJIFY_HOME": str(server.settings.home)}
    return create_app(settings_of(home, EMOJIFY_RATE_LIMIT=limits)).test_client()


def ask(client: FlaskClient, body: object, address: dict[str, str] = STRANGER) -> TestResponse:
    """Submit a prediction from an address."""
    return client.post(API, json=body, environ_base=address)


def test_costly_requests_are_limited_by_their_tokens(
    server: RedisServer, store: redis.Redis
) -> None:
    """A stranger may keep a worker busy for a second or two, and others get in at once."""
    client = client_of(server)
    answers = [ask(client, COSTLY) for _ in range(20)]
    accepted = [each for each in answers if each.status_code == 202]
    assert 1 <= len(accepted) <= 2
    refused = answers[-1]
    problem = assert_problem(refused, 429)
    assert problem.type == "urn:emojify:problem:rate_limit"
    assert "tokens" in problem.detail
    assert 0 < int(refused.headers["Retry-After"]) <= 5
    assert ask(client, {"text": "Hello"}).status_code == 202, "one text counts as one request"
    assert ask(client, COSTLY, OTHER).status_code == 202
    assert count_waiting(store, Queue.PREDICT) == len(accepted) + 2


@pytest.mark.usefixtures("store")
def test_large_bodies_of_a_client_without_tokens_are_not_read(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refusing a flood costs the web little."""
    client = client_of(server)
    eventually(lambda: ask(client, COSTLY).status_code == 429, within=10)
    monkeypatch.setattr("web.predictions.api.read_json", lambda _: pytest.fail("it was read"))
    assert_problem(ask(client, COSTLY), 429)


def test_a_burst_of_long_texts_is_limited_too(server: RedisServer, store: redis.Redis) -> None:
    """600 texts of 5,000 characters would keep a worker busy for twelve seconds."""
    client = client_of(server)
    statuses = [ask(client, {"text": "a" * MAX_CHARACTERS}).status_code for _ in range(300)]
    assert statuses[:75] == [202] * 75
    assert 429 in statuses
    assert ask(client, {"text": "Hello"}, OTHER).status_code == 202
    assert count_waiting(store, Queue.PREDICT) < 290


def test_ordinary_lists_come_through(server: RedisServer, store: redis.Redis) -> None:
    """A program may send several lists of 256 sentences in a row, and then one a second."""
    client = client_of(server)
    assert [ask(client, ORDINARY).status_code for _ in range(8)] == [202] * 8
    assert count_waiting(store, Queue.PREDICT) == 8


@pytest.mark.parametrize("limits", [RAISED, ""])
def test_whoever_raises_the_limit_of_requests_raises_that_of_tokens(
    server: RedisServer, store: redis.Redis, limits: str
) -> None:
    """One setting rules both; what may wait in Redis is bounded all the same."""
    client = client_of(server, limits)
    statuses = [ask(client, COSTLY).status_code for _ in range(4)]
    assert statuses == [202] * 4

    def is_refused() -> bool:
        return ask(client, COSTLY).status_code == 503

    eventually(is_refused, within=20, what="the queue's bytes are bounded")
    assert store.memory_usage(redis_keys(Queue.PREDICT)[1], samples=0) < 5 << 20


def test_a_small_limit_still_admits_a_long_list(server: RedisServer, store: redis.Redis) -> None:
    """It takes all tokens of the moment."""
    client = client_of(server, "predictions=3/minute")
    assert [ask(client, COSTLY).status_code for _ in range(2)] == [202, 429]
    assert count_waiting(store, Queue.PREDICT) == 1


@pytest.mark.parametrize("trouble", ["full", "down"])
def test_limits_hold_while_redis_cannot_count(
    server: RedisServer, store: redis.Redis, trouble: str
) -> None:
    """Each web process then counts in its own memory; sign-ins stay limited."""
    client = client_of(server)
    body = {"text": "They saw me fall.", "label": "envy"}
    if trouble == "full":
        store.config_set("maxmemory", "1")
    else:
        server.stop()
    try:
        corrections = [
            client.post("/api/v1/corrections", json=body, environ_base=STRANGER) for _ in range(80)
        ]
        guesses = [
            client.post("/sign-in", data={"secret": "x"}, environ_base=STRANGER) for _ in range(40)
        ]
        other = client.post("/api/v1/corrections", json=body, environ_base=OTHER)
        prediction = ask(client, {"text": "Hello"})
    finally:
        if trouble == "down":
            server.start()
    assert [each.status_code for each in corrections] == [422] * 60 + [429] * 20
    assert [each.status_code for each in guesses] == [403] * 20 + [429] * 20
    assert other.status_code == 422
    assert int(corrections[-1].headers["Retry-After"]) > 0
    assert_problem(prediction, 503)


def test_uploads_are_limited_while_redis_cannot_count(
    server: RedisServer, store: redis.Redis
) -> None:
    """A full Redis is no way around the limit."""
    store.config_set("maxmemory", "1")
    client = client_of(server, "predictions=5/minute")
    statuses = [client.post("/api/v1/batches", data=b"").status_code for _ in range(7)]
    assert statuses[-2:] == [429, 429]
    assert 429 not in statuses[:5]
