"""The file store in a folder of this machine, or one that several machines mount."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from emojify_core.errors import NotStoredError, StorageUnavailableError
from emojify_core.storage.files import atomic_writes
from emojify_core.storage.files.store import MANIFEST, Stored, checked, files_of, is_name


@dataclass(frozen=True, slots=True)
class LocalFiles:
    """See FileStore. Every change is a rename of something complete and on the disk."""

    root: Path

    def put_folder(self, name: str, folder: Path) -> bool:
        """See FileStore."""
        final, files = self._path(name), files_of(folder)
        if self.exists(name):
            return False
        with _answering(), atomic_writes.unfinished(self.root) as copy:
            copy.mkdir()
            for file in files:
                shutil.copyfile(file, copy / file.name)
            return atomic_writes.adopt_folder(copy, final)

    def fetch_folder(self, name: str, cache: Path) -> Path:
        """Return the stored folder itself: it never changes, and processes share its memory."""
        del cache
        if not _is_folder(path := self._path(name)):
            raise NotStoredError(f"The file store has no folder {name}.")
        return path

    @contextmanager
    def create(self, name: str) -> Iterator[BinaryIO]:
        """See FileStore."""
        final = self._path(name)
        with ExitStack() as stack:
            with _answering():
                path = stack.enter_context(atomic_writes.unfinished(self.root))
                file = stack.enter_context(path.open("wb"))
            yield file
            with _answering():
                file.close()
                atomic_writes.adopt_file(path, final)

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """See FileStore."""
        with _answering():
            file = self._path(name).open("rb")
        with file:
            yield file

    def read(self, name: str, start: int, length: int) -> bytes:
        """See FileStore."""
        with _answering(), self._path(name).open("rb") as file:
            file.seek(start)
            return file.read(length)

    def exists(self, name: str) -> bool:
        """See FileStore."""
        path = self._path(name)
        return path.is_file() or _is_folder(path)

    def list(self, under: str) -> list[Stored]:
        """See FileStore."""
        found = []
        with _answering(), suppress(FileNotFoundError):
            for path in sorted(self._path(under).iterdir()):
                # What is deleted meanwhile is not there; what others put here is not ours.
                with suppress(FileNotFoundError):
                    if is_name(path.name) and (path.is_file() or _is_folder(path)):
                        found.append(
                            Stored(f"{under}/{path.name}", atomic_writes.modified_at(path))
                        )
        return found

    def delete(self, name: str) -> None:
        """See FileStore. Nobody finds half of a folder that is being deleted."""
        path = self._path(name)
        with (
            _answering(),
            atomic_writes.unfinished(self.root) as rubbish,
            suppress(FileNotFoundError),
        ):
            path.rename(rubbish)
            atomic_writes.sync(path.parent)

    def sweep(self, older_than: timedelta) -> None:
        """See FileStore."""
        with _answering():
            atomic_writes.sweep(self.root, older_than)

    def _path(self, name: str) -> Path:
        return self.root / checked(name)


def _is_folder(path: Path) -> bool:
    return (path / MANIFEST).is_file()


@contextmanager
def _answering() -> Iterator[None]:
    """Turn what the operating system says into our own errors."""
    try:
        yield
    except FileNotFoundError as e:
        raise NotStoredError("The file store has no such file.") from e
    except OSError as e:
        raise StorageUnavailableError(
            f"The file store cannot be used at the moment: {e.strerror}. Try again shortly."
        ) from e
