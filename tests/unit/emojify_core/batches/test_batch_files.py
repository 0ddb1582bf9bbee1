"""A file is stored completely or not at all, also when the disk is full."""

import errno
from pathlib import Path

import pytest

from emojify_core.batches.batch_files import BatchFiles
from emojify_core.batches.reading.layout import LayoutOptions
from emojify_core.errors import InsufficientStorageError
from emojify_core.storage.files.local import LocalFileStore

TEXTS = [b"I was so happy.\n" * 20_000] * 4


def test_every_byte_is_announced_before_it_is_written(tmp_path: Path) -> None:
    """A quota can refuse a block before it is stored."""
    files, announced = BatchFiles(LocalFileStore(tmp_path)), bytearray()
    file = files.ingest("a", TEXTS, LayoutOptions(), announced.extend)
    assert bytes(announced) == b"".join(TEXTS)
    assert file.size == len(announced)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, code: int) -> None:
    """The client reads that the disk is full, and not that something went wrong."""
    files = BatchFiles(LocalFileStore(tmp_path))

    def fail(_block: bytes) -> None:
        raise OSError(code, "no space")

    with pytest.raises(InsufficientStorageError, match="disk is nearly full"):
        files.ingest("a", TEXTS, LayoutOptions(), fail)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
