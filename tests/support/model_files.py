"""Placeholder files for tests that only need a model to exist."""

import tempfile
from pathlib import Path

from emojify_core.storage.factory import Storage


def put_files(storage: Storage, sha256: str) -> None:
    """Store a placeholder folder under a model's hash."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "manifest.json").write_text("{}")
        storage.models.put(sha256, Path(folder))
