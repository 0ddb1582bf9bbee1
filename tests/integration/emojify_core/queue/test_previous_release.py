"""Messages of the previous release are read, and those of this one have what it reads.

`previous_release.json` was recorded from the code at e7f1833, through kombu and a real Redis: there
web and worker wrote ASCII in base64, and knew no priorities. Only the dates are changed.
"""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from celery import Celery

from emojify_core.batches.enqueue import publish_split
from emojify_core.messages import (
    ChunkRequest,
    PredictReply,
    PredictRequest,
    Queue,
    SplitRequest,
    Task,
)
from emojify_core.queue.celery_app import PREDICTION, make_celery
from emojify_core.queue.priorities import redis_keys
from support.homes import fresh_home
from support.installation import many, queue_of
from support.redis_server import RedisServer, running_redis

RECORDED = json.loads(Path(__file__).with_name("previous_release.json").read_text())
TEXTS = ("Ich bin glücklich 😀", "a \ud800 b")
# kombu's steps, which its Redis transport reads in every release, whatever the publisher knows
STEPS = (0, 3, 6, 9)


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """Run a Redis without workers."""
    with fresh_home() as home, running_redis(home) as server:
        yield server


@pytest.fixture
def celery(server: RedisServer) -> Celery:
    """Return the app of a worker."""
    return make_celery(server.settings, PREDICTION)


@pytest.fixture
def client(server: RedisServer) -> Iterator[redis.Redis]:
    """Give an empty Redis."""
    with server.client() as client:
        client.flushall()
        yield client


def received(celery: Celery, queue: str) -> tuple[str, list[Any]]:
    """Return the next task's name and arguments, as a worker of this release reads them."""
    with celery.connection() as connection:
        waiting = connection.SimpleQueue(queue)
        message = waiting.get(timeout=5)
        message.ack()
        waiting.close()
        arguments, _, _ = message.payload
        return message.headers["task"], arguments


@pytest.mark.parametrize("queue", [Queue.PREDICT, Queue.BATCH, Queue.TRAIN])
def test_a_worker_reads_what_an_older_web_sent(
    celery: Celery, client: redis.Redis, queue: str
) -> None:
    """Each of its messages, in the order in which they were sent."""
    for message in RECORDED["messages"][queue]:
        client.lpush(queue, json.dumps(message))
    found = [received(celery, queue) for _ in RECORDED["messages"][queue]]
    if queue == Queue.PREDICT:
        assert [PredictRequest.from_payload(arguments[0]) for _, arguments in found] == [
            PredictRequest(TEXTS, single=False, request_id="request-1"),
            PredictRequest(("I love it",), single=True, request_id="request-2", explain=True),
        ]
    elif queue == Queue.BATCH:
        (split, (first,)), (chunk, (second,)) = found
        assert (split, SplitRequest.from_payload(first)) == (Task.SPLIT, SplitRequest("batch-1"))
        assert (chunk, ChunkRequest.from_payload(second)) == (
            Task.CHUNK,
            ChunkRequest("batch-1", 7),
        )
    else:
        assert found == [(Task.LEARN, [])]


def test_the_web_reads_what_an_older_worker_answered() -> None:
    """A list with an error in it, and an explained text; what is newer has its default."""
    both, explained = (PredictReply.from_payload(each["result"]) for each in RECORDED["results"])
    joyful, blank = both.answers
    assert joyful.best == ("joy", 0.4)
    assert joyful.confident
    assert blank.error == ("blank", "Das ist leer: ü")
    assert both.is_about("b")
    assert both.model_version == 3
    assert explained.influences == ((0, 1, 0.25),)
    assert explained.single


@pytest.mark.parametrize("texts", [TEXTS, ("a." * 2_500,) * 20], ids=["short", "costly"])
def test_an_older_worker_reads_what_the_web_sends(
    server: RedisServer, client: redis.Redis, texts: tuple[str, ...]
) -> None:
    """Its kombu looks into the lists of all steps, and the message names its encoding."""
    with queue_of(server.settings) as queue:
        queue.submit(many(*texts))
    message = only_message(client, Queue.PREDICT)
    payload = body_of(message)[0][0]
    assert payload["v"] == 1
    assert tuple(payload["texts"]) == texts
    assert_holds_all_of(message, RECORDED["messages"][Queue.PREDICT][0])


def test_an_older_worker_reads_a_message_of_a_batch(
    server: RedisServer, client: redis.Redis
) -> None:
    """It comes after predictions, with the same name and the same fields."""
    publish_split(make_celery(server.settings), "batch-1")
    message = only_message(client, Queue.BATCH)
    recorded = RECORDED["messages"][Queue.BATCH][0]
    assert message["headers"]["task"] == recorded["headers"]["task"]
    assert body_of(message)[0] == body_of(recorded)[0]


@pytest.mark.filterwarnings("ignore:Call to deprecated setex")  # Celery's call, in this process
def test_an_older_web_reads_what_a_worker_answers(celery: Celery, client: redis.Redis) -> None:
    """Under the same key, with at least the fields of the older reply."""
    recorded = RECORDED["results"][0]
    reply = PredictReply.from_payload(recorded["result"])
    celery.backend.store_result("task", reply.to_payload(), "SUCCESS")
    stored = json.loads(str(client.get("celery-task-meta-task"), "utf-8"))  # type: ignore[arg-type]
    assert stored.keys() >= recorded.keys()
    for name, value in recorded["result"].items():
        if name != "rows":
            assert stored["result"][name] == value
    # The older release takes what follows the first field of a row for probabilities.
    assert stored["result"]["rows"] == recorded["result"]["rows"]


def only_message(client: redis.Redis, queue: str) -> dict[str, Any]:
    """Return the one message of a queue, from a list that every kombu reads."""
    lists = [key for key in redis_keys(queue) if client.llen(key)]
    (key,) = lists
    assert key in [f"{queue}\x06\x16{step}" if step else queue for step in STEPS]
    message: dict[str, Any] = json.loads(client.lindex(key, 0))  # type: ignore[arg-type]
    return message


def body_of(message: dict[str, Any]) -> list[Any]:
    """Return the body as kombu does: the message names how it is encoded."""
    encoding = message["properties"].get("body_encoding")
    assert encoding in {None, "base64"}
    assert (message["content-type"], message["content-encoding"]) == ("application/json", "utf-8")
    body = base64.b64decode(message["body"]) if encoding else message["body"]
    content: list[Any] = json.loads(body)
    return content


def assert_holds_all_of(message: dict[str, Any], recorded: dict[str, Any]) -> None:
    """Check that no header went that the older worker may read."""
    assert message.keys() >= recorded.keys()
    assert message["headers"].keys() >= recorded["headers"].keys()
    assert message["headers"]["task"] == recorded["headers"]["task"]
    assert body_of(message)[0][0].keys() >= body_of(recorded)[0][0].keys()
