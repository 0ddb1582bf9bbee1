"""Cutting beside answering: a part takes some 10 milliseconds, most of them SQL's."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog
from celery import Celery

from emojify_core.batches.enqueue import publish_split
from emojify_core.errors import NotStoredError, QueueUnavailableError, StorageUnavailableError
from worker.batches.splitter import Splitter

log = structlog.get_logger(__name__)


class SplitterThread:
    """Cuts one part after the other, while the thread that runs tasks answers.

    `on_cut` hears that there may be chunks to publish. What a worker that dies had not cut, the
    dispatcher has cut again.
    """

    def __init__(self, app: Celery, splitter: Splitter, on_cut: Callable[[], None]) -> None:
        self._app, self._splitter, self._on_cut = app, splitter, on_cut
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="cutting")

    def split(self, batch_id: str) -> None:
        """Have the next part of a batch cut soon, and then the one after it."""
        self._thread.submit(self._step, batch_id)

    def stop(self) -> None:
        """End after the part that is being cut."""
        self._thread.shutdown(cancel_futures=True)

    def _step(self, batch_id: str) -> None:
        try:
            left = self._splitter.step(batch_id)
            self._on_cut()
            if left is not None and not left.fully_split:
                # By a message, so that chunks come between and another worker may go on.
                publish_split(self._app, batch_id)
        except (StorageUnavailableError, NotStoredError, QueueUnavailableError) as e:
            log.warning("a batch is not cut further now", batch=batch_id, reason=str(e))
        except Exception:
            log.exception("a batch is not cut further now", batch=batch_id)
