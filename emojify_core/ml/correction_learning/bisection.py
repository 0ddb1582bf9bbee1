"""Of many corrections, refuse only those that make a joint update fail.

All are tried together. If that is refused, the group is parted and each part tried on top of what
was accepted so far, down to single corrections. Each attempt costs a fine-tune of what is new in
it, so their number is bounded; what is undecided when it is reached is put off, not refused.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from emojify_core.ml.correction_learning.labelled_text import LabelledText

Candidate = TypeVar("Candidate")

MOST_ATTEMPTS = 32


@dataclass(frozen=True, slots=True)
class Attempt(Generic[Candidate]):
    """What came of one joint update."""

    candidate: Candidate | None  # None: refused
    reason: str = ""  # why it was refused, for people
    suspects: Collection[str] = ()  # ids of the corrections that seem to be why, if it is known
    figures: Mapping[str, Any] = field(default_factory=dict)  # what the refusal rests on


@dataclass(frozen=True, slots=True)
class Refused:
    """Corrections that could not be accepted on top of those that were; one alone is out."""

    ids: tuple[str, ...]
    reason: str
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Accepted(Generic[Candidate]):
    """The last candidate that passed and what it holds; each id is in exactly one group."""

    candidate: Candidate | None
    accepted: tuple[str, ...]  # in the order given
    refused: Mapping[str, str]  # id -> reason
    put_off: tuple[str, ...]  # to be tried again in another update
    attempts: int
    refusals: tuple[Refused, ...] = ()  # each refused group, in the order of trying


def accept_most(
    corrections: Sequence[LabelledText],
    attempt: Callable[[Candidate | None, Sequence[LabelledText]], Attempt[Candidate]],
    most_attempts: int = MOST_ATTEMPTS,
) -> Accepted[Candidate]:
    """Accept as many as pass together.

    `attempt` gets the last candidate that passed, to begin from, and all that the next one shall
    hold, in the order given: what the last one holds and what is tried on top of it.

    At most max(`most_attempts`, ceil(log2 n) + 2) attempts are made for n corrections, and with
    any n > 0 at least one correction is accepted or refused, so calling again comes to an end.
    With r harmful ones among n it takes about 2 r log2(n / r) attempts, fewer if the first attempt
    names them.
    """
    bound = max(most_attempts, (len(corrections) - 1).bit_length() + 2)
    accepted: set[str] = set()
    refusals: list[Refused] = []
    best: Candidate | None = None
    waiting = [list(corrections)] if corrections else []  # a stack of groups
    made = 0
    while waiting and made < bound:
        group = waiting.pop()
        trying = accepted.union(one.id for one in group)
        result = attempt(best, [one for one in corrections if one.id in trying])
        made += 1
        if result.candidate is not None:
            best, accepted = result.candidate, trying
            continue
        refusals.append(Refused(tuple(one.id for one in group), result.reason, result.figures))
        if len(group) > 1:
            # The stack's top is tried first: those that nothing speaks against.
            suspects = result.suspects if made == 1 else ()
            waiting += reversed(_part(group, suspects))
    undecided = {one.id for group in waiting for one in group}
    ids = [one.id for one in corrections]
    refused = {each.ids[0]: each.reason for each in refusals if len(each.ids) == 1}
    return Accepted(
        best,
        tuple(one for one in ids if one in accepted),
        {one: refused[one] for one in ids if one in refused},
        tuple(one for one in ids if one in undecided),
        made,
        tuple(refusals),
    )


def _part(
    group: list[LabelledText], suspects: Collection[str]
) -> tuple[list[LabelledText], list[LabelledText]]:
    """Part into those not suspected and those suspected, or into halves."""
    clear = [one for one in group if one.id not in suspects]
    if 0 < len(clear) < len(group):
        return clear, [one for one in group if one.id in suspects]
    half = len(group) // 2
    return group[:half], group[half:]
