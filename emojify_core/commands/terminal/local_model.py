"""Predictions without a server, by a model on this machine."""

import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from emojify_core.answer import Answer
from emojify_core.batches.reading.chunking import split_next
from emojify_core.batches.reading.ingest import ingest_file
from emojify_core.batches.reading.layout import Layout, LayoutOptions
from emojify_core.batches.reading.rows import read_rows
from emojify_core.batches.results.row_answers import answer_rows
from emojify_core.batches.results.stream import beginning_size, check_room, read_text
from emojify_core.batches.results.summary import merge, summarize, to_report
from emojify_core.batches.results.table import ResultFormat, ResultTable
from emojify_core.batches.results.writer import open_writer
from emojify_core.labels import EMOTION_OF, LABELS
from emojify_core.storage.batches.records import Span

if TYPE_CHECKING:
    from emojify_core.client.records import Answer as Answered

_BLOCK = 256 << 10
VERSION = 1  # of the shipped model


class LocalModel:
    """The shipped model, or the one in a folder. Raises ModelError when it is damaged."""

    def __init__(self, folder: Path | None = None) -> None:
        from emojify_core.ml.inference.predictor import Predictor  # noqa: PLC0415
        from emojify_core.ml.model.artifact import SHIPPED  # noqa: PLC0415 - numpy, ONNX Runtime

        self._predictor: Predictor = Predictor.load(folder or SHIPPED, threads=2)

    def answers(self, texts: Sequence[str]) -> tuple[Answer, ...]:
        """Answer each text; a text that cannot be answered gets its error."""
        from emojify_core.ml.inference.answers import answer_texts  # noqa: PLC0415 - numpy

        return answer_texts(self._predictor, texts)

    def predict_all(self, texts: Sequence[str]) -> "list[Answered]":
        """Return answers as the client of a server returns them."""
        return [_to_client_answer(answer) for answer in self.answers(texts)]

    def batch(
        self,
        path: Path,
        target: BinaryIO,
        result_format: str,
        options: LayoutOptions,
        progress: Callable[[int, int], None],
    ) -> dict[str, Any]:
        """Write a file's rows with their results to `target`; return the summary.

        Calls `progress` with the rows done and in all. Raises BatchFileError when the file is not
        readable as texts, OSError when reading or writing fails.
        """
        with tempfile.TemporaryFile() as stored, path.open("rb") as source:
            ingested = ingest_file(iter(lambda: source.read(_BLOCK), b""), stored, options)
            layout, read = ingested.layout, partial(_read, stored)
            spans, columns = _split(read, layout, ingested.size)
            total, done, parts = sum(span.rows for span in spans), 0, []
            check_room(ResultFormat(result_format), total)
            beginning = read(0, beginning_size(layout, ingested.size))
            table = ResultTable(layout, columns, VERSION, beginning, total, ingested.size)
            writer = open_writer(ResultFormat(result_format), table)
            target.write(writer.header())
            for span in spans:
                rows = list(read_rows(read(span.start, span.length), layout))
                answers = answer_rows(rows, self.answers)
                target.write(writer.rows(rows, answers))
                parts.append(summarize(answers, done))
                done += span.rows
                progress(done, total)
            summary = to_report(merge(parts), partial(read_text, read, layout, spans))
            target.write(writer.end(summary))
            return summary


def _read(stored: Any, start: int, length: int) -> bytes:
    stored.seek(start)
    found: bytes = stored.read(length)
    return found


def _split(
    read: Callable[[int, int], bytes], layout: Layout, size: int
) -> tuple[list[Span], tuple[str, ...]]:
    """Return all chunks of a stored file, and its columns."""
    spans: list[Span] = []
    columns, position, rows = layout.columns, layout.start, 0
    while position < size:
        part = split_next(read, layout, position, columns, rows)
        spans += part.spans
        rows += sum(span.rows for span in part.spans)
        columns, position = part.columns, part.end
    return spans, columns


def _to_client_answer(answer: Answer) -> "Answered":
    from emojify_core.client.records import Answer as Answered  # noqa: PLC0415 - httpx

    if answer.error:
        return Answered(error=answer.error[1])
    label, confidence = answer.best
    probabilities = dict(zip(LABELS, answer.probabilities, strict=True))
    return Answered(
        label,
        EMOTION_OF[label].emoji,
        answer.confident,
        confidence,
        probabilities,
        VERSION,
        emotional=answer.emotional,
        none=answer.none,
        understood=answer.understood,
    )
