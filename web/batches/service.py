"""Storing a client's file as a batch, following and ending it, reading its results."""

from collections.abc import Generator, Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from celery import Celery

from emojify_core.batches.batch_files import BatchFiles
from emojify_core.batches.enqueue import publish_split
from emojify_core.batches.reading.layout import LayoutOptions
from emojify_core.batches.results.stream import stream_results
from emojify_core.batches.results.table import ResultFormat
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
from web.auth.identity import Identity
from web.batches.storage_quota import StorageQuota
from web.http.concurrency import TransferSlots, WaitSlots

MAX_OPEN_PER_CLIENT = 20  # unfinished batches
MAX_OPEN = 200  # unfinished batches of all clients
UNKNOWN = "You have no batch with this id."


@dataclass(frozen=True, slots=True)
class BatchService:
    """Takes files, and returns the progress and the results of batches."""

    storage: Storage
    files: BatchFiles
    celery: Celery
    wait_slots: WaitSlots
    transfer_slots: TransferSlots
    quota: StorageQuota

    def take(
        self,
        client: str,
        network: str | None,
        blocks: Iterable[bytes],
        options: LayoutOptions,
        *,
        announced: int | None = None,
    ) -> Batch:
        """Store a file and commit it as a batch; an error leaves nothing behind.

        The caller holds a transfer slot. `announced` is the size of what is sent, if the client
        told it. Raises BatchFileError, UnstorableTextError, OverloadedError, TooManyBatchesError,
        StorageQuotaError, InsufficientStorageError, and what iterating over `blocks` raises.
        """
        self._check_open_batches(client)
        version = self._live_version()
        batch_id = new_batch_id()
        with self.quota.reserve(client, network, announced) as reservation:
            file = self.files.ingest(batch_id, blocks, options, reservation.add)
            try:
                reservation.confirm()
                batch = self.storage.batches.add(
                    BatchDraft(
                        id=batch_id,
                        client=client,
                        network=network,
                        name=options.name,
                        size=file.size,
                        stored_bytes=reservation.size,
                        layout=file.layout.to_json(),
                        start=file.layout.start,
                        columns=file.layout.columns,
                        model_version=version,
                    )
                )
            except BaseException:
                self.files.delete(batch_id)
                raise
        with suppress(QueueUnavailableError):  # the workers also poll the database
            publish_split(self.celery, batch_id)
        return batch

    def wait(self, batch_id: str, seconds: float) -> Batch:
        """Return a batch as soon as it has ended, or as it is after `seconds`."""
        return self.wait_slots.poll(
            lambda: self.storage.batches.get(batch_id),
            lambda batch: batch.state in FINAL_STATES,
            seconds,
        )

    def end(self, batch_id: str) -> Batch:
        """Cancel a batch; if it has succeeded, delete its files instead."""
        ended = self.storage.batches.end(batch_id, State.CANCELLED)
        if ended.state is State.SUCCEEDED:
            self.files.delete(batch_id)
            ended = self.storage.batches.mark_swept(batch_id)
        return ended

    def results(self, batch: Batch, file_format: ResultFormat) -> tuple[bytes, Generator[bytes]]:
        """Return the first block of a batch's results, and a generator of the rest.

        Reading the first block now turns missing results into an error response. The generator
        holds a transfer slot until it is closed. Raises NotStoredError, OverloadedError.
        """
        stream = self._stream(batch, file_format)
        return b"".join(islice(stream, 2)), stream

    def _stream(self, batch: Batch, file_format: ResultFormat) -> Generator[bytes]:
        with self.transfer_slots.hold():
            yield from stream_results(self.files, self.storage.chunks, batch, file_format)

    def _check_open_batches(self, client: str) -> None:
        if self.storage.batches.count_open(client) >= MAX_OPEN_PER_CLIENT:
            raise TooManyBatchesError(
                f"You have {MAX_OPEN_PER_CLIENT} unfinished batches. Wait for one to finish, or "
                "cancel one."
            )
        if self.storage.batches.count_open() >= MAX_OPEN:
            raise OverloadedError(
                "Too many batches are waiting at the moment. Try again in a few minutes."
            )

    def _live_version(self) -> int:
        try:
            return read_pointer(self.storage.engine).version
        except NotStoredError as e:
            raise OverloadedError(
                "There is no model yet; the first worker that starts stores it. Try again shortly."
            ) from e


def listed(
    batches: BatchService, identity: Identity, *, limit: int, before: int | None = None
) -> list[Batch]:
    """Return the client's batches, newest first; the administrator sees all."""
    is_administrator, client = identity.is_administrator(), identity.client()
    if not (is_administrator or client):
        return []
    return batches.storage.batches.page(
        client=None if is_administrator else client, before=before, limit=limit
    )


def visible(batches: BatchService, identity: Identity, batch_id: str) -> Batch:
    """Return the client's own batch; the administrator sees all.

    Raises NotStoredError for another client's batch too, so that ids reveal nothing.
    """
    is_administrator, client = identity.is_administrator(), identity.client()
    with suppress(NotStoredError):
        batch = batches.storage.batches.get(batch_id)
        if is_administrator or batch.client == client:
            return batch
    raise NotStoredError(UNKNOWN)
