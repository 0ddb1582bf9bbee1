"""The members of a group share a run of the model, and no fate."""

import time
from collections.abc import Sequence
from typing import Any

import pytest

from emojify_core.answer import Answer
from emojify_core.messages import Influence, PredictReply, PredictRequest
from emojify_core.queue.grouping.message import GroupMember, GroupRequest
from worker.models.live_model import Answered
from worker.predictions.group_answers import answer_group

INFLUENCES = (Influence(0, 1, 0.5),)


class Model:
    """Answers each text with its length; some texts break it. Its version grows with each run."""

    def __init__(self, *poison: str) -> None:
        self.poison, self.runs = set(poison), 0

    def answer(self, requests: Sequence[PredictRequest]) -> tuple[list[Answered], int]:
        """Answer all requests with one version."""
        self.runs += 1
        if self.poison.intersection(text for each in requests for text in each.texts):
            raise ZeroDivisionError("a text broke the model")
        return [
            Answered(
                tuple(Answer((float(len(text)),)) for text in each.texts),
                INFLUENCES if each.explain else None,
            )
            for each in requests
        ], self.runs


def member(*texts: str, expires_in: float = 20, explain: bool = False) -> GroupMember:
    """Return a request, named by its first text."""
    request = PredictRequest(texts, len(texts) == 1, f"request {texts[0]}", explain)
    return GroupMember(texts[0], request, time.time() + expires_in)


def answers(model: Model, *members: GroupMember) -> dict[str, Any]:
    """Return each member's status, or the lengths that the model answered."""
    found: dict[str, Any] = {}
    for meta in answer_group(model, GroupRequest(members)):  # type: ignore[arg-type]
        found[meta["task_id"]] = meta["status"]
        if meta["status"] == "SUCCESS":
            reply = PredictReply.from_payload(meta["result"])
            found[meta["task_id"]] = [int(answer.probabilities[0]) for answer in reply.answers]
    return found


def test_one_run_answers_all() -> None:
    """Single texts and lists, each under its own id."""
    model = Model()
    found = answers(model, member("a"), member("bb", "cccc"), member("ddd"))
    assert found == {"a": [1], "bb": [2, 4], "ddd": [3]}
    assert model.runs == 1


def test_a_late_member_is_lost_alone() -> None:
    """Its neighbours are answered."""
    model = Model()
    found = answers(model, member("a"), member("late", expires_in=-0.1), member("b"))
    assert found == {"late": "REVOKED", "a": [1], "b": [1]}


def test_the_model_does_not_run_for_late_members_alone() -> None:
    """Nobody waits for them."""
    model = Model()
    assert answers(model, member("late", expires_in=-0.1)) == {"late": "REVOKED"}
    assert model.runs == 0


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_text_that_breaks_the_run_fails_alone(place: int) -> None:
    """Wherever in the group it stands."""
    members = [member("a"), member("bb")]
    members.insert(place, member("poison"))
    assert answers(Model("poison"), *members) == {"poison": "FAILURE", "a": [1], "bb": [2]}


def test_a_failure_tells_no_text() -> None:
    """Results are kept for minutes, texts are not."""
    (meta,) = answer_group(Model("poison"), GroupRequest((member("poison"),)))  # type: ignore[arg-type]
    assert meta["result"] == {
        "exc_type": "ZeroDivisionError",
        "exc_message": [],
        "exc_module": "builtins",
    }


def test_all_members_name_one_version() -> None:
    """A version that goes live meanwhile answers the next group."""
    group = GroupRequest(tuple(member(name) for name in "abc"))
    metas = answer_group(Model(), group)  # type: ignore[arg-type]
    assert {meta["result"]["model_version"] for meta in metas} == {1}


def test_only_explained_members_get_explanations() -> None:
    """A group may hold both kinds."""
    group = GroupRequest((member("a"), member("b", explain=True)))
    plain, explained = (
        PredictReply.from_payload(meta["result"])
        for meta in answer_group(Model(), group)  # type: ignore[arg-type]
    )
    assert plain.influences is None
    assert explained.influences == INFLUENCES
