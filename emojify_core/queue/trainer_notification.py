"""The notification that wakes the trainer: a task without content.

The trainer reads the waiting corrections from the database.
"""

import structlog
from celery import Celery

from emojify_core.errors import QueueUnavailableError
from emojify_core.messages import Queue, Task
from emojify_core.queue.redis_client import unavailable_if_down
from emojify_core.queue.redis_clock import CLOCK

log = structlog.get_logger(__name__)

EXPIRES = 60  # seconds; a trainer that starts later checks the database by itself


def wake_trainer(celery: Celery) -> None:
    """Notify the trainer. A failure only delays it: it checks the database every few seconds."""
    try:
        with unavailable_if_down():
            celery.send_task(
                Task.LEARN, queue=Queue.TRAIN, ignore_result=True, expires=CLOCK.utc(EXPIRES)
            )
    except QueueUnavailableError as e:
        log.warning("cannot wake the trainer; it checks by itself", reason=repr(e.__cause__))
