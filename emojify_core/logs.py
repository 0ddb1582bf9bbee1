"""How every process of ours logs: one line an event on standard error, never a user's text."""

import logging
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer

_SHARED: list[Any] = [structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name]


def configure_logging(*, json: bool) -> None:
    """Send our events and those of the libraries through one formatter: JSON or plain lines.

    Tracebacks come without local variables, which may hold a text.
    """
    if json:
        rendering: list[Any] = [
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(),
        ]
    else:
        rendering = [
            # Without the time: the local run's supervisor puts it before each line.
            structlog.dev.ConsoleRenderer(
                colors=False,
                pad_event_to=0,
                pad_level=False,
                exception_formatter=structlog.dev.plain_traceback,
            ),
        ]
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
        )
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # Celery's own two lines a task; the task writes one with what matters.
    logging.getLogger("celery.worker.strategy").setLevel(logging.WARNING)
    logging.getLogger("celery.app.trace").setLevel(logging.WARNING)
    logging.getLogger("flask-limiter").setLevel(logging.WARNING)  # the request line says 429
