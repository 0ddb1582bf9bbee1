"""The real training worker with a switch: at the step that a file names, it is killed or stopped.

The file `order` in the home holds a step and a signal's number. Whoever reaches the step first,
of all trainers of the home, takes the order and carries it out on itself; so it happens once.
"""

import os
from pathlib import Path

from celery.signals import task_prerun

from emojify_core.runtime.entrypoint import start
from worker.training.__main__ import main

ORDER = Path(os.environ["EMOJIFY_HOME"]) / "order"


def obey(step: str) -> None:
    """End or stop this process if it was told to do so at this step."""
    try:
        wanted, number = ORDER.read_text(encoding="ascii").split()
        if wanted == step:
            ORDER.unlink()
            os.kill(os.getpid(), int(number))
    except FileNotFoundError:
        """There is no order, or another trainer took it."""


@task_prerun.connect
def before_the_lock(**_: object) -> None:
    """Tell of the one step that comes before anything is learned."""
    obey("woken")


if __name__ == "__main__":
    start(lambda: main(obey))
