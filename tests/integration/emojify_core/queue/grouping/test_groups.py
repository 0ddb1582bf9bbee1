"""Groups through a real Redis and a real worker: the answers are right and each one's own."""

import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import redis

from emojify_core.answer import Answer
from emojify_core.messages import PredictRequest, State
from emojify_core.ml.inference.answers import answer_texts, explain_text
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.model.artifact import SHIPPED
from emojify_core.queue.celery_app import MESSAGE_EXPIRES
from emojify_core.queue.grouping.member import Member
from emojify_core.queue.grouping.message import GroupMember, GroupRequest
from emojify_core.queue.prediction_queue import PredictionQueue, PredictionStatus
from emojify_core.queue.redis_client import connect
from emojify_core.settings import Settings
from support.installation import CLEAR, many, one

SUBJECTS = ("My sister", "A stranger", "The teacher", "Our dog", "Nobody", "He", "My friend")
VERBS = ("hugged", "shouted at", "left", "robbed", "praised", "forgot", "waited for", "lied to")
OBJECTS = ("me", "the old man", "her son", "everybody", "us", "my mother")
TIMES = ("today", "last night", "at the funeral", "on my birthday", "in the dark", "again")
SENTENCES = [" ".join(words) + "." for words in product(SUBJECTS, VERBS, OBJECTS, TIMES)]

RECORDED = json.loads(Path(__file__).parents[1].joinpath("previous_release.json").read_text())


@pytest.fixture
def client(settings: Settings) -> Iterator[redis.Redis]:
    """Give a client of the shared Redis."""
    with connect(settings.resolved_redis_url) as client:
        yield client


def publish(
    queue: PredictionQueue, requests: Sequence[PredictRequest], expires_in: Sequence[float] = ()
) -> list[str]:
    """Send requests as one group, whatever else is under way; return their ids."""
    lives = expires_in or [MESSAGE_EXPIRES] * len(requests)
    members = [
        Member(GroupMember(new_id(queue), request, time.time() + life), 60, awaited=True)
        for request, life in zip(requests, lives, strict=True)
    ]
    queue._gathering._publish(members, lambda: None)  # noqa: SLF001
    return [member.message.id for member in members]


def new_id(queue: PredictionQueue) -> str:
    """Return an id that this process issues."""
    return queue._signer.new()  # noqa: SLF001


def found(queue: PredictionQueue, prediction_id: str) -> PredictionStatus:
    """Return a prediction's final status."""
    status = queue.find(prediction_id, wait=10)
    assert status
    return status


def probabilities(answers: Sequence[Answer]) -> list[Any]:
    """Return the probabilities, which a longer neighbour may change by a rounding."""
    return [pytest.approx(answer.probabilities, abs=2e-4) for answer in answers]


def test_thousands_of_texts_from_many_threads_are_answered_right(queue: PredictionQueue) -> None:
    """Each as the predictor answers it alone; none is lost, none is another's."""

    def ask(text: str) -> tuple[float, ...]:
        status = queue.submit(one(text), wait=20)
        assert status.reply, status
        assert status.reply.single
        assert status.reply.is_about(text)
        (answer,) = status.reply.answers
        return answer.probabilities

    with ThreadPoolExecutor(64) as pool:
        asked = list(pool.map(ask, SENTENCES))
    predictor = Predictor.load(SHIPPED)
    alone = [answer_texts(predictor, [text])[0] for text in SENTENCES]
    assert asked == probabilities(alone)


def test_waiting_and_other_requests_of_all_kinds_travel_together(queue: PredictionQueue) -> None:
    """Single texts, short lists and explained ones; whoever did not wait finds the answer."""
    predictor = Predictor.load(SHIPPED)

    def ask(number: int) -> None:
        text = SENTENCES[number]
        kind = number % 4
        if kind == 0:
            request = many(text, "  ", *CLEAR)
        else:
            request = PredictRequest((text,), single=True, request_id="t", explain=kind == 1)
        status = queue.submit(request, wait=0 if kind == 2 else 20)
        if kind == 2:
            assert status == PredictionStatus(status.id, State.QUEUED)
            status = found(queue, status.id)
        assert status.reply, status
        assert status.reply.single == (kind != 0)
        first = status.reply.answers[0]
        assert [first.probabilities] == probabilities(answer_texts(predictor, [text]))
        if kind == 0:
            assert status.reply.answers[1].error
            assert len(status.reply.answers) == 2 + len(CLEAR)
        if kind == 1:
            assert status.reply.influences == explain_text(predictor, text)[1]
        else:
            assert status.reply.influences is None

    with ThreadPoolExecutor(32) as pool:
        assert len(list(pool.map(ask, range(400)))) == 400


def test_each_member_has_a_result_of_its_own(queue: PredictionQueue, client: redis.Redis) -> None:
    """As Celery would store it, for ten minutes, without any text."""
    ids = publish(queue, (one("Zanzibar won!"), many("I lost.", "Zanzibar")))
    single, several = (found(queue, each).reply for each in ids)
    assert single
    assert single.single
    assert several
    assert len(several.answers) == 2
    alone = queue.submit(one(), wait=10).id
    stored = [client.get(f"celery-task-meta-{each}") for each in (*ids, alone)]
    assert all(b"Zanzibar" not in each for each in stored)  # type: ignore[operator]
    grouped, _, usual = (json.loads(each) for each in stored)  # type: ignore[arg-type]
    assert grouped.keys() == usual.keys()
    assert grouped["result"].keys() == usual["result"].keys()
    assert 0 < client.ttl(f"celery-task-meta-{ids[0]}") <= 600


def test_a_late_member_is_lost_alone(queue: PredictionQueue) -> None:
    """Its neighbours are answered."""
    ids = publish(queue, (one(), one("too late"), one()), [20, -1, 20])
    first, late, last = (found(queue, each) for each in ids)
    assert (first.state, last.state) == (State.SUCCEEDED, State.SUCCEEDED)
    assert late.state is State.FAILED
    assert late.error
    assert late.error[0] == "lost"


def test_a_group_that_comes_back_is_taken_apart(
    queue: PredictionQueue, client: redis.Redis
) -> None:
    """Each member travels as a message of its own, and a late one is lost."""
    ids = [new_id(queue) for _ in range(4)]
    lives = [MESSAGE_EXPIRES, MESSAGE_EXPIRES, MESSAGE_EXPIRES, -1]
    group = GroupRequest(
        tuple(
            GroupMember(each, one(), time.time() + life)
            for each, life in zip(ids, lives, strict=True)
        )
    )
    client.lpush("predict", json.dumps(redelivered(group, new_id(queue))))
    states = [found(queue, each).state for each in ids]
    assert states == [State.SUCCEEDED] * 3 + [State.FAILED]


def redelivered(group: GroupRequest, group_id: str) -> dict[str, Any]:
    """Return a group's message as Redis delivers it again."""
    message: dict[str, Any] = deepcopy(RECORDED["messages"]["predict"][0])
    message["body"] = json.dumps([[group.to_payload()], {}, {}])
    message["headers"] |= {"id": group_id, "root_id": group_id, "expires": None}
    message["headers"]["redelivered"] = True
    del message["properties"]["body_encoding"]
    message["properties"] |= {"correlation_id": group_id, "delivery_tag": group_id}
    message["properties"]["delivery_info"]["redelivered"] = True
    return message
