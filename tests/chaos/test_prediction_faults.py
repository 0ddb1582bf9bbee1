"""Predictions while parts break: every request ends in time, and the stack recovers by itself."""

import time

import httpx
import pytest

from emojify_core.limits import MAX_QUEUE_MESSAGES
from emojify_core.queue.celery_app import LOST_AFTER
from support.deadlines import eventually
from support.load_generator import PROMPT, Load
from support.redis_server import RedisServer
from support.slow_proxy import slow_proxy
from support.stack import Stack
from web.http.limits import WAIT_SLOTS

pytestmark = pytest.mark.chaos

FLOWS_WITHIN = 30  # seconds after Redis is back
LONG = {"texts": ["I cried all night. " * 260] * 40}  # a request that takes a worker seconds


def until_answers_flow(load: Load) -> None:
    """Wait until new predictions succeed."""
    before = load.succeeded()
    eventually(lambda: load.succeeded() > before + 5, within=FLOWS_WITHIN, what="answers flow")


def end_states(stack: Stack, ids: list[str]) -> dict[str, int]:
    """Wait for every prediction to end; return how often each state occurred."""
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


def url_answers(url: str) -> bool:
    """Return whether the URL answers."""
    try:
        return httpx.get(url, trust_env=False, follow_redirects=True).is_success
    except httpx.TransportError:
        return False


def fill_queue(server: RedisServer) -> None:
    """Put as many messages into the queue as its limit allows."""
    with server.client() as redis:
        redis.lpush("predict", *["{}"] * MAX_QUEUE_MESSAGES)


def errors_of(stack: Stack) -> str:
    """Return what the processes logged of errors, for a test that fails rarely."""
    lines = stack.output().splitlines()
    at = [number for number, line in enumerate(lines) if "Traceback" in line][-2:]
    return "\n".join(line for number in at for line in lines[number - 3 : number + 60])


def test_a_redis_restart_under_load_gives_503_in_time(stack: Stack, server: RedisServer) -> None:
    """Each request succeeds or gets 503 within two seconds; then predictions continue."""
    with Load(stack.url) as load:
        eventually(lambda: load.succeeded() > 20, within=20)
        server.stop()
        eventually(lambda: 503 in load.statuses, within=10)
        server.start()
        until_answers_flow(load)
    assert load.statuses <= {200, 202, 503}, errors_of(stack)
    assert load.slowest < PROMPT
    assert not load.errors
    end_states(stack, load.open_ids())


