"""A correction's way in plain words, for the page."""

from dataclasses import dataclass
from typing import Any

from emojify_core.correction_states import CorrectionState
from emojify_core.labels import EMOTIONS, Emotion
from emojify_core.storage.records import Correction
from web.correcting import SETTLED

_S = CorrectionState

_SENTENCES = {
    _S.RECEIVED: "Your correction is kept and waits for its turn.",
    _S.REVIEW: "Your correction is kept. Somebody looks at it before the model learns it.",
    _S.QUEUED: "Your correction is kept and waits for the trainer.",
    _S.TRAINING: "The model is learning your correction.",
    _S.CHECKING: "A copy of the model has learned it. It is being checked for harm.",
    _S.LIVE: "Done: the model has learned your correction.",
    _S.REFUSED: "The model did not learn your correction, because that would do harm.",
    _S.SUPERSEDED: "Another correction has taken the place of this one.",
    _S.FAILED: "The model could not learn your correction.",
    _S.REJECTED: "An administrator decided that the model shall not learn this.",
    _S.ROLLED_BACK: "The model had learned your correction, and was taken back since.",
    _S.REMOVED: "This correction was undone. Its text is erased.",
}
# What the steps lead to, and what stands in its place for those that went another way.
_END = "Live"
_OTHER_ENDS = {
    _S.REFUSED: "Refused",
    _S.SUPERSEDED: "Replaced",
    _S.FAILED: "Failed",
    _S.REJECTED: "Rejected",
    _S.ROLLED_BACK: "Rolled back",
    _S.REMOVED: "Undone",
}
_WAY = {_S.QUEUED: "Waiting", _S.TRAINING: "Learning", _S.CHECKING: "Checking", _S.LIVE: _END}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way: `done`, `now`, `next` or `stopped`."""

    title: str
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
        "sentence": _SENTENCES[correction.state],
        "settled": correction.state in SETTLED,
        "steps": steps(correction.state, review=review),
        "changes": _changes(correction),
    }


def steps(state: CorrectionState, *, review: bool) -> list[Step]:
    """Return the way from the beginning to its end, as far as it has been gone."""
    kept = Step("Kept", "done")
    if state in _OTHER_ENDS:
        between = [Step(_WAY[each], "done") for each in _WAY if each is not _S.LIVE]
        gone = between if state in {_S.REFUSED, _S.ROLLED_BACK} else []
        return [kept, *gone, Step(_OTHER_ENDS[state], "stopped")]
    way = {_S.REVIEW: "Review"} | _WAY if review or state is _S.REVIEW else _WAY
    if state is _S.LIVE:
        return [kept, *(Step(title, "done") for title in way.values())]
    order = list(way)
    at = order.index(state) if state in order else 0
    kinds = ["done"] * at + ["now"] + ["next"] * (len(order) - at - 1)
    return [kept, *map(Step, way.values(), kinds)]


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
