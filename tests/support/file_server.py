"""A web server with one response, which the test chooses."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


@dataclass
class FileServer:
    """The response, and the number of requests."""

    url: str = ""
    status: int = 200
    body: bytes = b""
    announced: int | None = None  # Content-Length, if not the body's; negative: none
    headers: dict[str, str] = field(default_factory=dict)
    silent: bool = False  # send no response until the test is over
    requests: int = 0
    over: Event = field(default_factory=Event)


@contextmanager
def running_file_server() -> Iterator[FileServer]:
    """Serve on a free port of the loopback address until the block ends."""
    state = FileServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.requests += 1
            if state.silent:
                state.over.wait(60)
                return
            self.send_response(state.status)
            length = len(state.body) if state.announced is None else state.announced
            if length >= 0:
                self.send_header("Content-Length", str(length))
            for name, value in state.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(state.body)

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:
                """The client closed the connection early, as some tests intend."""

        def log_message(self, *_args: object) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.url = f"http://127.0.0.1:{server.server_port}/raw.pickle"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield state
        finally:
            state.over.set()
            server.shutdown()
            thread.join()
