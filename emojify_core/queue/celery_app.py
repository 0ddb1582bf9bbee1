"""The Celery app, made by a factory for web, workers and Flower alike."""

from dataclasses import dataclass

from celery import Celery
from kombu.entity import Queue as KombuQueue

from emojify_core.messages import Queue, Task
from emojify_core.settings import Settings

# One prediction's life, in seconds. A message not started in time is dropped by the worker; one
# whose worker died comes back after VISIBILITY_TIMEOUT, early enough to be answered still.
MESSAGE_EXPIRES = 20
LOST_AFTER = 28  # MESSAGE_EXPIRES plus the longest task, below the promised 30
RESULT_EXPIRES = 600  # how long an answer can be fetched


@dataclass(frozen=True, slots=True)
class WorkerKind:
    """A kind of worker. Each keeps account of its own unacknowledged messages."""

    name: str
    visibility_timeout: int  # seconds after which a killed worker's message is delivered again


PREDICTION = WorkerKind("predict", 10)  # well above its longest task (2.5 s of one core)
# A trainer works for some seconds, with many corrections for minutes. A message that comes back
# too early does no harm: it is a hint, and the lock is held.
TRAINING = WorkerKind("train", 600)


def make_celery(settings: Settings, worker: WorkerKind | None = None) -> Celery:
    """Return an app that talks to the configured Redis; it connects at first use.

    Without a kind of `worker` it only publishes, and stores no results: with a result backend
    each `send_task` would also subscribe to its answer, which PredictionQueue does more cheaply,
    and only for who waits. Every setting that answers a known way to fail is explained in
    docs/reliability.md.
    """
    kind = worker or PREDICTION
    # A unix socket has no peer machine that could vanish, and redis-py refuses the option there.
    keepalive = {} if settings.broker_url.startswith("redis+socket") else {"socket_keepalive": True}
    app = Celery("emojify", set_as_current=False)
    app.conf.update(
        broker_url=settings.broker_url,
        result_backend=settings.broker_url if worker else "disabled",
        # JSON alone: a forged message is data, never code.
        accept_content=["json"],
        task_serializer="json",
        result_serializer="json",
        event_serializer="json",
        # Queues exist because messages.py names them; a typo fails instead of making one.
        task_queues=[KombuQueue(name) for name in (Queue.PREDICT, Queue.BATCH, Queue.TRAIN)],
        task_create_missing_queues=False,
        task_default_queue=Queue.PREDICT,
        task_routes={
            Task.PREDICT: {"queue": Queue.PREDICT},
            Task.SPLIT: {"queue": Queue.BATCH},
            Task.CHUNK: {"queue": Queue.BATCH},
            Task.LEARN: {"queue": Queue.TRAIN},
        },
        # Acknowledged after the work: a killed worker's message is delivered again.
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_cancel_long_running_tasks_on_connection_loss=True,
        result_expires=RESULT_EXPIRES,
        broker_transport_options={
            "visibility_timeout": kind.visibility_timeout,
            "unacked_restore_interval": 2,
            "unacked_restore_throttle": 1,
            "unacked_key": f"unacked.{kind.name}",
            "unacked_index_key": f"unacked_index.{kind.name}",
            "unacked_mutex_key": f"unacked_mutex.{kind.name}",
            "queue_order_strategy": "priority",
            # A worker's are above its own blocking read (1 s). A client tells within 2 seconds
            # that Redis is away: as in redis_client.py, since one try may follow another.
            "socket_connect_timeout": 1 if worker else 0.5,
            "socket_timeout": 5 if worker else 0.6,
            # How often a publisher connects anew; kombu's own way takes six seconds.
            "max_retries": 1,
            "interval_start": 0.1,
            **keepalive,
        },
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        # A person waits: fail soon and say so, instead of trying for minutes.
        task_publish_retry=False,
        # A connection for every thread that publishes (38 in the web), made when it is needed. With
        # ten, the default, people would stand in line while each finds out that Redis hangs.
        broker_pool_limit=64,
        redis_socket_connect_timeout=1,
        redis_socket_timeout=2,
        redis_socket_keepalive=bool(keepalive),
        redis_backend_health_check_interval=10,
        # An answer that cannot be stored is held until Redis is back, some 15 seconds at most.
        # Celery would store that failure instead, as if the text could not be answered.
        result_backend_always_retry=True,
        result_backend_max_retries=20,
        result_backend_base_sleep_between_retries_ms=100,
        result_backend_max_sleep_between_retries_ms=1000,
        # Flower's view of tasks; texts never enter events (see prediction_queue.py).
        worker_send_task_events=True,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        timezone="UTC",
    )
    return app
