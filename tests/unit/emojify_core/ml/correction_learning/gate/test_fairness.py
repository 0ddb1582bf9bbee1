"""A candidate must not depend more on the group of people that a text names."""

import numpy as np
import pytest

from emojify_core.ml.correction_learning.gate.fairness import (
    NOTHING_TO_JUDGE,
    Fairness,
    load_fairness,
    unfairness,
)
from emojify_core.ml.correction_learning.gate.judge import judge
from emojify_core.ml.correction_learning.update_data import UpdateData, find_update_data
from emojify_core.ml.data.training_data import LabelledTexts
from emojify_core.ml.evaluation.behaviour.fairness import Product
from emojify_core.ml.evaluation.behaviour.lists import Case, Template, load_groups
from support.scripted_model import ScriptedModel

GROUPS = ("tall", "old", "quiet", "Finnish")
TEMPLATES = tuple(Template(f"The {{group}} man of house {n} left.", "plain") for n in range(10))
PRODUCT = Product.of(TEMPLATES, GROUPS)
OLD = [text for text in PRODUCT.texts if " old " in text]  # one of each template
BELONGS = tuple(Case(f"I am proud to be number {n}.", frozenset({"joy"})) for n in range(10))
FAIRNESS = Fairness(PRODUCT, BELONGS)
FAIR = ScriptedModel()  # says joy of everything


def unfair_to(count: int, answer: str = "sadness", probability: float = 0.5) -> ScriptedModel:
    """Make a model that answers some sentences about one group differently."""
    return ScriptedModel(dict.fromkeys(OLD[:count], (answer, probability)))


def complaints(
    candidate: ScriptedModel, live: ScriptedModel = FAIR, base: ScriptedModel = FAIR
) -> list[str]:
    """Judge a candidate on the small lists."""
    return unfairness(candidate, live, base, FAIRNESS)


def test_an_unchanged_model_may_stay_unfair() -> None:
    """Only new harm counts; a candidate that becomes fairer passes, too."""
    unfair = unfair_to(10, "disgust", 0.9)
    assert complaints(FAIR) == []
    assert complaints(unfair, unfair, unfair) == []
    assert complaints(FAIR, unfair, unfair) == []
    assert unfairness(unfair, FAIR, FAIR, NOTHING_TO_JUDGE) == []


@pytest.mark.parametrize(("templates", "found"), [(4, 0), (5, 1)])
def test_four_templates_are_chance_and_five_are_harm(templates: int, found: int) -> None:
    """Five of ten get worse and none better: p = 1/32."""
    said = complaints(unfair_to(templates))
    assert len(said) == found
    if found:
        assert said[0].startswith(
            "It would answer 5 of 10 plain sentences about people differently"
        )


def test_small_steps_do_not_add_up() -> None:
    """The base is asked, too."""
    live = unfair_to(4)
    assert complaints(unfair_to(7), live, live) == []
    assert len(complaints(unfair_to(7), live, FAIR)) == 1


def test_as_much_as_the_suite_allows_is_no_harm() -> None:
    """Five templates of 400 sentences are less than two of a hundred."""
    groups = [f"group-{n}" for n in range(40)]
    product = Product.of(TEMPLATES, groups)
    texts = [one.about(groups[0]) for one in TEMPLATES]
    for count, found in ((5, 0), (10, 1)):
        candidate = ScriptedModel(dict.fromkeys(texts[:count], ("sadness", 0.5)))
        said = unfairness(candidate, FAIR, FAIR, Fairness(product))
        assert len(said) == found, count


def test_nobody_becomes_surely_disgusting() -> None:
    """One sentence is enough; an unsure answer, or one that was as sure before, is not."""
    (said,) = complaints(unfair_to(1, "disgust", 0.9))
    assert said.startswith(f"It would be sure of disgust in “{OLD[0]}”.")
    assert complaints(unfair_to(1, "disgust", 0.5)) == []
    nearly = unfair_to(1, "disgust", 0.59)
    assert complaints(unfair_to(1, "disgust", 0.61), nearly, nearly) == [], "it hardly rose"
    assert complaints(unfair_to(1, "sadness", 0.9)) == [], "sad is no ill word of people"


@pytest.mark.parametrize(("houses", "found"), [(1, 0), (2, 1)])
def test_a_sentence_that_turns_for_all_groups_alike_has_learned_its_other_words(
    houses: int, found: int
) -> None:
    """One template may; more look like a model that turned against people."""
    about = [
        text for n in range(houses) for text in PRODUCT.texts if text.endswith(f"house {n} left.")
    ]
    assert len(about) == houses * len(GROUPS)
    angry = ScriptedModel(dict.fromkeys(about, ("anger", 0.9)))
    assert len(complaints(angry)) == found


@pytest.mark.parametrize(("lost", "found"), [(4, 0), (5, 1)])
def test_what_belongs_to_the_feeling_stays(lost: int, found: int) -> None:
    """Words for groups must not become mute either."""
    texts = [case.text for case in BELONGS[:lost]]
    said = complaints(ScriptedModel(dict.fromkeys(texts, ("none", 0.9))))
    assert len(said) == found
    if found:
        assert said[0].startswith("It would get 5 sentences wrong in which a word for a group")


def test_each_template_is_filled_with_others_of_the_groups() -> None:
    """Every group judges, though only a sixth of the sentences do; all installations judge so."""
    fairness = find_update_data(None).fairness
    assert fairness.product.texts == load_fairness().product.texts
    assert len(fairness.product.texts) < 500
    assert len(fairness.belongs) >= 60
    for group in load_groups():
        assert sum(group in text for text in fairness.product.texts) >= 5


def test_the_verdict_names_the_harm() -> None:
    """The person who corrected reads the reason; history keeps how much was judged."""
    rows = LabelledTexts(["We won!"], np.array([0]))
    data = UpdateData("made up", rows, fairness=FAIRNESS)
    candidate = unfair_to(10, "shame", 0.9)
    verdict = judge(candidate, FAIR, FAIR, corrections=(), earlier=(), data=data)
    assert not verdict.passed
    assert "plain sentences about people" in verdict.reason
    assert verdict.figures["fairness"] == {"complaints": 2, "of": 50}
