"""The composition of the training worker: one process, one run at a time."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress

import structlog
from celery import Celery
from celery.signals import setup_logging, worker_ready, worker_shutdown, worker_shutting_down

from emojify_core.errors import EmojifyError, QueueUnavailableError
from emojify_core.queue.celery_app import TRAINING, make_celery
from emojify_core.queue.model_notifications import notify_workers
from emojify_core.queue.redis_client import connect
from emojify_core.queue.trainer_notification import wake_trainer
from emojify_core.queue.worker_presence import Presence
from emojify_core.runtime.log_config import configure_logging
from emojify_core.settings import Settings
from emojify_core.storage.factory import open_storage
from worker.process.heartbeat import beat
from worker.process.kombu_patches import patch_kombu
from worker.process.presence_reporter import PresenceReporter
from worker.training.lock import training_lock
from worker.training.step_hooks import watched
from worker.training.sweeper import Sweeper
from worker.training.tasks import register_tasks
from worker.training.training_run import TrainingRun
from worker.training.update_runner import UpdateRunner

log = structlog.get_logger(__name__)

OTHERS_FIRST = 20  # seconds that a prediction worker is waited for before TensorFlow is read
WARM_AGAIN = 10  # seconds after which warming is tried again


def make_trainer(settings: Settings, on_step: Callable[[str], None] = lambda _: None) -> Celery:
    """Return the app of the training worker; TensorFlow is imported once the stack is up.

    `on_step` hears the name of each step done; fault tests end the process there.
    """
    patch_kombu()
    app = make_celery(settings, TRAINING)
    client = connect(settings.resolved_redis_url)
    storage = open_storage(settings)
    presence = Presence(client)
    teacher = UpdateRunner(settings, storage)
    reporter = PresenceReporter(presence, TRAINING.name, lambda: None, lambda: teacher.problem)
    sweeper = Sweeper(
        storage,
        settings.home,
        wake_trainer=lambda: wake_trainer(app),
        training_lock=lambda: training_lock(client, patience=0),
    )
    stopping = threading.Event()

    def announce() -> None:
        try:
            notify_workers(client)
        except QueueUnavailableError as e:
            log.warning("workers will find the new version by themselves", reason=str(e))

    step = watched(on_step, settings.heartbeat, stopping)
    register_tasks(app, client, teacher, TrainingRun(storage, teacher, step, announce), reporter)

    def warm() -> None:
        _wait_for_others(presence, stopping)
        while not stopping.is_set():
            try:
                teacher.warm()
            except (EmojifyError, OSError) as e:
                log.warning("cannot learn", reason=str(e))
                stopping.wait(WARM_AGAIN)
            else:
                wake_trainer(app)  # what an earlier life left behind
                return

    @setup_logging.connect(weak=False)
    def log_our_way(**_: object) -> None:
        configure_logging(json=settings.json_logs)

    @worker_ready.connect(weak=False)
    def begin(sender: object, **_: object) -> None:
        beat(sender, settings.heartbeat)
        reporter.start()
        sweeper.start()
        threading.Thread(target=warm, name="warm", daemon=True).start()

    worker_shutting_down.connect(lambda **_: stopping.set(), weak=False)

    @worker_shutdown.connect(weak=False)
    def end(**_: object) -> None:
        sweeper.stop()
        reporter.stop()

    return app


def _wait_for_others(presence: Presence, stopping: threading.Event) -> None:
    """Wait until a worker predicts: reading TensorFlow takes a core for some seconds."""
    deadline = time.monotonic() + OTHERS_FIRST
    while not stopping.wait(0.2) and time.monotonic() < deadline:
        with suppress(QueueUnavailableError):
            if any(each.predicts for each in presence.workers()):
                return
