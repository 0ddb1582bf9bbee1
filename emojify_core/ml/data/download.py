"""Download one file completely, with the right checksum, or not at all."""

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

# Called with the bytes received and the total, if the server announces one.
Progress = Callable[[int, int | None], None]

_BLOCK = 64 * 1024


def fetch(  # noqa: PLR0913 - keywords with defaults, for tests and slow networks
    url: str,
    destination: Path,
    sha256: str | None,
    *,
    progress: Progress = lambda _received, _total: None,
    timeout: float = 20.0,
    deadline: float = 600.0,
    limit: int = 64 * 1024 * 1024,
) -> bool:
    """Download `url` to `destination`; return False if the file is there already.

    A file with another SHA-256 is replaced. With `sha256` None, the caller checks the content and
    any existing file stays. The server may be silent for `timeout` seconds, take `deadline`
    seconds in all and send `limit` bytes. Raises DataError when the download fails, and then
    leaves nothing behind.
    """
    existing = sha256_of(destination)
    if existing is not None and sha256 in {None, existing}:
        return False
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        with _replacement_of(destination) as file:
            received = _receive(url, file, progress, timeout, time.monotonic() + deadline, limit)
            if sha256 not in {None, received}:
                raise DataError(
                    f"{url} did not send the expected file: its SHA-256 starts with "
                    f"{received[:12]}. Try again later, or get the file from elsewhere and copy "
                    f"it to {destination}."
                )
    except httpx.HTTPStatusError as e:
        raise DataError(
            f"{url} answered {e.response.status_code} {e.response.reason_phrase}. "
            f"Try again later, or get the file from elsewhere and copy it to {destination}."
        ) from e
    except (httpx.HTTPError, httpx.InvalidURL) as e:
        raise DataError(
            f"{url} could not be downloaded: {_reason(e)}. Check the network and the address "
            f"and try again, or copy the file to {destination} by hand."
        ) from e
    except OSError as e:
        raise DataError(
            f"{destination} cannot be written ({e.strerror}). Choose a folder that you can write "
            "to, on a disk with free space."
        ) from e
    return True


def _reason(error: Exception) -> str:
    match error:
        case httpx.ConnectError():
            return "no connection to the server"
        case httpx.TimeoutException():
            return "the server was silent for too long"
        case httpx.RemoteProtocolError() | httpx.ReadError():
            return "the connection was lost"
        case httpx.TooManyRedirects():
            return "the server redirects in circles"
        case _:
            return str(error) or type(error).__name__


def sha256_of(path: Path) -> str | None:
    """Return the file's SHA-256, or None if there is no file.

    Raises DataError when the file cannot be read.
    """
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
    url: str, file: IO[bytes], progress: Progress, timeout: float, deadline: float, limit: int
) -> str:
    """Write the response's body to `file` and return its SHA-256. `deadline` is monotonic time."""
    digest = hashlib.sha256()
    received = 0
    with (
        httpx.Client(timeout=timeout, follow_redirects=True, max_redirects=3) as client,
        client.stream("GET", url, headers={"Accept-Encoding": "identity"}) as response,
    ):
        response.raise_for_status()
        announced = response.headers.get("Content-Length", "")
        total = int(announced) if announced.isdecimal() else None
        for block in response.iter_bytes(_BLOCK):
            received += len(block)
            if received > limit:
                raise DataError(
                    f"{url} sends more than {limit:,} bytes, so it is not the expected file. "
                    "Check the address."
                )
            if time.monotonic() > deadline:
                raise DataError(
                    f"{url} is too slow: only {received:,} bytes arrived in time. "
                    "Try again on a better connection."
                )
            digest.update(block)
            file.write(block)
            progress(received, total)
    return digest.hexdigest()


@contextmanager
def _replacement_of(destination: Path) -> Iterator[IO[bytes]]:
    """Yield a file that replaces `destination` on success and is deleted on failure."""
    with tempfile.NamedTemporaryFile(
        dir=destination.parent, prefix=f".{destination.name}.", delete=False
    ) as file:
        temporary = Path(file.name)
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            temporary.chmod(0o644)  # tempfile's 0600 would hide it from workers of other users
            temporary.replace(destination)
        finally:
            temporary.unlink(missing_ok=True)
    fsync(destination.parent)  # makes the rename durable
