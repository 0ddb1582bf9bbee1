"""The factory of the Celery app, for the web, the workers and Flower."""

from dataclasses import dataclass

from celery import Celery
from kombu.entity import Queue as KombuQueue

from emojify_core.messages import Queue, Task
from emojify_core.queue.kombu_clients import reuse_clients
from emojify_core.queue.utf8_messages import BODY_ENCODING, write_utf8
from emojify_core.settings import Settings

# Seconds in the life of a prediction. A worker drops a message that it starts too late. If the
# worker dies, Redis delivers the message again after the visibility timeout, in time for an answer.
MESSAGE_EXPIRES = 20
LOST_AFTER = 28  # MESSAGE_EXPIRES plus the longest task, below the promised 30
RESULT_EXPIRES = 600  # results can be fetched for so long


@dataclass(frozen=True, slots=True)
class WorkerKind:
    """A kind of worker, with its own list of unacknowledged messages in Redis."""

    name: str
    visibility_timeout: int  # seconds after which a killed worker's message is delivered again


PREDICTION = WorkerKind("predict", 10)  # well above its longest task (2.5 s of one core)
# An update takes seconds, or minutes with many corrections. A message that Redis delivers again too
# early does no harm: it only notifies, and the trainer holds the training lock.
TRAINING = WorkerKind("train", 600)


def make_celery(settings: Settings, worker: WorkerKind | None = None) -> Celery:
    """Return an app for the configured Redis; it connects at first use.

    Without a `worker` kind the app only publishes and has no result backend. With one, Celery
    would subscribe to the result of each `send_task`; PredictionQueue does that more cheaply, and
    only for clients that wait. docs/reliability.md explains the settings against failures.
    """
    write_utf8()
    reuse_clients()
    kind = worker or PREDICTION
    # redis-py refuses this option for a unix socket, which has no remote machine that could vanish.
    address = settings.redis_address
    keepalive = {} if address.path else {"socket_keepalive": True}
    app = Celery("emojify", set_as_current=False)
    app.conf.update(
        broker_url=address.for_kombu(),
        broker_use_ssl=address.tls_for_kombu() or False,
        redis_backend_use_ssl=address.tls_for_kombu(),
        result_backend=address.for_kombu() if worker else "disabled",
        # Only JSON: a forged message is data, never code.
        accept_content=["json"],
        task_serializer="json",
        result_serializer="json",
        event_serializer="json",
        # messages.py names all queues; a typo fails instead of creating another one.
        task_queues=[KombuQueue(name) for name in (Queue.PREDICT, Queue.BATCH, Queue.TRAIN)],
        task_create_missing_queues=False,
        task_default_queue=Queue.PREDICT,
        task_routes={
            Task.PREDICT: {"queue": Queue.PREDICT},
            Task.SPLIT: {"queue": Queue.BATCH},
            Task.CHUNK: {"queue": Queue.BATCH},
            Task.LEARN: {"queue": Queue.TRAIN},
        },
        # Acknowledge after the work: Redis delivers a killed worker's message again.
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
            # A worker's timeouts exceed its blocking read (1 s). A client reports within 2 seconds
            # that Redis is down, including one retry; redis_client.py has the same timeouts.
            "socket_connect_timeout": 1 if worker else 0.5,
            "socket_timeout": 5 if worker else 0.6,
            # A publisher reconnects once; kombu's default takes six seconds.
            "max_retries": 1,
            "interval_start": 0.1,
            **BODY_ENCODING,
            **keepalive,
        },
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        # A person waits: fail at once instead of retrying for minutes.
        task_publish_retry=False,
        # A connection for each thread that publishes (84 in the web), opened on demand. With the
        # default of ten, requests would queue for a connection while Redis hangs.
        broker_pool_limit=96,
        redis_socket_connect_timeout=1,
        redis_socket_timeout=2,
        redis_socket_keepalive=bool(keepalive),
        redis_backend_health_check_interval=10,
        # While Redis is down, a worker keeps trying to store its result, for some 15 seconds. By
        # default Celery would store a failure instead, as if the prediction had failed.
        result_backend_always_retry=True,
        # Any refusal (a read-only replica, no right) may pass, like a broken connection.
        result_backend_transport_options={
            "additional_connection_errors": ("redis.exceptions.RedisError",)
        },
        result_backend_max_retries=20,
        result_backend_base_sleep_between_retries_ms=100,
        result_backend_max_sleep_between_retries_ms=1000,
        # Flower shows tasks from events; events hold no texts (see prediction_queue.py).
        worker_send_task_events=True,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        timezone="UTC",
    )
    return app
