"""The store in a folder survives crashes, stray files and full disks."""

import os
import signal
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from emojify_core.errors import NotStoredError, StorageUnavailableError
from emojify_core.storage.files.atomic_writes import TEMPORARY
from emojify_core.storage.files.factory import open_store
from emojify_core.storage.files.store import FileStore

# Puts a folder, and stops for ever right before it gets its name.
PUT_AND_HANG = """
import sys
from pathlib import Path
from emojify_core.storage.files import atomic_writes
from emojify_core.storage.files.factory import open_store

def hang(path):
    if path.name != "manifest.json":
        return
    print("hanging", flush=True)
    sys.stdin.read()

atomic_writes.fsync = hang
open_store(sys.argv[1]).put_folder("models/abc", Path(sys.argv[2]))
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the store's folder."""
    return tmp_path / "store"


@pytest.fixture
def store(root: Path) -> FileStore:
    """Return an empty store."""
    return open_store(str(root))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Return a folder to be stored."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "manifest.json").write_bytes(b"{}")
    (folder / "model.onnx").write_bytes(b"graph")
    return folder


def test_a_killed_writer_leaves_no_visible_files(store: FileStore, root: Path, model: Path) -> None:
    """A model exists with all its files or not at all; sweeping deletes the rest."""
    writer = subprocess.Popen(
        [sys.executable, "-c", PUT_AND_HANG, str(root), str(model)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout
    assert writer.stdout.readline() == "hanging\n"
    writer.send_signal(signal.SIGKILL)
    writer.communicate(timeout=10)
    assert not store.exists("models/abc")
    assert store.list("models") == []
    left = root / TEMPORARY
    assert len(list(left.iterdir())) == 1
    store.sweep(timedelta(hours=1))
    assert len(list(left.iterdir())) == 1, "another process may still write it"
    store.sweep(timedelta(0))
    assert list(left.iterdir()) == []
    assert store.put_folder("models/abc", model)


def test_files_and_names_are_synced_before_success(
    store: FileStore, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut right after publishing does not empty the files of the model."""
    synced: list[Path] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        real(descriptor)

    if not Path("/proc/self/fd").is_dir():
        monkeypatch.setattr(Path, "readlink", lambda path: path)
    monkeypatch.setattr(os, "fsync", fsync)
    store.put_folder("models/abc", model)
    if Path("/proc/self/fd").is_dir():
        names = [path.name for path in synced]
        last = names[-4:]
        assert {"manifest.json", "model.onnx"} <= set(names)
        assert last[-1] == "models", "the folder entry comes last"
        assert {"store", "models"} <= set(names)
    assert synced


def test_a_fetched_folder_is_the_stored_one(store: FileStore, root: Path, model: Path) -> None:
    """Workers on one machine share the memory of the same file."""
    store.put_folder("models/abc", model)
    fetched = store.fetch_folder("models/abc", root / "cache")
    assert fetched == root / "models" / "abc"
    assert not (root / "cache").exists()


def test_only_the_owner_can_read_the_store(store: FileStore, root: Path) -> None:
    """Other users of the machine cannot read uploaded files."""
    with store.create("batches/1") as file:
        file.write(b"private")
    for folder in (root, root / "batches"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_unknown_files_in_the_store_are_ignored(store: FileStore, root: Path, model: Path) -> None:
    """A stray file of the file system or a person does no harm."""
    store.put_folder("models/abc", model)
    (root / "models" / ".DS_Store").touch()
    (root / "models" / "half").mkdir()
    (root / "models" / "odd name").touch()
    assert [one.name for one in store.list("models")] == ["models/abc"]


def test_a_disk_error_is_reported_as_unavailable(root: Path, model: Path) -> None:
    """The error is a sentence, and no half of a file exists."""
    root.touch()  # a file where the folder should be
    store = open_store(str(root))
    with pytest.raises(StorageUnavailableError, match="not available"):
        store.put_folder("models/abc", model)
    with pytest.raises(StorageUnavailableError), store.create("file"):
        pytest.fail("nothing can be written here")
    assert not store.exists("models/abc")
    with pytest.raises(NotStoredError):
        store.fetch_folder("models/abc", root)


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_a_path_may_be_written_as_a_url(tmp_path: Path, model: Path, scheme: str) -> None:
    """Both forms name the same folder."""
    open_store(f"{scheme}{tmp_path}/store").put_folder("models/abc", model)
    assert (tmp_path / "store" / "models" / "abc" / "model.onnx").read_bytes() == b"graph"
