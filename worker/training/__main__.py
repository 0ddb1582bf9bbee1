"""`python -m worker.training`: start the worker that learns corrections."""

import os
from collections.abc import Callable

from emojify_core.messages import Queue
from emojify_core.runtime.entrypoint import start
from emojify_core.runtime.log_config import configure_logging
from emojify_core.settings import Settings
from worker.training.app import make_trainer

ARGUMENTS = [
    "--quiet",  # no banner
    "worker",
    f"--queues={Queue.TRAIN}",
    "--hostname=train@%h",
    "--pool=solo",  # one update at a time, in the process that has imported TensorFlow
    "--loglevel=INFO",
    "--without-gossip",
    "--without-mingle",
]

NICENESS = 10  # predictions come first


def limit_tensorflow() -> None:
    """Give TensorFlow one thread; to be called before its import.

    Its matrices are small here. One thread is as fast, and leaves the other cores to predictions.
    """
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
    os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


def main(on_step: Callable[[str], None] = lambda _: None) -> None:
    """Run until SIGTERM; `on_step` is called with the name of each finished step."""
    os.nice(NICENESS)
    limit_tensorflow()
    settings = Settings.from_env()
    configure_logging(json=settings.json_logs)
    make_trainer(settings, on_step).worker_main(ARGUMENTS)


if __name__ == "__main__":
    start(main)
