"""What a correction's page shows: its steps, and the probabilities before and after."""

from dataclasses import dataclass
from typing import Any

from emojify_core.correction_states import CorrectionState
from emojify_core.labels import EMOTION_OF, EMOTIONS, Emotion
from emojify_core.storage.corrections.erasure import OWNER, RETENTION
from emojify_core.storage.corrections.records import Correction
from web.corrections.service import SETTLED

_S = CorrectionState

_PATH = (_S.QUEUED, _S.TRAINING, _S.CHECKING, _S.LIVE)
# Some texts are refused before any training, so a refusal claims no further steps.
_DONE = {_S.REFUSED: _PATH[:1], _S.ROLLED_BACK: _PATH[:-1]}
_SHOWN = 0.005  # of a probability; the page shows whole percentages


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the path; `kind` is `done`, `now`, `next` or `stopped`."""

    name: CorrectionState
    kind: str


@dataclass(frozen=True, slots=True)
class ProbabilityChange:
    """One emotion's probability before and after learning."""

    emotion: Emotion
    before: float
    after: float


def correction_view(correction: Correction, *, review: bool) -> dict[str, Any]:
    """Return the template's values for a correction."""
    return {
        "correction": correction,
        "sentence": _sentence(correction),
        "emotion": EMOTION_OF[correction.label],
        "settled": correction.state in SETTLED,
        "steps": steps(correction.state, review=review),
        "changes": _changes(correction),
    }


def steps(state: CorrectionState, *, review: bool) -> list[Step]:
    """Return the steps that lead from RECEIVED to the end, with the current one marked."""
    received = Step(_S.RECEIVED, "done")
    path = (_S.REVIEW, *_PATH) if review or state is _S.REVIEW else _PATH
    if state is _S.LIVE:
        return [received, *(Step(each, "done") for each in path)]
    if state in SETTLED:  # this end takes the place of LIVE
        done = _DONE.get(state, ())
        return [received, *(Step(each, "done") for each in done), Step(state, "stopped")]
    current = path.index(state) if state in path else 0
    kinds = ["done"] * current + ["now"] + ["next"] * (len(path) - current - 1)
    return [received, *map(Step, path, kinds)]


def _sentence(correction: Correction) -> str:
    """Return the name of the sentence about its state; who deleted it matters to its owner."""
    if correction.state is _S.REMOVED and correction.decided_by in {OWNER, RETENTION}:
        return f"removed_by_{correction.decided_by}"
    if correction.state is _S.LIVE and _is_unchanged(correction):
        return "unchanged"
    return correction.state


def _is_unchanged(correction: Correction) -> bool:
    """Return whether the model said the same before, so that nothing had to be learned."""
    before, after = correction.before, correction.after
    if before is None or after is None:
        return False
    said = EMOTIONS[before.index(max(before))].name
    return said == correction.label and all(
        abs(new - old) < _SHOWN for old, new in zip(before, after, strict=True)
    )


def _changes(correction: Correction) -> dict[str, Any] | None:
    """Return the old and the new prediction; None unless the correction is live."""
    before, after = correction.before, correction.after
    if correction.state is not _S.LIVE or before is None or after is None:
        return None
    old, new = max(before), max(after)
    return {
        "all": [ProbabilityChange(*each) for each in zip(EMOTIONS, before, after, strict=True)],
        "old": ProbabilityChange(EMOTIONS[before.index(old)], old, old),
        "new": ProbabilityChange(EMOTIONS[after.index(new)], new, new),
    }
