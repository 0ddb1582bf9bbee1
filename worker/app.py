"""The composition of a prediction worker."""

import os
import socket

from celery import Celery
from celery.signals import setup_logging, worker_init, worker_ready, worker_shutdown

from emojify_core.celery_app import make_celery
from emojify_core.collecting import collect_rarely
from emojify_core.logs import configure_logging
from emojify_core.ml.artefact import SHIPPED
from emojify_core.presence import Presence
from emojify_core.redis_client import connect
from emojify_core.settings import Settings
from worker.broker_errors import wait_out_a_full_redis
from worker.model import ModelHolder
from worker.reporting import Reporter
from worker.tasks import register_tasks


def make_worker(settings: Settings) -> Celery:
    """Return the app of a prediction worker; its model is loaded before it takes a task."""
    wait_out_a_full_redis()
    app = make_celery(settings, stores_results=True)
    model = ModelHolder(SHIPPED, threads=os.cpu_count() or 1)
    board = Presence(connect(settings.resolved_redis_url))
    name = f"predict@{socket.gethostname()}:{os.getpid()}"
    reporter = Reporter(board, name, lambda: model.version)
    register_tasks(app, model, reporter)

    @setup_logging.connect(weak=False)
    def log_our_way(**_: object) -> None:
        configure_logging(json=settings.json_logs)

    @worker_init.connect(weak=False)
    def load_model(**_: object) -> None:
        model.load()
        collect_rarely()

    @worker_ready.connect(weak=False)
    def begin(**_: object) -> None:
        reporter.start()

    @worker_shutdown.connect(weak=False)
    def end(**_: object) -> None:
        reporter.stop()

    return app
