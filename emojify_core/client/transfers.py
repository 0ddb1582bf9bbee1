"""Uploads and downloads of files, in blocks."""

from collections.abc import Callable, Iterator
from io import SEEK_END
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
    source: Path | BinaryIO,
    query: dict[str, str],
    progress: Progress,
    *,
    beginning: bool = False,
) -> dict[str, Any]:
    """Upload a file as a batch; return the response. Raises DataError for an unreadable file.

    A file that is open already is read from where it stands; one that is looked at stands there
    again afterwards. With `beginning`, only the beginning of a text file is sent, which is enough
    for a preview.
    """
    try:
        if isinstance(source, Path):
            with source.open("rb") as file:
                return _send(connection, file, query, progress, beginning=beginning)
        return _send(connection, source, query, progress, beginning=beginning)
    except OSError as e:
        name = source if isinstance(source, Path) else getattr(source, "name", "The file")
        raise DataError(f"{name} cannot be read: {e.strerror or e}.") from e


def _send(
    connection: Connection,
    file: BinaryIO,
    query: dict[str, str],
    progress: Progress,
    *,
    beginning: bool,
) -> dict[str, Any]:
    size, start = None, 0
    if file.seekable():  # a pipe is sent without its size
        start = file.tell()
        size = file.seek(0, SEEK_END) - start
        file.seek(start)
    if beginning:
        if size is None:
            raise DataError("A pipe cannot be looked at before it is sent. Write it to a file.")
        if not file.read(4).startswith(_CONTAINERS):
            size = min(size, MAX_PREVIEW)
        file.seek(start)
    length = {} if size is None else {"Content-Length": str(size)}
    try:
        body: dict[str, Any] = connection.request(
            "POST",
            "/api/v1/batches",
            params=query,
            content=_blocks(file, size, progress),
            headers={**length, "Content-Type": "application/octet-stream"},
        )
    finally:
        if beginning:
            file.seek(start)
    return body


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


def _blocks(file: BinaryIO, size: int | None, progress: Progress) -> Iterator[bytes]:
    sent = 0
    # If the file grows during the upload, send only its original size.
    while size is None or sent < size:
        block = file.read(_BLOCK if size is None else min(_BLOCK, size - sent))
        if not block:
            return
        yield block
        sent += len(block)
        progress(sent, size)
