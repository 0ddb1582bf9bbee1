"""A web server with the responses of the test; it records the requests."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Request:
    """A request that the server received."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    """A response. `broken`: the connection breaks after so many bytes of the body."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    broken: int | None = None

    @property
    def content(self) -> bytes:
        """The bytes of the body."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class ApiServer:
    """`answer` returns the reply to a request; None closes the connection."""

    url: str
    answer: Callable[[Request], Reply | None]
    requests: list[Request] = field(default_factory=list)


def problem(status: int, detail: str, *, code: str = "x", field_: str = "") -> Reply:
    """Return an error response like those of our API."""
    body = {
        "type": f"urn:emojify:problem:{code}",
        "title": "",
        "status": status,
        "detail": detail,
        "errors": [{"field": field_, "message": detail}] if field_ else [],
    }
    return Reply(body, status, {"Content-Type": "application/problem+json"})


@contextmanager
def running_api_server() -> Iterator[ApiServer]:
    """Serve on a free port of the loopback address until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except ConnectionError:
                self.close_connection = True

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            request = Request(self.command, self.path, dict(self.headers), body)
            api.requests.append(request)
            reply = api.answer(request)
            self.close_connection = reply is None or reply.broken is not None
            if reply is None:
                return
            self.send_response(reply.status)
            headers = {"Content-Type": "application/json"} | reply.headers
            for name, value in (headers | {"Content-Length": str(len(reply.content))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.content[: reply.broken])

        do_POST = do_DELETE = do_GET  # noqa: N815  (the library's names)

        def log_message(self, *_args: object) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        api = ApiServer(f"http://127.0.0.1:{server.server_port}", lambda _: Reply({}))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield api
        finally:
            server.shutdown()
            thread.join()
