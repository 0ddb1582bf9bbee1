"""Files are counted while they arrive, and refused before a block too many is stored."""

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from emojify_core.errors import InsufficientStorageError, StorageQuotaError
from emojify_core.limits import ANSWER_BYTES, MIN_FREE_DISK
from web.auth.identity import ADMINISTRATOR
from web.batches.storage_quota import StorageQuota

TOTAL = 8_000  # bytes: 1,000 for a stranger, 2,000 for an address, 4,000 for the holder of a key


@dataclass
class Stored:
    """The repository and the store as far as the quota reads them."""

    used: dict[str, int] = field(default_factory=dict)
    pending: int = 0
    free: int | None = None

    def stored_bytes(self, *, client: str | None = None, network: str | None = None) -> int:
        """Return the bytes of a client, a network or all."""
        return self.used.get(client or network or "all", 0)

    def pending_bytes(self) -> int:
        """Return the bytes of open batches' answers."""
        return self.pending

    def free_bytes(self) -> int | None:
        """Return the free bytes of the disk."""
        return self.free


@pytest.fixture
def stored() -> Stored:
    """Return an empty installation."""
    return Stored()


@pytest.fixture
def quota(stored: Stored) -> StorageQuota:
    """Return its quota."""
    return StorageQuota(cast("Any", stored), cast("Any", stored), TOTAL)


@pytest.mark.parametrize(
    ("client", "network", "most"),
    [("cookie:a", "net", 1_000), ("key:a", None, 4_000), (ADMINISTRATOR, None, 8_000)],
)
def test_each_kind_of_client_has_its_share(
    quota: StorageQuota, client: str, network: str | None, most: int
) -> None:
    """The announced size is checked before the server reads the body."""
    with quota.reserve(client, network, most):
        pass
    with (
        pytest.raises((StorageQuotaError, InsufficientStorageError)),
        quota.reserve(client, network, most + 1),
    ):
        pass


def test_new_cookies_of_one_address_share_its_quota(quota: StorageQuota, stored: Stored) -> None:
    """A client without a cookie is a new one each time."""
    stored.used["net"] = 1_500
    with (
        pytest.raises(StorageQuotaError, match="from your address may take"),
        quota.reserve("cookie:new", "net", 600),
    ):
        pass
    with quota.reserve("cookie:new", "other", 600):
        pass


def test_blocks_count_one_by_one_with_their_answers(quota: StorageQuota) -> None:
    """A gzip bomb, or a file of very short rows, stops at the quota and not at its end."""
    with quota.reserve("cookie:a", "net", None) as reservation:
        reservation.add(b"x" * 400)
        reservation.add(b"x\n" * 2)
        assert reservation.size == 404 + 2 * ANSWER_BYTES
        with pytest.raises(StorageQuotaError, match="Your files may take"):
            reservation.add(b"x" * 300)


def test_uploads_that_arrive_together_count_together(quota: StorageQuota) -> None:
    """Six uploads at once do not each find the quota unused; an ended one frees its bytes."""
    with quota.reserve("key:a", None, 3_000) as first:
        first.add(b"x" * 3_000)
        with pytest.raises(StorageQuotaError), quota.reserve("key:a", None, 2_000):
            pass
    with quota.reserve("key:a", None, 2_000):
        pass


def test_what_was_stored_meanwhile_counts_at_the_end(quota: StorageQuota, stored: Stored) -> None:
    """Another web process may have stored a file of this client."""
    with quota.reserve("key:a", None, None) as reservation:
        reservation.add(b"x" * 3_000)
        reservation.confirm()
        stored.used["key:a"] = 3_000
        with pytest.raises(StorageQuotaError):
            reservation.confirm()


def test_all_files_together_have_a_quota(quota: StorageQuota, stored: Stored) -> None:
    """Many addresses do not fill the disk together."""
    stored.used["all"] = 7_900
    with (
        pytest.raises(InsufficientStorageError, match="as many files as it may"),
        quota.reserve("cookie:a", "net", 200),
    ):
        pass


@pytest.mark.parametrize(("spare", "pending"), [(199, 0), (250, 100)])
def test_uploads_leave_the_disk_a_floor(
    quota: StorageQuota, stored: Stored, spare: int, pending: int
) -> None:
    """Answers that workers have still to write count, too."""
    stored.free, stored.pending = MIN_FREE_DISK + spare, pending
    with (
        pytest.raises(InsufficientStorageError, match="disk is nearly full"),
        quota.reserve("key:a", None, 200),
    ):
        pass


def test_a_disk_that_fills_up_meanwhile_ends_an_upload(quota: StorageQuota, stored: Stored) -> None:
    """Other programs use the disk, too."""
    stored.free = MIN_FREE_DISK + 500
    with quota.reserve("key:a", None, 200) as reservation:
        reservation.add(b"x" * 100)
        stored.free = MIN_FREE_DISK + 50
        with pytest.raises(InsufficientStorageError):
            reservation.add(b"x" * 100)
