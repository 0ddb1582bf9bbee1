"""The shipped model becomes a version of the installation at the first start of a release."""

from emojify_core.ml.model.artifact import SHIPPED, load_manifest
from emojify_core.storage.factory import Storage, prepare_storage


def prepare_installation(storage: Storage) -> None:
    """Migrate the database, and add the shipped model as a base version if it is new.

    Several processes may do this at the same time. Raises StorageUnavailableError.
    """
    prepare_storage(storage)
    manifest = load_manifest(SHIPPED)
    storage.models.put(manifest.sha256, SHIPPED)  # files first: a version never lacks its files
    storage.versions.ensure_base(manifest.sha256, manifest.metrics)
