"""A text and the emotion that a person says it holds: what a correction is to the model."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from emojify_core.tokenizer import normalise


@dataclass(frozen=True, slots=True)
class LabelledText:
    """One correction. `label` is a position in LABELS, `votes` how often it was given."""

    id: str
    text: str
    label: int
    votes: int = 1


@dataclass(frozen=True, slots=True)
class Merged:
    """Corrections with each text once, and what became of the others."""

    kept: tuple[LabelledText, ...]  # with their votes, in the order given
    repeats: dict[str, str]  # id of a correction -> id of the kept one that says the same
    superseded: dict[str, str]  # id of a correction -> id of the kept one that contradicts it


def merge(corrections: Sequence[LabelledText]) -> Merged:
    """Let each normalised text count once; of several labels for it the last given wins.

    Those who gave that label add their votes to it.
    """
    groups: dict[str, list[LabelledText]] = {}
    for one in corrections:
        groups.setdefault(normalise(one.text), []).append(one)
    last = {group[-1].id: group for group in groups.values()}
    kept: list[LabelledText] = []
    repeats: dict[str, str] = {}
    superseded: dict[str, str] = {}
    for one in corrections:
        if one.id not in last:
            continue
        others = last[one.id][:-1]
        agreeing = [other for other in others if other.label == one.label]
        votes = one.votes + sum(other.votes for other in agreeing)
        kept.append(replace(one, votes=votes))
        repeats |= {other.id: one.id for other in agreeing}
        superseded |= {other.id: one.id for other in others if other not in agreeing}
    return Merged(tuple(kept), repeats, superseded)


def other_texts(
    these: Iterable[LabelledText], than: Iterable[LabelledText]
) -> tuple[LabelledText, ...]:
    """Leave out of `these` every text that is also one of `than`, whatever its label."""
    forms = {normalise(one.text) for one in than}
    return tuple(one for one in these if normalise(one.text) not in forms)
