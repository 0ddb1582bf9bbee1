"""Uploads and downloads of files, in blocks."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from emojify_core.client.connection import RETRY_AFTER, Connection
from emojify_core.errors import DataError, ServerUnavailableError
from emojify_core.limits import MAX_PREVIEW

Progress = Callable[[int, int | None], None]  # bytes so far, and in all if that is known

_BLOCK = 256 << 10
_CONTAINERS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # zip, also .xlsx and .ods; old Excel


def upload(
    connection: Connection,
    path: Path,
    query: dict[str, str],
    progress: Progress,
    *,
    beginning: bool = False,
) -> dict[str, Any]:
    """Upload a file as a batch; return the response. Raises DataError for an unreadable file.

    With `beginning`, only the beginning of a text file is sent, which is enough for a preview.
    """
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            if beginning and not file.read(4).startswith(_CONTAINERS):
                size = min(size, MAX_PREVIEW)
            file.seek(0)
            body: dict[str, Any] = connection.request(
                "POST",
                "/api/v1/batches",
                params=query,
                content=_blocks(file, size, progress),
                headers={"Content-Length": str(size), "Content-Type": "application/octet-stream"},
            )
            return body
    except OSError as e:
        raise DataError(f"{path} cannot be read: {e.strerror or e}.") from e


def download_to_path(
    connection: Connection, path: str, destination: Path, progress: Progress
) -> None:
    """Download to a file, which appears complete or not at all.

    The server writes the file while it sends it, with the same content each time. So a broken
    download starts again. Raises DataError if the file cannot be written, and
    ServerUnavailableError after the last retry.
    """
    part = destination.with_name(f".{destination.name}.part")
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        try:
            _fetch_with_retries(connection, path, part, progress)
            part.replace(destination)
        finally:
            part.unlink(missing_ok=True)
    except OSError as e:
        raise DataError(
            f"{destination} cannot be written ({e.strerror}). Choose a folder with room that "
            "you may write to."
        ) from e


def download_to_stream(connection: Connection, path: str, target: BinaryIO) -> None:
    """Download into a binary file such as standard output."""
    with connection.stream(path) as response:
        target.writelines(response.iter_bytes(_BLOCK))


def _fetch_with_retries(connection: Connection, path: str, part: Path, progress: Progress) -> None:
    for pause in (*RETRY_AFTER, None):
        try:
            _fetch(connection, path, part, progress)
        except ServerUnavailableError:
            if pause is None:
                raise
            connection.sleep(pause)
        else:
            return


def _fetch(connection: Connection, path: str, part: Path, progress: Progress) -> None:
    received = 0
    with connection.stream(path) as response, part.open("wb") as file:
        for block in response.iter_bytes(_BLOCK):
            file.write(block)
            received += len(block)
            progress(received, None)


def _blocks(file: BinaryIO, size: int, progress: Progress) -> Iterator[bytes]:
    sent = 0
    # If the file grows during the upload, send only its original size.
    while sent < size and (block := file.read(min(_BLOCK, size - sent))):
        yield block
        sent += len(block)
        progress(sent, size)
