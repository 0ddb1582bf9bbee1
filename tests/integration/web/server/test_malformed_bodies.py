"""Bodies and headers as gunicorn parses them, given to the app as gunicorn gives them."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from gunicorn.http import wsgi
from gunicorn.http.parser import RequestParser
from werkzeug.test import TestResponse, run_wsgi_app

from emojify_core.settings import Settings
from web.__main__ import Server
from web.server.malformed_bodies import MalformedBodies

CHUNKS = {
    "no size": b"x\r\n{}\r\n0\r\n\r\n",
    "a negative size": b"-2\r\n{}\r\n0\r\n\r\n",
    "a size with blanks": b"2 2\r\n{}\r\n0\r\n\r\n",
    "a chunk that is longer than its size": b"2\r\n{}{}\r\n0\r\n\r\n",
    "a chunk that is cut off": b"9\r\n{}",
    "no last chunk": b"2\r\n{}\r\n",
    "a malformed trailer": b"2\r\n{}\r\n0\r\nno colon\r\n\r\n",
    "a malformed extension": b"2;=\r\n{}\r\n0\r\n\r\n",
}
ROUTES = {
    "JSON": ("/api/v1/predictions", "application/json"),
    "a form": ("/", "application/x-www-form-urlencoded"),
    "a form with a file": ("/batches", "multipart/form-data; boundary=x"),
    "a file": ("/api/v1/batches", "text/plain"),
}
CLIENT = ("127.0.0.1", 40000)


def answer(visitor: FlaskClient, settings: Settings, request: bytes) -> TestResponse:
    """Return the app's answer to the bytes of a request."""
    server = Server(settings)
    parsed = next(RequestParser(server.cfg, iter([request]), CLIENT))
    environ: dict[str, Any]
    _, environ = wsgi.create(parsed, None, CLIENT, ("127.0.0.1", 5000), server.cfg)
    app = MalformedBodies(visitor.application.wsgi_app)
    return TestResponse(*run_wsgi_app(app, environ, buffered=True), request=None)  # type: ignore[arg-type]


@pytest.mark.parametrize("chunks", CHUNKS.values(), ids=CHUNKS)
@pytest.mark.parametrize(("path", "content_type"), ROUTES.values(), ids=ROUTES)
def test_malformed_chunks_are_a_client_error(
    visitor: FlaskClient, apart: Settings, path: str, content_type: str, chunks: bytes
) -> None:
    """The server does not call it its own fault."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {content_type}\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    )
    response = answer(visitor, apart, head.encode() + chunks)
    assert response.status_code == 400, response.text
    assert "malformed" in response.text or "broken_off" in response.text


def test_a_client_cannot_set_the_script_name(visitor: FlaskClient, apart: Settings) -> None:
    """The header is ignored; it used to end in a server error."""
    for header in ("SCRIPT_NAME: /elsewhere", "PATH_INFO: /elsewhere"):
        request = f"GET /healthz HTTP/1.1\r\nHost: localhost\r\n{header}\r\n\r\n"
        assert answer(visitor, apart, request.encode()).status_code == 200
