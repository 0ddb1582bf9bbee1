"""The Celery task of the training worker."""

import time

import redis
import structlog
from celery import Celery

from emojify_core.errors import EmojifyError
from emojify_core.messages import Task
from worker.process.presence_reporter import PresenceReporter
from worker.training.lock import training_lock
from worker.training.training_run import TrainingRun
from worker.training.update_runner import UpdateRunner

log = structlog.get_logger(__name__)


def register_learn_task(
    app: Celery,
    client: redis.Redis,
    update_runner: UpdateRunner,
    training_run: TrainingRun,
    reporter: PresenceReporter,
) -> None:
    """Register the task that learns corrections."""

    @app.task(name=Task.LEARN, ignore_result=True)
    def learn_corrections() -> str:
        """Learn all waiting corrections; return a sentence that Flower shows."""
        started = time.perf_counter()
        try:
            update_runner.warm_up()  # before the lock, so that it is held for a shorter time
            with training_lock(client) as is_ours:
                if is_ours is None:
                    return "another trainer holds the lock"
                published = training_run.run(is_ours)
        except (EmojifyError, redis.RedisError, OSError) as e:
            log.warning("cannot learn now; the next check tries again", reason=str(e))
            update_runner.problem = str(e)
            return f"put off: {e}"
        finally:
            reporter.record_task(time.perf_counter() - started)
        update_runner.problem = ""
        return f"{published} versions published"
