"""Nobody fills the disk with files: `POST /api/v1/batches` has quotas and a floor of free disk."""

import gzip
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from emojify_core.messages import State
from emojify_core.storage.factory import Storage
from support.api_checks import assert_problem
from support.batch_api import API
from web.batches import storage_quota

MB = 1 << 20
LINE = b"I was so happy when I passed the exam. " * 100 + b"\n"


def send(app: Flask, content: bytes, address: str = "203.0.113.7") -> TestResponse:
    """Send a file as a new client, without a cookie."""
    return app.test_client().post(
        API, data=content, content_type="text/plain", environ_base={"REMOTE_ADDR": address}
    )


def text(size: int) -> bytes:
    """Return a file of about so many bytes."""
    return LINE * (size // len(LINE))


@pytest.fixture
def small(serve: Callable[..., Flask], storage: Storage) -> Iterator[Flask]:
    """Give a server that keeps 8 MB: 2 MB for an address, 1 MB for a client of it.

    Afterwards, no file of a refused upload is left.
    """
    yield serve(batch_storage=8 * MB)
    batches = {batch.id for batch in storage.batches.page(limit=1_000)}
    assert {file.name.removeprefix("batches/") for file in storage.files.list("batches")} <= batches
    for batch_id in batches:
        storage.batches.end(batch_id, State.CANCELLED)
        storage.batches.mark_swept(batch_id)


def test_new_cookies_of_one_address_do_not_store_more(small: Flask, storage: Storage) -> None:
    """Finished files count until they are deleted; another address is not affected."""
    network = "2001:db8:1:2::"
    for number in range(2):
        assert send(small, text(900_000), f"{network}{number}").status_code == 202
    refused = send(small, text(900_000), f"{network}ffff")
    problem = assert_problem(refused, 429)
    assert problem.type.endswith("storage_quota")
    assert "2 MB" in problem.detail
    assert send(small, text(900_000), "203.0.113.8").status_code == 202
    for batch in storage.batches.page(limit=3):
        storage.batches.mark_swept(batch.id)
    assert send(small, text(900_000), network).status_code == 202


def test_a_compressed_file_stops_at_the_quota(small: Flask) -> None:
    """16 KB of gzip are not stored as 12 MB."""
    bomb = gzip.compress(text(12 * MB))
    assert len(bomb) < MB / 8
    assert_problem(send(small, bomb), 429)
    rows = gzip.compress(b"x\n" * 100_000)  # small, but not with its answers
    assert_problem(send(small, rows), 429)


def test_all_files_together_have_a_quota(small: Flask) -> None:
    """507 says that the server is full, whoever sends."""
    for number in range(8):
        assert send(small, text(1_000_000), f"203.0.113.{number}").status_code == 202
    refused = send(small, text(1_000_000), "203.0.113.99")
    assert assert_problem(refused, 507).type.endswith("insufficient_storage")
    assert refused.headers["Retry-After"]


def test_a_nearly_full_disk_stops_only_uploads(
    small: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Corrections are accepted and batches are listed as before."""
    monkeypatch.setattr(storage_quota, "MIN_FREE_DISK", 1 << 62)
    problem = assert_problem(send(small, LINE), 507)
    assert "disk is nearly full" in problem.detail
    client = small.test_client()
    assert client.get(API).status_code == 200
    made = client.post("/api/v1/corrections", json={"text": "I fell.", "label": "shame"})
    assert made.status_code == 202
