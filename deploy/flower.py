"""`python -m deploy.flower`: Flower, with a password unless only this machine can reach it."""

import os

from emojify_core.queue.celery_app import make_celery
from emojify_core.runtime.entrypoint import start
from emojify_core.settings import Settings

USER = "emojify"


def main() -> None:
    """Run until SIGTERM."""
    settings = Settings.from_env()
    if settings.public or settings.flower_password:
        # Through the environment: a command line can be read by every user of the machine.
        password = settings.secret("flower_password", settings.flower_password)
        os.environ["FLOWER_BASIC_AUTH"] = f"{USER}:{password}"
    make_celery(settings).start(
        [
            "flower",
            f"--address={settings.bind}",
            f"--port={settings.flower_port}",
            "--logging=error",  # its questions to workers that are still starting fail loudly
        ]
    )


if __name__ == "__main__":
    start(main)
