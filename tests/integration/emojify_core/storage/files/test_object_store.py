"""The object store survives broken uploads and outages, and reports a missing driver."""

import uuid
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from emojify_core.errors import NotStoredError, SettingsError, StorageUnavailableError
from emojify_core.storage.files.atomic_writes import TEMPORARY
from emojify_core.storage.files.factory import open_store
from emojify_core.storage.files.store import FileStore


@pytest.fixture
def store() -> FileStore:
    """Return an empty store."""
    return open_store(f"memory://{uuid.uuid4().hex}")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Return a folder to be stored."""
    folder = tmp_path / "model"
    folder.mkdir()
    for name in ("a.npy", "manifest.json", "z.onnx"):
        (folder / name).write_text(name)
    return folder


def break_at(name: str, patch: pytest.MonkeyPatch, method: str) -> None:
    """Let the driver fail, in a way of its own, as soon as it comes to this object."""
    real = getattr(MemoryFileSystem, method)

    def broken(self: MemoryFileSystem, first: str, second: str) -> None:
        if name in first:
            raise RuntimeError("the driver's own words")
        real(self, first, second)

    patch.setattr(MemoryFileSystem, method, broken)


@pytest.mark.parametrize("name", ["a.npy", "z.onnx", "manifest.json"])
def test_a_broken_upload_is_invisible_and_can_be_repeated(
    store: FileStore, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The manifest is written last: without it readers ignore the rest."""
    with monkeypatch.context() as patch:
        break_at(name, patch, "put_file")
        with pytest.raises(StorageUnavailableError, match="does not answer") as refused:
            store.put_folder("models/abc", model)
    assert "own words" in str(refused.value.__cause__)
    assert not store.exists("models/abc")
    assert store.list("models") == []
    with pytest.raises(NotStoredError):
        store.fetch_folder("models/abc", tmp_path / "cache")
    assert store.put_folder("models/abc", model)
    assert store.exists("models/abc")


def test_a_broken_download_leaves_no_folder_in_the_cache(
    store: FileStore, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker never loads half of a model, and the next attempt gets all of it."""
    cache = tmp_path / "cache"
    store.put_folder("models/abc", model)
    with monkeypatch.context() as patch:
        break_at("z.onnx", patch, "get_file")
        with pytest.raises(StorageUnavailableError):
            store.fetch_folder("models/abc", cache)
    assert [path.name for path in cache.iterdir()] == [TEMPORARY]
    assert list((cache / TEMPORARY).iterdir()) == []
    fetched = store.fetch_folder("models/abc", cache)
    assert sorted(path.name for path in fetched.iterdir()) == ["a.npy", "manifest.json", "z.onnx"]


def test_a_cached_folder_needs_no_store(
    store: FileStore, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker can load a cached model during an outage of the store."""
    store.put_folder("models/abc", model)
    fetched = store.fetch_folder("models/abc", tmp_path / "cache")
    monkeypatch.delattr(MemoryFileSystem, "isfile")
    assert store.fetch_folder("models/abc", tmp_path / "cache") == fetched


def test_an_unknown_kind_of_store_is_refused() -> None:
    """The error names the variable and what may be missing."""
    with pytest.raises(SettingsError, match=r"EMOJIFY_STORE_URL.*requirements/s3\.txt"):
        open_store("floppy://a/models")
