"""End a batch: all of its chunks are done, or its file is gone."""

from contextlib import suppress

from emojify_core.batches.batch_files import BatchFiles
from emojify_core.batches.results.stream import summarize_batch
from emojify_core.errors import NotStoredError, StorageUnavailableError
from emojify_core.messages import State
from emojify_core.storage.batches.chunk_repository import ChunkRepository
from emojify_core.storage.batches.repository import BatchRepository

_FILE_GONE = "The file of this batch is no longer in the store. Send it again."


def finish_batch(
    batches: BatchRepository, chunks: ChunkRepository, files: BatchFiles, batch_id: str
) -> None:
    """Write the summary and mark the batch as succeeded; a second call changes nothing.

    Raises StorageError.
    """
    batch = batches.get(batch_id)
    try:
        files.write_summary(batch_id, summarize_batch(files, chunks, batch))
    except NotStoredError:
        fail_without_file(batches, files, batch_id)
    else:
        batches.end(batch_id, State.SUCCEEDED)


def fail_without_file(batches: BatchRepository, files: BatchFiles, batch_id: str) -> None:
    """Fail an open batch whose file was deleted.

    Raises StorageUnavailableError when all files are gone: then the store itself is missing.
    """
    if not files.store.list("models"):  # every installation has at least one
        raise StorageUnavailableError("The file store is empty. Check that it is mounted.")
    with suppress(NotStoredError):
        batches.end(batch_id, State.FAILED, code="file_gone", reason=_FILE_GONE)
