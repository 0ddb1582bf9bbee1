"""Every queue has somebody who takes from it, every task somebody who knows it."""

import json
from pathlib import Path

import pytest

from deploy.local.__main__ import children
from emojify_core.messages import Queue, Task
from emojify_core.queue.celery_app import PREDICTION, TRAINING, make_celery
from emojify_core.settings import Settings
from support.interpreters import ask
from web.http.limits import THREADS

# Runs a worker's command, but for its last step: the arguments it would start with, and the
# tasks it would know, are printed instead.
STARTED = """
import json, runpy
from celery import Celery
def tell(app, arguments):
    ours = sorted(name for name in app.tasks if not name.startswith("celery."))
    print(json.dumps({"arguments": arguments, "tasks": ours}))
Celery.worker_main = tell
module, sys.argv = sys.argv[1], sys.argv[1:]
runpy.run_module(module, run_name="__main__")
"""


def names(kind: type) -> set[str]:
    """Return the values of a class of names."""
    return {value for name, value in vars(kind).items() if name.isupper()}


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, list[str]]]:
    """Return what each worker of the local run would be started with."""
    settings = Settings.from_env({"EMOJIFY_HOME": str(tmp_path_factory.mktemp("home"))})
    commands = [child.command for tier in children(settings) for child in tier]
    started = [command[2:] for command in commands if command[2].partition(".")[0] == "worker"]
    return [ask(STARTED, *command, EMOJIFY_HOME=str(settings.home)) for command in started]


def test_every_queue_is_consumed_by_a_worker_of_the_local_run(
    workers: list[dict[str, list[str]]],
) -> None:
    """Nothing is published where nobody looks."""
    consumed = [
        queue
        for worker in workers
        for argument in worker["arguments"]
        if argument.startswith("--queues=")
        for queue in argument.removeprefix("--queues=").split(",")
    ]
    assert set(consumed) == names(Queue)


def test_every_task_is_known_to_a_worker_and_no_other_exists(
    workers: list[dict[str, list[str]]],
) -> None:
    """A task's name is written once, and what is not written there does not run."""
    known = {task for worker in workers for task in worker["tasks"]}
    assert known == names(Task)


def test_every_thread_of_the_web_may_publish_at_once(tmp_path: Path) -> None:
    """While Redis hangs each is told after its own two seconds, not after those of others too."""
    celery = make_celery(Settings.from_env({"EMOJIFY_HOME": str(tmp_path)}))
    assert celery.conf.broker_pool_limit >= THREADS


def test_each_kind_of_worker_keeps_its_own_account(tmp_path: Path) -> None:
    """Of those who share one the shortest timeout wins, and brings back what others work on."""
    settings = Settings.from_env({"EMOJIFY_HOME": str(tmp_path)})
    accounts = []
    for kind in (PREDICTION, TRAINING):
        options = make_celery(settings, kind).conf.broker_transport_options
        assert options["visibility_timeout"] == kind.visibility_timeout
        accounts.append({value for name, value in options.items() if name.startswith("unacked_")})
    assert accounts[0] & accounts[1] == {2, 1}, "how often they look, and no key"


def test_names_of_tasks_and_queues_are_plain_words() -> None:
    """They stand in Redis keys, command lines and Flower's pages."""
    for name in names(Queue) | names(Task):
        assert name.replace(".", "").replace("_", "").isalpha(), json.dumps(name)
