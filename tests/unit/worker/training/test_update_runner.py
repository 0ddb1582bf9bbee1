"""The real update runner with TensorFlow, and the task that uses it."""

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from emojify_core.errors import DataError
from emojify_core.labels import LABELS
from emojify_core.messages import Task
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.queue.celery_app import TRAINING, make_celery
from emojify_core.queue.redis_client import connect
from emojify_core.queue.worker_presence import Presence
from emojify_core.settings import Settings
from emojify_core.storage.factory import Storage
from support.deadlines import eventually
from support.installation import workers_of
from support.redis_server import RedisServer
from support.trainer import CrashableTrainer
from worker.process.presence_reporter import PresenceReporter
from worker.training.tasks import register_learn_task
from worker.training.training_run import TrainingRun
from worker.training.update_runner import UpdateRunner

TEXT = "My neighbour parked on my flowers again."


@pytest.mark.learning
@pytest.mark.timeout(180)
def test_real_update_learns_a_correction(storage: Storage, settings: Settings) -> None:
    """The new live version answers with the corrected label; no temporary files remain."""
    update_runner = UpdateRunner(settings, storage)
    update_runner.warm_up()
    before = Predictor.load(storage.models.folder(storage.versions.get(1).sha256))
    least = int(before.predict([TEXT]).probabilities[0].argmin())
    trainer = CrashableTrainer(storage, cast("Any", update_runner))
    one = trainer.correct(TEXT, LABELS[least])
    assert trainer.run() == 1
    learned = trainer.get(one)
    assert learned.after is not None
    assert learned.after.index(max(learned.after)) == least
    live = Predictor.load(storage.models.folder(storage.versions.live().version.sha256))
    assert int(live.predict([TEXT]).probabilities[0].argmax()) == least
    assert list(settings.home.glob("candidate-*")) == []


def test_failed_warm_up_is_reported(storage: Storage, settings: Settings, tmp_path: Path) -> None:
    """An administrator reads the problem in the list of workers."""
    update_runner = UpdateRunner(replace(settings, psychexp=tmp_path / "nowhere"), storage)
    with pytest.raises(DataError):
        update_runner.warm_up()
    assert "nowhere" in update_runner.problem


def test_task_reports_its_problem_and_recovers(
    storage: Storage, settings: Settings, tmp_path: Path, redis_server: RedisServer
) -> None:
    """Corrections stay queued while the problem lasts, and the worker's report names it."""
    settings = replace(settings, redis_url=redis_server.url, psychexp=tmp_path / "nowhere")
    update_runner = UpdateRunner(settings, storage)
    with connect(redis_server.url) as client:
        app = make_celery(settings, TRAINING)
        reporter = PresenceReporter(
            Presence(client), TRAINING.name, lambda: None, lambda: update_runner.problem
        )
        training_run = TrainingRun(storage, update_runner, lambda _: None, lambda: None)
        register_learn_task(app, client, update_runner, training_run, reporter)
        learn = app.tasks[Task.LEARN]
        assert "nowhere" in learn()
        reporter.start()
        (worker,) = eventually(lambda: workers_of(settings), within=20)
        assert "nowhere" in worker.problem
        assert not worker.predicts
        reporter.stop()
        repaired = UpdateRunner(replace(settings, psychexp=None), storage)
        update_runner.warm_up = lambda: repaired  # type: ignore[method-assign, assignment, return-value]
        assert learn() == "0 versions published"
        assert update_runner.problem == ""
        app.close()
