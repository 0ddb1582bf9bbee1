"""Every queue has a consumer, every task a worker that knows it."""

import json
from pathlib import Path

import pytest

from deploy.local.__main__ import children
from emojify_core.messages import Queue, Task
from emojify_core.queue.celery_app import PREDICTION, TRAINING, make_celery
from emojify_core.settings import Settings
from support.interpreters import run_code
from web.http.limits import THREADS

# Runs a worker's command except its last step: prints the arguments that Celery would get and
# the tasks that the worker would know.
STARTED = """
import json, runpy
from celery import Celery
def report(app, arguments):
    tasks = sorted(name for name in app.tasks if not name.startswith("celery."))
    print(json.dumps({"arguments": arguments, "tasks": tasks}))
Celery.worker_main = report
module, sys.argv = sys.argv[1], sys.argv[1:]
runpy.run_module(module, run_name="__main__")
"""


def names(kind: type) -> set[str]:
    """Return the constants of a class."""
    return {value for name, value in vars(kind).items() if name.isupper()}


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, list[str]]]:
    """Return the start arguments and tasks of each worker of the local run."""
    settings = Settings.from_env({"EMOJIFY_HOME": str(tmp_path_factory.mktemp("home"))})
    commands = [child.command for tier in children(settings) for child in tier]
    started = [command[2:] for command in commands if command[2].partition(".")[0] == "worker"]
    return [run_code(STARTED, *command, EMOJIFY_HOME=str(settings.home)) for command in started]


def test_every_queue_is_consumed_by_a_worker_of_the_local_run(
    workers: list[dict[str, list[str]]],
) -> None:
    """No message waits for ever."""
    consumed = [
        queue
        for worker in workers
        for argument in worker["arguments"]
        if argument.startswith("--queues=")
        for queue in argument.removeprefix("--queues=").split(",")
    ]
    assert set(consumed) == names(Queue)


def test_the_workers_know_exactly_the_named_tasks(
    workers: list[dict[str, list[str]]],
) -> None:
    """The class Task lists every task that runs."""
    known = {task for worker in workers for task in worker["tasks"]}
    assert known == names(Task)


def test_every_web_thread_has_a_broker_connection(tmp_path: Path) -> None:
    """While Redis hangs, each thread fails after its own two seconds, not after those of others."""
    celery = make_celery(Settings.from_env({"EMOJIFY_HOME": str(tmp_path)}))
    assert celery.conf.broker_pool_limit >= THREADS


def test_each_kind_of_worker_keeps_its_own_unacknowledged_messages(tmp_path: Path) -> None:
    """With shared keys the shortest timeout would redeliver tasks that others still run."""
    settings = Settings.from_env({"EMOJIFY_HOME": str(tmp_path)})
    accounts = []
    for kind in (PREDICTION, TRAINING):
        options = make_celery(settings, kind).conf.broker_transport_options
        assert options["visibility_timeout"] == kind.visibility_timeout
        accounts.append({value for name, value in options.items() if name.startswith("unacked_")})
    assert accounts[0] & accounts[1] == {2, 1}, "they share two intervals and no key"


def test_names_of_tasks_and_queues_are_letters_dots_and_underscores() -> None:
    """They appear in Redis keys, command lines and Flower's pages."""
    for name in names(Queue) | names(Task):
        assert name.replace(".", "").replace("_", "").isalpha(), json.dumps(name)
