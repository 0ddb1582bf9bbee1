"""Limits against too many requests. Redis runs, but no worker takes a task."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from redis import Redis

from emojify_core.limits import MAX_QUEUE_MESSAGES
from emojify_core.messages import Queue
from emojify_core.queue.priorities import count_waiting
from support.api_checks import API, assert_problem
from support.deadlines import eventually
from support.installation import settings_of
from support.redis_server import RedisServer, running_redis
from web.app import create_app


@pytest.fixture(scope="module")
def shared_server() -> Iterator[RedisServer]:
    """Run one Redis for this module."""
    with running_redis() as server:
        yield server


@pytest.fixture
def server(shared_server: RedisServer) -> RedisServer:
    """Give the Redis, emptied."""
    with shared_server.client() as client:
        client.flushall()
    return shared_server


def client_of(server: RedisServer, **variables: str) -> FlaskClient:
    """Return a client of a new web app with these settings."""
    home = {"EMOJIFY_HOME": str(server.settings.home)}
    return create_app(settings_of(home, **variables)).test_client()


def test_a_full_queue_refuses_before_publishing(server: RedisServer) -> None:
    """Overload gives a quick 503 with Retry-After instead of a late answer."""
    client = client_of(server)
    with server.client() as redis:
        redis.rpush(Queue.PREDICT, *["{}"] * (MAX_QUEUE_MESSAGES - 1))
        assert client.post(API, json={"text": "The last one in."}).status_code == 202
        assert count_waiting(redis, Queue.PREDICT) == MAX_QUEUE_MESSAGES

        def is_refused() -> bool:  # the queue's length is read only some times a second
            return client.post(API, json={"text": "One too many."}).status_code == 503

        eventually(is_refused, within=20)
        full = count_waiting(redis, Queue.PREDICT)
        problem = client.post(API, json={"text": "One too many."})
        assert assert_problem(problem, 503).type == "urn:emojify:problem:overloaded"
        assert int(problem.headers["Retry-After"]) > 0
        assert_problem(client.post("/predict", data={"name": "One too many."}), 503)
        assert count_waiting(redis, Queue.PREDICT) == full


def test_a_client_over_its_limit_gets_429_and_retry_after(server: RedisServer) -> None:
    """One busy program does not block the other clients."""
    with client_of(server, EMOJIFY_RATE_LIMIT="predictions=3/minute") as client:
        statuses = [client.post(API, json={"text": "Hello"}).status_code for _ in range(3)]
        assert statuses == [202] * 3
        refused = client.post(API, json={"text": "Hello"})
        assert assert_problem(refused, 429).type == "urn:emojify:problem:rate_limit"
        assert 0 < int(refused.headers["Retry-After"]) <= 61
        other = client.post(API, json={"text": "Hello"}, environ_base={"REMOTE_ADDR": "10.1.1.1"})
        assert other.status_code == 202, "another client has its own count"
        assert client.get("/healthz").status_code == 200, "only predictions are counted"
        assert_problem(client.post("/predict", data={"name": "Hello"}), 429)
        assert_problem(client.post("/", data={"text": "Hello"}), 429)


def test_all_web_processes_share_the_counts(server: RedisServer) -> None:
    """Two web processes do not double the limit."""
    limit = {"EMOJIFY_RATE_LIMIT": "predictions=2/minute"}
    first, second = client_of(server, **limit), client_of(server, **limit)
    statuses = [c.post(API, json={"text": "Hello"}).status_code for c in (first, second, first)]
    assert statuses == [202, 202, 429]


@pytest.mark.parametrize(("proxies", "last"), [("0", 429), ("1", 202)])
def test_a_forwarded_address_counts_only_behind_a_trusted_proxy(
    server: RedisServer, proxies: str, last: int
) -> None:
    """A client cannot escape the limit with a forged header."""
    limits = {"EMOJIFY_RATE_LIMIT": "predictions=1/minute", "EMOJIFY_TRUSTED_PROXIES": proxies}
    with client_of(server, **limits) as client:
        for address, status in (("192.0.2.1", 202), ("192.0.2.2", last)):
            response = client.post(
                API, json={"text": "Hello"}, headers={"X-Forwarded-For": address}
            )
            assert response.status_code == status


def test_the_addresses_of_one_ipv6_network_share_a_count(server: RedisServer) -> None:
    """A customer of a provider cannot escape the limit by changing the address."""
    with client_of(server, EMOJIFY_RATE_LIMIT="predictions=3/minute") as client:

        def ask(address: str) -> int:
            environ = {"REMOTE_ADDR": address}
            return client.post(API, json={"text": "Hello"}, environ_base=environ).status_code

        assert [ask(f"2001:db8:0:1::{n}") for n in range(1, 6)] == [202] * 3 + [429] * 2
        assert ask("2001:db8:0:2::1") == 202


def test_corrections_and_sign_ins_are_limited(server: RedisServer) -> None:
    """One address can neither flood the trainer nor guess tokens."""
    client = client_of(server, EMOJIFY_RATE_LIMIT="corrections=3/minute")
    body = {"text": "They saw me fall.", "label": "envy"}  # an invalid one counts too
    corrections = [client.post("/api/v1/corrections", json=body) for _ in range(4)]
    assert [each.status_code for each in corrections] == [422, 422, 422, 429]
    form = {"sentence": body["text"], "dropdown_value": "5"}
    for over in (corrections[-1], client.post("/update", data=form)):
        assert 0 < int(over.headers["Retry-After"]) <= 61
        assert_problem(over, 429)
    browser = {"Accept": "text/html"}
    told = client.post("/corrections", data=body, headers=browser)
    assert (told.status_code, told.mimetype) == (429, "text/html")
    tries = [client.post("/sign-in", data={"secret": "x"}).status_code for _ in range(21)]
    assert tries == [403] * 20 + [429]


@pytest.mark.parametrize("where", ["/", "/predict", API])
def test_a_hanging_redis_is_waited_for_once(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """If counting timed out, the answer is 503 without a second wait."""
    monkeypatch.setattr(
        "web.predictions.service.PredictionService.submit",
        lambda *_, **__: pytest.fail("it tried to publish"),
    )
    client = client_of(server, EMOJIFY_RATE_LIMIT="predictions=3/minute")
    form = {"text": "Hello", "name": "Hello"}
    server.pause()
    try:
        refused = client.post(
            where, **({"json": {"text": "Hello"}} if where == API else {"data": form})
        )
    finally:
        server.resume()
    assert assert_problem(refused, 503).type == "urn:emojify:problem:queue_unavailable"
    assert int(refused.headers["Retry-After"]) > 0


def test_an_empty_setting_turns_limits_off(server: RedisServer) -> None:
    """A single user may run the server without limits."""
    client = client_of(server, EMOJIFY_RATE_LIMIT="")
    statuses = {client.post(API, json={"text": "Hello"}).status_code for _ in range(605)}
    assert statuses == {202}


def waiting_texts(redis: Redis) -> int:
    """Return how many texts wait; those that came together wait in one message."""
    messages = map(json.loads, redis.lrange(Queue.PREDICT, 0, -1))
    return sum(len(json.loads(each["body"])[0][0]["texts"]) for each in messages)


def test_waiting_requests_leave_threads_for_others(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When all slots are taken, the next request is answered at once, and so is /healthz."""
    slots = 4  # few enough to be all taken before the first wait ends
    monkeypatch.setattr("web.http.limits.WAIT_SLOTS", slots)
    app = client_of(server).application
    together = threading.Barrier(slots)

    def hold(_: int) -> float:
        with app.test_client() as client:
            together.wait(5)
            started = time.monotonic()
            client.post(API, json={"text": "Hello"}, headers={"Prefer": "wait=2"})
            return time.monotonic() - started

    with ThreadPoolExecutor(slots) as pool, server.client() as redis:
        held = pool.map(hold, range(slots))
        eventually(lambda: waiting_texts(redis) == slots, within=5, what="all are waiting")
        with app.test_client() as client:
            started = time.monotonic()
            one_more = client.post(API, json={"text": "Hello"}, headers={"Prefer": "wait=2"})
            assert one_more.status_code == 202
            assert client.get("/healthz").status_code == 200
            assert time.monotonic() - started < 1
        assert min(held) > 1.5
