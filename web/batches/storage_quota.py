"""How many bytes of files a client, an address and all of them may keep, and what stays free.

A file counts until it is deleted, with its answers. Files that are still arriving count as far as
they have arrived, so many uploads at once cannot pass the quota together.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from emojify_core.batches.reading.disk_room import DISK_FULL
from emojify_core.errors import InsufficientStorageError, StorageQuotaError
from emojify_core.limits import (
    ADDRESS_SHARE,
    ANSWER_BYTES,
    CLIENT_SHARE,
    HOLDER_SHARE,
    MAX_ROWS,
    MIN_FREE_DISK,
)
from emojify_core.storage.batches.repository import BatchRepository
from emojify_core.storage.files.store import FileStore
from web.auth.identity import ADMINISTRATOR

_ALL = ""  # the key of the quota for all clients
_OWN_FULL = (
    "Your files may take {limit} together, with their answers, until they are deleted. Delete a "
    "batch that you no longer need, or wait until one expires."
)
_ADDRESS_FULL = (
    "The files from your address may take {limit} together, with their answers, until they are "
    "deleted. Delete a batch that you no longer need, or wait until one expires."
)
_ALL_FULL = (
    "The server keeps as many files as it may. Try again later, when older ones have expired."
)


@dataclass(slots=True)
class Reservation:
    """The bytes of one upload so far. `add` refuses a block before it is stored."""

    quota: "StorageQuota"
    limits: tuple["_Limit", ...]
    size: int = 0  # bytes, with the answers
    _lines: int = 0

    def add(self, block: bytes) -> None:
        """Count a block and the answers to its rows.

        Raises StorageQuotaError, InsufficientStorageError.
        """
        lines = min(max(block.count(b"\n"), block.count(b"\r")), MAX_ROWS - self._lines)
        more = len(block) + lines * ANSWER_BYTES
        self.size, self._lines = self.size + more, self._lines + lines
        self.quota.count(self.limits, more)

    def confirm(self) -> None:
        """Check again with what was stored meanwhile. Raises like `add`."""
        self.quota.confirm(self.limits)


@dataclass(slots=True)
class _Limit:
    """One quota, and how much of it was used when it was last read."""

    key: str
    most: int  # bytes
    sentence: str
    used: int = 0


@dataclass(slots=True)
class StorageQuota:
    """Counts the bytes of kept files in the database, and those of arriving ones in memory."""

    batches: BatchRepository
    store: FileStore
    total: int  # bytes that all files may take
    _arriving: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def reserve(
        self, client: str, network: str | None, announced: int | None
    ) -> Iterator[Reservation]:
        """Give the reservation of an upload of `announced` bytes, if that is known.

        Its bytes count until the block ends; the batch must be stored by then. Raises
        StorageQuotaError, InsufficientStorageError.
        """
        limits = self._limits(client, network)
        self.confirm(limits, announced or 0)
        reservation = Reservation(self, limits)
        try:
            yield reservation
        finally:
            with self._lock:
                for limit in limits:
                    self._arriving[limit.key] -= reservation.size
                self._arriving += Counter()  # forget those at zero

    def confirm(self, limits: tuple["_Limit", ...], more: int = 0) -> None:
        """Read what is stored now, and check whether `more` bytes fit."""
        for limit in limits:
            limit.used = self.batches.stored_bytes(**_filter(limit.key))
        self._check_disk(more + self.batches.pending_bytes())
        with self._lock:
            self._check(limits, more)

    def count(self, limits: tuple["_Limit", ...], more: int) -> None:
        """Count bytes that are about to be stored, and check whether they fit."""
        self._check_disk(more)
        with self._lock:
            for limit in limits:
                self._arriving[limit.key] += more
            self._check(limits)

    def _limits(self, client: str, network: str | None) -> tuple["_Limit", ...]:
        limits = [_Limit(_ALL, self.total, _ALL_FULL)]
        if network is not None:
            limits.insert(
                0, _Limit(f"network {network}", self.total // ADDRESS_SHARE, _ADDRESS_FULL)
            )
        if client != ADMINISTRATOR:
            share = HOLDER_SHARE if network is None else CLIENT_SHARE
            limits.insert(0, _Limit(f"client {client}", self.total // share, _OWN_FULL))
        return tuple(limits)

    def _check(self, limits: tuple["_Limit", ...], more: int = 0) -> None:
        for limit in limits:
            if limit.used + self._arriving[limit.key] + more > limit.most:
                kind = InsufficientStorageError if limit.key == _ALL else StorageQuotaError
                raise kind(limit.sentence.format(limit=f"{limit.most / (1 << 20):,.0f} MB"))

    def _check_disk(self, more: int) -> None:
        free = self.store.free_bytes()
        if free is not None and free - more < MIN_FREE_DISK:
            raise InsufficientStorageError(DISK_FULL)


def _filter(key: str) -> dict[str, str]:
    """Return the column that a key names, with its value."""
    column, _, value = key.partition(" ")
    return {column: value} if column else {}
