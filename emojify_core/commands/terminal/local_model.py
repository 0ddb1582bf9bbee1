"""Answers without a server, by a model on this machine."""

import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from emojify_core.batches.limits import MAX_LINE, SLICE
from emojify_core.batches.reading.chunking import cut, too_long
from emojify_core.batches.reading.ingest import take_in
from emojify_core.batches.reading.layout import Layout, Options
from emojify_core.batches.reading.rows import read_rows
from emojify_core.batches.results.summary import best, for_people, merge, summarise
from emojify_core.batches.results.writer import ResultFormat, Writer
from emojify_core.labels import EMOTIONS, LABELS
from emojify_core.messages import Answer
from emojify_core.storage.batches.records import Span

if TYPE_CHECKING:
    from emojify_core.client.records import Answer as Answered

_EMOJI = {emotion.name: emotion.emoji for emotion in EMOTIONS}
_BLOCK = 256 << 10
VERSION = 1  # of the shipped model


class LocalModel:
    """The shipped model, or the one in a folder. Raises ModelError if it is damaged."""

    def __init__(self, folder: Path | None = None) -> None:
        from emojify_core.ml.inference.predictor import Predictor  # noqa: PLC0415
        from emojify_core.ml.model.artifact import SHIPPED  # noqa: PLC0415 - numpy, ONNX Runtime

        self._predictor: Predictor = Predictor.load(folder or SHIPPED, threads=2)

    def answers(self, texts: Sequence[str]) -> tuple[Answer, ...]:
        """Answer each text; one that has no answer gets its error."""
        from emojify_core.ml.inference.answers import answers_of  # noqa: PLC0415 - numpy

        return answers_of(self._predictor, texts)

    def predict_all(self, texts: Sequence[str]) -> "list[Answered]":
        """Return answers in the form in which a server's client gives them."""
        return [_as_served(answer) for answer in self.answers(texts)]

    def batch(
        self,
        path: Path,
        target: BinaryIO,
        result_format: str,
        options: Options,
        progress: Callable[[int, int], None],
    ) -> dict[str, Any]:
        """Answer a file row by row into `target`; return its summary, as a server would.

        `progress` is told rows done and in all. Raises BatchFileError, OSError.
        """
        with tempfile.TemporaryFile() as stored, path.open("rb") as source:
            taken = take_in(iter(lambda: source.read(_BLOCK), b""), stored, options)
            spans, columns = _cut(stored, taken.layout, taken.size)
            writer = Writer(ResultFormat(result_format), taken.layout, columns, VERSION)
            target.write(writer.head())
            total, done, parts = sum(span.rows for span in spans), 0, []
            for span in spans:
                stored.seek(span.start)
                rows = list(read_rows(stored.read(span.length), taken.layout))
                answers = [
                    Answer(error=(row.problem.code, row.problem.message)) if row.problem else answer
                    for row, answer in zip(
                        rows, self.answers([row.text for row in rows]), strict=True
                    )
                ]
                target.write(writer.rows(rows, answers))
                parts.append(summarise(answers, done))
                done += span.rows
                progress(done, total)
            return for_people(merge(parts), partial(_text_of, stored, spans, taken.layout))


def _cut(stored: Any, layout: Layout, size: int) -> tuple[list[Span], tuple[str, ...]]:
    """Return all chunks of a stored file, and all of its columns."""
    spans: list[Span] = []
    columns, position = layout.columns, layout.start
    while position < size:
        for length in (SLICE, MAX_LINE + SLICE):
            stored.seek(position)
            data = stored.read(length)
            part = cut(data, layout, columns, whole=position + len(data) >= size)
            if part.end:
                break
        else:
            raise too_long(sum(span.rows for span in spans) + 1)
        spans += [span._replace(start=position + span.start) for span in part.spans]
        columns, position = part.columns, position + part.end
    return spans, columns


def _text_of(stored: Any, spans: Sequence[Span], layout: Layout, row: int) -> str:
    """Return a row's text, read once more."""
    for span in spans:
        if row < span.rows:
            stored.seek(span.start)
            return list(read_rows(stored.read(span.length), layout))[row].text
        row -= span.rows
    raise IndexError(row)


def _as_served(answer: Answer) -> "Answered":
    from emojify_core.client.records import Answer as Answered  # noqa: PLC0415 - httpx

    if answer.error:
        return Answered(error=answer.error[1])
    label, confidence = best(answer)
    probabilities = dict(zip(LABELS, answer.probabilities, strict=True))
    return Answered(label, _EMOJI[label], answer.confident, confidence, probabilities, VERSION)
