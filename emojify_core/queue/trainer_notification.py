"""The hint that wakes the trainer: a task without content, since SQL says what waits."""

import structlog
from celery import Celery

from emojify_core.errors import QueueUnavailableError
from emojify_core.messages import Queue, Task
from emojify_core.queue.redis_client import unavailable_if_down

log = structlog.get_logger(__name__)

FORGOTTEN_AFTER = 60  # seconds: a trainer that comes up later looks by itself


def wake_trainer(celery: Celery) -> None:
    """Publish the hint. If that fails nothing is lost: the trainer looks every few seconds."""
    try:
        with unavailable_if_down():
            celery.send_task(
                Task.LEARN, queue=Queue.TRAIN, ignore_result=True, expires=FORGOTTEN_AFTER
            )
    except QueueUnavailableError as e:
        log.warning("the trainer was not woken; it will look by itself", reason=repr(e.__cause__))
