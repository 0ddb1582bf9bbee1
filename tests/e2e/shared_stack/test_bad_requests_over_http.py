"""Bad requests over a real connection."""

import socket
from collections.abc import Iterator

import httpx
import pytest

from emojify_core.limits import UPLOAD_START
from support.api_checks import API, bad_bodies
from support.installation import JOYFUL
from support.stack import Stack

LIMIT = 3 * 1024 * 1024  # bytes of a body


@pytest.fixture(autouse=True)
def _works_afterwards(stack: Stack) -> Iterator[None]:
    """Check that the next request succeeds and that the log has no stack trace."""
    before = stack.output()
    yield
    # A new connection: the server closes one whose body it did not read.
    with httpx.Client(base_url=stack.url, trust_env=False) as client:
        answer = client.post(API, json={"text": JOYFUL}, headers={"Prefer": "wait=10"}, timeout=15)
    assert answer.json()["result"]["label"] == "joy"
    assert "Traceback" not in stack.output()[len(before) :]


def pieces(size: int) -> Iterator[bytes]:
    """Yield a body in pieces, of unknown total length."""
    yield b'{"text": "hello"}'
    for _ in range(size // 65_536):
        yield b" " * 65_536


@pytest.mark.security
def test_every_bad_body_is_refused_over_http(stack: Stack) -> None:
    """The WSGI server does not change the refusals of the app."""
    for name, bad in bad_bodies().items():
        headers = {"Content-Type": bad.content_type} if bad.content_type else {}
        with httpx.Client(base_url=stack.url, trust_env=False) as client:
            response = client.post(API, content=bad.body, headers=headers)
        assert response.status_code == bad.status, name
        assert response.headers["Content-Type"] == "application/problem+json", name
        assert response.json()["status"] == bad.status, name


def test_a_chunked_body_is_read(stack: Stack) -> None:
    """A client need not know the length in advance."""
    headers = {"Content-Type": "application/json"}
    response = stack.http.post(API, content=pieces(200_000), headers=headers)
    assert response.status_code == 202


def test_a_chunked_body_over_the_limit_is_refused(stack: Stack) -> None:
    """A missing Content-Length does not lift the limit."""
    headers = {"Content-Type": "application/json"}
    response = stack.http.post(API, content=pieces(LIMIT + 65_536), headers=headers)
    assert response.status_code == 413
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_huge_body_is_refused_before_it_is_sent(stack: Stack) -> None:
    """The announced Content-Length and the first part are enough to refuse it."""
    port = int(stack.url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(
            f"POST {API} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            f"Content-Length: {1 << 30}\r\n\r\n".encode()
        )
        connection.sendall(b" " * (2 * UPLOAD_START))
        assert connection.recv(1000).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # a TLS handshake
        b"HELLO\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nbroken header\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /api/v1/predictions HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/v1/batches HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n",
        b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 1000 + b"\r\n",
    ],
    ids=lambda sent: sent[:16],
)
def test_malformed_http_is_refused(stack: Stack, sent: bytes) -> None:
    """It gets a client error or a closed connection."""
    port = int(stack.url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        try:
            answer = connection.recv(1000)
        except ConnectionResetError:
            answer = b""
    assert answer == b"" or answer.split()[1][:1] == b"4"


def test_an_aborted_request_does_no_harm(stack: Stack) -> None:
    """A client may close its connection at any point."""
    port = int(stack.url.rsplit(":", 1)[1])
    body = b'{"text": "I go away"}'
    request = (
        f"POST {API} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Prefer: wait=5\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    for cut in (20, len(request), len(request) + 5, len(request) + len(body)):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall((request.encode() + body)[:cut])
