"""Clients that send batches, and a check that refused files leave nothing behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from support.deadlines import eventually


@pytest.fixture
def sender(app: Flask) -> FlaskClient:
    """Return a client of its own: the cookie of its first batch identifies it."""
    return app.test_client()


@pytest.fixture
def nothing_left(app: Flask) -> Iterator[None]:
    """Check that neither the database nor the file store holds more than before.

    They may hold less: the sweeper deletes cancelled and failed batches of earlier tests.
    """
    storage = app.extensions["emojify-storage"]

    def kept() -> set[str]:
        batches = {batch.id for batch in storage.batches.page(limit=1000)}
        return batches | {file.name for file in storage.files.list("batches")}

    def unfinished() -> list[Path]:
        return list(storage.files.root.glob(".*/*"))

    before = kept()
    yield
    assert kept() <= before
    eventually(lambda: not unfinished(), within=10, what="no unfinished file is left")
