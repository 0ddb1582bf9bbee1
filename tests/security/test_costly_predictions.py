"""Predictions made to cost much keep nobody else from an answer, and fill nothing for good."""

import json
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from emojify_core.limits import MEMORY_SHARE
from emojify_core.queue.redis_client import connect
from support.bystander import Bystander, attacker, whole_again
from support.deadlines import eventually
from support.installation import settings_of
from support.stack import Stack

AT_ONCE = 6  # connections of the attacker
ATTACK_SECONDS = 8
GRIN = "\N{GRINNING FACE}"
BODIES = {
    "bytes": {"texts": [GRIN * 5_000] * 40},  # C2: 2.4 MB escaped, 0.8 MB in UTF-8
    "tokens": {"texts": ["a." * 2_500] * 40},  # H1: much work in few bytes
    "answers": {"texts": ["a"] * 256},  # results stay for ten minutes
    "long single texts": {"text": "! ? " * 1_250},
}


def attack(stack: Stack, content: bytes, until: float) -> Counter[int]:
    """Send the same body over and over on one connection; return the statuses."""
    statuses: Counter[int] = Counter()
    headers = {"Content-Type": "application/json", **attacker()}
    with httpx.Client(trust_env=False, timeout=30) as http:
        while time.monotonic() < until:
            try:
                answer = http.post(
                    f"{stack.url}/api/v1/predictions", content=content, headers=headers
                )
            except httpx.TransportError:  # refused before the body was sent
                statuses[0] += 1
            else:
                statuses[answer.status_code] += 1
    return statuses


def flood(stack: Stack, body: dict[str, str | Sequence[str]]) -> Counter[int]:
    """Attack on several connections from one address."""
    content, until = json.dumps(body).encode(), time.monotonic() + ATTACK_SECONDS
    with ThreadPoolExecutor(AT_ONCE) as pool:
        parts = pool.map(lambda _: attack(stack, content, until), range(AT_ONCE))
        return sum(parts, Counter[int]())


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_flood_of_costly_predictions_harms_its_sender_alone(
    stack: Stack, body: dict[str, str | Sequence[str]]
) -> None:
    """Others are answered or refused in time, and Redis keeps room for the workers."""
    with Bystander(stack) as bystander:
        statuses = flood(stack, body)
        bystander.until_asked()
    print(dict(statuses), bystander.judge())
    assert statuses[429] > statuses[202], statuses
    assert redis_share(stack) < MEMORY_SHARE
    whole_again(stack)


def test_what_waited_is_gone_after_a_restart(stack: Stack) -> None:
    """Redis reads its log again, and the messages in it are dropped."""
    stack.parts["worker"].end()
    flood(stack, BODIES["bytes"])
    stack.parts["redis"].kill()
    stack.start("redis", "worker")
    eventually(stack.ready, within=60, what="the stack is ready again")
    whole_again(stack)
    assert redis_share(stack) < MEMORY_SHARE
    assert "RestartFreqExceeded" not in stack.output()


def redis_share(stack: Stack) -> float:
    """Return how much of Redis's memory is in use, from 0 to 1."""
    with connect(settings_of(stack.environ).resolved_redis_url) as client:
        memory = client.info("memory")
        return float(memory["used_memory"] / memory["maxmemory"])
