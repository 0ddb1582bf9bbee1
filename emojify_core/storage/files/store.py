"""The interface of file stores, which hold the files of models and batches.

A stored folder never changes: it is added as a whole or deleted, and its name identifies its
contents (for a model, by sha256). So a process that finds it, or loses a race to put it, is done.
"""

import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final, Protocol

MANIFEST: Final = "manifest.json"  # a folder without it does not exist (yet)

_PART = r"[A-Za-z0-9_][A-Za-z0-9._-]*"
_NAME: Final = re.compile(rf"{_PART}(/{_PART})*")


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """A file or a whole folder, and when it was stored."""

    name: str
    modified_at: datetime


class FileStore(Protocol):
    """What every store does. Names are parts of letters, digits, `.`, `_`, `-`, joined by `/`.

    Make it after any fork and share it between threads. Every method raises ValueError for an
    invalid name, NotStoredError when there is nothing to read, and StorageUnavailableError when
    the store does not answer.
    """

    def put_folder(self, name: str, folder: Path) -> bool:
        """Store the files of a folder with a manifest; return False if it is stored already.

        Readers never see a part of it. Once this returns, a crash does not lose it. Folders
        inside are not stored.
        """

    def fetch_folder(self, name: str, cache: Path) -> Path:
        """Return a local folder with these files, inside `cache` if they must be fetched.

        It verifies nothing: the caller checks the hashes of the files.
        """

    def create(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Write a file. It appears, or replaces the old one, when the block ends normally."""

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Read a file."""

    def read(self, name: str, start: int, length: int) -> bytes:
        """Return a part of a file, shorter at its end."""

    def exists(self, name: str) -> bool:
        """Tell whether there is a file or a whole folder with this name."""

    def list(self, under: str) -> list[StoredEntry]:
        """Return the files and whole folders directly under a name, such as `models`, by name."""

    def delete(self, name: str) -> None:
        """Delete a file or a folder, if it exists."""

    def free_bytes(self) -> int | None:
        """Return how many bytes still fit; None if the store has no such limit."""

    def sweep(self, older_than: timedelta) -> None:
        """Delete unfinished files of that age, left by processes that died."""


def is_valid_name(name: str) -> bool:
    """Tell whether this is a valid name: not hidden, and not leading out of the store."""
    return _NAME.fullmatch(name) is not None


def validate_name(name: str) -> str:
    """Return the name. Raises ValueError when it is not valid."""
    if not is_valid_name(name):
        raise ValueError(f"{name!r} is not a valid name in a file store")
    return name


def files_in(folder: Path) -> list[Path]:
    """Return the files of a folder, its manifest last. Raises ValueError when it has none."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    manifest = folder / MANIFEST
    if manifest not in files:
        raise ValueError(f"{folder} has no {MANIFEST}")
    return [*(path for path in files if path != manifest), manifest]
