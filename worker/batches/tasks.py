"""The tasks of batches. What they cannot do now, the dispatcher has done again later."""

import time
from typing import Any

import structlog
from celery import Celery

from emojify_core.batches.enqueue import publish_chunk
from emojify_core.errors import QueueUnavailableError, StorageUnavailableError
from emojify_core.messages import ChunkRequest, SplitRequest, Task
from worker.batches.chunk_answerer import ChunkAnswerer
from worker.batches.splitter_thread import SplitterThread
from worker.process.presence_reporter import PresenceReporter

log = structlog.get_logger(__name__)

_LATER = (StorageUnavailableError, QueueUnavailableError)


def register_batch_tasks(
    app: Celery, cutting: SplitterThread, answerer: ChunkAnswerer, reporter: PresenceReporter
) -> None:
    """Give the app the tasks of batches."""

    @app.task(name=Task.SPLIT, ignore_result=True)
    def cut_batch(payload: dict[str, Any]) -> None:
        """Have the next part of a file cut, in a thread of its own."""
        cutting.split(SplitRequest.from_payload(payload).batch_id)

    @app.task(name=Task.CHUNK, ignore_result=True)
    def answer_chunk(payload: dict[str, Any]) -> None:
        """Answer a chunk, or as much of it as can be before somebody waits."""
        started = time.perf_counter()
        request = ChunkRequest.from_payload(payload)
        batch_id, number = request.batch_id, request.number
        try:
            whole = answerer.answer(request)
            if not whole:
                publish_chunk(app, request)
        except _LATER as e:
            log.warning("a chunk is not answered now", batch=batch_id, reason=str(e))
            answerer.give_back(request)
            return
        seconds = time.perf_counter() - started
        reporter.record_task(seconds)
        log.info(
            "answered a chunk" if whole else "gave way in a chunk",
            batch=batch_id,
            number=number,
            ms=round(seconds * 1000, 1),
        )
