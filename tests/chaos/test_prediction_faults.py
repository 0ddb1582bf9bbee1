"""Predictions while something breaks: nobody waits for ever, and it mends without a hand."""

import time

import httpx
import pytest

from emojify_core.queue.celery_app import LOST_AFTER
from emojify_core.queue.prediction_queue import QUEUE_LIMIT
from support.deadlines import eventually
from support.load_generator import PROMPT, Load
from support.redis_server import RedisServer
from support.slow_proxy import slow_proxy
from support.stack import Stack
from web.http.limits import WAIT_SLOTS

FLOWS_WITHIN = 30  # seconds after Redis is back
LONG = {"texts": ["I cried all night. " * 260] * 40}  # a request that keeps a worker busy


def answers_again(load: Load) -> None:
    """Wait until predictions are answered that were not before."""
    before = load.succeeded()
    eventually(lambda: load.succeeded() > before + 5, within=FLOWS_WITHIN, what="answers flow")


def all_end(stack: Stack, ids: list[str]) -> dict[str, int]:
    """Return how often each state was reached; every id must reach one in time."""
    counts: dict[str, int] = {}
    for each in ids:

        def final(prediction_id: str = each) -> str:
            answer = stack.http.get(f"/api/v1/predictions/{prediction_id}").json()
            state = answer["state"]
            assert state in {"queued", "succeeded", "failed"}, answer
            if state == "failed":
                assert answer["error"]["code"] == "lost"
            return "" if state == "queued" else state

        state = eventually(final, within=LOST_AFTER + 5, what="the prediction ends")
        counts[state] = counts.get(state, 0) + 1
    return counts


def httpx_answers(url: str) -> bool:
    """Tell whether something answers there."""
    try:
        return httpx.get(url, trust_env=False, follow_redirects=True).is_success
    except httpx.TransportError:
        return False


def fill_queue(server: RedisServer) -> None:
    """Put as many messages into the queue as are allowed to wait."""
    with server.client() as redis:
        redis.lpush("predict", *["{}"] * QUEUE_LIMIT)


@pytest.mark.chaos
def test_redis_stopped_under_load_gives_503_in_time_and_mends_itself(
    stack: Stack, server: RedisServer
) -> None:
    """Each request gets its answer or 503 within two seconds, and then answers flow again."""
    with Load(stack.url) as load:
        eventually(lambda: load.succeeded() > 20, within=20)
        server.stop()
        eventually(lambda: 503 in load.statuses, within=10)
        server.start()
        answers_again(load)
    assert load.statuses <= {200, 202, 503}
    assert load.slowest < PROMPT
    assert not load.errors
    all_end(stack, load.open_ids())


