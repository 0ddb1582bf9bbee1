"""Answering a chunk of a batch, step by step, giving way to whoever waits for a prediction."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import structlog

from emojify_core.batches.batch_files import BatchFiles
from emojify_core.batches.completion import end_without_file
from emojify_core.batches.reading.layout import Layout
from emojify_core.batches.reading.rows import Row, read_rows
from emojify_core.batches.results.row_answers import answer_rows
from emojify_core.errors import ModelError, NotStoredError, StorageUnavailableError
from emojify_core.messages import Answer, ChunkRequest, State
from emojify_core.ml.inference.answers import answer_texts
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.storage.batches.records import Chunk
from emojify_core.storage.factory import Storage
from worker.batches.chunk_writer import ChunkWriter
from worker.batches.step_size import StepSizer
from worker.models.version_cache import VersionCache

log = structlog.get_logger(__name__)

_GONE = "The model that this batch began with is not there any more. Send the file again."


@dataclass(slots=True)
class _Begun:
    """A chunk that gave way: what it needs to go on."""

    chunk: Chunk
    rows: Iterator[Row]  # those that are left, read as they are needed
    answers: list[Answer]


class ChunkAnswerer:
    """Answers chunks; for the one thread that runs tasks.

    At most one chunk is begun at a time: it goes on before another one is started, so that each
    message brings the batch further.
    """

    def __init__(
        self,
        storage: Storage,
        files: BatchFiles,
        models: VersionCache,
        writer: ChunkWriter,
        pace: StepSizer,
    ) -> None:
        self._storage, self._files, self._models = storage, files, models
        self._writer, self._pace = writer, pace
        self._begun: _Begun | None = None

    def answer(self, request: ChunkRequest) -> bool:
        """Answer a chunk and hand it over to be stored.

        Return False if that gave way to a prediction: its message is to be published again.
        Raises StorageUnavailableError.
        """
        begun, self._begun = self._begun, None
        if begun and begun.chunk.request != request and not self._go_on(begun):
            return False  # the begun one has a message of its own
        chunk = self._storage.chunks.find_unfinished(request)
        if chunk is None:  # it is done, or its batch is over
            return True
        if begun is None or begun.chunk.request != request:
            try:
                data = self._files.read(chunk.batch_id, chunk.start, chunk.length)
            except NotStoredError as e:
                log.warning("a batch's file is gone", batch=chunk.batch_id, reason=str(e))
                end_without_file(self._storage.batches, self._files, chunk.batch_id)
                return True
            begun = _Begun(chunk, read_rows(data, Layout.from_json(chunk.layout)), [])
        return self._go_on(begun)

    def give_back(self, request: ChunkRequest) -> None:
        """Let a chunk that could not be read be tried again later, however often."""
        with suppress(StorageUnavailableError):
            self._storage.chunks.release([request], at_once=False)

    def _go_on(self, begun: _Begun) -> bool:
        """Answer the rows that are left; return False if it gave way."""
        predictor = self._predictor(begun.chunk)
        if predictor is None:
            return True
        while True:
            with self._pace.step(begun.rows) as rows:
                begun.answers += answer_rows(rows, partial(answer_texts, predictor))
            if not rows or len(begun.answers) >= begun.chunk.rows:
                break
            if self._pace.somebody_waits():
                self._begun = begun
                return False
        self._writer.put(begun.chunk, begun.answers)
        return True

    def _predictor(self, chunk: Chunk) -> Predictor | None:
        try:
            return self._models.at(chunk.model_version)
        except (ModelError, NotStoredError) as e:
            log.warning("a batch's model is gone", batch=chunk.batch_id, reason=str(e))
            self._storage.batches.end(chunk.batch_id, State.FAILED, code="model", reason=_GONE)
            return None
