"""`python -m worker`: start the worker that answers predictions."""

from emojify_core.messages import Queue
from emojify_core.runtime.entrypoint import start
from emojify_core.runtime.log_config import configure_logging
from emojify_core.settings import Settings
from worker.app import make_worker

ARGUMENTS = [
    "--quiet",  # no banner
    "worker",
    # In this order of priority: a worker takes a chunk only when no prediction waits.
    f"--queues={Queue.PREDICT},{Queue.BATCH}",
    "--hostname=predict@%h",
    "--pool=solo",  # docs/decisions/0001-solo-pool.md
    "--loglevel=INFO",
    # Unused communication between workers; mingling alone delays the start by a second.
    "--without-gossip",
    "--without-mingle",
]


def main() -> None:
    """Run until SIGTERM."""
    settings = Settings.from_env()
    configure_logging(json=settings.json_logs)
    app = make_worker(settings)
    app.worker_main(ARGUMENTS)


if __name__ == "__main__":
    start(main)
