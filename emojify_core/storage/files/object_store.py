"""The file store in an object store: S3 and whatever else fsspec supports.

Object stores have no rename, but each object appears atomically. So a folder exists while its
manifest does, which is written last and deleted first.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from fsspec.core import url_to_fs

from emojify_core.errors import NotStoredError, SettingsError, StorageError, StorageUnavailableError
from emojify_core.storage.files import atomic_writes
from emojify_core.storage.files.store import MANIFEST, StoredEntry, files_in, validate_name


class ObjectFileStore:
    """See FileStore. Takes a URL that fsspec supports, such as `s3://bucket/prefix`."""

    def __init__(self, url: str) -> None:
        try:
            # Other processes write too, so a cached listing would be wrong.
            self._fs, root = url_to_fs(url, use_listings_cache=False)
        except (ImportError, ValueError) as e:
            raise SettingsError(
                "EMOJIFY_STORE_URL names a kind of store that is not installed. s3:// needs "
                "requirements/s3.txt: `.venv/bin/python -m pip install -r "
                "requirements/s3.txt`, or images built with ALSO=s3."
            ) from e
        self._root = root.rstrip("/")

    def put_folder(self, name: str, folder: Path) -> bool:
        """See FileStore. Two processes that put the same folder write the same objects."""
        final, files = self._path(name), files_in(folder)
        with _translate_errors():
            if self._is_folder(final):
                return False
            for file in files:
                self._fs.put_file(str(file), f"{final}/{file.name}")
        return True

    def fetch_folder(self, name: str, cache: Path) -> Path:
        """See FileStore."""
        source, final = self._path(name), cache / name
        if final.is_dir():
            return final
        with _translate_errors(), atomic_writes.temporary_path(cache) as copy:
            if not self._is_folder(source):
                raise NotStoredError(f"The file store has no folder {name}.")
            copy.mkdir()
            for path in self._fs.find(source):
                self._fs.get_file(path, str(copy / Path(path).name))
            atomic_writes.commit_folder(copy, final)
        return final

    @contextmanager
    def create(self, name: str) -> Iterator[BinaryIO]:
        """See FileStore. It writes a local file first: a started upload cannot be undone."""
        final = self._path(name)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "file"
            with path.open("wb") as file:
                yield file
            with _translate_errors():
                self._fs.put_file(str(path), final)

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """See FileStore."""
        path = self._path(name)
        with ExitStack() as stack:
            with _translate_errors():
                file = stack.enter_context(self._fs.open(path, "rb"))
            yield file

    def read(self, name: str, start: int, length: int) -> bytes:
        """See FileStore. It fetches only this part."""
        path = self._path(name)
        with _translate_errors():
            return bytes(self._fs.cat_file(path, start=start, end=start + length))

    def exists(self, name: str) -> bool:
        """See FileStore."""
        path = self._path(name)
        with _translate_errors():
            return bool(self._fs.isfile(path)) or self._is_folder(path)

    def list(self, under: str) -> list[StoredEntry]:
        """See FileStore."""
        folder = self._path(under)
        with _translate_errors():
            found = self._fs.find(folder, maxdepth=2, detail=True)
            entries = []
            for path in found:
                name = path.removeprefix(f"{folder}/").removesuffix(f"/{MANIFEST}")
                if "/" not in name:
                    entries.append(StoredEntry(f"{under}/{name}", self._fs.modified(path)))
        return sorted(entries, key=lambda entry: entry.name)

    def delete(self, name: str) -> None:
        """See FileStore."""
        path = self._path(name)
        with _translate_errors():
            if self._is_folder(path):
                self._fs.rm_file(f"{path}/{MANIFEST}")
            for rest in self._fs.find(path):
                self._fs.rm_file(rest)

    def free_bytes(self) -> int | None:
        """See FileStore. A bucket grows."""
        return None

    def sweep(self, older_than: timedelta) -> None:
        """Do nothing: the next attempt reuses the objects of an unfinished folder."""

    def _path(self, name: str) -> str:
        return f"{self._root}/{validate_name(name)}"

    def _is_folder(self, path: str) -> bool:
        return bool(self._fs.isfile(f"{path}/{MANIFEST}"))


@contextmanager
def _translate_errors() -> Iterator[None]:
    """Turn all errors of the driver into storage errors."""
    try:
        yield
    except StorageError:
        raise
    except FileNotFoundError as e:
        raise NotStoredError("The file store does not have this file.") from e
    except Exception as e:  # each driver has its own errors
        raise StorageUnavailableError(
            "The file store does not answer at the moment. Try again shortly."
        ) from e
