"""The end of a batch whose chunks are all done."""

from emojify_core.batches.files import BatchFiles
from emojify_core.batches.results import summary_of
from emojify_core.messages import State
from emojify_core.storage.batches import Batches
from emojify_core.storage.chunks import Chunks


def finish(batches: Batches, chunks: Chunks, files: BatchFiles, batch_id: str) -> None:
    """Write the summary, then say that it succeeded; doing so twice changes nothing.

    Raises StorageError.
    """
    batch = batches.get(batch_id)
    files.put_summary(batch_id, summary_of(files, chunks, batch))
    batches.end(batch_id, State.SUCCEEDED)