def test_a_hanging_redis_gives_503_in_time(stack: Stack, server: RedisServer) -> None:
    """A Redis that accepts and never answers costs two seconds, not a thread for ever."""
    server.pause()
    started = time.monotonic()
    answer = stack.http.post("/api/v1/predictions", json={"text": "hello"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert time.monotonic() - started < 2
    assert stack.http.get("/healthz").status_code == 200
    server.resume()
    eventually(lambda: stack.predict("I won!").get("state") == "succeeded", within=FLOWS_WITHIN)


@pytest.mark.chaos
def test_a_worker_killed_under_load_loses_nothing_it_had_taken(stack: Stack) -> None:
    """Requests in its hands are answered by the next worker, or end as lost: none hangs."""
    with Load(stack.url, texts=200, clients=4) as load:
        eventually(lambda: load.succeeded() > 5, within=20)
        for _ in range(3):
            stack.parts["worker"].kill()
            stack.parts["worker"].start()
            answers_again(load)
    assert load.statuses <= {200, 202}
    counts = all_end(stack, load.open_ids())
    assert counts.get("succeeded", 0) > 0


@pytest.mark.chaos
def test_what_a_killed_worker_had_begun_is_answered_by_the_next(
    stack: Stack, server: RedisServer
) -> None:
    """Killed in the middle of a task, it has acknowledged nothing, and the message comes back."""
    worker = stack.parts["worker"]
    with server.client() as redis:
        asked = stack.http.post("/api/v1/predictions", json=LONG).json()
        eventually(lambda: redis.hlen("unacked.predict"), within=10, what="the worker began")
        worker.kill()
        assert not redis.exists(f"celery-task-meta-{asked['id']}"), "it was too fast to be killed"
    worker.start()
    assert all_end(stack, [asked["id"]]) == {"succeeded": 1}


def test_a_worker_told_to_stop_answers_what_it_has_begun(stack: Stack, server: RedisServer) -> None:
    """An orderly end loses no time of anybody's: nothing has to come back by its timeout."""
    with server.client() as redis:
        asked = stack.http.post("/api/v1/predictions", json=LONG).json()
        eventually(lambda: redis.hlen("unacked.predict"), within=10, what="the worker began")
        stack.http.post("/api/v1/predictions", json={"text": "hello"})
        stack.parts["worker"].end(within=60)
        assert redis.hlen("unacked.predict") == 0
    answer = stack.http.get(asked["links"]["self"]).json()
    assert answer["state"] == "succeeded"


def test_answers_outlive_the_web_process(stack: Stack) -> None:
    """An id given out before a crash of the web process can be asked for after it."""
    accepted = stack.http.post("/api/v1/predictions", json={"text": "I won!"}).json()
    stack.parts["web"].kill()
    stack.start("web")
    stack.until_ready()
    answer = stack.http.get(accepted["links"]["self"], headers={"Prefer": "wait=10"}).json()
    assert answer["state"] == "succeeded"


def test_a_full_queue_is_refused_before_anything_is_published(
    stack: Stack, server: RedisServer
) -> None:
    """503 with Retry-After, the queue no longer than before, everything else still answers."""
    stack.parts["worker"].end()
    fill_queue(server)
    answer = stack.http.post("/api/v1/predictions", json={"text": "hello"})
    assert answer.status_code == 503
    assert answer.json()["type"].endswith("overloaded")
    assert int(answer.headers["Retry-After"]) > 0
    with server.client() as redis:
        assert redis.llen("predict") == QUEUE_LIMIT
    assert stack.http.get("/healthz").status_code == 200


def test_a_redis_without_memory_refuses_and_drops_nothing(
    stack: Stack, server: RedisServer
) -> None:
    """Full is told to the sender, workers wait it out, and with room again predictions go on."""
    with server.client() as redis:
        redis.config_set("maxmemory", "1")
        assert stack.http.post("/api/v1/predictions", json={"text": "hello"}).status_code == 503
        stack.parts["worker"].kill()
        stack.start("worker").says("Cannot connect", within=30)
        assert stack.parts["worker"].running
        redis.config_set("maxmemory", "100mb")
    eventually(lambda: stack.predict("I won!").get("state") == "succeeded", within=FLOWS_WITHIN)


@pytest.mark.chaos
def test_health_is_answered_while_every_waiting_place_is_taken(stack: Stack) -> None:
    """However many wait for predictions, the process says at once that it is up."""
    stack.parts["worker"].end()
    with Load(stack.url, clients=WAIT_SLOTS * 2) as load:
        eventually(lambda: 202 in load.statuses, within=10)  # no place was left for these
        taken = []
        for _ in range(20):
            started = time.monotonic()
            assert httpx.get(f"{stack.url}/healthz", trust_env=False).status_code == 200
            taken.append(time.monotonic() - started)
    assert sorted(taken)[10] < 1


def test_predictions_do_not_need_flower(stack: Stack) -> None:
    """Flower killed: nothing else notices."""
    stack.start("flower")
    eventually(lambda: httpx_answers(stack.flower_url), within=30, what="Flower is up")
    stack.parts["flower"].kill()
    assert stack.predict("I won!")["state"] == "succeeded"


@pytest.mark.chaos
def test_a_redis_that_lost_its_data_ends_every_prediction_as_lost(
    stack: Stack, server: RedisServer
) -> None:
    """What only Redis knew is told as lost within 30 seconds; a stranger's id stays unknown."""
    stack.parts["worker"].end()
    accepted = stack.http.post("/api/v1/predictions", json={"text": "hello"}).json()
    with server.client() as redis:
        redis.flushall()
    assert all_end(stack, [accepted["id"]]) == {"failed": 1}
    assert stack.http.get("/api/v1/predictions/" + "A" * 32).status_code == 404


@pytest.mark.chaos
def test_redis_killed_under_load_mends_itself(stack: Stack, server: RedisServer) -> None:
    """A crash of Redis, twice: at most the last second is lost, and it is told."""
    with Load(stack.url) as load:
        for _ in range(2):
            eventually(lambda: load.succeeded() > 20, within=20)
            server.kill()
            eventually(lambda: 503 in load.statuses, within=10)
            server.start()
            answers_again(load)
    assert load.statuses <= {200, 202, 503}
    assert load.slowest < PROMPT
    assert not load.errors
    all_end(stack, load.open_ids())


@pytest.mark.chaos
def test_redis_hanging_under_load_gives_503_in_time_and_mends_itself(
    stack: Stack, server: RedisServer
) -> None:
    """Connections that stay open and say nothing cost no request more than two seconds either."""
    with Load(stack.url) as load:
        eventually(lambda: load.succeeded() > 20, within=20)
        server.pause()
        eventually(lambda: load.count(503) > 100, within=60)  # longer than workers read (5 s)
        server.resume()
        answers_again(load)
    assert load.statuses <= {200, 202, 503}
    assert load.slowest < PROMPT
    assert not load.errors
    all_end(stack, load.open_ids())


@pytest.mark.chaos
@pytest.mark.parametrize("delay", [0.05, 0.7])
def test_a_slow_redis_slows_answers_but_hangs_none(
    stack: Stack, server: RedisServer, delay: float
) -> None:
    """Each request is answered or refused in time, and at full speed once the network is."""
    with slow_proxy(int(server.url.rsplit(":", 1)[1].split("/")[0])) as proxy:
        web = stack.process("web", EMOJIFY_REDIS_URL=f"redis://127.0.0.1:{proxy.port}/0")
        stack.parts["web"].end()
        stack.parts["web"] = web
        web.start()
        stack.until_ready()
        with Load(stack.url, clients=3) as load:
            proxy.delay = delay
            eventually(lambda: len(load.answers) > 10, within=60)
            proxy.delay = 0
            answers_again(load)
        assert load.statuses <= {200, 202, 503}
        # A connection that is made now takes a dozen round trips of up to a tenth of a second.
        assert load.slowest < PROMPT + 1
        web.end()
