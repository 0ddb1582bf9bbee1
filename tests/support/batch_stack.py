"""Batches of a real installation, submitted from the test's process as the web does it."""

import csv
import io
from dataclasses import dataclass
from typing import Any

from emojify_core.batches.batch_files import BatchFiles
from emojify_core.batches.enqueue import publish_split
from emojify_core.batches.reading.layout import LayoutOptions
from emojify_core.batches.results.stream import stream_results
from emojify_core.batches.results.table import ResultFormat
from emojify_core.queue.celery_app import make_celery
from emojify_core.settings import Settings
from emojify_core.storage.batches.records import OPEN, Batch, BatchDraft, new_batch_id
from emojify_core.storage.factory import open_storage
from emojify_core.storage.versions.live_pointer import read_pointer
from support.deadlines import eventually


@dataclass
class BatchStack:
    """Submits files to the workers of an installation, and reads their results."""

    settings: Settings

    def __post_init__(self) -> None:
        self.storage = open_storage(self.settings)
        self.files = BatchFiles(self.storage.files)
        self.batches, self.chunks = self.storage.batches, self.storage.chunks
        self.celery = make_celery(self.settings)

    def submit(
        self, content: str | bytes, name: str = "a.csv", *, version: int | None = None
    ) -> Batch:
        """Store a file and publish its first message."""
        batch_id = new_batch_id()
        data = content.encode() if isinstance(content, str) else content
        taken = self.files.ingest(batch_id, [data], LayoutOptions(name=name))
        batch = self.batches.add(
            BatchDraft(
                id=batch_id,
                client="anna",
                name=name,
                size=taken.size,
                layout=taken.layout.to_json(),
                start=taken.layout.start,
                columns=taken.layout.columns,
                model_version=version or read_pointer(self.storage.engine).version,
            )
        )
        publish_split(self.celery, batch_id)
        return batch

    def until_over(self, batch: Batch, *, within: float = 60) -> Batch:
        """Wait until a batch has ended; return it."""

        def over() -> Batch | None:
            now = self.batches.get(batch.id)
            return None if now.state in OPEN else now

        found = eventually(over, within=within, what="the batch has ended")
        assert found
        return found

    def results(self, batch: Batch, format_: str = "csv") -> bytes:
        """Return the whole result file."""
        return b"".join(stream_results(self.files, self.chunks, batch, ResultFormat(format_)))

    def rows(self, batch: Batch) -> list[dict[str, Any]]:
        """Return the rows of the result file."""
        return list(csv.DictReader(io.StringIO(self.results(batch).decode(), newline="")))
