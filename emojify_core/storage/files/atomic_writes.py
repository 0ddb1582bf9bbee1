"""Write local files and folders atomically, so that they survive a power cut."""

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
    """Give a temporary path to write to; delete what is still there at the end."""
    folder = root / TEMPORARY
    make_folder(folder)
    path = folder / uuid.uuid4().hex
    try:
        yield path
    finally:
        discard(path)


def commit_folder(folder: Path, final: Path) -> bool:
    """Move a complete folder to its final path; return False if that is taken."""
    for path in folder.iterdir():
        fsync(path)
    fsync(folder)
    make_folder(final.parent)
    try:
        folder.rename(final)
    except OSError:
        # Linux and macOS replace empty folders only, so another process was faster.
        if final.is_dir():
            return False
        raise
    fsync(final.parent)
    return True


def commit_file(file: Path, final: Path) -> None:
    """Move a complete file to its final path, replacing an older one."""
    fsync(file)
    make_folder(final.parent)
    file.replace(final)
    fsync(final.parent)


def make_folder(path: Path) -> None:
    """Make a folder and its parents, for their owner alone; a crash does not lose them."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(exist_ok=True, mode=0o700)
        fsync(path.parent)


def fsync(path: Path) -> None:
    """Wait until the content of a file, or the entries of a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def discard(path: Path) -> None:
    """Delete a file or folder, if it exists."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def sweep(root: Path, older_than: timedelta) -> None:
    """Delete temporary files of that age, left by processes that died."""
    folder = root / TEMPORARY
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(FileNotFoundError):  # another process moved it meanwhile
            if modified_at(path) < datetime.now(UTC) - older_than:
                discard(path)


def modified_at(path: Path) -> datetime:
    """Return when a file was written, or when an entry of a folder last changed."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
