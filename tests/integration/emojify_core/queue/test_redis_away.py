"""Clients and workers when Redis crashes, hangs or loses its data."""

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

NOTICED_WITHIN = 2  # seconds until a client gets an error while Redis is down

Call = Callable[[PredictionQueue, str], object]
CALLS: dict[str, Call] = {
    "submit": lambda queue, _: queue.submit(one()),
    "submit and wait": lambda queue, _: queue.submit(one(), wait=5),
    "find": lambda queue, known: queue.find(known),
    "find and wait": lambda queue, known: queue.find(known, wait=5),
    "waiting": lambda queue, _: queue.waiting(),
}


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """Give a stack whose Redis is the `server` fixture."""
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
    """Give a working Redis with its worker, whatever the last test broke."""
    shared_server.resume()
    if not shared_server.running:
        shared_server.start()
    if "worker" not in stack.parts:
        stack.start("worker")
    until_worker(settings)
    return shared_server


@pytest.fixture(scope="module")
def settings(stack: Stack) -> Settings:
    """Return the settings of this module's installation."""
    return settings_of(stack.environ)


@pytest.fixture
def queue(settings: Settings) -> Iterator[PredictionQueue]:
    """Give a client of the queue."""
    with queue_of(settings) as queue:
        yield queue


@pytest.mark.parametrize(("fault", "rounds"), [("kill", 2), ("pause", 1)])
def test_client_gets_an_error_soon_while_redis_is_down(
    server: RedisServer, queue: PredictionQueue, settings: Settings, fault: str, rounds: int
) -> None:
    """Whether Redis crashed or hangs, a person reads "try again" within two seconds."""
    known = signer_of(settings).new()
    queue.submit(one(), wait=5)  # opens the connections that break
    getattr(server, fault)()
    seconds = {}
    for round_ in range(rounds):  # the second round has no connection to reuse
        for name, call in CALLS.items():
            started = time.monotonic()
            with pytest.raises(QueueUnavailableError, match="Nothing was accepted; try again"):
                call(queue, known)
            seconds[name, round_] = time.monotonic() - started
    assert max(seconds.values()) < NOTICED_WITHIN, seconds


def test_predictions_continue_after_a_hang(server: RedisServer, queue: PredictionQueue) -> None:
    """After a short hang nothing needs a restart."""
    server.pause()
    with pytest.raises(QueueUnavailableError):
        queue.submit(one())
    server.resume()
    assert queue.submit(one(), wait=10).state is State.SUCCEEDED


def test_workers_consume_again_after_a_crash_of_redis(
    server: RedisServer, queue: PredictionQueue
) -> None:
    """After two crashes, the same worker process answers every prediction."""
    for _ in range(2):
        server.kill()
        server.start()
        answers = [queue.submit(one(), wait=10) for _ in range(10)]
        assert {answer.state for answer in answers} == {State.SUCCEEDED}


def test_queued_predictions_survive_a_restart_of_redis(
    server: RedisServer, queue: PredictionQueue, stack: Stack, settings: Settings
) -> None:
    """An update of Redis loses no request."""
    stack.parts["worker"].end()
    ids = [queue.submit(one()).id for _ in range(5)]
    server.stop()
    server.start()
    stack.start("worker")
    until_worker(settings)
    found = [queue.find(known, wait=10) for known in ids]
    assert [status and status.state for status in found] == [State.SUCCEEDED] * 5


def test_predictions_continue_after_redis_lost_its_data(
    server: RedisServer, queue: PredictionQueue, settings: Settings
) -> None:
    """The stored results are lost, and no client waits for ever."""
    done = queue.submit(one(), wait=10)
    (before,) = workers_of(settings)
    with server.client() as client:
        client.flushall()
    status = queue.find(done.id)
    assert status
    assert status.state is State.QUEUED, "a recent one may still be answered"
    old = queue.find(signer_of(settings).new(now=time.time() - 30))
    assert old
    assert (old.state, old.error and old.error[0]) == (State.FAILED, "lost")
    assert queue.submit(one(), wait=10).state is State.SUCCEEDED
    (after,) = eventually(lambda: workers_of(settings), within=10, what="the next report")
    assert after.name == before.name, "the same worker reports again"


def test_stopped_worker_removes_its_report(
    server: RedisServer, stack: Stack, settings: Settings
) -> None:
    """It disappears from /readyz at once, not after 15 seconds."""
    assert server.running
    stack.parts["worker"].end()
    assert workers_of(settings) == []
    stack.start("worker")


def test_web_starts_without_redis(server: RedisServer, settings: Settings) -> None:
    """Processes may start in any order; until Redis is up, calls answer 503 with a reason."""
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


@pytest.mark.parametrize("trouble", ["hangs", "is down"])
def test_correction_is_accepted_without_redis(
    server: RedisServer, settings: Settings, trouble: str
) -> None:
    """The database stores it; only the notification of the trainer is lost."""
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


def test_waiting_clients_get_no_error_from_a_restart_of_redis(
    queue: PredictionQueue, server: RedisServer
) -> None:
    """The restart breaks all idle connections, and no request fails because of it."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: queue.submit(one(), wait=10), range(16)))
    server.kill()
    server.start()
    for _ in range(10):
        assert queue.submit(one(), wait=10).state in {State.SUCCEEDED, State.QUEUED}


def test_redis_may_be_reached_over_tcp() -> None:
    """A Redis on another machine works like the embedded one."""
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
