"""Files to a server and back: sent in blocks, fetched on from where a connection broke."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from emojify_core.client.connection import Connection
from emojify_core.errors import DataError, ServerUnavailableError

Progress = Callable[[int, int | None], None]  # bytes so far, and in all if that is known

_BLOCK = 256 << 10
_PARTIAL = 206
_TRIES = 8  # in a row that bring nothing


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
    """A file of a server that never changes. `name` tells what was begun of it from the rest."""

    connection: Connection
    path: str
    name: str

    def to(self, destination: Path, progress: Progress) -> None:
        """Fetch it into a file, which appears whole.

        What came before a connection broke stays beside it and is not fetched again, also by a
        later call. Raises DataError, ServerUnavailableError.
        """
        part = destination.with_name(f".{destination.name}.{self.name}.part")
        try:
            destination.parent.mkdir(parents=True, exist_ok=True)
            self._insist(part, progress)
            part.replace(destination)
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
        failures = 0
        while True:
            before = _size(part)
            try:
                self._fetch(part, progress)
            except ServerUnavailableError:
                failures = 0 if _size(part) > before else failures + 1
                if failures == _TRIES:
                    raise
                self.connection.sleep(min(2**failures / 2, 10))
            else:
                return

    def _fetch(self, part: Path, progress: Progress) -> None:
        have = _size(part)
        # Packed, a part of it could not be told from where it is.
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
        with self.connection.stream(self.path, headers=headers) as response:
            if response.status_code != _PARTIAL:
                have = 0
            length = response.headers.get("Content-Length")
            total = have + int(length) if length else None
            with part.open("ab" if have else "wb") as file:
                for block in response.iter_bytes():  # as they come: what breaks off is kept
                    file.write(block)
                    have += len(block)
                    progress(have, total)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _blocks(file: BinaryIO, size: int, progress: Progress) -> Iterator[bytes]:
    sent = 0
    # A file that grows meanwhile is sent as long as it was.
    while sent < size and (block := file.read(min(_BLOCK, size - sent))):
        yield block
        sent += len(block)
        progress(sent, size)
