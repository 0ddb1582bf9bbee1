"""File stores for tests, and a model to put into them."""

import os
import uuid
from pathlib import Path

from emojify_core.storage.files.store import FileStore

FILES = {"manifest.json": b"{}", "model.onnx": os.urandom(3_000_000), "empty.txt": b""}

# fsspec's memory stands for object stores; EMOJIFY_TEST_STORE_URL=s3://... adds a real one.
GIVEN = os.environ.get("EMOJIFY_TEST_STORE_URL")
REAL = ["folder", *(["given"] if GIVEN else [])]
ALL = ["memory", *REAL]


def url_of(kind: str, folder: Path) -> str:
    """Return the URL of a new store of this kind."""
    urls = {
        "folder": str(folder / "not" / "yet" / "there"),
        "memory": f"memory://{uuid.uuid4().hex}/prefix",
        "given": f"{GIVEN}/{uuid.uuid4().hex}",
    }
    return urls[kind]


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def write(store: FileStore, name: str, content: bytes) -> None:
    """Store one file."""
    with store.create(name) as file:
        file.write(content)


def read(store: FileStore, name: str) -> bytes:
    """Return one file."""
    with store.open(name) as file:
        return file.read()
