"""A text and the emotion that a person gives it: a correction as the learner sees it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from emojify_core.tokenizer import normalise


@dataclass(frozen=True, slots=True)
class LabelledText:
    """One correction. `label` is a position in LABELS, `votes` how many people gave it."""

    id: str
    text: str
    label: int
    votes: int = 1


@dataclass(frozen=True, slots=True)
class Merged:
    """Corrections with each text once; every other id points to the kept one of its text."""

    kept: tuple[LabelledText, ...]  # with their votes, in the order given
    repeats: dict[str, str]  # id -> id of the kept correction with the same label
    superseded: dict[str, str]  # id -> id of the kept correction with another label


def merge(corrections: Sequence[LabelledText]) -> Merged:
    """Keep the last correction of each normalized text.

    Earlier corrections with the same label add their votes to it; others are superseded.
    """
    groups: dict[str, list[LabelledText]] = {}
    for one in corrections:
        form = normalise(one.text)
        groups[form] = [*groups.pop(form, []), one]  # last: groups follow their last correction
    kept: list[LabelledText] = []
    repeats: dict[str, str] = {}
    superseded: dict[str, str] = {}
    for *others, last in groups.values():
        agreeing = [other for other in others if other.label == last.label]
        kept.append(replace(last, votes=last.votes + sum(other.votes for other in agreeing)))
        repeats |= {other.id: last.id for other in agreeing}
        superseded |= {other.id: last.id for other in others if other not in agreeing}
    return Merged(tuple(kept), repeats, superseded)


def exclude_texts(
    texts: Iterable[LabelledText], excluded: Iterable[LabelledText]
) -> tuple[LabelledText, ...]:
    """Return `texts` without those whose normalized text occurs in `excluded`, with any label."""
    forms = {normalise(one.text) for one in excluded}
    return tuple(one for one in texts if normalise(one.text) not in forms)
