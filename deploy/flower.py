"""`python -m deploy.flower`: run Flower, with a password if other machines can reach it."""

import os
from functools import partial

from flower import command

from deploy.flower_guard import GuardedFlower
from emojify_core.queue.celery_app import make_celery
from emojify_core.runtime.entrypoint import start
from emojify_core.settings import Settings

USER = "emojify"
MAX_TASKS = 10_000  # shown at most; each takes 5 kB, and compose gives Flower 256 MB


def main() -> None:
    """Run until SIGTERM."""
    settings = Settings.from_env()
    if settings.beyond_loopback or settings.flower_password:
        # In the environment: every user of the machine can read a command line.
        password = settings.secret("flower_password", settings.flower_password)
        os.environ["FLOWER_BASIC_AUTH"] = f"{USER}:{password}"
    command.Flower = partial(GuardedFlower, settings)  # the command has no option for it
    make_celery(settings).start(
        [
            "flower",
            f"--address={settings.bind}",
            f"--port={settings.flower_port}",
            f"--max_tasks={MAX_TASKS}",
            "--logging=error",  # its requests to workers that are still starting log warnings
        ]
    )


if __name__ == "__main__":
    start(main)
