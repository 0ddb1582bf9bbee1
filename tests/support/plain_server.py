"""`python -m support.plain_server`: the product's gunicorn worker before a small WSGI app.

Two threads answer: `/healthz`, `/wait` once somebody wrote to the FIFO, `/upload` with its size.
"""

import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from web.server.gunicorn_worker import BufferingWorker

THREADS = 2
BLOCK = 64 << 10  # bytes


class PlainServer(BaseApplication):  # type: ignore[misc]  # gunicorn has no type hints
    """Gunicorn with the product's worker class and its grace."""

    def __init__(self, bind: str, fifo: Path) -> None:
        self._bind, self._fifo = bind, fifo
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn's options."""
        options: dict[str, Any] = {
            "bind": self._bind,
            "worker_class": BufferingWorker,
            "threads": THREADS,
            "keepalive": True,
            "graceful_timeout": 4,
            "control_socket_disable": True,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Iterable[bytes]]:
        """Return the app."""

        def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            body = b"ok"
            if environ["PATH_INFO"] == "/wait":
                with suppress(FileNotFoundError):  # no request has to wait any more
                    self._fifo.read_bytes()
            elif environ["PATH_INFO"] == "/upload":
                size = 0
                while block := environ["wsgi.input"].read(BLOCK):
                    size += len(block)
                body = str(size).encode()
            start_response("200 OK", [("Content-Length", str(len(body)))])
            return [body]

        return app


if __name__ == "__main__":
    PlainServer(sys.argv[1], Path(sys.argv[2])).run()
