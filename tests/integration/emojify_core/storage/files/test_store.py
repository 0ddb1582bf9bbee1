"""Files in the store: one contract for local folders and object stores."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from emojify_core.errors import NotStoredError
from emojify_core.storage.files.object_store import ObjectFileStore
from emojify_core.storage.files.store import FileStore
from support.stores import read, write

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_file_comes_back_as_it_was_written(store: FileStore) -> None:
    """The rows of a batch come back in order and complete, however large the file is."""
    lines = [f"line {number} 😢\n".encode() for number in range(50_000)]
    with store.create("batches/1/input.csv") as file:
        for line in lines:
            file.write(line)
    with store.open("batches/1/input.csv") as file:
        assert list(file) == lines
    with store.open("batches/1/input.csv") as file:
        file.seek(5)
        assert file.read(1) == b"0"


def test_a_part_of_a_file_can_be_read(store: FileStore) -> None:
    """Reading a chunk does not read the rest of the file."""
    write(store, "file", b"0123456789")
    assert store.read("file", 3, 4) == b"3456"
    assert store.read("file", 8, 100) == b"89"
    with pytest.raises(NotStoredError):
        store.read("other", 0, 1)


def test_a_file_appears_when_it_is_complete(store: FileStore) -> None:
    """Readers never see half of a result."""
    with store.create("batches/1") as file:
        file.write(b"half")
        file.flush()
        assert not store.exists("batches/1")
        assert store.list("batches") == []
    assert read(store, "batches/1") == b"half"


def test_a_failed_write_keeps_the_old_file(store: FileStore) -> None:
    """An error in the middle changes nothing."""

    def broken(name: str) -> None:
        with store.create(name) as file:
            file.write(b"new")
            raise LookupError("on purpose")

    write(store, "old", b"old")
    for name in ("old", "never"):
        with pytest.raises(LookupError, match="on purpose"):
            broken(name)
    assert read(store, "old") == b"old"
    assert not store.exists("never")


def test_an_error_of_the_reader_is_not_translated(store: FileStore) -> None:
    """The store does not report an error of the reader as its own."""
    write(store, "file", b"")
    with pytest.raises(FileNotFoundError), store.open("file"):
        Path("/does/not/exist").read_bytes()
    with pytest.raises(FileNotFoundError), store.create("other"):
        Path("/does/not/exist").read_bytes()


def test_a_file_written_again_is_replaced(store: FileStore) -> None:
    """A batch that starts again overwrites its result."""
    write(store, "file", b"a longer first version")
    write(store, "file", b"second")
    assert read(store, "file") == b"second"


def test_a_list_shows_complete_entries_with_their_time(store: FileStore, model: Path) -> None:
    """Sweeping can tell old unused folders from new ones."""
    begun = datetime.now(UTC)
    store.put_folder("models/b", model)
    store.put_folder("models/a", model)
    write(store, "models/note.txt", b"x")
    write(store, "batches/1", b"x")
    listed = store.list("models")
    assert [one.name for one in listed] == ["models/a", "models/b", "models/note.txt"]
    for one in listed:
        assert begun - timedelta(seconds=5) <= one.modified_at <= datetime.now(UTC)
    assert store.list("nothing/here") == []


@pytest.mark.parametrize("what", ["folder", "file"])
def test_deleting_is_complete_and_repeatable(
    store: FileStore, model: Path, tmp_path: Path, what: str
) -> None:
    """A deleted model takes no space; deleting it again does nothing."""
    if what == "folder":
        store.put_folder("x/abc", model)
    else:
        write(store, "x/abc", b"x")
    store.delete("x/abc")
    store.delete("x/abc")
    assert not store.exists("x/abc")
    assert store.list("x") == []
    with pytest.raises(NotStoredError):
        store.fetch_folder("x/abc", tmp_path / "cache")
    assert store.put_folder("x/abc", model), "and can be stored again"


def test_names_with_a_common_prefix_are_independent(store: FileStore, model: Path) -> None:
    """Deleting or finding one never affects the other."""
    store.put_folder("models/abcd", model)
    write(store, "models/ab", b"x")
    assert not store.exists("models/abc")
    store.delete("models/abc")
    assert [one.name for one in store.list("models")] == ["models/ab", "models/abcd"]
    assert store.list("model") == []


@pytest.mark.parametrize(
    "name", ["", "/etc", "../x", "a/../b", "a//b", "a/", ".hidden", "a/.x", "a b", "ä", "a\n"]
)
def test_no_name_leads_out_of_the_store(store: FileStore, model: Path, name: str) -> None:
    """Any name stays inside the store or is refused."""
    uses: list[Callable[[], object]] = [
        lambda: store.put_folder(name, model),
        lambda: store.fetch_folder(name, model),
        lambda: store.exists(name),
        lambda: store.list(name),
        lambda: store.delete(name),
        lambda: write(store, name, b"x"),
        lambda: read(store, name),
    ]
    for use in uses:
        with pytest.raises(ValueError, match="not a valid name"):
            use()


@pytest.mark.parametrize("name", ["missing", "folder/missing", "models"])
def test_a_missing_file_is_reported_as_not_stored(
    store: FileStore, tmp_path: Path, name: str
) -> None:
    """A lost file does not look like an outage."""
    with pytest.raises(NotStoredError):
        read(store, name)
    with pytest.raises(NotStoredError):
        store.fetch_folder(name, tmp_path / "cache")
    assert not store.exists(name)


def test_a_folder_tells_how_many_bytes_are_free(store: FileStore) -> None:
    """A bucket has no such limit. The folder need not exist yet."""
    free = store.free_bytes()
    assert free is None if isinstance(store, ObjectFileStore) else free and free > 0
