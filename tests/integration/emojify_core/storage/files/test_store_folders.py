"""Folders in the store: one contract for local folders and object stores."""

import hashlib
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest

from emojify_core.storage.files.factory import open_store
from emojify_core.storage.files.store import FileStore
from support.stores import FILES, REAL, contents


def test_a_folder_comes_back_as_it_was_put(store: FileStore, model: Path, tmp_path: Path) -> None:
    """A worker loads exactly the bytes that the trainer wrote."""
    assert not store.exists("models/abc")
    assert store.put_folder("models/abc", model)
    assert store.exists("models/abc")
    fetched = store.fetch_folder("models/abc", tmp_path / "cache")
    assert contents(fetched) == FILES
    assert store.fetch_folder("models/abc", tmp_path / "cache") == fetched
    assert contents(model) == FILES, "the original stays"


def test_a_stored_folder_is_not_replaced(store: FileStore, model: Path, tmp_path: Path) -> None:
    """The name identifies the contents, so the first folder stays."""
    store.put_folder("models/abc", model)
    (model / "empty.txt").write_bytes(b"other")
    assert not store.put_folder("models/abc", model)
    assert contents(store.fetch_folder("models/abc", tmp_path / "cache")) == FILES


def test_a_folder_without_a_manifest_is_refused(store: FileStore, tmp_path: Path) -> None:
    """Half of a model is refused before anything is written."""
    half = tmp_path / "half"
    half.mkdir()
    (half / "model.onnx").touch()
    with pytest.raises(ValueError, match=r"no manifest\.json"):
        store.put_folder("models/abc", half)
    assert store.list("models") == []


def test_only_direct_files_of_a_folder_are_stored(
    store: FileStore, model: Path, tmp_path: Path
) -> None:
    """A model is a flat folder; subfolders stay where they are."""
    (model / "__pycache__").mkdir()
    (model / "__pycache__" / "x.pyc").touch()
    store.put_folder("models/abc", model)
    assert contents(store.fetch_folder("models/abc", tmp_path / "cache")) == FILES


def test_concurrent_writers_of_one_folder_all_succeed(
    store: FileStore, model: Path, tmp_path: Path
) -> None:
    """Two trainers that produced the same model need no coordination."""
    barrier, outcomes = Barrier(6), []

    def put() -> None:
        barrier.wait(10)
        outcomes.append(store.put_folder("models/abc", model))

    threads = [Thread(target=put) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 6
    assert any(outcomes)
    assert contents(store.fetch_folder("models/abc", tmp_path / "cache")) == FILES


@pytest.mark.parametrize(
    "store_url", REAL, indirect=True
)  # fsspec's memory is for one reader at a time
def test_concurrent_readers_get_a_whole_folder(
    store: FileStore, model: Path, tmp_path: Path
) -> None:
    """Several workers on one machine share a cache."""
    store.put_folder("models/abc", model)
    barrier, outcomes = Barrier(6), []

    def fetch() -> None:
        barrier.wait(10)
        outcomes.append(contents(store.fetch_folder("models/abc", tmp_path / "cache")))

    threads = [Thread(target=fetch) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [FILES] * 6


def test_the_url_is_enough_to_find_stored_files(
    store_url: str, store: FileStore, model: Path, tmp_path: Path
) -> None:
    """Another process with the same setting sees the same store."""
    store.put_folder("models/abc", model)
    other = open_store(store_url)
    fetched = contents(other.fetch_folder("models/abc", tmp_path / "cache"))
    digest = hashlib.sha256(fetched["model.onnx"]).hexdigest()
    assert digest == hashlib.sha256(FILES["model.onnx"]).hexdigest()
    store.sweep(timedelta(0))
    assert other.exists("models/abc")
