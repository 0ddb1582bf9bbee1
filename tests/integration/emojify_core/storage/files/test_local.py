"""The store in a folder: what a crash, another program or a full disk does to it."""

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


def test_a_writer_killed_in_between_leaves_nothing_to_be_found(
    store: FileStore, root: Path, model: Path
) -> None:
    """A model is there with all its files or not at all; the rest is swept later."""
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
    assert len(list(left.iterdir())) == 1, "it could be somebody who is still at work"
    store.sweep(timedelta(0))
    assert list(left.iterdir()) == []
    assert store.put_folder("models/abc", model)


def test_every_name_is_on_the_disk_before_it_is_promised(
    store: FileStore, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut right after the publication does not empty the model's files."""
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
        assert last[-1] == "models", "the folder's own name comes last"
        assert {"store", "models"} <= set(names)
    assert synced


def test_a_fetched_folder_is_the_stored_one(store: FileStore, root: Path, model: Path) -> None:
    """Workers of one machine map the same file into memory, once."""
    store.put_folder("models/abc", model)
    fetched = store.fetch_folder("models/abc", root / "cache")
    assert fetched == root / "models" / "abc"
    assert not (root / "cache").exists()


def test_the_store_is_for_its_owner_alone(store: FileStore, root: Path) -> None:
    """Other users of the machine do not read what people uploaded."""
    with store.create("batches/1") as file:
        file.write(b"private")
    for folder in (root, root / "batches"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_others_put_there_is_not_ours(store: FileStore, root: Path, model: Path) -> None:
    """A stray file of the file system or a person does not disturb."""
    store.put_folder("models/abc", model)
    (root / "models" / ".DS_Store").touch()
    (root / "models" / "half").mkdir()
    (root / "models" / "odd name").touch()
    assert [one.name for one in store.list("models")] == ["models/abc"]


def test_a_disk_that_refuses_is_unavailable(root: Path, model: Path) -> None:
    """An error of the disk is told in a sentence, and nothing is half there."""
    root.touch()  # a file where the folder should be
    store = open_store(str(root))
    with pytest.raises(StorageUnavailableError, match="cannot be used"):
        store.put_folder("models/abc", model)
    with pytest.raises(StorageUnavailableError), store.create("file"):
        pytest.fail("nothing can be written here")
    assert not store.exists("models/abc")
    with pytest.raises(NotStoredError):
        store.fetch_folder("models/abc", root)


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_a_path_may_be_written_as_a_url(tmp_path: Path, model: Path, scheme: str) -> None:
    """Both ways to name a folder mean the same one."""
    open_store(f"{scheme}{tmp_path}/store").put_folder("models/abc", model)
    assert (tmp_path / "store" / "models" / "abc" / "model.onnx").read_bytes() == b"graph"
