"""How every process of ours logs: one line an event on standard error, never a user's text."""

import logging


def configure_logging() -> None:
    """Set up the root logger of this process."""
    logging.basicConfig(
        level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", force=True
    )
    # Two lines a task at INFO; Flower shows tasks better.
    logging.getLogger("celery.worker.strategy").setLevel(logging.WARNING)
    logging.getLogger("celery.app.trace").setLevel(logging.WARNING)
