"""Migrates the database to this release's tables, as soon as it answers."""

import threading
import time

import structlog

from emojify_core.errors import StorageError, StorageUnavailableError
from emojify_core.settings import Settings
from emojify_core.storage.factory import open_storage, prepare_storage

log = structlog.get_logger(__name__)

RETRY_EVERY = 5  # seconds


def prepare_in_background(settings: Settings) -> None:
    """Prepare the storage in a thread, so that predictions do not wait for the database."""
    threading.Thread(target=_prepare, args=(settings,), name="prepare", daemon=True).start()


def _prepare(settings: Settings) -> None:
    storage = open_storage(settings)
    try:
        while True:
            try:
                prepare_storage(storage)
            except StorageUnavailableError as e:
                log.warning("the database is not prepared; trying again", reason=str(e))
                time.sleep(RETRY_EVERY)
            except StorageError as e:  # such as a newer release's tables; waiting does not help
                log.error("the database is not prepared", reason=str(e))  # noqa: TRY400
                return
            else:
                return
    finally:
        storage.engine.dispose()
