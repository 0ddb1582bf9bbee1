"""What a batch's page shows: progress, figures and the summary's bars."""

from datetime import timedelta
from typing import Any

from emojify_core.batches.results.table import ResultFormat
from emojify_core.labels import EMOTIONS, NO_EMOTION
from emojify_core.limits import MAX_SHEET_ROWS
from emojify_core.messages import FINAL_STATES
from emojify_core.storage.batches.records import Batch
from web.text_catalog import TextCatalog

_UNITS = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))


def batch_view(batch: Batch, summary: dict[str, Any] | None, say: TextCatalog) -> dict[str, Any]:
    """Return the template's values for a batch."""
    return {
        "batch": batch,
        "over": batch.state in FINAL_STATES,
        "share": _share(batch),
        "figures": _figures(batch, say),
        "took": _took(batch, say),
        "summary": summary,
        "formats": _formats(batch),
        "unsure": summary["unsure"] - summary["none"] if summary else 0,
        "bars": _bars(summary) if summary else None,
    }


def in_words(time: timedelta, say: TextCatalog) -> str:
    """Return a duration in its largest unit: "7 days", "2 minutes"."""
    seconds = max(1, round(time.total_seconds()))
    for name, length in _UNITS:
        if seconds >= length:
            return say.count(f"units.{name}", round(seconds / length))
    raise AssertionError("the last unit is one second")


def _formats(batch: Batch) -> list[str]:
    """Return the formats for the results, the file's own kind first."""
    named = batch.name.lower().removesuffix(".gz").endswith
    workbook, lines = named((".xlsx", ".xls", ".ods")), batch.layout["format"] == "jsonl"
    first = "xlsx" if workbook else "jsonl" if lines else "csv"
    room = batch.rows <= MAX_SHEET_ROWS
    offered = [each.value for each in ResultFormat if room or each is not ResultFormat.XLSX]
    return sorted(offered, key=lambda each: each != first)


def _share(batch: Batch) -> float | None:
    """Return the answered share of the rows, from 0 to 1; None while it is unknown."""
    rows = _estimated_rows(batch)
    return min(1.0, batch.done / rows) if rows else None


def _estimated_rows(batch: Batch) -> int:
    """Return the number of rows; before the whole file is split, as its size suggests."""
    if batch.fully_split or not batch.position:
        return batch.rows
    return round(batch.rows * batch.size / batch.position)


def _figures(batch: Batch, say: TextCatalog) -> str:
    rows = _estimated_rows(batch)
    if not rows:
        return ""
    name = "batch.of" if batch.fully_split else "batch.of_about"
    parts = [say(name, done=f"{batch.done:,}", rows=f"{rows:,}")]
    if batch.rate is not None:
        parts.append(say("batch.rate", rate=f"{batch.rate:,.0f}"))
    if batch.eta is not None:
        parts.append(say("batch.left", time=in_words(batch.eta, say)))
    return say("batch.between").join(parts)


def _took(batch: Batch, say: TextCatalog) -> str | None:
    if batch.finished_at is None:
        return None
    return in_words(batch.finished_at - (batch.started_at or batch.created_at), say)


def _bars(summary: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a bar for each emotion, and one more if there are rows of no clear emotion."""
    none = summary["none"]
    counts = summary["clear"] | {NO_EMOTION.name: none}
    total, most = sum(counts.values()) or 1, max(counts.values()) or 1
    return [
        {
            "emotion": emotion,
            "count": counts[emotion.name],
            "share": counts[emotion.name] / total,
            "length": counts[emotion.name] / most,
        }
        for emotion in ((*EMOTIONS, NO_EMOTION) if none else EMOTIONS)
    ]
