"""The files of a batch in the file store.

batches/<id>/manifest.json   written first, so that an orphaned folder is found
batches/<id>/input           the texts, as UTF-8
batches/<id>/reading.json    how the file was read
batches/<id>/results/<n>     the predictions of chunk n
batches/<id>/summary.json    written when the batch is done
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emojify_core.answer import Answer
from emojify_core.batches.reading.disk_room import tell_full_disk
from emojify_core.batches.reading.ingest import IngestedFile, ingest_file
from emojify_core.batches.reading.layout import LayoutOptions
from emojify_core.errors import NotStoredError
from emojify_core.messages import PredictReply
from emojify_core.storage.batches.records import Chunk
from emojify_core.storage.files.store import MANIFEST, FileStore


@dataclass(frozen=True, slots=True)
class BatchFiles:
    """Reads and writes the files of batches.

    Every method raises StorageUnavailableError when the store does not answer.
    """

    store: FileStore

    def ingest(
        self,
        batch_id: str,
        blocks: Iterable[bytes],
        options: LayoutOptions,
        before_write: Callable[[bytes], None] = lambda _: None,
    ) -> IngestedFile:
        """Store an uploaded file completely or not at all.

        Any failure, also of the connection behind `blocks`, leaves nothing behind. `before_write`
        is called with each block before it is written. Raises BatchFileError when the file cannot
        be read, InsufficientStorageError when the disk is full.
        """
        try:
            with tell_full_disk():
                with self.store.create(_path(batch_id, MANIFEST)) as manifest:
                    manifest.write(b"{}")
                with self.store.create(_path(batch_id, "input")) as target:
                    file = ingest_file(blocks, target, options, before_write)
                with self.store.create(_path(batch_id, "reading.json")) as reading:
                    reading.write(json.dumps(file.reading.to_json()).encode(errors="replace"))
        except BaseException:
            self.delete(batch_id)
            raise
        return file

    def read_reading(self, batch_id: str) -> dict[str, Any] | None:
        """Return how a batch's file was read, or None where an earlier release stored it."""
        try:
            with self.store.open(_path(batch_id, "reading.json")) as file:
                found: dict[str, Any] = json.loads(file.read())
                return found
        except NotStoredError:
            return None

    def read(self, batch_id: str, start: int, length: int) -> bytes:
        """Return `length` bytes of the texts from byte `start`. Raises NotStoredError."""
        return self.store.read(_path(batch_id, "input"), start, length)

    def write_answers(
        self, batch_id: str, number: int, answers: Sequence[Answer], model_version: int
    ) -> None:
        """Store the predictions of a chunk. Storing them again is safe: they are the same."""
        reply = PredictReply(tuple(answers), single=False, model_version=model_version)
        with self.store.create(_answers_path(batch_id, number)) as file:
            file.write(json.dumps(reply.to_payload(), separators=(",", ":")).encode())

    def read_answers(self, chunk: Chunk) -> PredictReply:
        """Return the predictions of a chunk. Raises NotStoredError."""
        with self.store.open(_answers_path(chunk.batch_id, chunk.number)) as file:
            return PredictReply.from_payload(json.loads(file.read()))

    def write_summary(self, batch_id: str, summary: dict[str, Any]) -> None:
        """Store the summary of a batch."""
        with self.store.create(_path(batch_id, "summary.json")) as file:
            file.write(json.dumps(summary).encode())

    def read_summary(self, batch_id: str) -> dict[str, Any] | None:
        """Return the summary of a batch, or None before it is done."""
        try:
            with self.store.open(_path(batch_id, "summary.json")) as file:
                found: dict[str, Any] = json.loads(file.read())
                # A release without the gate of emotion found one in every row.
                return {"clear": found["counts"], "none": 0} | found
        except NotStoredError:
            return None

    def delete(self, batch_id: str) -> None:
        """Delete the files of a batch, if there are any."""
        self.store.delete(f"batches/{batch_id}")

    def list_older_than(self, before: datetime) -> list[str]:
        """Return the ids of batches whose first file is older than `before`."""
        return [
            stored.name.removeprefix("batches/")
            for stored in self.store.list("batches")
            if stored.modified_at < before
        ]


def _path(batch_id: str, file: str) -> str:
    return f"batches/{batch_id}/{file}"


def _answers_path(batch_id: str, number: int) -> str:
    return _path(batch_id, f"results/{number:06}.json")
