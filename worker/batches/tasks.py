"""The Celery tasks of batches. The dispatcher publishes a failed one again."""

import time
from typing import Any

import structlog
from celery import Celery

from emojify_core.batches.enqueue import publish_chunk
from emojify_core.errors import QueueUnavailableError, StorageUnavailableError
from emojify_core.messages import ChunkRequest, SplitRequest, Task
from worker.batches.chunk_answerer import ChunkAnswerer
from worker.batches.splitter import SplitterThread
from worker.process.presence_reporter import PresenceReporter

log = structlog.get_logger(__name__)

_TEMPORARY = (StorageUnavailableError, QueueUnavailableError)


def register_batch_tasks(
    app: Celery, splitter: SplitterThread, answerer: ChunkAnswerer, reporter: PresenceReporter
) -> None:
    """Register the tasks that split files and answer chunks."""

    @app.task(name=Task.SPLIT, ignore_result=True)
    def split_batch(payload: dict[str, Any]) -> None:
        """Let the splitter's thread split the next part of a file."""
        splitter.request(SplitRequest.from_payload(payload).batch_id)

    @app.task(name=Task.CHUNK, ignore_result=True)
    def answer_chunk(payload: dict[str, Any]) -> None:
        """Answer a chunk, up to the step at which a prediction waits."""
        started = time.perf_counter()
        request = ChunkRequest.from_payload(payload)
        batch_id, number = request.batch_id, request.number
        try:
            finished = answerer.answer(request)
            if not finished:
                publish_chunk(app, request)
        except _TEMPORARY as e:
            log.warning("cannot answer a chunk now", batch=batch_id, reason=str(e))
            answerer.release(request)
            return
        seconds = time.perf_counter() - started
        reporter.record_task(seconds)
        log.info(
            "answered a chunk" if finished else "paused a chunk for a prediction",
            batch=batch_id,
            number=number,
            ms=round(seconds * 1000, 1),
        )
