"""Files that stand for a model's, for tests of what only asks whether they are there."""

import tempfile
from pathlib import Path

from emojify_core.storage.factory import Storage


def put_files(storage: Storage, sha256: str) -> None:
    """Store a folder under the name of this model."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "manifest.json").write_text("{}")
        storage.models.put(sha256, Path(folder))
