"""The shipped model, stored as version 1 of an installation at its first start."""

from emojify_core.ml.artefact import SHIPPED, load_manifest
from emojify_core.storage.opening import Storage, prepare_storage


def prepare(storage: Storage) -> None:
    """Bring the database up to date and store the shipped model as version 1; safe to race.

    An installation that has a version 1 keeps it. Raises StorageUnavailableError.
    """
    prepare_storage(storage)
    manifest = load_manifest(SHIPPED)
    base = storage.versions.ensure_base(manifest.sha256, manifest.metrics)
    if base.sha256 == manifest.sha256:
        storage.models.put(manifest.sha256, SHIPPED)
