"""Turns gunicorn's errors about a malformed body into the client error 400."""

from collections.abc import Callable, Iterable, Iterator
from typing import IO, TYPE_CHECKING, TypeVar

from gunicorn.http.errors import NoMoreData, ParseException
from werkzeug.exceptions import ClientDisconnected

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

T = TypeVar("T")

_SENTENCE = "The body is malformed: its chunks cannot be read. Send it again."


class MalformedBodies:
    """A WSGI app around another one, whose body it watches."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""
        environ["wsgi.input"] = _Body(environ["wsgi.input"])
        return self._app(environ, start_response)


class _Body:
    """A request's body. Reading raises ClientDisconnected, which is a 400, if it is malformed.

    Gunicorn closes the connection afterwards: where the next request begins is unknown.
    """

    def __init__(self, body: IO[bytes]) -> None:
        self._body = body

    def read(self, *size: int) -> bytes:
        return _checked(self._body.read, *size)

    def readline(self, *size: int) -> bytes:
        return _checked(self._body.readline, *size)

    def readlines(self, *size: int) -> list[bytes]:
        return _checked(self._body.readlines, *size)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")


def _checked(read: Callable[..., T], *size: int) -> T:
    try:
        return read(*size)
    except (ParseException, NoMoreData) as e:
        raise ClientDisconnected(_SENTENCE) from e
