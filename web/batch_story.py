"""What a batch's page tells of it."""

from datetime import timedelta
from typing import Any

from emojify_core.labels import EMOTIONS
from emojify_core.messages import FINAL_STATES, State
from emojify_core.storage.batch_records import Batch

_SENTENCES = {
    State.QUEUED: "It waits for its turn.",
    State.RUNNING: "Your texts are being answered.",
    State.SUCCEEDED: "Done. The results are ready.",
    State.FAILED: "It could not be finished.",
    State.CANCELLED: "It was cancelled. Nothing of it is kept.",
    State.EXPIRED: "The file and its results were deleted.",
}
_UNITS = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))


def story(batch: Batch, summary: dict[str, Any] | None) -> dict[str, Any]:
    """Return what the template shows of a batch."""
    return {
        "batch": batch,
        "over": batch.state in FINAL_STATES,
        "sentence": _SENTENCES[batch.state],
        "share": _share(batch),
        "figures": _figures(batch),
        "took": _took(batch),
        "summary": summary,
        "bars": _bars(summary) if summary else None,
    }


def in_words(time: timedelta) -> str:
    """Return a time as people say it, in its largest unit: "7 days", "2 minutes"."""
    seconds = max(1, round(time.total_seconds()))
    for name, length in _UNITS:
        if seconds >= length:
            number = round(seconds / length)
            return f"{number} {name}{'s' if number > 1 else ''}"
    raise AssertionError("the last unit is one second")


def _share(batch: Batch) -> float | None:
    """Return how much is done, from 0 to 1; None while that cannot be said."""
    rows = _expected(batch)
    return min(1.0, batch.done / rows) if rows else None


def _expected(batch: Batch) -> int:
    if batch.cut_whole or not batch.position:
        return batch.rows
    return round(batch.rows * batch.size / batch.position)


def _figures(batch: Batch) -> str:
    rows = _expected(batch)
    if not rows:
        return ""
    parts = [f"{batch.done:,} of {'' if batch.cut_whole else 'about '}{rows:,} rows"]
    if batch.rate is not None:
        parts.append(f"{batch.rate:,.0f} rows a second")
    if batch.eta is not None:
        parts.append(f"about {in_words(batch.eta)} left")
    return ", ".join(parts)


def _took(batch: Batch) -> str | None:
    if batch.finished_at is None:
        return None
    return in_words(batch.finished_at - (batch.started_at or batch.created_at))


def _bars(summary: dict[str, Any]) -> list[dict[str, Any]]:
    counts = summary["counts"]
    total, most = sum(counts.values()) or 1, max(counts.values()) or 1
    return [
        {
            "emotion": emotion,
            "count": counts[emotion.name],
            "share": counts[emotion.name] / total,
            "length": counts[emotion.name] / most,
        }
        for emotion in EMOTIONS
    ]
