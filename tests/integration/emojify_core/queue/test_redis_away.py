"""What clients and workers do when Redis dies, hangs or comes back empty."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import MappingProxyType

import pytest

from emojify_core.errors import QueueUnavailableError
from emojify_core.messages import State
from emojify_core.queue.prediction_queue import PredictionQueue
from emojify_core.settings import Settings
from support.deadlines import eventually
from support.homes import fresh_home
from support.installation import one, queue_of, settings_of, signer_of, until_worker, workers_of
from support.processes import free_port
from support.redis_server import RedisServer
from support.stack import Stack
from web.app import create_app

NOTICED_WITHIN = 2  # seconds in which a client learns that Redis is away

Call = Callable[[PredictionQueue, str], object]
CALLS: dict[str, Call] = {
    "submit": lambda queue, _: queue.submit(one()),
    "submit and wait": lambda queue, _: queue.submit(one(), wait=5),
    "find": lambda queue, known: queue.find(known),
    "find and wait": lambda queue, known: queue.find(known, wait=5),
    "ping": lambda queue, _: queue.ping(),
    "waiting": lambda queue, _: queue.waiting(),
}


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """Give a worker whose Redis is the `server` fixture."""
    with fresh_home() as home, Stack(home) as stack:
        yield stack


@pytest.fixture(scope="module")
def shared_server(stack: Stack) -> Iterator[RedisServer]:
    """Give the Redis that these tests break."""
    server = RedisServer(stack.home)
    yield server
    server.stop()


@pytest.fixture
def server(shared_server: RedisServer, stack: Stack, settings: Settings) -> RedisServer:
    """Give the Redis in working order, with its worker, whatever the test before did to it."""
    shared_server.resume()
    if not shared_server.running:
        shared_server.start()
    if "worker" not in stack.parts:
        stack.start("worker")
    until_worker(settings)
    return shared_server


@pytest.fixture(scope="module")
def settings(stack: Stack) -> Settings:
    """Return the settings of this module's own installation."""
    return settings_of(stack.environ)


@pytest.fixture
def queue(settings: Settings) -> Iterator[PredictionQueue]:
    """Give the client's side of the queue."""
    with queue_of(settings) as queue:
        yield queue


@pytest.mark.parametrize(("harm", "rounds"), [("kill", 2), ("pause", 1)])
def test_a_client_learns_at_once_that_redis_is_away(
    server: RedisServer, queue: PredictionQueue, settings: Settings, harm: str, rounds: int
) -> None:
    """Dead or hanging: a person reads "try again" after two seconds at most."""
    known = signer_of(settings).new()
    queue.submit(one(), wait=5)  # so that there are connections to break
    getattr(server, harm)()
    seconds = {}
    for round_ in range(rounds):  # the second one finds no connection to reuse
        for name, call in CALLS.items():
            started = time.monotonic()
            with pytest.raises(QueueUnavailableError, match="Nothing was accepted; try again"):
                call(queue, known)
            seconds[name, round_] = time.monotonic() - started
    assert max(seconds.values()) < NOTICED_WITHIN, seconds


def test_predictions_go_on_after_a_hang(server: RedisServer, queue: PredictionQueue) -> None:
    """A Redis that was stuck for a moment needs nobody to restart anything."""
    server.pause()
    with pytest.raises(QueueUnavailableError):
        queue.submit(one())
    server.resume()
    assert queue.submit(one(), wait=10).state is State.SUCCEEDED


def test_workers_consume_again_after_redis_crashed(
    server: RedisServer, queue: PredictionQueue
) -> None:
    """Two crashes later every prediction is still answered, by the same worker process."""
    for _ in range(2):
        server.kill()
        server.start()
        answers = [queue.submit(one(), wait=10) for _ in range(10)]
        assert {answer.state for answer in answers} == {State.SUCCEEDED}


def test_what_was_queued_survives_an_orderly_restart_of_redis(
    server: RedisServer, queue: PredictionQueue, stack: Stack, settings: Settings
) -> None:
    """Updating Redis loses no question that was asked before."""
    stack.parts["worker"].end()
    asked = [queue.submit(one()).id for _ in range(5)]
    server.stop()
    server.start()
    stack.start("worker")
    until_worker(settings)
    found = [queue.find(known, wait=10) for known in asked]
    assert [status and status.state for status in found] == [State.SUCCEEDED] * 5


