"""Files and folders of this machine that appear whole or not at all, and outlive a power cut."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

TEMPORARY: Final = ".unfinished"  # in the root, so that a rename never crosses a file system


@contextmanager
def temporary_path(root: Path) -> Iterator[Path]:
    """Give a fresh name to write under; what still lies there at the end is deleted."""
    folder = root / TEMPORARY
    make_folder(folder)
    path = folder / uuid.uuid4().hex
    try:
        yield path
    finally:
        discard(path)


def commit_folder(folder: Path, final: Path) -> bool:
    """Give a complete folder its name; return False if another one has it already."""
    for path in folder.iterdir():
        fsync(path)
    fsync(folder)
    make_folder(final.parent)
    try:
        folder.rename(final)
    except OSError:
        # Linux and macOS replace an empty folder only: this one was finished before ours.
        if final.is_dir():
            return False
        raise
    fsync(final.parent)
    return True


def commit_file(file: Path, final: Path) -> None:
    """Give a complete file its name, whoever had it before."""
    fsync(file)
    make_folder(final.parent)
    file.replace(final)
    fsync(final.parent)


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, for its owner alone; a crash does not lose it."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(exist_ok=True, mode=0o700)
        fsync(path.parent)


def fsync(path: Path) -> None:
    """Wait until a file's content, or a folder's list of names, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def discard(path: Path) -> None:
    """Delete a file or a folder; it may be gone already."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(FileNotFoundError):
            path.unlink()


def sweep(root: Path, older_than: timedelta) -> None:
    """Delete what was begun under `temporary_path` that long ago, by processes that died."""
    folder = root / TEMPORARY
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(FileNotFoundError):  # finished meanwhile
            if modified_at(path) < datetime.now(UTC) - older_than:
                discard(path)


def modified_at(path: Path) -> datetime:
    """Return when a file was written, or when a folder got its last name."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
