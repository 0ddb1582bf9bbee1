"""The composition of a prediction worker."""

import os
from functools import partial

import structlog
from celery import Celery
from celery.signals import setup_logging, worker_init, worker_ready, worker_shutdown

from emojify_core.batches.batch_files import BatchFiles
from emojify_core.batches.completion import finish
from emojify_core.errors import StorageError
from emojify_core.queue.celery_app import PREDICTION, make_celery
from emojify_core.queue.model_notifications import NotificationListener
from emojify_core.queue.redis_client import connect
from emojify_core.queue.worker_presence import Presence
from emojify_core.runtime.log_config import configure_logging
from emojify_core.runtime.tuning import set_thread_switch_interval, tune_garbage_collector
from emojify_core.settings import Settings
from emojify_core.storage.factory import open_storage
from worker.batches.chunk_answerer import ChunkAnswerer
from worker.batches.chunk_writer import ChunkWriter
from worker.batches.dispatcher import Dispatcher, predictions_wait
from worker.batches.retention import Retention
from worker.batches.splitter import Splitter
from worker.batches.splitter_thread import SplitterThread
from worker.batches.step_size import StepSizer
from worker.batches.tasks import register_batch_tasks
from worker.models.live_model import LiveModel
from worker.models.shipped_model import prepare
from worker.models.version_cache import VersionCache
from worker.predict_task import register_tasks
from worker.process.heartbeat import beat
from worker.process.kombu_patches import patch_kombu
from worker.process.presence_reporter import PresenceReporter

log = structlog.get_logger(__name__)


def make_worker(settings: Settings) -> Celery:
    """Return the app of a prediction worker; its model is loaded before it takes a task."""
    patch_kombu()
    app = make_celery(settings, PREDICTION)
    client = connect(settings.resolved_redis_url)
    storage = open_storage(settings)
    model = LiveModel(storage, threads=os.cpu_count() or 1)
    reporter = PresenceReporter(
        Presence(client), PREDICTION.name, lambda: model.version, lambda: model.problem
    )
    listener = NotificationListener(client, model.refresh)
    files = BatchFiles(storage.files)
    finishing = partial(finish, storage.batches, storage.chunks, files)
    writer = ChunkWriter(files, storage.chunks, finishing)
    pinned = VersionCache(storage, model, threads=os.cpu_count() or 1)
    retention = Retention(storage, files, settings.retention)
    dispatcher = Dispatcher(app, client, storage, finishing, retention)
    pace = StepSizer(partial(predictions_wait, client))
    register_tasks(app, model, reporter, pace)
    answerer = ChunkAnswerer(storage, files, pinned, writer, pace)
    cutting = SplitterThread(app, Splitter(storage, files), dispatcher.wake)
    register_batch_tasks(app, cutting, answerer, reporter)

    @setup_logging.connect(weak=False)
    def log_our_way(**_: object) -> None:
        configure_logging(json=settings.json_logs)

    @worker_init.connect(weak=False)
    def load_model(**_: object) -> None:
        try:
            prepare(storage)
        except StorageError as e:  # predictions need no database: the shipped model answers
            log.warning("the storage is not ready", reason=str(e))
        model.load()
        tune_garbage_collector()
        set_thread_switch_interval()

    @worker_ready.connect(weak=False)
    def begin(sender: object, **_: object) -> None:
        beat(sender, settings.heartbeat)
        reporter.start()
        listener.start()
        writer.start()
        dispatcher.start()

    @worker_shutdown.connect(weak=False)
    def end(**_: object) -> None:
        dispatcher.stop()
        cutting.stop()
        writer.stop()
        listener.stop()
        reporter.stop()

    return app
