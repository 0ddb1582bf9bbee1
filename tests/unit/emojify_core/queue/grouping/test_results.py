"""What an older worker answered to a whole list becomes the result of each member."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from emojify_core.answer import Answer
from emojify_core.messages import PredictReply, PredictRequest, text_digest
from emojify_core.queue.grouping.message import GroupMember, GroupRequest
from emojify_core.queue.grouping.results import result_meta, split_result

TEXTS = [("a",), ("b", "c"), ("d",)]
ANSWERS = tuple(Answer((share, *[(1 - share) / 6] * 6)) for share in (0.1, 0.2, 0.3, 0.4))
GROUP = GroupRequest(
    tuple(
        GroupMember(f"id-{number}", PredictRequest(texts, len(texts) == 1, "test"), 0.0)
        for number, texts in enumerate(TEXTS)
    )
)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Keep the tracebacks of intended errors out of the output."""
    with structlog.testing.capture_logs():
        yield


def reply(answers: tuple[Answer, ...], **fields: Any) -> PredictReply:
    """Return an answer to a list."""
    return PredictReply(answers, single=False, model_version=7, **fields)


def stored(result: Any, status: str = "SUCCESS") -> bytes:
    """Return what an older worker stored for the group."""
    return json.dumps(result_meta("group", status, result)).encode()


def test_each_member_gets_its_own_answers() -> None:
    """A single text one result, a list its list, each with the digests of its texts."""
    digests = tuple(map(text_digest, "abcd"))
    whole = reply(ANSWERS, digests=digests, milliseconds=1.5)
    metas = split_result(GROUP, stored(whole.to_payload()))
    assert [meta["task_id"] for meta in metas] == ["id-0", "id-1", "id-2"]
    assert {meta["status"] for meta in metas} == {"SUCCESS"}
    replies = [PredictReply.from_payload(meta["result"]) for meta in metas]
    assert [reply.answers for reply in replies] == [ANSWERS[:1], ANSWERS[1:3], ANSWERS[3:]]
    assert [reply.single for reply in replies] == [True, False, True]
    assert [reply.digests for reply in replies] == [digests[:1], digests[1:3], digests[3:]]
    assert {(reply.model_version, reply.milliseconds) for reply in replies} == {(7, 1.5)}


@pytest.mark.parametrize("status", ["REVOKED", "FAILURE"])
def test_what_happened_to_the_list_happened_to_each_member(status: str) -> None:
    """It expired, or broke the worker."""
    metas = split_result(GROUP, stored({"exc_type": "Any"}, status))
    assert [(meta["task_id"], meta["status"]) for meta in metas] == [
        ("id-0", status),
        ("id-1", status),
        ("id-2", status),
    ]


@pytest.mark.parametrize(
    "result",
    [
        {"v": 999},
        {"v": 1},
        reply(ANSWERS[:3]).to_payload(),
        reply(()).to_payload(),
        None,
    ],
    ids=["another version", "no answers", "too few", "none", "nothing"],
)
def test_an_answer_that_cannot_be_split_fails_each_member(result: Any) -> None:
    """Nobody gets an answer to another's text."""
    metas = split_result(GROUP, stored(result))
    assert [meta["status"] for meta in metas] == ["FAILURE"] * 3
