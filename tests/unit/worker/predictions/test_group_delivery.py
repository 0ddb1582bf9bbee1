"""Results of a group are stored when Redis is back; a group is taken apart into its messages."""

import time
from typing import Any

import pytest
import redis

from emojify_core.errors import QueueUnavailableError
from emojify_core.messages import PredictRequest, Task
from emojify_core.queue.grouping.message import GroupMember, GroupRequest
from worker.predictions import group_delivery
from worker.predictions.group_delivery import TRIES, GroupDelivery


class Publisher:
    """Keeps the messages, or fails for some ids."""

    def __init__(self, *refused: str) -> None:
        self.refused, self.sent = refused, {}  # type: ignore[var-annotated]

    def send_task(self, name: str, **options: Any) -> None:
        """Take a message."""
        if options["task_id"] in self.refused:
            raise redis.ConnectionError("away")
        self.sent[options["task_id"]] = (name, options)


def member(name: str, *, expires_in: float = 10, tokens: int = 1) -> GroupMember:
    """Return a request."""
    request = PredictRequest(("word " * tokens,), single=True, request_id=f"request {name}")
    return GroupMember(name, request, time.time() + expires_in)


def taken_apart(publisher: Publisher, *members: GroupMember) -> list[str]:
    """Take a group apart; return the ids that are left to answer."""
    delivery = GroupDelivery(publisher, None)  # type: ignore[arg-type]
    left = delivery.take_apart(GroupRequest(members))
    return [each.id for each in left.members]


def test_each_member_becomes_the_message_that_it_would_have_been() -> None:
    """With its own id, content and what is left of its life."""
    publisher = Publisher()
    asked = member("a")
    assert taken_apart(publisher, asked, member("b")) == []
    assert list(publisher.sent) == ["a", "b"]
    name, options = publisher.sent["a"]
    assert name == Task.PREDICT
    assert options["args"] == (asked.request.to_payload(),)
    assert 9 < options["expires"].timestamp() - time.time() <= 10
    assert options["argsrepr"] == "(1 texts)"


def test_a_late_member_is_not_sent_again() -> None:
    """The caller tells that it is lost."""
    publisher = Publisher()
    assert taken_apart(publisher, member("late", expires_in=-1), member("b")) == ["late"]
    assert list(publisher.sent) == ["b"]


def test_what_redis_does_not_take_is_answered_here() -> None:
    """Nothing is lost between two messages."""
    publisher = Publisher("b")
    assert taken_apart(publisher, *map(member, "abc")) == ["b"]


class FlakyStore:
    """Stands for `store_results`; it fails some times first."""

    def __init__(self, failures: int) -> None:
        self.failures, self.calls = failures, 0

    def __call__(self, *_: object) -> None:
        """Store, or fail."""
        self.calls += 1
        if self.calls <= self.failures:
            raise redis.ConnectionError("away")


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the pauses, which take no time here."""
    pauses: list[float] = []
    monkeypatch.setattr("redis.retry.sleep", pauses.append)
    return pauses


def test_results_are_stored_when_redis_is_back(
    monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    """The worker tries for some 15 seconds, as Celery does."""
    store = FlakyStore(TRIES - 1)
    monkeypatch.setattr(group_delivery, "store_results", store)
    GroupDelivery(None, None).store([])  # type: ignore[arg-type]
    assert store.calls == TRIES
    assert 10 < sum(pauses) < 20


def test_a_redis_that_stays_away_ends_the_task(
    monkeypatch: pytest.MonkeyPatch, pauses: list[float]
) -> None:
    """Its members are told as lost, like a request whose result cannot be stored."""
    monkeypatch.setattr(group_delivery, "store_results", FlakyStore(TRIES))
    with pytest.raises(QueueUnavailableError):
        GroupDelivery(None, None).store([])  # type: ignore[arg-type]
    assert len(pauses) == TRIES - 1
