"""What a correction's page shows of its way."""

from dataclasses import dataclass
from typing import Any

from emojify_core.correction_states import CorrectionState
from emojify_core.labels import EMOTIONS, Emotion
from emojify_core.storage.corrections.records import Correction
from web.corrections.service import SETTLED

_S = CorrectionState

_WAY = (_S.QUEUED, _S.TRAINING, _S.CHECKING, _S.LIVE)
# What stands in the place of LIVE for those that went another way.
_OTHER_ENDS = SETTLED - {_S.LIVE}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way; `kind` is `done`, `now`, `next` or `stopped`."""

    name: CorrectionState
    kind: str


@dataclass(frozen=True, slots=True)
class Before:
    """One emotion's probability before and after."""

    emotion: Emotion
    before: float
    after: float


def story(correction: Correction, *, review: bool) -> dict[str, Any]:
    """Return what the template shows of a correction."""
    return {
        "correction": correction,
        "emotion": next(each for each in EMOTIONS if each.name == correction.label),
        "settled": correction.state in SETTLED,
        "steps": steps(correction.state, review=review),
        "changes": _changes(correction),
    }


def steps(state: CorrectionState, *, review: bool) -> list[Step]:
    """Return the way from the beginning to its end, as far as it has been gone."""
    kept = Step(_S.RECEIVED, "done")
    if state in _OTHER_ENDS:
        gone = _WAY[:-1] if state in {_S.REFUSED, _S.ROLLED_BACK} else ()
        return [kept, *(Step(each, "done") for each in gone), Step(state, "stopped")]
    way = (_S.REVIEW, *_WAY) if review or state is _S.REVIEW else _WAY
    if state is _S.LIVE:
        return [kept, *(Step(each, "done") for each in way)]
    at = way.index(state) if state in way else 0
    kinds = ["done"] * at + ["now"] + ["next"] * (len(way) - at - 1)
    return [kept, *map(Step, way, kinds)]


def _changes(correction: Correction) -> dict[str, Any] | None:
    """Return both answers and all seven probabilities, while the live version holds it."""
    before, after = correction.before, correction.after
    if correction.state is not _S.LIVE or before is None or after is None:
        return None
    return {
        "all": [Before(*each) for each in zip(EMOTIONS, before, after, strict=True)],
        "old": Before(EMOTIONS[before.index(max(before))], max(before), max(before)),
        "new": Before(EMOTIONS[after.index(max(after))], max(after), max(after)),
    }
