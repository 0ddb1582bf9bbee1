"""The log format of every process: one line an event on standard error, never a user's text."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer


def configure_logging(*, json: bool) -> None:
    """Log our events and those of libraries in one format: JSON or plain lines.

    structlog writes our events itself, and those of libraries come through `logging`. Tracebacks
    show no local variables, because these may hold a user's text.
    """
    rendering = _json() if json else _plain()
    structlog.configure(
        processors=[structlog.processors.add_log_level, *rendering],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
        )
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # Celery logs two lines for each task; our tasks log one with the details.
    logging.getLogger("celery.worker.strategy").setLevel(logging.WARNING)
    logging.getLogger("celery.app.trace").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _json() -> list[Any]:
    return [
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
        structlog.processors.JSONRenderer(),
    ]


def _plain() -> list[Any]:
    # Without a time: the supervisor of the local run adds it.
    return [
        _escape_control_characters,
        structlog.dev.ConsoleRenderer(
            colors=False,
            pad_event_to=0,
            pad_level=False,
            exception_formatter=structlog.dev.plain_traceback,
        ),
    ]


def _escape_control_characters(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> Any:
    """Escape control characters and line breaks: a client chooses the path of its request."""
    for name, value in event.items():
        if name != "event" and isinstance(value, str) and not value.isprintable():
            event[name] = repr(value)[1:-1]
    return event
