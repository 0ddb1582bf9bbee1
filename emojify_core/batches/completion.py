"""The end of a batch: its chunks are all done, or its file is gone."""

from contextlib import suppress

from emojify_core.batches.batch_files import BatchFiles
from emojify_core.batches.results.stream import summarize_batch
from emojify_core.errors import NotStoredError, StorageUnavailableError
from emojify_core.messages import State
from emojify_core.storage.batches.chunk_repository import ChunkRepository
from emojify_core.storage.batches.repository import BatchRepository

_GONE = "The file of this batch is not in the store any more. Send it again."


def finish(
    batches: BatchRepository, chunks: ChunkRepository, files: BatchFiles, batch_id: str
) -> None:
    """Write the summary, then say that it succeeded; doing so twice changes nothing.

    Raises StorageError.
    """
    batch = batches.get(batch_id)
    try:
        files.put_summary(batch_id, summarize_batch(files, chunks, batch))
    except NotStoredError:
        end_without_file(batches, files, batch_id)
    else:
        batches.end(batch_id, State.SUCCEEDED)


def end_without_file(batches: BatchRepository, files: BatchFiles, batch_id: str) -> None:
    """Fail a batch whose file somebody deleted, unless it is over: nothing brings it back.

    Raises StorageUnavailableError where all files are gone: then the store itself is away.
    """
    if not files.store.list("models"):  # there is one from the first start on
        raise StorageUnavailableError("The file store is empty. Is it mounted?")
    with suppress(NotStoredError):
        batches.end(batch_id, State.FAILED, code="file_gone", reason=_GONE)
