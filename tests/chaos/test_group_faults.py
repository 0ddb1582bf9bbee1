"""Requests that travel together share no fate, whatever breaks under way."""

import sys
import time
from pathlib import Path

import pytest

from chaos.poisoned_worker import POISON
from emojify_core.messages import State
from emojify_core.queue.celery_app import LOST_AFTER, MESSAGE_EXPIRES
from emojify_core.queue.grouping.member import Member
from emojify_core.queue.grouping.message import GroupMember
from emojify_core.queue.prediction_queue import PredictionStatus
from support.deadlines import eventually
from support.installation import one, queue_of, settings_of
from support.load_generator import PROMPT, Load
from support.processes import Process
from support.redis_server import RedisServer
from support.stack import Stack

pytestmark = pytest.mark.chaos

CROWD = 64  # clients: most of what they ask travels in groups
FLOWS_WITHIN = 30  # seconds after what broke is back
POISONED = str(Path(__file__).with_name("poisoned_worker.py"))


def until_answers_flow(load: Load) -> None:
    """Wait until new predictions succeed."""
    before = load.succeeded()
    eventually(lambda: load.succeeded() > before + CROWD, within=FLOWS_WITHIN, what="answers flow")


def until_all_end(stack: Stack, ids: list[str]) -> set[str]:
    """Wait until every prediction has ended; return the states in which they did."""
    states = set()
    for each in ids:

        def final(prediction_id: str = each) -> str:
            state = stack.http.get(f"/api/v1/predictions/{prediction_id}").json()["state"]
            return "" if state == "queued" else str(state)

        states.add(eventually(final, within=LOST_AFTER + 5, what="the prediction ends"))
    return states


def test_a_text_that_kills_workers_harms_no_neighbour(stack: Stack) -> None:
    """Redis delivers the group again, and the worker takes it apart."""
    stack.parts["worker"].end()
    worker = Process([sys.executable, POISONED], stack.environ, stack.home / "poisoned.log")
    stack.parts["worker"] = worker
    texts = ["I won!", "I lost.", POISON, "I cried.", "They left me."]
    with queue_of(settings_of(stack.environ)) as queue:
        members = [
            Member(
                GroupMember(queue._signer.new(), one(text), time.time() + MESSAGE_EXPIRES),  # noqa: SLF001
                60,
                awaited=True,
            )
            for text in texts
        ]
        queue._gathering._publish(members, lambda: None)  # noqa: SLF001

        def ended() -> list[PredictionStatus]:
            if not worker.running:  # the supervisor would start it again, too
                worker.start()
            found = [queue.find(member.message.id) for member in members]
            statuses = [status for status in found if status]
            return [] if State.QUEUED in {status.state for status in statuses} else statuses

        statuses = eventually(ended, within=LOST_AFTER + 10, what="all of them end")
    states = {text: status.state for text, status in zip(texts, statuses, strict=True)}
    assert states.pop(POISON) is State.FAILED
    assert set(states.values()) == {State.SUCCEEDED}


def test_a_killed_worker_loses_no_group(stack: Stack) -> None:
    """The next worker answers, in time."""
    with Load(stack.url, clients=CROWD) as load:
        until_answers_flow(load)
        for _ in range(2):
            stack.parts["worker"].kill()
            stack.parts["worker"].start()
            until_answers_flow(load)
    assert load.statuses <= {200, 202}
    assert until_all_end(stack, load.open_ids()) <= {"succeeded", "failed"}


def test_a_killed_web_process_loses_nothing_that_it_accepted(stack: Stack) -> None:
    """Whoever has an id finds the answer: an id comes when Redis has the message."""
    stack.parts["worker"].end()
    with Load(stack.url, clients=CROWD, wait=0) as load:
        eventually(lambda: load.count(202) >= 2 * CROWD, within=20, what="many were accepted")
        stack.parts["web"].kill()
    stack.start("web", "worker")
    stack.until_ready()
    assert until_all_end(stack, load.open_ids()) == {"succeeded"}


def test_a_hanging_redis_holds_no_group_for_long(stack: Stack, server: RedisServer) -> None:
    """All of a group get 503 or 202 in time, and predictions continue."""
    with Load(stack.url, clients=CROWD) as load:
        until_answers_flow(load)
        server.pause()
        eventually(lambda: 503 in load.statuses, within=10)
        server.resume()
        until_answers_flow(load)
    assert load.statuses <= {200, 202, 503}
    assert load.slowest < PROMPT + load.wait
    assert not load.errors


def test_a_crash_of_redis_is_survived_with_groups_under_way(
    stack: Stack, server: RedisServer
) -> None:
    """Each request ends in time, and the process listens again."""
    with Load(stack.url, clients=CROWD) as load:
        until_answers_flow(load)
        server.kill()
        eventually(lambda: 503 in load.statuses, within=10)
        server.start()
        until_answers_flow(load)
    assert load.statuses <= {200, 202, 503}
    assert load.slowest < PROMPT + load.wait
    assert not load.errors
    until_all_end(stack, load.open_ids())
