"""A disk without room, told as an error that clients understand."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from emojify_core.errors import InsufficientStorageError

DISK_FULL = (
    "The server's disk is nearly full, so it takes no files at the moment. Everything else works. "
    "Try again later."
)
FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def tell_full_disk() -> Iterator[None]:
    """Raise InsufficientStorageError where a write fails because the disk has no room."""
    try:
        yield
    except OSError as e:
        if e.errno in FULL:
            raise InsufficientStorageError(DISK_FULL) from e
        raise
