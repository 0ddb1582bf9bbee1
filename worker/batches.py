"""The tasks of batches: cutting a file further, and answering a chunk of it."""

import time
from dataclasses import dataclass
from typing import Any

import structlog
from celery import Celery

from emojify_core.batches.files import BatchFiles
from emojify_core.batches.layout import Layout
from emojify_core.batches.publishing import publish_cut
from emojify_core.batches.rows import Row, read_rows
from emojify_core.errors import (
    ModelError,
    NotStoredError,
    QueueUnavailableError,
    StorageUnavailableError,
)
from emojify_core.messages import Answer, ChunkRequest, CutRequest, State, Task
from emojify_core.storage.batch_records import Work
from emojify_core.storage.opening import Storage
from worker.answering import answers_of
from worker.chunk_writer import Answered, ChunkWriter
from worker.cutting import Cutter
from worker.pinned_models import PinnedModels
from worker.reporting import Reporter

log = structlog.get_logger(__name__)

_GONE = "The model that this batch began with is not there any more. Send the file again."


@dataclass(frozen=True, slots=True)
class BatchWork:
    """What both tasks do; what they cannot do now, the dispatcher has done again later."""

    storage: Storage
    files: BatchFiles
    models: PinnedModels
    writer: ChunkWriter

    def answer(self, request: ChunkRequest) -> int:
        """Answer a chunk and hand it over to be stored; return its rows, 0 if it was over."""
        work = self.storage.chunks.work(request.batch_id, request.number)
        if work is None:
            return 0
        batch, chunk = work
        try:
            predictor = self.models.at(batch.model_version)
        except (ModelError, NotStoredError) as e:
            log.warning("a batch's model is gone", batch=batch.id, reason=str(e))
            self.storage.batches.end(batch.id, State.FAILED, code="model", reason=_GONE)
            return 0
        rows = self._rows(work)
        answers = list(answers_of(predictor, [row.text for row in rows]))
        for place, row in enumerate(rows):
            if row.problem:  # of the row; those of texts are the same here and there
                answers[place] = Answer(error=(row.problem.code, row.problem.message))
        self.writer.put(Answered(chunk, answers, batch.model_version))
        return len(rows)

    def _rows(self, work: Work) -> list[Row]:
        data = self.files.read(work.batch.id, work.chunk.start, work.chunk.length)
        return list(read_rows(data, Layout.from_json(work.batch.layout)))


def register_batch_tasks(app: Celery, work: BatchWork, reporter: Reporter) -> None:
    """Give the app the tasks of batches."""
    cutter = Cutter(work.storage, work.files)

    @app.task(name=Task.CUT, ignore_result=True)
    def cut_batch(payload: dict[str, Any]) -> None:
        started = time.perf_counter()
        batch_id = CutRequest.from_payload(payload).batch_id
        try:
            left = cutter.step(batch_id)
            if left is not None and not left.cut_whole:
                publish_cut(app, batch_id)
        except (StorageUnavailableError, QueueUnavailableError) as e:
            log.warning("a batch is not cut further now", batch=batch_id, reason=str(e))
        reporter.count(time.perf_counter() - started)

    @app.task(name=Task.CHUNK, ignore_result=True)
    def answer_chunk(payload: dict[str, Any]) -> None:
        started = time.perf_counter()
        request = ChunkRequest.from_payload(payload)
        try:
            rows = work.answer(request)
        except (StorageUnavailableError, NotStoredError) as e:
            log.warning("a chunk is not answered now", batch=request.batch_id, reason=str(e))
            return
        seconds = time.perf_counter() - started
        reporter.count(seconds)
        log.info(
            "answered a chunk",
            batch=request.batch_id,
            number=request.number,
            rows=rows,
            ms=round(seconds * 1000, 1),
        )
