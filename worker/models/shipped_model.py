"""The shipped model, stored as a version of the installation at a release's first start."""

from emojify_core.ml.model.artifact import SHIPPED, load_manifest
from emojify_core.storage.factory import Storage, prepare_storage


def prepare(storage: Storage) -> None:
    """Bring the database up to date and the shipped model into the installation; safe to race.

    Raises StorageUnavailableError.
    """
    prepare_storage(storage)
    manifest = load_manifest(SHIPPED)
    storage.models.put(manifest.sha256, SHIPPED)  # first: no version without its files
    storage.versions.ensure_base(manifest.sha256, manifest.metrics)
