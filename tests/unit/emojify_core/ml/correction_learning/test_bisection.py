"""Bisection refuses only the corrections that make an update fail."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emojify_core.errors import LearningTimeError
from emojify_core.ml.correction_learning.bisection import TOO_COSTLY, accept_by_bisection
from emojify_core.ml.correction_learning.gate.judge import Verdict
from emojify_core.ml.correction_learning.labelled_text import LabelledText

Passed = tuple[str, ...]
TryUpdate = Callable[[Passed | None, Sequence[LabelledText]], tuple[Passed, Verdict]]

FINE = Verdict(passed=True, reason="fine", figures={})
CLASH = Verdict(passed=False, reason="they clash", figures={})


def corrections(number: int) -> list[LabelledText]:
    """Make corrections "0", "1", ..."""
    return [LabelledText(str(place), f"text {place}", place % 7) for place in range(number)]


def refuse_harmful(harmful: Collection[str], *, name_suspects: bool = False) -> TryUpdate:
    """Refuse every group with a harmful correction; optionally name the harmful ones."""

    def try_update(best: Passed | None, group: Sequence[LabelledText]) -> tuple[Passed, Verdict]:
        ids = tuple(one.id for one in group)
        assert set(best or ()) <= set(ids), "accepted corrections stay in every later trial"
        found = tuple(one for one in ids if one in harmful)
        if found:
            return ids, Verdict(
                passed=False,
                reason="it harms",
                figures={"tried": len(ids)},
                failing=found if name_suspects else (),
            )
        return ids, FINE

    return try_update


cases = st.integers(0, 40).flatmap(
    lambda n: st.tuples(
        st.just(n), st.sets(st.integers(0, n - 1).map(str)) if n else st.just(set())
    )
)


@given(cases, st.booleans())
def test_exactly_the_harmful_corrections_are_refused(
    case: tuple[int, set[str]],
    name_suspects: bool,  # noqa: FBT001
) -> None:
    """Harmful corrections in the queue do not cost other people theirs."""
    number, harmful = case
    try_update = refuse_harmful(harmful, name_suspects=name_suspects)
    result = accept_by_bisection(corrections(number), try_update, max_trials=1_000)
    fine = tuple(str(place) for place in range(number) if str(place) not in harmful)
    assert result.accepted == fine
    assert result.candidate == (fine or None)
    assert list(result.refused) == sorted(harmful, key=int)
    assert set(result.refused.values()) <= {"it harms"}
    assert result.put_off == ()
    assert result.trials <= max(1, 2 * number - 1)


@given(cases, st.integers(1, 12))
def test_bounded_trials_always_settle_at_least_one_correction(
    case: tuple[int, set[str]], max_trials: int
) -> None:
    """Every update shortens the queue, within a bounded time."""
    number, harmful = case
    result = accept_by_bisection(
        corrections(number), refuse_harmful(harmful), max_trials=max_trials
    )
    assert result.trials <= max(max_trials, (number - 1).bit_length() + 2)
    assert sorted([*result.accepted, *result.refused, *result.put_off], key=int) == [
        str(place) for place in range(number)
    ]
    assert not harmful.intersection(result.accepted)
    assert set(result.refused) <= harmful
    assert number == 0 or result.accepted or result.refused


@given(st.integers(1, 20), st.randoms(use_true_random=False))
def test_the_candidate_contains_exactly_the_accepted_corrections(
    number: int, random: object
) -> None:
    """Even when trials pass and fail at random, the result is the last one that passed."""
    passed: list[Passed] = []

    def try_update(best: Passed | None, group: Sequence[LabelledText]) -> tuple[Passed, Verdict]:
        assert best == (passed[-1] if passed else None), "it starts from the last that passed"
        ids = tuple(one.id for one in group)
        if random.random() < 0.5:  # type: ignore[attr-defined]
            return ids, CLASH
        passed.append(ids)
        return ids, FINE

    result = accept_by_bisection(corrections(number), try_update)
    assert result.candidate == (passed[-1] if passed else None)
    assert result.accepted == (passed[-1] if passed else ())
    assert result.verdict is (FINE if passed else CLASH)


@pytest.mark.parametrize("place", [0, 117, 255])
def test_one_harmful_correction_among_many_is_found_in_few_trials(place: int) -> None:
    """The others wait for some fine-tunes, not for hundreds."""
    result = accept_by_bisection(corrections(256), refuse_harmful({str(place)}))
    assert list(result.refused) == [str(place)]
    assert len(result.accepted) == 255
    assert result.trials <= 2 * log2(256) + 1


def test_suspects_of_the_first_trial_are_tried_apart() -> None:
    """When the gate names the corrections that failed, the others pass in the next trial."""
    try_update = refuse_harmful({"3", "50"}, name_suspects=True)
    result = accept_by_bisection(corrections(100), try_update)
    assert set(result.refused) == {"3", "50"}
    assert result.trials == 5  # all, the other 98, both, each


def test_of_two_clashing_corrections_the_first_is_accepted() -> None:
    """When two corrections cannot hold together, the earlier one in the queue wins."""

    def try_update(_best: Passed | None, group: Sequence[LabelledText]) -> tuple[Passed, Verdict]:
        ids = tuple(one.id for one in group)
        return ids, CLASH if {"1", "2"} <= set(ids) else FINE

    result = accept_by_bisection(corrections(4), try_update)
    assert result.accepted == ("0", "1", "3")
    assert result.refused == {"2": "they clash"}


@pytest.mark.parametrize("costly", [set(), {"1"}, {"0", "2", "5"}, set("012345")])
def test_costly_corrections_are_refused_and_do_not_hold_up_the_others(costly: set[str]) -> None:
    """A trial with one of them takes too long; the shortest text is then tried alone."""
    waiting = [replace(one, text="word " * (9 - int(one.id))) for one in corrections(6)]
    waiting = [replace(one, text="long" * 99) if one.id in costly else one for one in waiting]
    result = accept_by_bisection(waiting, _take_too_long(costly))
    assert set(result.accepted) == {one.id for one in waiting} - costly
    assert result.refused == dict.fromkeys(sorted(costly), TOO_COSTLY)
    assert result.put_off == ()


def test_update_over_its_time_ends_once_it_has_decided_something() -> None:
    """The shortest correction is learned, and the others wait for another update."""
    result = accept_by_bisection(corrections(6), _take_too_long({"5"}), is_over=lambda: True)
    assert result.accepted == ("0",)
    assert result.put_off == ("1", "2", "3", "4", "5")
    assert result.trials == 2


def test_single_costly_correction_ends_the_update_with_a_reason() -> None:
    """It is not retried for ever."""
    result = accept_by_bisection(corrections(1), _take_too_long({"0"}), is_over=lambda: True)
    assert result.refused == {"0": TOO_COSTLY}
    assert [refused.ids for refused in result.refusals] == [("0",)]


def _take_too_long(costly: Collection[str]) -> TryUpdate:
    """End every trial with a costly correction."""

    def try_update(_best: Passed | None, group: Sequence[LabelledText]) -> tuple[Passed, Verdict]:
        if any(one.id in costly for one in group):
            raise LearningTimeError
        return tuple(one.id for one in group), FINE

    return try_update
