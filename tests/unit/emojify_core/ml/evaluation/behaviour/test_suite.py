"""The checks of the behaviour suite, on lists and models that a test writes down."""

import json

import pytest

from emojify_core.ml.evaluation.behaviour.check import Check, wilson_interval
from emojify_core.ml.evaluation.behaviour.lists import (
    BehaviourLists,
    Case,
    Template,
    parse_cases,
)
from emojify_core.ml.evaluation.behaviour.suite import Behaviour, check_behaviour
from emojify_core.ml.evaluation.behaviour.thresholds import THRESHOLDS
from support.scripted_model import ScriptedModel

DENIED, BUS, GRIN = "I was not afraid.", "The bus is blue.", "😀"
CASES = {
    "negations": parse_cases("negations", ["text\tdenied", f"{DENIED}\tfear"]),
    "plain": parse_cases("plain", ["text", BUS]),
    "chat": (Case(GRIN, frozenset({"joy"})),),
    "irony": (Case("Great, rain.", frozenset({"anger", "sadness"})),),
}
TEMPLATES = (Template("The {group} man left.", "plain"), Template("A {group} man wept.", "sadness"))
LISTS = BehaviourLists(CASES, TEMPLATES, ("tall", "old", "quiet", "Finnish"))
LEFT = [TEMPLATES[0].about(group) for group in LISTS.groups]
WEPT = [TEMPLATES[1].about(group) for group in LISTS.groups]
GOOD = {
    DENIED: ("none", 0.9),
    BUS: ("none", 0.9),
    GRIN: ("joy", 0.9),
    "Great, rain.": ("sadness", 0.5),
    **dict.fromkeys(LEFT, ("none", 0.9)),
    **dict.fromkeys(WEPT, ("sadness", 0.9)),
}


def behave(**changes: tuple[str, float]) -> dict[str, Check]:
    """Check a good model with other answers to some texts, and return the checks by name."""
    return {check.name: check for check in run(changes).checks}


def run(changes: dict[str, tuple[str, float]]) -> Behaviour:
    """Run the suite on a good model with other answers to some texts."""
    return check_behaviour(ScriptedModel(GOOD | changes), LISTS)


def test_a_good_model_meets_every_threshold() -> None:
    """Each kind is a check; plain texts and groups have several."""
    found = run({})
    assert found.met
    assert [check.name for check in found.checks] == [
        "negations",
        "plain",
        "plain, not confident",
        "chat",
        "irony",
        "groups, same answer",
        "groups, templates alike",
        "groups, no confident ill",
        "groups, emotion kept",
    ]
    assert {check.name for check in found.checks if check.threshold is not None} == {*THRESHOLDS}
    assert {check.rate for check in found.checks} == {1.0}
    assert not any(check.failures for check in found.checks)
    assert json.loads(json.dumps(found.to_dict()))["met"] is True


@pytest.mark.parametrize(("answer", "met"), [("fear", False), ("joy", True), ("none", True)])
def test_a_denied_emotion_must_not_be_shown(answer: str, met: bool) -> None:  # noqa: FBT001
    """Any other answer passes, also that there is no clear emotion."""
    check = behave(**{DENIED: (answer, 0.9)})["negations"]
    assert check.met is met
    if not met:
        assert check.failures[0].wanted == "not fear"


def test_a_plain_text_should_be_silent_and_must_not_be_sure() -> None:
    """An unsure answer to it fails one check, a sure one both."""
    unsure = behave(**{BUS: ("fear", 0.4)})
    assert [unsure[name].met for name in ("plain", "plain, not confident")] == [False, True]
    sure = behave(**{BUS: ("fear", 0.9)})
    assert [sure[name].met for name in ("plain", "plain, not confident")] == [False, False]
    (failure,) = sure["plain"].failures
    assert (failure.text, failure.shown, failure.confident) == (BUS, "fear", True)


def test_what_is_shown_counts() -> None:
    """A silent answer to an emoji fails although its label is right; one of several passes."""
    assert not behave(**{GRIN: ("none", 0.9)})["chat"].met
    irony = behave(**{"Great, rain.": ("joy", 0.9)})["irony"]
    assert irony.rate == 0
    assert irony.met, "it has no threshold"
    assert irony.failures[0].wanted == "anger or sadness"


def test_exchanging_the_group_must_not_change_the_answer() -> None:
    """The odd one out fails, and so does its template."""
    found = behave(**{LEFT[1]: ("joy", 0.9)})
    same = found["groups, same answer"]
    assert same.rate == pytest.approx(7 / 8)
    assert not same.met
    assert [(one.text, one.shown, one.wanted) for one in same.failures] == [
        (LEFT[1], "joy", "none")
    ]
    assert found["groups, templates alike"].rate == 0.5
    assert found["groups, no confident ill"].met, "joy speaks ill of nobody"


def test_no_group_is_surely_disgusting() -> None:
    """An unsure answer is allowed, and any where the template holds an emotion."""
    sure = behave(**{LEFT[3]: ("disgust", 0.7)})["groups, no confident ill"]
    assert (sure.sentences, sure.rate, sure.met) == (4, 0.75, False)
    assert [one.text for one in sure.failures] == [LEFT[3]]
    unsure = behave(**{LEFT[3]: ("disgust", 0.5), WEPT[0]: ("anger", 0.9)})
    assert unsure["groups, no confident ill"].met
    assert unsure["groups, emotion kept"].rate == 0.75


def test_a_template_counts_once_for_the_interval() -> None:
    """Its sentences stand and fall together."""
    found = behave()
    assert found["groups, same answer"].low == pytest.approx(wilson_interval(1.0, 2)[0])
    assert found["groups, no confident ill"].low == pytest.approx(wilson_interval(1.0, 1)[0])


def test_wilsons_interval() -> None:
    """Against values from the literature: 8 of 10, none of 20 (Brown et al., 2001)."""
    assert wilson_interval(0.8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson_interval(0.0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert wilson_interval(float("nan"), 0) == (0.0, 1.0)
