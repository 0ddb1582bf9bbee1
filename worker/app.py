"""The parts of the prediction worker, put together."""

import os
from functools import partial

import structlog
from celery import Celery
from celery.signals import worker_init

from emojify_core.batches.batch_files import BatchFiles
from emojify_core.batches.completion import finish_batch
from emojify_core.errors import QueueUnavailableError, StorageError
from emojify_core.queue.celery_app import PREDICTION, make_celery
from emojify_core.queue.model_notifications import NotificationListener
from emojify_core.queue.queue_capacity import QueueCapacity
from emojify_core.queue.redis_client import connect
from emojify_core.queue.worker_presence import Presence
from emojify_core.runtime.tuning import set_thread_switch_interval, tune_garbage_collector
from emojify_core.settings import Settings
from emojify_core.storage.factory import Storage, open_storage
from worker.batches.chunk_answerer import ChunkAnswerer
from worker.batches.chunk_writer import ChunkWriter
from worker.batches.dispatcher import Dispatcher, predictions_wait
from worker.batches.retention import Retention
from worker.batches.splitter import Splitter, SplitterThread
from worker.batches.step_size import StepSizer
from worker.batches.tasks import register_batch_tasks
from worker.models.live_model import LiveModel
from worker.models.shipped_model import prepare_installation
from worker.models.version_cache import VersionCache
from worker.predictions.group_delivery import GroupDelivery
from worker.predictions.predict_task import register_predict_task
from worker.process.presence_reporter import PresenceReporter
from worker.process.worker_app import make_worker_app, run_services

log = structlog.get_logger(__name__)


def make_worker(settings: Settings) -> Celery:
    """Return the app of a prediction worker; it loads its model before it takes a task."""
    app = make_worker_app(settings, PREDICTION)
    client = connect(settings.resolved_redis_url)
    storage = open_storage(settings)
    files = BatchFiles(storage.files)
    threads = os.cpu_count() or 1

    model = LiveModel(storage, threads=threads)
    listener = NotificationListener(client, model.refresh)
    presence = Presence(client)
    reporter = PresenceReporter(
        presence, PREDICTION.name, lambda: model.version, lambda: model.problem
    )
    step_sizer = StepSizer(partial(predictions_wait, client))
    delivery = GroupDelivery(make_celery(settings), client)
    register_predict_task(app, model, reporter, step_sizer, delivery)

    finish = partial(finish_batch, storage.batches, storage.chunks, files)
    writer = ChunkWriter(files, storage.chunks, finish)
    answerer = ChunkAnswerer(
        storage, files, VersionCache(storage, model, threads=threads), writer, step_sizer
    )
    retention = Retention(storage, files, settings.retention)
    dispatcher = Dispatcher(app, client, storage, finish, retention)
    splitter = SplitterThread(app, Splitter(storage, files), dispatcher.wake)
    register_batch_tasks(app, splitter, answerer, reporter)

    worker_init.connect(partial(_drop_expired, QueueCapacity(client)), weak=False)
    worker_init.connect(partial(_load_model, storage, model), weak=False)
    run_services(settings.heartbeat, reporter, listener, writer, splitter, dispatcher)
    return app


def _drop_expired(capacity: QueueCapacity, **_: object) -> None:
    try:
        capacity.drop_expired()
    except QueueUnavailableError as e:  # the worker drops each one when it takes it
        log.warning("cannot drop expired messages", reason=str(e))


def _load_model(storage: Storage, model: LiveModel, **_: object) -> None:
    try:
        prepare_installation(storage)
    except StorageError as e:  # predictions need no database: the shipped model answers them
        log.warning("the storage is not ready", reason=str(e), trouble=e.trouble)
    model.load()
    tune_garbage_collector()
    set_thread_switch_interval()
