"""The store of files: models and batches, in a folder by default or in an object store by URL.

A stored folder is never changed, only added whole or deleted, and its name says what is in it
(for a model, the sha256). So whoever finds it there, or loses a race to put it, is done.
"""

import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final, Protocol

MANIFEST: Final = "manifest.json"  # a folder without it is not (or not yet) there

_PART = r"[A-Za-z0-9_][A-Za-z0-9._-]*"
_NAME: Final = re.compile(rf"{_PART}(/{_PART})*")


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """A file, or a folder as a whole, and when it was put."""

    name: str
    modified_at: datetime


class FileStore(Protocol):
    """What every store does. Names are parts of letters, digits, `.`, `_`, `-`, joined by `/`.

    Safe to share between threads; to be made after any fork. Every method raises ValueError for
    a name that is none, NotStoredError where there is nothing to read, and
    StorageUnavailableError when the store does not answer.
    """

    def put_folder(self, name: str, folder: Path) -> bool:
        """Store the files of a folder, which has a manifest; return False if it was there.

        Nobody sees a part of it, whatever breaks; and when this returns, a crash of the machine
        does not lose it. Folders inside are not stored.
        """
        ...

    def fetch_folder(self, name: str, cache: Path) -> Path:
        """Return a folder of this machine with these files, inside `cache` if they had to come.

        Nothing is verified: whoever uses the files checks their sums.
        """
        ...

    def create(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Write a file. It appears, or takes the old one's place, when the block ends well."""
        ...

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Read a file."""
        ...

    def read(self, name: str, start: int, length: int) -> bytes:
        """Return a part of a file, less at its end."""
        ...

    def exists(self, name: str) -> bool:
        """Tell whether there is a file or a whole folder of this name."""
        ...

    def list(self, under: str) -> list[StoredEntry]:
        """Return the files and whole folders right under a name, such as `models`, by name."""
        ...

    def delete(self, name: str) -> None:
        """Delete a file or a folder, or nothing if there is none."""
        ...

    def sweep(self, older_than: timedelta) -> None:
        """Delete what broken writers left half done that long ago."""
        ...


def is_valid_name(name: str) -> bool:
    """Tell whether this can be a name: none is hidden, none leads out of the store."""
    return _NAME.fullmatch(name) is not None


def validate_name(name: str) -> str:
    """Return the name. Raises ValueError if it is none."""
    if not is_valid_name(name):
        raise ValueError(f"{name!r} is no name in a file store")
    return name


def files_in(folder: Path) -> list[Path]:
    """Return the files of a folder, its manifest last. Raises ValueError if it has none."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    manifest = folder / MANIFEST
    if manifest not in files:
        raise ValueError(f"{folder} has no {MANIFEST}")
    return [*(path for path in files if path != manifest), manifest]
