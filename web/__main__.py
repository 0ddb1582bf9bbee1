"""`python -m web`: serve the page and the API with gunicorn."""

import os
from typing import Any

import structlog
from flask import Flask
from gunicorn.app.base import BaseApplication

from emojify_core.limits import MAX_CONNECTIONS
from emojify_core.runtime.entrypoint import start
from emojify_core.runtime.log_config import configure_logging
from emojify_core.runtime.tuning import (
    raise_open_files,
    set_thread_switch_interval,
    tune_garbage_collector,
)
from emojify_core.settings import Settings
from web.app import create_app
from web.http.limits import THREADS
from web.server.database_setup import prepare_in_background
from web.server.gunicorn_worker import BufferingWorker
from web.server.malformed_bodies import MalformedBodies

OWN_FILES = 192  # the process's own: 84 threads with connections to Redis, the database, its files

log = structlog.get_logger(__name__)


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no type hints
    """Gunicorn, configured by our settings instead of a file or the command line."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn's options."""
        bind = self._settings.bind
        options: dict[str, Any] = {
            "bind": f"{f'[{bind}]' if ':' in bind else bind}:{self._settings.port}",
            "worker_class": BufferingWorker,
            "workers": 1,  # one web process keeps up with several prediction workers
            "threads": THREADS,
            "keepalive": True,  # connections.py says for how long
            "worker_connections": allowed_connections(),
            "sendfile": False,  # the worker keeps what a slow client has not read
            "graceful_timeout": 4,  # seconds; the supervisor waits longer
            "loglevel": "warning",  # request_logging.py writes a line for each request
            "control_socket_disable": True,
            "forwarder_headers": "",  # no client, not even a local one, sets SCRIPT_NAME
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Create the app in the process that serves it."""
        app = create_app(self._settings)
        app.wsgi_app = MalformedBodies(app.wsgi_app)  # type: ignore[method-assign]
        prepare_in_background(self._settings)
        tune_garbage_collector()
        set_thread_switch_interval()
        return app


def allowed_connections() -> int:
    """Return how many clients may connect at once; fewer than usual where files are scarce."""
    files = raise_open_files(MAX_CONNECTIONS + OWN_FILES)
    allowed = min(MAX_CONNECTIONS, max(files - OWN_FILES, files // 4))
    if allowed < MAX_CONNECTIONS:
        log.warning(
            "few open files are allowed; more clients wait to be connected",
            connections=allowed,
            next_step=f"ulimit -n {MAX_CONNECTIONS + OWN_FILES}",
        )
    return allowed


def main() -> None:
    """Serve until SIGTERM."""
    # Gunicorn's name for the prefix. It would answer 500 to requests without it, as health checks.
    os.environ.setdefault("EMOJIFY_PREFIX", os.environ.pop("SCRIPT_NAME", ""))
    settings = Settings.from_env()
    settings.require_access_rule()
    configure_logging(json=settings.json_logs)
    Server(settings).run()


if __name__ == "__main__":
    start(main)
