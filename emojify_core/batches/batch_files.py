"""Where the files of a batch are in the store.

batches/<id>/manifest.json   put first, so that a folder nobody owns is found
batches/<id>/input           the texts, as UTF-8
batches/<id>/results/<n>     the answers of chunk n
batches/<id>/summary.json    put when it is done
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emojify_core.batches.reading.ingest import IngestedFile, take_in
from emojify_core.batches.reading.layout import Options
from emojify_core.errors import NotStoredError
from emojify_core.messages import Answer, PredictReply
from emojify_core.storage.batches.records import Chunk
from emojify_core.storage.files.store import MANIFEST, FileStore


@dataclass(frozen=True, slots=True)
class BatchFiles:
    """Reads and writes them. Every method raises StorageUnavailableError."""

    store: FileStore

    def take_in(self, batch_id: str, blocks: Iterable[bytes], options: Options) -> IngestedFile:
        """Store an uploaded file whole, or nothing of it. Raises BatchFileError.

        Whatever goes wrong, also the connection that `blocks` come from, leaves nothing behind.
        """
        try:
            with self.store.create(_name(batch_id, MANIFEST)) as manifest:
                manifest.write(b"{}")
            with self.store.create(_name(batch_id, "input")) as target:
                return take_in(blocks, target, options)
        except BaseException:
            self.delete(batch_id)
            raise

    def read(self, batch_id: str, start: int, length: int) -> bytes:
        """Return a part of the texts. Raises NotStoredError."""
        return self.store.read(_name(batch_id, "input"), start, length)

    def put_answers(
        self, batch_id: str, number: int, answers: Sequence[Answer], model_version: int
    ) -> None:
        """Store the answers of a chunk; a second time, they are the same."""
        reply = PredictReply(tuple(answers), single=False, model_version=model_version)
        with self.store.create(_answers(batch_id, number)) as file:
            file.write(json.dumps(reply.to_payload(), separators=(",", ":")).encode())

    def answers(self, chunk: Chunk) -> PredictReply:
        """Return the answers of a chunk. Raises NotStoredError."""
        with self.store.open(_answers(chunk.batch_id, chunk.number)) as file:
            return PredictReply.from_payload(json.loads(file.read()))

    def put_summary(self, batch_id: str, summary: dict[str, Any]) -> None:
        """Store the summary of a batch."""
        with self.store.create(_name(batch_id, "summary.json")) as file:
            file.write(json.dumps(summary).encode())

    def summary(self, batch_id: str) -> dict[str, Any] | None:
        """Return the summary of a batch; None before it is done."""
        try:
            with self.store.open(_name(batch_id, "summary.json")) as file:
                found: dict[str, Any] = json.loads(file.read())
                return found
        except NotStoredError:
            return None

    def delete(self, batch_id: str) -> None:
        """Delete all of it, or nothing if it is gone."""
        self.store.delete(f"batches/{batch_id}")

    def older_than(self, before: datetime) -> list[str]:
        """Return the ids of batches whose files were begun before then."""
        return [
            stored.name.removeprefix("batches/")
            for stored in self.store.list("batches")
            if stored.modified_at < before
        ]


def _name(batch_id: str, file: str) -> str:
    return f"batches/{batch_id}/{file}"


def _answers(batch_id: str, number: int) -> str:
    return _name(batch_id, f"results/{number:06}.json")
