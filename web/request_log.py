"""A request id for every request, and one log line, without the user's text."""

import logging
import re
import secrets
import time

from flask import Flask, Response, g, request

log = logging.getLogger("web.request")

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def register_request_log(app: Flask) -> None:
    """Take the client's `X-Request-Id` if it is well formed, else make one; log each answer."""

    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _ID.fullmatch(given) else secrets.token_hex(8)
        g.started = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.request_id
        log.info(
            "%s %s %d %.1f ms id=%s",
            request.method,
            request.path,
            response.status_code,
            (time.perf_counter() - g.started) * 1000,
            g.request_id,
        )
        return response
