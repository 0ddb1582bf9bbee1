"""Data frames of pandas and polars, without depending on either."""

import json
from collections.abc import Iterable
from io import BytesIO
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from emojify_core.errors import DataError
from emojify_core.labels import LABELS

if TYPE_CHECKING:
    from emojify_core.client.emojify import Emojify

_TEXT = "text"  # the only name in the lines that are sent, so that nothing clashes
_ADDED = (
    *("label", "emoji", "confidence", *LABELS, "model_version", "error"),
    *("emotional", "none", "understood", "confident"),
)


def label_frame(emojify: "Emojify", frame: Any, column: str | None) -> Any:
    """Return the frame with the columns of the prediction. Raises DataError for another object."""
    if hasattr(frame, "to_frame"):  # a series
        series = frame
        frame = frame.to_frame()
        column = list(frame.columns)[0]  # noqa: RUF015 - an index of pandas is no iterator
    if not hasattr(frame, "columns") or column not in list(frame.columns):
        raise DataError(
            f"There is no column {column!r}. Give a frame of pandas or polars, and the name of its "
            "column with the texts."
        )
    series = frame[column]
    rows = _answers(emojify, series)
    taken = {str(name).strip().casefold() for name in frame.columns}
    prefix = "" if taken.isdisjoint(_ADDED) else "emojify_"
    added = {prefix + name: [row.get(name) for row in rows] for name in _ADDED}
    if hasattr(frame, "with_columns"):  # polars
        return frame.with_columns([type(series)(name, values) for name, values in added.items()])
    return frame.assign(
        **{name: type(series)(values, index=frame.index) for name, values in added.items()}
    )


def _answers(emojify: "Emojify", texts: Iterable[Any]) -> list[dict[str, Any]]:
    """Return the results of a batch of these texts, in their order."""
    with TemporaryFile() as file:
        for text in texts:
            sent = text if isinstance(text, str) else None
            file.write(json.dumps({_TEXT: sent}).encode() + b"\n")
        if not file.tell():
            return []
        file.seek(0)
        batch = emojify.submit(file, name="frame.jsonl", format="jsonl", column=_TEXT, guess="true")
    results = BytesIO()
    try:
        emojify.wait(batch.id)
        emojify.download(batch.id, results, "jsonl")
    finally:
        emojify.cancel(batch.id)  # nothing is kept
    results.seek(0)
    return [json.loads(line) for line in results]
