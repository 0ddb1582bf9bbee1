"""Migrates the database to this release's tables, as soon as it answers."""

import threading
import time

import structlog

from emojify_core.errors import StorageError, StorageUnavailableError
from emojify_core.settings import Settings
from emojify_core.storage.factory import open_storage, prepare_storage

log = structlog.get_logger(__name__)

_TRYING = "the database is not prepared; trying again"
RETRY_EVERY = 5  # seconds


def prepare_in_background(settings: Settings) -> None:
    """Prepare the storage in a thread, so that predictions do not wait for the database."""
    threading.Thread(target=_prepare, args=(settings,), name="prepare", daemon=True).start()


def _prepare(settings: Settings) -> None:
    storage, logged = open_storage(settings), ""
    try:
        while True:
            try:
                prepare_storage(storage)
            except StorageUnavailableError as e:
                if e.trouble != logged:  # one line a change
                    log.warning(_TRYING, reason=str(e), trouble=e.trouble)
                    logged = e.trouble
                time.sleep(RETRY_EVERY)
            except StorageError as e:  # such as a newer release's tables; waiting does not help
                log.error(_TRYING.partition(";")[0], reason=str(e))  # noqa: TRY400
                return
            else:
                return
    finally:
        storage.engine.dispose()
