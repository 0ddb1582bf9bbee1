"""The parts of the training worker, put together."""

import threading
from collections.abc import Callable
from functools import partial

import redis
import structlog
from celery import Celery
from celery.signals import worker_shutting_down

from emojify_core.errors import QueueUnavailableError
from emojify_core.queue.celery_app import TRAINING
from emojify_core.queue.model_notifications import notify_workers
from emojify_core.queue.redis_client import connect
from emojify_core.queue.trainer_notification import wake_trainer
from emojify_core.queue.worker_presence import Presence
from emojify_core.settings import Settings
from emojify_core.storage.factory import open_storage
from worker.process.presence_reporter import PresenceReporter
from worker.process.worker_app import make_worker_app, run_services
from worker.training.lock import training_lock
from worker.training.redis_log import rewrite_log
from worker.training.step_hooks import make_step_hook
from worker.training.sweeper import Sweeper
from worker.training.tasks import register_learn_task
from worker.training.training_run import TrainingRun
from worker.training.update_runner import UpdateRunner
from worker.training.warm_up import WarmUp

log = structlog.get_logger(__name__)


def make_trainer(settings: Settings, on_step: Callable[[str], None] = lambda _: None) -> Celery:
    """Return the app of the training worker; it imports TensorFlow after its start.

    `on_step` is called with the name of each finished step. Fault tests end the process there.
    """
    app = make_worker_app(settings, TRAINING)
    client = connect(settings.resolved_redis_url)
    storage = open_storage(settings)
    presence = Presence(client)
    runner = UpdateRunner(settings, storage)
    reporter = PresenceReporter(presence, TRAINING.name, lambda: None, lambda: runner.problem)
    wake = partial(wake_trainer, app)
    sweeper = Sweeper(
        storage,
        settings.home,
        wake,
        partial(training_lock, client, patience=0),
        rewrite_log=partial(rewrite_log, client),
    )

    stopping = threading.Event()
    worker_shutting_down.connect(lambda **_: stopping.set(), weak=False)
    hook = make_step_hook(on_step, settings.heartbeat, stopping)
    training_run = TrainingRun(storage, runner, hook, partial(_announce_version, client))
    register_learn_task(app, client, runner, training_run, reporter)
    run_services(settings.heartbeat, reporter, sweeper, WarmUp(presence, runner, wake))
    return app


def _announce_version(client: redis.Redis) -> None:
    try:
        notify_workers(client)
    except QueueUnavailableError as e:
        log.warning("cannot announce the new version; workers find it themselves", reason=str(e))
