"""The page below a path, as in https://example.org/emojify/."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Paths of this server only: a second slash at the start would name another host.
PREFIX: Final = re.compile(r"(/[A-Za-z0-9._~-]{1,63}){1,8}")
_HEADER: Final = "HTTP_X_FORWARDED_PREFIX"


class UrlPrefix:
    """WSGI middleware: links begin with the prefix, and a request may begin with it.

    A proxy may take the prefix off or leave it; health checks leave it out. With `trusted` proxies,
    their X-Forwarded-Prefix takes the place of the configured one.
    """

    def __init__(self, app: "WSGIApplication", prefix: str, *, trusted: bool) -> None:
        self._app, self._prefix, self._trusted = app, prefix, trusted

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""
        header = environ.pop(_HEADER, "").rpartition(",")[2].strip().rstrip("/")
        forwarded = self._trusted and PREFIX.fullmatch(header)
        prefix = header if forwarded else self._prefix
        if prefix:
            path = environ.get("PATH_INFO", "")
            if path == prefix or path.startswith(f"{prefix}/"):
                environ["PATH_INFO"] = path.removeprefix(prefix) or "/"
            environ["SCRIPT_NAME"] = prefix
        return self._app(environ, start_response)