def test_a_redis_that_lost_everything_is_recovered_from(
    server: RedisServer, queue: PredictionQueue, settings: Settings
) -> None:
    """An emptied Redis costs the answers in it, never a client that waits for ever."""
    done = queue.submit(one(), wait=10)
    (before,) = workers_of(settings)
    with server.client() as client:
        client.flushall()
    status = queue.find(done.id)
    assert status
    assert status.state is State.QUEUED, "young enough to be on its way, as far as anybody knows"
    old = queue.find(signer_of(settings).new(now=time.time() - 30))
    assert old
    assert (old.state, old.error and old.error[0]) == (State.FAILED, "lost")
    assert queue.submit(one(), wait=10).state is State.SUCCEEDED
    (after,) = eventually(lambda: workers_of(settings), within=10, what="the next report")
    assert after.name == before.name, "the worker puts itself on the board again"


def test_a_worker_that_stops_leaves_the_board(
    server: RedisServer, stack: Stack, settings: Settings
) -> None:
    """A worker taken away in order is gone from /readyz at once, not after 15 seconds."""
    assert server.running
    stack.parts["worker"].end()
    assert workers_of(settings) == []
    stack.start("worker")


def test_the_web_starts_without_redis_and_says_what_is_missing(
    server: RedisServer, settings: Settings
) -> None:
    """Processes may start in any order; what cannot work yet answers 503 with a reason."""
    server.kill()
    with create_app(settings).test_client() as client:
        assert client.get("/healthz").status_code == 200
        ready = client.get("/readyz")
        assert ready.status_code == 503
        assert ready.get_json()["failing"].keys() == {"redis", "worker"}
        assert "emojify_redis_up 0.0" in client.get("/metrics").text
        refused = client.post("/api/v1/predictions", json={"text": "Hello"})
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) > 0
        assert refused.get_json()["type"] == "urn:emojify:problem:queue_unavailable"
        server.start()
        assert client.post("/api/v1/predictions", json={"text": "Hello"}).status_code == 202


@pytest.mark.parametrize("trouble", ["hangs", "is away"])
def test_a_correction_is_taken_without_redis(
    server: RedisServer, settings: Settings, trouble: str
) -> None:
    """What a person says is committed to the database; only the hint to the trainer is lost."""
    limited = replace(settings, rate_limits=MappingProxyType({"corrections": "60/minute"}))
    known = signer_of(settings).new()
    body = {"text": "They saw me fall.", "label": "shame", "prediction_id": known}
    with create_app(limited).test_client() as client:
        if trouble == "hangs":
            server.pause()
        else:
            server.kill()
        taken = client.post("/api/v1/corrections", json=body)
        if trouble == "hangs":
            server.resume()
        else:
            server.start()
        assert taken.status_code == 202
        assert client.get(taken.headers["Location"]).get_json()["state"] == "queued"
        client.application.extensions["emojify-storage"].engine.dispose()


def test_a_restart_of_redis_refuses_nobody_who_waits(
    queue: PredictionQueue, server: RedisServer
) -> None:
    """Connections that were kept for waiting die together, and no request is told of it."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: queue.submit(one(), wait=10), range(16)))
    server.kill()
    server.start()
    for _ in range(10):
        assert queue.submit(one(), wait=10).state in {State.SUCCEEDED, State.QUEUED}


def test_redis_may_be_reached_over_tcp() -> None:
    """A server elsewhere, named by its URL, works as the embedded one does."""
    with fresh_home() as home, Stack(home) as stack:
        server = RedisServer(home, port=free_port())
        server.start()
        stack.environ["EMOJIFY_REDIS_URL"] = server.url
        stack.start("worker")
        settings = settings_of(stack.environ)
        until_worker(settings)
        with queue_of(settings) as queue:
            assert queue.submit(one(), wait=10).state is State.SUCCEEDED
            server.kill()
            server.start()
            assert queue.submit(one(), wait=10).state is State.SUCCEEDED
        stack.parts["worker"].end()
        server.stop()
