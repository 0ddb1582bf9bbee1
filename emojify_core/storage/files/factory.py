"""Open the file store that a URL names."""

from pathlib import Path

from emojify_core.storage.files.local import LocalFileStore
from emojify_core.storage.files.object_store import ObjectFileStore
from emojify_core.storage.files.store import FileStore


def open_store(url: str) -> FileStore:
    """Return the store in a folder (a path or `file://` URL) or at `s3://bucket/prefix`.

    It reads and creates nothing before the first use. Raises SettingsError for a URL that no
    installed package supports.
    """
    if "://" not in url or url.startswith("file://"):
        return LocalFileStore(Path(url.removeprefix("file://")).absolute())
    return ObjectFileStore(url)
