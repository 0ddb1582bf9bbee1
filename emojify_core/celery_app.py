"""The Celery app, made by a factory for web, workers and Flower alike."""

from celery import Celery
from kombu.entity import Queue as KombuQueue

from emojify_core.messages import Queue, Task
from emojify_core.settings import Settings

# One prediction's life, in seconds. A message not started in time is dropped by the worker; one
# whose worker died comes back after VISIBILITY_TIMEOUT, early enough to be answered still.
MESSAGE_EXPIRES = 20
VISIBILITY_TIMEOUT = 10  # well above the longest prediction task (under 1 s)
LOST_AFTER = 28  # MESSAGE_EXPIRES plus the longest task, below the promised 30
RESULT_EXPIRES = 600  # how long an answer can be fetched


def make_celery(settings: Settings, *, stores_results: bool = False) -> Celery:
    """Return an app that talks to the configured Redis; it connects at first use.

    Only a worker `stores_results`: with a result backend each `send_task` would also subscribe
    to its answer, which PredictionQueue does more cheaply, and only for who waits. Every setting
    that answers a known way to fail is explained in docs/reliability.md.
    """
    # A unix socket has no peer machine that could vanish, and redis-py refuses the option there.
    keepalive = {} if settings.broker_url.startswith("redis+socket") else {"socket_keepalive": True}
    app = Celery("emojify", set_as_current=False)
    app.conf.update(
        broker_url=settings.broker_url,
        result_backend=settings.broker_url if stores_results else "disabled",
        # JSON alone: a forged message is data, never code.
        accept_content=["json"],
        task_serializer="json",
        result_serializer="json",
        event_serializer="json",
        # Queues exist because messages.py names them; a typo fails instead of making one.
        task_queues=[KombuQueue(Queue.PREDICT)],
        task_create_missing_queues=False,
        task_default_queue=Queue.PREDICT,
        task_routes={Task.PREDICT: {"queue": Queue.PREDICT}},
        # Acknowledged after the work: a killed worker's message is delivered again.
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_cancel_long_running_tasks_on_connection_loss=True,
        result_expires=RESULT_EXPIRES,
        broker_transport_options={
            "visibility_timeout": VISIBILITY_TIMEOUT,
            "unacked_restore_interval": 2,
            "unacked_restore_throttle": 1,
            "unacked_key": "unacked.predict",
            "unacked_index_key": "unacked_index.predict",
            "unacked_mutex_key": "unacked_mutex.predict",
            "queue_order_strategy": "priority",
            "socket_connect_timeout": 1,
            # Above the worker's own blocking read (1 s); a client must give up within 2 s.
            "socket_timeout": 5 if stores_results else 1,
            # How often a publisher connects anew; kombu's own way takes six seconds.
            "max_retries": 1,
            "interval_start": 0.1,
            **keepalive,
        },
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        # A person waits: fail soon and say so, instead of trying for minutes.
        task_publish_retry=False,
        redis_socket_connect_timeout=1,
        redis_socket_timeout=2,
        redis_socket_keepalive=bool(keepalive),
        redis_backend_health_check_interval=10,
        # Flower's view of tasks; texts never enter events (see prediction_queue.py).
        worker_send_task_events=True,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        timezone="UTC",
    )
    return app
