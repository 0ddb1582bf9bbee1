"""What prediction workers and the trainer share: the Celery app, and services beside the tasks."""

import logging
from pathlib import Path
from typing import Protocol

from celery import Celery
from celery.signals import setup_logging, worker_ready, worker_shutdown

from emojify_core.queue.celery_app import WorkerKind, make_celery
from emojify_core.runtime.log_config import configure_logging
from emojify_core.settings import Settings
from worker.process.expiry import expire_by_redis_clock
from worker.process.full_redis_results import announce_results_when_full
from worker.process.heartbeat import start_heartbeat
from worker.process.kombu_patches import patch_kombu
from worker.process.redis_log_filter import RedisLogFilter


class Service(Protocol):
    """Something that works in the background of a worker."""

    def start(self) -> None:
        """Begin the work."""

    def stop(self) -> None:
        """End the work."""


def make_worker_app(settings: Settings, kind: WorkerKind) -> Celery:
    """Return a Celery app with this project's patches and log format."""
    patch_kombu()
    announce_results_when_full()
    expire_by_redis_clock()

    @setup_logging.connect(weak=False)
    def set_up_logging(**_: object) -> None:
        configure_logging(json=settings.json_logs)
        for handler in logging.getLogger().handlers:
            handler.addFilter(RedisLogFilter())

    return make_celery(settings, kind)


def run_services(heartbeat: Path | None, *services: Service) -> None:
    """Start the heartbeat and the services when the worker is ready.

    When the worker shuts down, stop the services in the opposite order.
    """

    @worker_ready.connect(weak=False)
    def start_services(sender: object, **_: object) -> None:
        start_heartbeat(sender, heartbeat)
        for service in services:
            service.start()

    @worker_shutdown.connect(weak=False)
    def stop_services(**_: object) -> None:
        for service in reversed(services):
            service.stop()