def test_a_hanging_redis_gives_503_in_time(stack: Stack, server: RedisServer) -> None:
    """A Redis that never answers blocks a thread for two seconds only."""
    server.pause()
    started = time.monotonic()
    answer = stack.http.post("/api/v1/predictions", json={"text": "hello"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert time.monotonic() - started < 2
    assert stack.http.get("/healthz").status_code == 200
    server.resume()
    eventually(lambda: stack.predict("I won!").get("state") == "succeeded", within=FLOWS_WITHIN)


def test_a_killed_worker_loses_no_prediction(stack: Stack) -> None:
    """The next worker answers its requests, or they end as lost."""
    with Load(stack.url, texts=200, clients=4) as load:
        eventually(lambda: load.succeeded() > 5, within=20)
        for _ in range(3):
            stack.parts["worker"].kill()
            stack.parts["worker"].start()
            until_answers_flow(load)
    assert load.statuses <= {200, 202}
    counts = end_states(stack, load.open_ids())
    assert counts.get("succeeded", 0) > 0


def test_an_unfinished_task_of_a_killed_worker_is_redelivered(
    stack: Stack, server: RedisServer
) -> None:
    """It had not acknowledged the message."""
    worker = stack.parts["worker"]
    with server.client() as redis:
        asked = stack.http.post("/api/v1/predictions", json=LONG).json()
        eventually(lambda: redis.hlen("unacked.predict"), within=10, what="the worker began")
        worker.kill()
        assert not redis.exists(f"celery-task-meta-{asked['id']}"), "it was too fast to be killed"
    worker.start()
    assert end_states(stack, [asked["id"]]) == {"succeeded": 1}


def test_a_stopping_worker_finishes_its_tasks(stack: Stack, server: RedisServer) -> None:
    """No message has to wait for its redelivery."""
    with server.client() as redis:
        asked = stack.http.post("/api/v1/predictions", json=LONG).json()
        eventually(lambda: redis.hlen("unacked.predict"), within=10, what="the worker began")
        stack.http.post("/api/v1/predictions", json={"text": "hello"})
        stack.parts["worker"].end(within=60)
        assert redis.hlen("unacked.predict") == 0
    answer = stack.http.get(asked["links"]["self"]).json()
    assert answer["state"] == "succeeded"


def test_a_result_survives_the_web_process(stack: Stack) -> None:
    """An id from before a crash is valid after it."""
    accepted = stack.http.post("/api/v1/predictions", json={"text": "I won!"}).json()
    stack.parts["web"].kill()
    stack.start("web")
    stack.until_ready()
    answer = stack.http.get(accepted["links"]["self"], headers={"Prefer": "wait=10"}).json()
    assert answer["state"] == "succeeded"


def test_a_full_queue_refuses_new_predictions(stack: Stack, server: RedisServer) -> None:
    """503 with Retry-After; the queue does not grow, and other routes answer."""
    stack.parts["worker"].end()
    fill_queue(server)
    answer = stack.http.post("/api/v1/predictions", json={"text": "hello"})
    assert answer.status_code == 503
    assert answer.json()["type"].endswith("overloaded")
    assert int(answer.headers["Retry-After"]) > 0
    with server.client() as redis:
        assert redis.llen("predict") == MAX_QUEUE_MESSAGES
    assert stack.http.get("/healthz").status_code == 200


def test_a_full_redis_refuses_and_drops_nothing(stack: Stack, server: RedisServer) -> None:
    """The client gets a refusal, the workers wait, and predictions continue with free memory."""
    with server.client() as redis:
        redis.config_set("maxmemory", "1")
        assert stack.http.post("/api/v1/predictions", json={"text": "hello"}).status_code == 503
        stack.parts["worker"].kill()
        stack.start("worker").says("Redis is full", within=30)
        assert stack.parts["worker"].running
        redis.config_set("maxmemory", "100mb")
    eventually(lambda: stack.predict("I won!").get("state") == "succeeded", within=FLOWS_WITHIN)


def test_health_answers_while_all_wait_slots_are_taken(stack: Stack) -> None:
    """Waiting clients do not block the health check."""
    stack.parts["worker"].end()
    with Load(stack.url, clients=WAIT_SLOTS * 2) as load:
        eventually(lambda: 202 in load.statuses, within=10)  # no wait slot was left for these
        taken = []
        for _ in range(20):
            started = time.monotonic()
            assert httpx.get(f"{stack.url}/healthz", trust_env=False).status_code == 200
            taken.append(time.monotonic() - started)
    assert sorted(taken)[10] < 1


def test_predictions_do_not_need_flower(stack: Stack) -> None:
    """Predictions continue without Flower."""
    stack.start("flower")
    eventually(lambda: url_answers(stack.flower_url), within=30, what="Flower is up")
    stack.parts["flower"].kill()
    assert stack.predict("I won!")["state"] == "succeeded"


def test_lost_redis_data_ends_open_predictions_as_lost(stack: Stack, server: RedisServer) -> None:
    """Within 30 seconds; an unknown id stays unknown."""
    stack.parts["worker"].end()
    accepted = stack.http.post("/api/v1/predictions", json={"text": "hello"}).json()
    with server.client() as redis:
        redis.flushall()
    assert end_states(stack, [accepted["id"]]) == {"failed": 1}
    assert stack.http.get("/api/v1/predictions/" + "A" * 32).status_code == 404


def test_a_crash_of_redis_under_load_is_survived(stack: Stack, server: RedisServer) -> None:
    """At most the last second of data is lost, and the API reports it."""
    with Load(stack.url) as load:
        for _ in range(2):
            eventually(lambda: load.succeeded() > 20, within=20)
            server.kill()
            eventually(lambda: 503 in load.statuses, within=10)
            server.start()
            until_answers_flow(load)
    assert load.statuses <= {200, 202, 503}, errors_of(stack)
    assert load.slowest < PROMPT
    assert not load.errors
    end_states(stack, load.open_ids())


def test_a_hanging_redis_under_load_gives_503_in_time(stack: Stack, server: RedisServer) -> None:
    """Open connections without an answer cost a request two seconds at most."""
    with Load(stack.url) as load:
        eventually(lambda: load.succeeded() > 20, within=20)
        server.pause()
        eventually(lambda: load.count(503) > 100, within=60)  # longer than workers read (5 s)
        server.resume()
        until_answers_flow(load)
    assert load.statuses <= {200, 202, 503}, errors_of(stack)
    assert load.slowest < PROMPT
    assert not load.errors
    end_states(stack, load.open_ids())


@pytest.mark.parametrize("delay", [0.05, 0.7])
def test_a_slow_redis_blocks_no_request(stack: Stack, server: RedisServer, delay: float) -> None:
    """Every request ends in time, and the speed recovers with the network."""
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
            until_answers_flow(load)
        assert load.statuses <= {200, 202, 503}, errors_of(stack)
        # A new connection takes a dozen round trips of up to 0.1 seconds each.
        assert load.slowest < PROMPT + 1
        web.end()
