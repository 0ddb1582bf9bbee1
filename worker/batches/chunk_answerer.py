"""Answering a chunk of a batch, step by step, giving way to whoever waits for a prediction."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog

from emojify_core.batches.batch_files import BatchFiles
from emojify_core.batches.completion import end_without_file
from emojify_core.batches.reading.layout import Layout
from emojify_core.batches.reading.rows import Row, read_rows
from emojify_core.errors import ModelError, NotStoredError, StorageUnavailableError
from emojify_core.messages import Answer, ChunkRequest, State
from emojify_core.ml.inference.answers import answers_of
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.storage.batches.records import Work
from emojify_core.storage.factory import Storage
from worker.batches.chunk_writer import Answered, ChunkWriter
from worker.batches.step_size import StepSizer
from worker.models.version_cache import VersionCache

log = structlog.get_logger(__name__)

_GONE = "The model that this batch began with is not there any more. Send the file again."


@dataclass(slots=True)
class _Begun:
    """A chunk that gave way: what it needs to go on."""

    work: Work
    rows: Iterator[Row]  # those that are left, read as they are needed
    answers: list[Answer]

    @property
    def request(self) -> ChunkRequest:
        return ChunkRequest(self.work.batch_id, self.work.number)


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
        if begun and begun.request != request and not self._go_on(begun):
            return False  # the begun one has a message of its own
        work = self._storage.chunks.work(request.batch_id, request.number)
        if work is None:  # it is done, or its batch is over
            return True
        if begun is None or begun.request != request:
            try:
                data = self._files.read(work.batch_id, work.start, work.length)
            except NotStoredError as e:
                log.warning("a batch's file is gone", batch=work.batch_id, reason=str(e))
                end_without_file(self._storage.batches, self._files, work.batch_id)
                return True
            begun = _Begun(work, read_rows(data, Layout.from_json(work.layout)), [])
        return self._go_on(begun)

    def give_back(self, request: ChunkRequest) -> None:
        """Let a chunk that could not be read be tried again later, however often."""
        with suppress(StorageUnavailableError):
            which = [(request.batch_id, request.number)]
            self._storage.chunks.give_back(which, at_once=False)

    def _go_on(self, chunk: _Begun) -> bool:
        """Answer the rows that are left; return False if it gave way."""
        predictor = self._predictor(chunk.work)
        if predictor is None:
            return True
        while True:
            with self._pace.step(chunk.rows) as rows:
                chunk.answers += _answers(predictor, rows)
            if not rows or len(chunk.answers) >= chunk.work.rows:
                break
            if self._pace.somebody_waits():
                self._begun = chunk
                return False
        self._writer.put(Answered(chunk.work, chunk.answers))
        return True

    def _predictor(self, work: Work) -> Predictor | None:
        try:
            return self._models.at(work.model_version)
        except (ModelError, NotStoredError) as e:
            log.warning("a batch's model is gone", batch=work.batch_id, reason=str(e))
            self._storage.batches.end(work.batch_id, State.FAILED, code="model", reason=_GONE)
            return None


def _answers(predictor: Predictor, rows: Sequence[Row]) -> list[Answer]:
    answers = answers_of(predictor, [row.text for row in rows])
    return [
        # A problem of the row; those of texts are the same here and there.
        Answer(error=(row.problem.code, row.problem.message)) if row.problem else answer
        for row, answer in zip(rows, answers, strict=True)
    ]
