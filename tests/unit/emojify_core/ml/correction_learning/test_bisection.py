"""Refusing only the corrections that make an update fail."""

from collections.abc import Callable, Collection, Sequence
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emojify_core.ml.correction_learning.bisection import Attempt, accept_most
from emojify_core.ml.correction_learning.labelled_text import LabelledText

Passed = tuple[str, ...]
Try = Callable[[Passed | None, Sequence[LabelledText]], Attempt[Passed]]


def some(number: int) -> list[LabelledText]:
    """Make corrections "0", "1", ..."""
    return [LabelledText(str(place), f"text {place}", place % 7) for place in range(number)]


def refusing(harmful: Collection[str], *, named: bool = False) -> Try:
    """Refuse whatever holds a harmful one; say which, if `named`."""

    def attempt(best: Passed | None, group: Sequence[LabelledText]) -> Attempt[Passed]:
        ids = tuple(one.id for one in group)
        assert set(best or ()) <= set(ids), "what passed is held by all that follows"
        found = [one for one in ids if one in harmful]
        if found:
            return Attempt(None, "it harms", found if named else ())
        return Attempt(ids)

    return attempt


cases = st.integers(0, 40).flatmap(
    lambda n: st.tuples(
        st.just(n), st.sets(st.integers(0, n - 1).map(str)) if n else st.just(set())
    )
)


@given(cases, st.booleans())
def test_exactly_the_harmful_ones_are_refused(case: tuple[int, set[str]], named: bool) -> None:  # noqa: FBT001
    """A stranger's nonsense in the queue does not cost the others their corrections."""
    number, harmful = case
    found = accept_most(some(number), refusing(harmful, named=named), most_attempts=1_000)
    fine = tuple(str(place) for place in range(number) if str(place) not in harmful)
    assert found.accepted == fine
    assert found.candidate == (fine or None)
    assert list(found.refused) == sorted(harmful, key=int)
    assert set(found.refused.values()) <= {"it harms"}
    assert found.put_off == ()
    assert found.attempts <= max(1, 2 * number - 1)


@given(cases, st.integers(1, 12))
def test_within_the_bound_something_is_always_settled(
    case: tuple[int, set[str]], most: int
) -> None:
    """However bad the queue, each update brings it nearer to its end, in bounded time."""
    number, harmful = case
    found = accept_most(some(number), refusing(harmful), most_attempts=most)
    assert found.attempts <= max(most, (number - 1).bit_length() + 2)
    assert sorted([*found.accepted, *found.refused, *found.put_off], key=int) == [
        str(place) for place in range(number)
    ]
    assert not harmful.intersection(found.accepted)
    assert set(found.refused) <= harmful
    assert number == 0 or found.accepted or found.refused


@given(st.integers(1, 20), st.randoms(use_true_random=False))
def test_the_candidate_holds_what_is_said_to_be_accepted(number: int, random: object) -> None:
    """Even if attempts pass and fail at random, the result is one that passed."""
    passed: list[Passed] = []

    def attempt(best: Passed | None, group: Sequence[LabelledText]) -> Attempt[Passed]:
        assert best == (passed[-1] if passed else None), "it begins from the last that passed"
        if random.random() < 0.5:  # type: ignore[attr-defined]
            return Attempt(None, "bad luck")
        passed.append(tuple(one.id for one in group))
        return Attempt(passed[-1])

    found = accept_most(some(number), attempt)
    assert found.candidate == (passed[-1] if passed else None)
    assert found.accepted == (passed[-1] if passed else ())


@pytest.mark.parametrize("place", [0, 117, 255])
def test_one_harmful_among_many_is_found_in_a_few_attempts(place: int) -> None:
    """The others wait for some fine-tunes, not for hundreds."""
    found = accept_most(some(256), refusing({str(place)}))
    assert list(found.refused) == [str(place)]
    assert len(found.accepted) == 255
    assert found.attempts <= 2 * log2(256) + 1


def test_suspects_named_by_the_first_attempt_are_tried_apart() -> None:
    """If the gate says which did not hold, the rest passes in the very next attempt."""
    found = accept_most(some(100), refusing({"3", "50"}, named=True))
    assert set(found.refused) == {"3", "50"}
    assert found.attempts == 5  # all, the other 98, both, each


def test_two_that_only_clash_with_each_other_lose_one() -> None:
    """Of two corrections that cannot both hold, the first in the queue is kept."""

    def attempt(_best: Passed | None, group: Sequence[LabelledText]) -> Attempt[Passed]:
        ids = tuple(one.id for one in group)
        return Attempt(None, "they clash") if {"1", "2"} <= set(ids) else Attempt(ids)

    found = accept_most(some(4), attempt)
    assert found.accepted == ("0", "1", "3")
    assert found.refused == {"2": "they clash"}
