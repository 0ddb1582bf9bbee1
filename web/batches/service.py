"""Taking a batch: its file stored whole, then committed, then told to the workers."""

from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from celery import Celery

from emojify_core.batches.batch_files import BatchFiles
from emojify_core.batches.enqueue import publish_split
from emojify_core.batches.reading.layout import Options
from emojify_core.batches.results.stream import stream_results
from emojify_core.batches.results.writer import ResultFormat
from emojify_core.errors import (
    NotStoredError,
    OverloadedError,
    QueueUnavailableError,
    TooManyBatchesError,
)
from emojify_core.messages import FINAL_STATES, State
from emojify_core.storage.batches.records import Batch, BatchDraft, new_batch_id
from emojify_core.storage.factory import Storage
from emojify_core.storage.versions.live_pointer import read_pointer
from web.batches.uploads import Upload
from web.http.concurrency import TransferSlots, WaitSlots

MOST_OPEN = 20  # batches of one client that are not over
MOST_IN_ALL = 200  # of all clients


@dataclass(frozen=True, slots=True)
class BatchService:
    """The web's side of a batch's way."""

    storage: Storage
    files: BatchFiles
    celery: Celery
    wait_slots: WaitSlots
    transfers: TransferSlots

    def take(self, client: str, upload: Upload, options: Options) -> Batch:
        """Store a file and commit it as a batch; whatever goes wrong leaves nothing behind.

        Raises BatchFileError, UnstorableTextError, OverloadedError, TooManyBatchesError, and
        what reading the upload raises.
        """
        self._check_room(client)
        version = self._live_version()
        batch_id = new_batch_id()
        with self.transfers.hold():
            taken = self.files.take_in(batch_id, upload.blocks, options)
        try:
            batch = self.storage.batches.add(
                BatchDraft(
                    id=batch_id,
                    client=client,
                    name=options.name,
                    size=taken.size,
                    layout=taken.layout.to_json(),
                    start=taken.layout.start,
                    columns=taken.layout.columns,
                    model_version=version,
                )
            )
        except BaseException:
            self.files.delete(batch_id)
            raise
        with suppress(QueueUnavailableError):  # the workers look by themselves, too
            publish_split(self.celery, batch_id)
        return batch

    def wait(self, batch_id: str, seconds: float) -> Batch:
        """Return a batch when it is over, or as it is after that time."""
        return self.wait_slots.poll(
            lambda: self.storage.batches.get(batch_id),
            lambda batch: batch.state in FINAL_STATES,
            seconds,
        )

    def end(self, batch_id: str) -> Batch:
        """Cancel a batch; the files of one that has succeeded are deleted instead."""
        ended = self.storage.batches.end(batch_id, State.CANCELLED)
        if ended.state is State.SUCCEEDED:
            self.files.delete(batch_id)
            ended = self.storage.batches.mark_swept(batch_id)
        return ended

    def results(self, batch: Batch, wanted: ResultFormat) -> tuple[bytes, Generator[bytes]]:
        """Return the beginning of a batch's results, and a generator of the rest.

        So what is missing is told as an error, not by an answer that breaks off. The generator
        holds a place until it is closed. Raises NotStoredError, OverloadedError.
        """
        stream = self._stream(batch, wanted)
        return b"".join(islice(stream, 2)), stream

    def _stream(self, batch: Batch, wanted: ResultFormat) -> Generator[bytes]:
        with self.transfers.hold():
            yield from stream_results(self.files, self.storage.chunks, batch, wanted)

    def _check_room(self, client: str) -> None:
        if self.storage.batches.count_open(client) >= MOST_OPEN:
            raise TooManyBatchesError(
                f"You have {MOST_OPEN} batches that are not done. Wait for one, or cancel one."
            )
        if self.storage.batches.count_open() >= MOST_IN_ALL:
            raise OverloadedError(
                "Too many batches are waiting at the moment. Try again in some minutes."
            )

    def _live_version(self) -> int:
        try:
            return read_pointer(self.storage.engine).version
        except NotStoredError as e:
            raise OverloadedError(
                "There is no model yet: the first worker to start stores it. Try again shortly."
            ) from e
