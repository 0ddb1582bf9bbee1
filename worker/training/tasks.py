"""The task of the training worker."""

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


def register_tasks(
    app: Celery,
    client: redis.Redis,
    teacher: UpdateRunner,
    learning: TrainingRun,
    reporter: PresenceReporter,
) -> None:
    """Give the app its task, bound to what it uses."""

    @app.task(name=Task.LEARN, ignore_result=True)
    def learn_corrections() -> str:
        """Learn all that waits; what is returned is for Flower's readers."""
        started = time.perf_counter()
        try:
            teacher.warm()  # before the lock, whose time is better spent
            with training_lock(client) as is_ours:
                if is_ours is None:
                    return "another trainer is at work"
                published = learning.run(is_ours)
        except (EmojifyError, redis.RedisError, OSError) as e:
            log.warning("cannot learn now; trying again in some seconds", reason=str(e))
            teacher.problem = str(e)
            return f"put off: {e}"
        finally:
            reporter.record_task(time.perf_counter() - started)
        teacher.problem = ""
        return f"{published} versions published"
