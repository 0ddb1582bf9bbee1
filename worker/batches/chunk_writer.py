"""What workers write of batches, in a thread of its own: answers first, then the tick in SQL.

While the disk works, the model goes on with the next chunk; several ticks share a commit.
A worker that dies loses what is still to be written here. The dispatcher finds those chunks not
done and publishes them again.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from queue import Empty, SimpleQueue

import structlog

from emojify_core.batches.batch_files import BatchFiles
from emojify_core.batches.results.summary import summarize
from emojify_core.errors import StorageUnavailableError
from emojify_core.messages import Answer
from emojify_core.storage.batches.chunk_repository import ChunkRepository
from emojify_core.storage.batches.records import Chunk

log = structlog.get_logger(__name__)

WAITING = 8  # chunks at most that are answered and not written
TOGETHER = 8  # in one commit


Answered = tuple[Chunk, Sequence[Answer]]  # the answers to its rows, in their order


class ChunkWriter:
    """Stores answers and ticks their chunks off. `finish` is called with batches done whole."""

    def __init__(
        self, files: BatchFiles, chunks: ChunkRepository, finish: Callable[[str], None]
    ) -> None:
        self._files, self._chunks, self._finish = files, chunks, finish
        self._queue: SimpleQueue[Answered | None] = SimpleQueue()
        self._room = threading.Semaphore(WAITING)
        self._thread = threading.Thread(target=self._run, name="chunks", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def put(self, chunk: Chunk, answers: Sequence[Answer]) -> None:
        """Hand over a chunk; waits while too many are not written yet."""
        self._room.acquire()
        self._queue.put((chunk, answers))

    def stop(self) -> None:
        """Write what was handed over, then end."""
        self._queue.put(None)
        if self._thread.is_alive():  # not if we are stopped while we start
            self._thread.join()

    def _run(self) -> None:
        going = True
        while going:
            taken = self._take()
            going = None not in taken
            answered = [one for one in taken if one is not None]
            try:
                self._write(answered)
            except StorageUnavailableError as e:
                log.warning("answers of a batch were not stored", reason=str(e))
                self._give_back(answered)
            except Exception:  # they are published again
                log.exception("answers of a batch were not stored")
            if answered:
                self._room.release(len(answered))

    def _give_back(self, answered: Sequence[Answered]) -> None:
        """Have them answered again later; a disk that is full for an hour wears out no batch."""
        with suppress(StorageUnavailableError):
            self._chunks.release([chunk for chunk, _ in answered], at_once=False)

    def _take(self) -> list[Answered | None]:
        """Wait for a chunk; return it with those that came meanwhile."""
        taken = [self._queue.get()]
        while taken[-1] is not None and len(taken) < TOGETHER:
            try:
                taken.append(self._queue.get_nowait())
            except Empty:
                break
        return taken

    def _write(self, answered: Sequence[Answered]) -> None:
        done = []
        for chunk, answers in answered:
            self._files.put_answers(chunk.batch_id, chunk.number, answers, chunk.model_version)
            summary = summarize(answers, chunk.first_row).to_json()
            done.append(replace(chunk, summary=summary))
        for batch_id in self._chunks.complete(done) if done else ():
            self._finish(batch_id)
