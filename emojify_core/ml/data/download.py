"""One file from the internet: whole, with the right sum and in place, or not at all."""

import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx

from emojify_core.errors import DataError
from emojify_core.storage.files.atomic_writes import fsync

# Called with the bytes received and the bytes to come in all, if the server says how many.
Progress = Callable[[int, int | None], None]

_BLOCK = 64 * 1024


def fetch(  # noqa: PLR0913 - keywords with defaults, for tests and odd networks
    url: str,
    destination: Path,
    sha256: str | None,
    *,
    progress: Progress = lambda _received, _total: None,
    timeout: float = 20.0,
    deadline: float = 600.0,
    limit: int = 64 * 1024 * 1024,
) -> bool:
    """Put the file at `url` to `destination`, and return whether it had to be downloaded.

    A file that is there with the right SHA-256 stays; one with another sum is replaced. Where
    `sha256` is None the caller checks what is in the file, and any file that is there stays.
    `timeout` is how many seconds the server may be silent, `deadline` how many it may take in
    all, `limit` how many bytes it may send. Raises DataError with what to do next, and then
    leaves no file behind.
    """
    there = sha256_of(destination)
    if there is not None and sha256 in {None, there}:
        return False
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        with _temporary_beside(destination) as file:
            found = _receive(url, file, progress, timeout, time.monotonic() + deadline, limit)
            if sha256 is not None and found != sha256:
                raise DataError(
                    f"What {url} sent is not the expected file: its SHA-256 is {found[:12]}... "
                    f"instead of {sha256[:12]}.... Try again later; if it stays so, "
                    f"get the file from elsewhere and copy it to {destination}."
                )
    except httpx.HTTPStatusError as e:
        raise DataError(
            f"{url} answered {e.response.status_code} {e.response.reason_phrase}. "
            f"Try again later, or get the file from elsewhere and copy it to {destination}."
        ) from e
    except (httpx.HTTPError, httpx.InvalidURL) as e:
        raise DataError(
            f"{url} could not be fetched: {_reason(e)}. Check the network and the address "
            f"and try again, or copy the file to {destination} by hand."
        ) from e
    except OSError as e:
        raise DataError(
            f"{destination} cannot be written ({e.strerror}). Choose a folder with room "
            "that you may write to."
        ) from e
    return True


def _reason(error: Exception) -> str:
    match error:
        case httpx.ConnectError():
            return "no connection to the server"
        case httpx.TimeoutException():
            return "the server was silent for too long"
        case httpx.RemoteProtocolError() | httpx.ReadError():
            return "the connection broke off"
        case httpx.TooManyRedirects():
            return "the server sends us round in circles"
        case _:
            return str(error) or type(error).__name__


def sha256_of(path: Path) -> str | None:
    """Return the file's SHA-256, or None if there is no file. Raises DataError if unreadable."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None
    except OSError as e:
        raise DataError(
            f"{path} cannot be read ({e.strerror}). Remove it or choose another place."
        ) from e


def _receive(  # noqa: PLR0913, PLR0917 - private, called once
    url: str, file: IO[bytes], progress: Progress, timeout: float, until: float, limit: int
) -> str:
    """Write the answer's body to `file` and return its SHA-256."""
    digest = hashlib.sha256()
    received = 0
    with (
        httpx.Client(timeout=timeout, follow_redirects=True, max_redirects=3) as client,
        client.stream("GET", url, headers={"Accept-Encoding": "identity"}) as answer,
    ):
        answer.raise_for_status()
        announced = answer.headers.get("Content-Length", "")
        total = int(announced) if announced.isdecimal() else None
        for block in answer.iter_bytes(_BLOCK):
            received += len(block)
            if received > limit:
                raise DataError(
                    f"{url} sends more than {limit:,} bytes, which is not the expected file. "
                    "Check the address."
                )
            if time.monotonic() > until:
                raise DataError(
                    f"{url} is too slow: {received:,} bytes came before the time was up. "
                    "Try again on a better connection."
                )
            digest.update(block)
            file.write(block)
            progress(received, total)
    return digest.hexdigest()


@contextmanager
def _temporary_beside(destination: Path) -> Iterator[IO[bytes]]:
    """Give a file that becomes `destination` if all goes well, and vanishes if not."""
    with tempfile.NamedTemporaryFile(
        dir=destination.parent, prefix=f".{destination.name}.", delete=False
    ) as file:
        temporary = Path(file.name)
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            temporary.chmod(0o644)  # tempfile's 0600 would hide it from other users' workers
            temporary.replace(destination)
        finally:
            temporary.unlink(missing_ok=True)
    fsync(destination.parent)  # on POSIX the rename is an entry of the folder
