"""A file is stored completely or not at all, also when the disk is full."""

import errno
import json
from pathlib import Path

import pytest

from emojify_core.answer import Answer
from emojify_core.batches.batch_files import BatchFiles
from emojify_core.batches.reading.layout import LayoutOptions
from emojify_core.errors import InsufficientStorageError
from emojify_core.storage.batches.records import Chunk
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


def test_what_the_last_release_stored_is_read(tmp_path: Path) -> None:
    """A batch that was answered before an upgrade stays whole: its model found an emotion."""
    store = LocalFileStore(tmp_path)
    rows = [[1, 0.94, *[0.01] * 6], {"code": "blank", "message": "Write at least one word."}]
    answers = {"v": 1, "rows": rows, "single": False, "model_version": 3}
    summary = {"rows": 2, "failed": 1, "counts": {"joy": 1}, "unsure": 0}
    for name, stored in {"results/000000.json": answers, "summary.json": summary}.items():
        with store.create(f"batches/a/{name}") as file:
            file.write(json.dumps(stored).encode())
    files = BatchFiles(store)
    chunk = Chunk(
        "a", 0, 0, rows=2, start=0, length=9, attempts=1, summary={}, layout={}, model_version=3
    )
    joy, blank = files.read_answers(chunk).answers
    assert joy == Answer((0.94, *[0.01] * 6), confident=True)
    assert blank.error
    assert files.read_summary("a") == summary | {"clear": {"joy": 1}, "none": 0}
