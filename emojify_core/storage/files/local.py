"""The file store in a local folder, or in one that several machines mount."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from emojify_core.errors import NotStoredError, StorageUnavailableError
from emojify_core.storage.files import atomic_writes
from emojify_core.storage.files.store import (
    MANIFEST,
    StoredEntry,
    files_in,
    is_valid_name,
    validate_name,
)


@dataclass(frozen=True, slots=True)
class LocalFileStore:
    """See FileStore. Every change is a rename of something that is complete on the disk."""

    root: Path

    def put_folder(self, name: str, folder: Path) -> bool:
        """See FileStore."""
        final, files = self._path(name), files_in(folder)
        if self.exists(name):
            return False
        with _translate_errors(), atomic_writes.temporary_path(self.root) as copy:
            copy.mkdir()
            for file in files:
                shutil.copyfile(file, copy / file.name)
            return atomic_writes.commit_folder(copy, final)

    def fetch_folder(self, name: str, cache: Path) -> Path:
        """Return the stored folder itself: it never changes, and processes share its pages."""
        del cache
        if not _is_folder(path := self._path(name)):
            raise NotStoredError(f"The file store has no folder {name}.")
        return path

    @contextmanager
    def create(self, name: str) -> Iterator[BinaryIO]:
        """See FileStore."""
        final = self._path(name)
        with ExitStack() as stack:
            with _translate_errors():
                path = stack.enter_context(atomic_writes.temporary_path(self.root))
                file = stack.enter_context(path.open("wb"))
            yield file
            with _translate_errors():
                file.close()
                atomic_writes.commit_file(path, final)

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """See FileStore."""
        with _translate_errors():
            file = self._path(name).open("rb")
        with file:
            yield file

    def read(self, name: str, start: int, length: int) -> bytes:
        """See FileStore."""
        with _translate_errors(), self._path(name).open("rb") as file:
            file.seek(start)
            return file.read(length)

    def exists(self, name: str) -> bool:
        """See FileStore."""
        path = self._path(name)
        return path.is_file() or _is_folder(path)

    def list(self, under: str) -> list[StoredEntry]:
        """See FileStore."""
        found = []
        with _translate_errors(), suppress(FileNotFoundError):
            for path in sorted(self._path(under).iterdir()):
                # Skip what is deleted meanwhile, and files that do not belong to the store.
                with suppress(FileNotFoundError):
                    if is_valid_name(path.name) and (path.is_file() or _is_folder(path)):
                        found.append(
                            StoredEntry(f"{under}/{path.name}", atomic_writes.modified_at(path))
                        )
        return found

    def delete(self, name: str) -> None:
        """See FileStore. Readers never find half of a folder."""
        path = self._path(name)
        with (
            _translate_errors(),
            atomic_writes.temporary_path(self.root) as trash,
            suppress(FileNotFoundError),
        ):
            path.rename(trash)
            atomic_writes.fsync(path.parent)

    def free_bytes(self) -> int | None:
        """See FileStore. Before the first file, the folder may not exist yet."""
        exists = next(path for path in (self.root, *self.root.parents) if path.exists())
        with _translate_errors():
            return shutil.disk_usage(exists).free

    def sweep(self, older_than: timedelta) -> None:
        """See FileStore."""
        with _translate_errors():
            atomic_writes.sweep(self.root, older_than)

    def _path(self, name: str) -> Path:
        return self.root / validate_name(name)


def _is_folder(path: Path) -> bool:
    return (path / MANIFEST).is_file()


@contextmanager
def _translate_errors() -> Iterator[None]:
    """Turn errors of the operating system into storage errors."""
    try:
        yield
    except FileNotFoundError as e:
        raise NotStoredError("The file store does not have this file.") from e
    except OSError as e:
        raise StorageUnavailableError(
            f"The file store is not available: {e.strerror}. Try again shortly."
        ) from e
