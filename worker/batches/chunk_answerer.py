"""Answers a chunk of a batch step by step, and pauses it when a prediction waits."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import structlog

from emojify_core.answer import Answer
from emojify_core.batches.batch_files import BatchFiles
from emojify_core.batches.completion import fail_without_file
from emojify_core.batches.reading.layout import Layout
from emojify_core.batches.reading.rows import Row, read_rows
from emojify_core.batches.results.row_answers import answer_rows
from emojify_core.errors import ModelError, NotStoredError, StorageUnavailableError
from emojify_core.messages import ChunkRequest, State
from emojify_core.ml.inference.answers import answer_texts
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.storage.batches.records import Chunk
from emojify_core.storage.factory import Storage
from worker.batches.chunk_writer import ChunkWriter
from worker.batches.step_size import StepSizer
from worker.models.version_cache import VersionCache

log = structlog.get_logger(__name__)

_NO_MODEL = "The model version of this batch has been deleted. Send the file again."


@dataclass(slots=True)
class _PartialChunk:
    """A chunk of which some rows are answered."""

    chunk: Chunk
    rows: Iterator[Row]  # the remaining rows, read when they are needed
    answers: list[Answer]


class ChunkAnswerer:
    """Answers chunks in the thread that runs tasks; not safe to share between threads.

    At most one chunk is paused. It continues before another one starts, so that each message
    answers some rows.
    """

    def __init__(
        self,
        storage: Storage,
        files: BatchFiles,
        models: VersionCache,
        writer: ChunkWriter,
        step_sizer: StepSizer,
    ) -> None:
        self._storage, self._files, self._models = storage, files, models
        self._writer, self._step_sizer = writer, step_sizer
        self._paused: _PartialChunk | None = None

    def answer(self, request: ChunkRequest) -> bool:
        """Answer a chunk and pass it to the writer.

        Return False if a prediction waits: the caller then publishes the message again. Raises
        StorageUnavailableError.
        """
        current, self._paused = self._paused, None
        if current and current.chunk.request != request and not self._continue(current):
            return False  # the paused chunk has another message, which arrives later
        chunk = self._storage.chunks.find_unfinished(request)
        if chunk is None:  # the chunk is done, or its batch has ended
            return True
        if current is None or current.chunk.request != request:
            try:
                data = self._files.read(chunk.batch_id, chunk.start, chunk.length)
            except NotStoredError as e:
                log.warning("the file of a batch is missing", batch=chunk.batch_id, reason=str(e))
                fail_without_file(self._storage.batches, self._files, chunk.batch_id)
                return True
            current = _PartialChunk(chunk, read_rows(data, Layout.from_json(chunk.layout)), [])
        return self._continue(current)

    def release(self, request: ChunkRequest) -> None:
        """Let a chunk be published again later, without counting an attempt."""
        with suppress(StorageUnavailableError):
            self._storage.chunks.release([request], at_once=False)

    def _continue(self, current: _PartialChunk) -> bool:
        """Answer the remaining rows; return False if a prediction waits."""
        predictor = self._predictor(current.chunk)
        if predictor is None:
            return True
        while True:
            with self._step_sizer.step(current.rows) as rows:
                current.answers += answer_rows(rows, partial(answer_texts, predictor))
            if not rows or len(current.answers) >= current.chunk.rows:
                break
            if self._step_sizer.prediction_waits():
                self._paused = current
                return False
        self._writer.put(current.chunk, current.answers)
        return True

    def _predictor(self, chunk: Chunk) -> Predictor | None:
        try:
            return self._models.get(chunk.model_version)
        except (ModelError, NotStoredError) as e:
            log.warning("the model of a batch is missing", batch=chunk.batch_id, reason=str(e))
            self._storage.batches.end(chunk.batch_id, State.FAILED, code="model", reason=_NO_MODEL)
            return None
