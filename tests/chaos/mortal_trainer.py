"""The real training worker with a switch: a file names the step at which it is killed or stopped.

The file `order` in the home holds a step and a signal number. The first trainer of the home that
reaches the step takes the order and signals itself, so that it happens once.
"""

import os
from pathlib import Path

from celery.signals import task_prerun

from emojify_core.runtime.entrypoint import start
from worker.training.__main__ import main

ORDER = Path(os.environ["EMOJIFY_HOME"]) / "order"


def obey(step: str) -> None:
    """Kill or stop this process if it has an order for this step."""
    try:
        wanted, number = ORDER.read_text(encoding="ascii").split()
        if wanted == step:
            ORDER.unlink()
            os.kill(os.getpid(), int(number))
    except FileNotFoundError:
        """There is no order, or another trainer took it."""


@task_prerun.connect
def before_the_lock(**_: object) -> None:
    """Report the one step that precedes all learning."""
    obey("woken")


if __name__ == "__main__":
    start(lambda: main(obey))
