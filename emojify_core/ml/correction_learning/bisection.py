"""Refuse only the corrections that make a joint update fail, and accept the others.

All corrections are tried together. A refused group is split, and each part is tried on top of
what was accepted so far, down to single corrections: group testing by halving (Sobel and Groll,
1959). Each trial costs a fine-tune of what is new in it, so the number of trials is bounded.
Corrections that are undecided at the bound are put off, not refused.

A trial that takes too long is ended. Then the shortest text of its group is tried alone, so that it
does not wait for the long ones. A single correction that takes too long is refused.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from emojify_core.errors import LearningTimeError
from emojify_core.ml.correction_learning.gate.judge import Verdict
from emojify_core.ml.correction_learning.labelled_text import LabelledText

Candidate = TypeVar("Candidate")

MAX_TRIALS: Final = 32
TOO_COSTLY: Final = "Learning this text takes too long. Correct the sentence that matters."


@dataclass(frozen=True, slots=True)
class Refused:
    """A group that failed on top of the accepted corrections; a group of one is refused alone."""

    ids: tuple[str, ...]
    reason: str
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bisection(Generic[Candidate]):
    """The last candidate that passed and what it holds; each id is in exactly one group."""

    candidate: Candidate | None
    verdict: Verdict | None  # on that candidate, else on the last one, if there was one
    accepted: tuple[str, ...]  # in the order given
    refused: Mapping[str, str]  # id -> reason
    put_off: tuple[str, ...]  # for another update
    trials: int
    refusals: tuple[Refused, ...] = ()  # each refused group, in the order of trying


def accept_by_bisection(
    corrections: Sequence[LabelledText],
    try_update: Callable[[Candidate | None, Sequence[LabelledText]], tuple[Candidate, Verdict]],
    max_trials: int = MAX_TRIALS,
    is_over: Callable[[], bool] = lambda: False,
) -> Bisection[Candidate]:
    """Accept as many corrections as pass together.

    `try_update` gets the last candidate that passed, as its start, and all corrections of the
    next one in the order given: those already accepted and those on trial. It returns that
    candidate and the gate's verdict, whose `failing` ids are the suspects. It may raise
    LearningTimeError. Once `is_over` returns True, no trial follows one that decided something.

    n corrections take at most max(`max_trials`, ceil(log2 n) + 2) trials. With any n > 0 at least
    one correction is accepted or refused, so repeated calls come to an end. With r harmful
    corrections among n it takes about 2 r log2(n / r) trials, fewer if the first names suspects.
    """
    bound = max(max_trials, (len(corrections) - 1).bit_length() + 2)
    accepted: set[str] = set()
    refusals: list[Refused] = []
    best: Candidate | None = None
    decisive: Verdict | None = None  # on `best`, or on the last candidate while there is none
    groups = [list(corrections)] if corrections else []  # a stack: the last one is tried next
    trials = 0
    while groups and trials < bound and not (is_over() and _decides(accepted, refusals)):
        group = groups.pop()
        on_trial = accepted.union(one.id for one in group)
        trials += 1
        try:
            candidate, verdict = try_update(
                best, [one for one in corrections if one.id in on_trial]
            )
        except LearningTimeError:
            if len(group) == 1:
                refusals.append(Refused((group[0].id,), TOO_COSTLY, {}))
            else:
                groups += _split_shortest(group)
            continue
        if verdict.passed:
            best, decisive, accepted = candidate, verdict, on_trial
            continue
        if best is None:
            decisive = verdict
        refusals.append(Refused(tuple(one.id for one in group), verdict.reason, verdict.figures))
        if len(group) > 1:
            # One split by suspects, then halves: more uneven splits would break the bound.
            suspects = verdict.failing if trials == 1 else ()
            groups += reversed(_split(group, suspects))
    undecided = {one.id for group in groups for one in group}
    refused = {each.ids[0]: each.reason for each in refusals if len(each.ids) == 1}
    return Bisection(
        candidate=best,
        verdict=decisive,
        accepted=tuple(one.id for one in corrections if one.id in accepted),
        refused={one.id: refused[one.id] for one in corrections if one.id in refused},
        put_off=tuple(one.id for one in corrections if one.id in undecided),
        trials=trials,
        refusals=tuple(refusals),
    )


def _decides(accepted: Collection[str], refusals: Sequence[Refused]) -> bool:
    """Tell whether a correction is accepted, or refused alone."""
    return bool(accepted) or any(len(each.ids) == 1 for each in refusals)


def _split(
    group: list[LabelledText], suspects: Collection[str]
) -> tuple[list[LabelledText], list[LabelledText]]:
    """Split into unsuspected and suspected corrections, or into halves if one part is empty."""
    clear = [one for one in group if one.id not in suspects]
    if 0 < len(clear) < len(group):
        return clear, [one for one in group if one.id in suspects]
    half = len(group) // 2
    return group[:half], group[half:]


def _split_shortest(group: list[LabelledText]) -> tuple[list[LabelledText], list[LabelledText]]:
    """Split into the others and the shortest text, which is tried next."""
    shortest = min(group, key=lambda one: len(one.text))
    return [one for one in group if one is not shortest], [shortest]
