"""The thread that stores answered chunks: first the answers, then their completion in SQL.

While the disk works, the model answers the next chunk, and one commit completes several chunks. A
worker that dies loses its unwritten chunks. The dispatcher then publishes them again.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from queue import Empty, SimpleQueue

import structlog

from emojify_core.answer import Answer
from emojify_core.batches.batch_files import BatchFiles
from emojify_core.batches.results.summary import summarize
from emojify_core.errors import StorageUnavailableError
from emojify_core.storage.batches.chunk_repository import ChunkRepository
from emojify_core.storage.batches.records import Chunk

log = structlog.get_logger(__name__)

MAX_UNWRITTEN = 8  # chunks
MAX_PER_COMMIT = 8  # chunks

AnsweredChunk = tuple[Chunk, Sequence[Answer]]  # with the answers to its rows, in their order


class ChunkWriter:
    """Stores answers and completes their chunks; `finish_batch` is called after a batch's last."""

    def __init__(
        self, files: BatchFiles, chunks: ChunkRepository, finish_batch: Callable[[str], None]
    ) -> None:
        self._files, self._chunks, self._finish_batch = files, chunks, finish_batch
        self._queue: SimpleQueue[AnsweredChunk | None] = SimpleQueue()  # None ends the thread
        self._room = threading.Semaphore(MAX_UNWRITTEN)
        self._thread = threading.Thread(target=self._run, name="chunk writer", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def put(self, chunk: Chunk, answers: Sequence[Answer]) -> None:
        """Queue a chunk for writing; block while too many are unwritten."""
        self._room.acquire()
        self._queue.put((chunk, answers))

    def stop(self) -> None:
        """Write the queued chunks, then end the thread."""
        self._queue.put(None)
        if self._thread.is_alive():  # a process that is stopped early has not started it
            self._thread.join()

    def _run(self) -> None:
        running = True
        while running:
            taken = self._take()
            running = None not in taken
            answered = [one for one in taken if one is not None]
            try:
                self._write(answered)
            except StorageUnavailableError as e:
                log.warning("cannot store the answers of a batch", reason=str(e))
                self._release(answered)
            except Exception:  # the dispatcher publishes the chunks again
                log.exception("cannot store the answers of a batch")
            if answered:
                self._room.release(len(answered))

    def _release(self, answered: Sequence[AnsweredChunk]) -> None:
        """Let the chunks be published again without counting an attempt: a full disk fails none."""
        with suppress(StorageUnavailableError):
            self._chunks.release([chunk for chunk, _ in answered], at_once=False)

    def _take(self) -> list[AnsweredChunk | None]:
        """Wait for a chunk; return it with those that are queued behind it."""
        taken = [self._queue.get()]
        while taken[-1] is not None and len(taken) < MAX_PER_COMMIT:
            try:
                taken.append(self._queue.get_nowait())
            except Empty:
                break
        return taken

    def _write(self, answered: Sequence[AnsweredChunk]) -> None:
        done = []
        for chunk, answers in answered:
            self._files.write_answers(chunk.batch_id, chunk.number, answers, chunk.model_version)
            summary = summarize(answers, chunk.first_row).to_json()
            done.append(replace(chunk, summary=summary))
        for batch_id in self._chunks.complete(done) if done else ():
            self._finish_batch(batch_id)
