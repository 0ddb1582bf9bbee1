"""Files to a server and back, in blocks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from emojify_core.client.connection import Connection
from emojify_core.errors import DataError, ServerUnavailableError

Progress = Callable[[int, int | None], None]  # bytes so far, and in all if that is known

_BLOCK = 256 << 10
_PAUSES = (0.5, 1, 2, 4, 8)  # seconds before a broken fetch is begun anew


def upload(
    connection: Connection, path: Path, query: dict[str, str], progress: Progress
) -> dict[str, Any]:
    """Send a file as a batch and return the server's answer. Raises DataError."""
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            body: dict[str, Any] = connection.ask(
                "POST",
                "/api/v1/batches",
                params=query,
                content=_blocks(file, size, progress),
                headers={"Content-Length": str(size), "Content-Type": "application/octet-stream"},
            )
            return body
    except OSError as e:
        raise DataError(f"{path} cannot be read: {e.strerror or e}.") from e


@dataclass(frozen=True, slots=True)
class Download:
    """A file that a server writes while it is fetched, the same each time."""

    connection: Connection
    path: str

    def to(self, destination: Path, progress: Progress) -> None:
        """Fetch it into a file, which appears whole or not at all.

        When a connection breaks it is fetched anew. Raises DataError, ServerUnavailableError.
        """
        part = destination.with_name(f".{destination.name}.part")
        try:
            destination.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._insist(part, progress)
                part.replace(destination)
            finally:
                part.unlink(missing_ok=True)
        except OSError as e:
            raise DataError(
                f"{destination} cannot be written ({e.strerror}). Choose a folder with room that "
                "you may write to."
            ) from e

    def into(self, target: BinaryIO) -> None:
        """Fetch it into something that takes bytes, such as standard output."""
        with self.connection.stream(self.path) as response:
            target.writelines(response.iter_bytes(_BLOCK))

    def _insist(self, part: Path, progress: Progress) -> None:
        for pause in (*_PAUSES, None):
            try:
                self._fetch(part, progress)
            except ServerUnavailableError:
                if pause is None:
                    raise
                self.connection.sleep(pause)
            else:
                return

    def _fetch(self, part: Path, progress: Progress) -> None:
        have = 0
        with self.connection.stream(self.path) as response, part.open("wb") as file:
            for block in response.iter_bytes(_BLOCK):
                file.write(block)
                have += len(block)
                progress(have, None)


def _blocks(file: BinaryIO, size: int, progress: Progress) -> Iterator[bytes]:
    sent = 0
    # A file that grows meanwhile is sent as long as it was.
    while sent < size and (block := file.read(min(_BLOCK, size - sent))):
        yield block
        sent += len(block)
        progress(sent, size)
