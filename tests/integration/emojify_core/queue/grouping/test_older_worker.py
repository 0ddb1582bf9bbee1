"""A worker of the previous release answers a group as a list; the web gives each its answer."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
import redis
from celery import Celery

from emojify_core.answer import Answer
from emojify_core.messages import PredictReply, PredictRequest, Queue, State
from emojify_core.queue.celery_app import PREDICTION, make_celery
from emojify_core.queue.grouping import gathering, publisher
from emojify_core.queue.prediction_queue import PredictionQueue, PredictionStatus
from support.deadlines import eventually
from support.installation import one, queue_of
from support.redis_server import RedisServer, running_redis

pytestmark = pytest.mark.filterwarnings("ignore:Call to deprecated setex")  # Celery's call


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """Run a Redis without workers."""
    with running_redis() as server:
        yield server


@pytest.fixture
def queue(server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[PredictionQueue]:
    """Give a web process's side of the queue, which gathers for as long as it has to."""
    monkeypatch.setattr(gathering, "GATHERS_AT_MOST", 10.0)
    with server.client() as client:
        client.flushall()
    with queue_of(server.settings) as queue:
        yield queue


class OlderWorker:
    """Reads and answers as the previous release does: it knows texts, and no members."""

    def __init__(self, celery: Celery) -> None:
        self.celery = celery
        self.sizes: list[int] = []  # of the messages, in texts

    def take(self) -> tuple[str, PredictRequest]:
        """Return the next message's id and what it asks."""
        with self.celery.connection() as connection:
            waiting = connection.SimpleQueue(Queue.PREDICT)
            message = waiting.get(timeout=5)
            message.ack()
            waiting.close()
        payload: dict[str, Any] = message.payload[0][0]
        request = PredictRequest(
            tuple(payload["texts"]), payload["single"], payload["request_id"], payload["explain"]
        )
        self.sizes.append(len(request.texts))
        return message.headers["id"], request

    def answer(self) -> None:
        """Answer the next message; a text's first probability is its number."""
        message_id, request = self.take()
        answers = tuple(Answer((float(text), *[0.0] * 6)) for text in request.texts)
        reply = PredictReply(answers, request.single, model_version=1)
        self.celery.backend.store_result(message_id, reply.to_payload(), "SUCCESS")

    def refuse(self, state: str) -> None:
        """End the next message without an answer."""
        message_id, _ = self.take()
        self.celery.backend.store_result(message_id, None, state)


@pytest.fixture
def worker(server: RedisServer) -> Iterator[OlderWorker]:
    """Give a worker of the previous release."""
    celery = make_celery(server.settings, PREDICTION)
    yield OlderWorker(celery)
    celery.close()


def gather(
    queue: PredictionQueue, pool: ThreadPoolExecutor, count: int
) -> list[Future[PredictionStatus]]:
    """Ask so many texts, each its number: two go at once, and the others gather."""
    asked = []
    for number in range(count):
        asked.append(pool.submit(queue.submit, one(str(number)), 10))
        waiting = max(0, number - 1)
        went = min(2, number + 1)
        eventually(
            lambda waiting=waiting, went=went: (  # type: ignore[misc]
                queue.waiting() == went and len(queue._gathering._gathered) == waiting  # noqa: SLF001
            ),
            within=5,
            what="it went or gathers",
        )
    return asked


def test_each_member_gets_its_answer(queue: PredictionQueue, worker: OlderWorker) -> None:
    """Whoever waits, and whoever asks for the answer later."""
    with ThreadPoolExecutor(8) as pool:
        asked = gather(queue, pool, 8)
        for _ in range(3):
            worker.answer()
        statuses = [each.result(10) for each in asked]
    assert worker.sizes == [1, 1, 6]
    for number, status in enumerate(statuses):
        assert status.state is State.SUCCEEDED
        for found in (status, queue.find(status.id)):
            assert found
            assert found.reply
            assert found.reply.single
            assert [answer.probabilities[0] for answer in found.reply.answers] == [number]


@pytest.mark.parametrize(("state", "code"), [("REVOKED", "lost"), ("FAILURE", "broken")])
def test_each_member_learns_what_happened_to_the_list(
    queue: PredictionQueue, worker: OlderWorker, state: str, code: str
) -> None:
    """The message expired, or the worker could not answer it."""
    with ThreadPoolExecutor(5) as pool:
        asked = gather(queue, pool, 5)
        worker.answer()
        worker.answer()
        worker.refuse(state)
        statuses = [each.result(10) for each in asked[2:]]
    assert [status.error and status.error[0] for status in statuses] == [code] * 3


def test_whoever_waits_gets_an_answer_that_redis_does_not_take(
    queue: PredictionQueue, worker: OlderWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is here already when Redis goes away."""

    def refuse(*_: object) -> None:
        raise redis.ConnectionError("gone")

    with ThreadPoolExecutor(5) as pool:
        asked = gather(queue, pool, 5)
        monkeypatch.setattr(publisher, "store_results", refuse)
        for _ in range(3):
            worker.answer()
        statuses = [each.result(10) for each in asked]
    replies = [status.reply for status in statuses]
    assert [reply and reply.answers[0].probabilities[0] for reply in replies] == [0, 1, 2, 3, 4]


def test_a_request_that_nobody_answers_ends_in_time(queue: PredictionQueue) -> None:
    """A wait of one second takes one second, whatever the others do."""
    together = threading.Barrier(2)

    def ask() -> float:
        together.wait(5)
        started = time.monotonic()
        assert queue.submit(one("0"), wait=1).state is State.QUEUED
        return time.monotonic() - started

    with ThreadPoolExecutor(2) as pool:
        taken = [each.result(10) for each in [pool.submit(ask) for _ in range(2)]]
    assert min(taken) > 0.9
    assert max(taken) < 5
