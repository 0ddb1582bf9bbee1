"""A cheap keep-alive HTTP client: on two cores the load generator's own time counts."""

import json
import socket
from collections.abc import Sequence
from typing import Self

_HEAD = (
    "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    "Prefer: wait=10\r\nContent-Length: {length}\r\n\r\n"
)


class HttpClient:
    """One connection to one port; it raises AssertionError for any status but 200."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def post(self, request: bytes) -> bytes:
        """Send a request of `request_for`; return the body of the answer."""
        return self._exchange(request)

    def get(self, path: str) -> bytes:
        """Return the body of a GET."""
        return self._exchange(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _exchange(self, request: bytes) -> bytes:
        self._socket.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._receive()
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), answer[:500]
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        while len(body) < length:
            body += self._receive()
        return body

    def _receive(self) -> bytes:
        data = self._socket.recv(1 << 18)
        assert data, "the server closed the connection"
        return data


def request_for(texts: Sequence[str] | str, path: str = "/api/v1/predictions") -> bytes:
    """Return the bytes of a prediction request for one text or a list."""
    name = "text" if isinstance(texts, str) else "texts"
    body = json.dumps({name: texts}).encode()
    return _HEAD.format(path=path, length=len(body)).encode() + body
