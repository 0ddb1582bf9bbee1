"""Errors as `application/problem+json` (RFC 9457), from one place."""

import json
from collections.abc import Sequence
from http import HTTPStatus

import structlog
from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from emojify_core.errors import (
    BatchFileError,
    BatchTooLargeError,
    EmojifyError,
    IdempotencyConflictError,
    NotStoredError,
    OverloadedError,
    QueueUnavailableError,
    StorageUnavailableError,
    TransitionError,
    UnstorableTextError,
)

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_SOON = {"Retry-After": "2"}
# What an error of ours means to who asked; any other one is a fault of ours.
_STATUS: dict[type[EmojifyError], int] = {
    QueueUnavailableError: 503,
    StorageUnavailableError: 503,
    OverloadedError: 503,
    NotStoredError: 404,
    TransitionError: 409,
    BatchTooLargeError: 413,
    BatchFileError: 422,
    IdempotencyConflictError: 422,
    UnstorableTextError: 422,
}
_FIELD: dict[type[EmojifyError], str] = {
    IdempotencyConflictError: "Idempotency-Key",
    NotStoredError: "id",
    UnstorableTextError: "text",
}


class Problem(Exception):  # noqa: N818  (RFC 9457's own word)
    """A refusal: what is wrong, in which field, and what to do about it."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        code: str = "about:blank",
        errors: Sequence[tuple[str, str]] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.code = status, detail, code
        self.errors = [{"field": field, "message": message} for field, message in errors]
        self.headers = headers or {}

    def response(self) -> Response:
        """As the HTTP answer: for programs a problem, for somebody who looks at pages, a page."""
        if _is_for_a_page():
            page = render_template("problem.html", problem=self)
            response = Response(page, self.status, mimetype="text/html")
            response.headers.update(self.headers)
            return response
        body = {
            "type": self.code if ":" in self.code else f"urn:emojify:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "errors": self.errors,
        }
        response = Response(json.dumps(body), self.status, mimetype=MEDIA_TYPE)
        response.headers.update(self.headers)
        return response


def register_errors(app: Flask) -> None:
    """Turn every error into a problem; no stack trace leaves the process."""

    @app.errorhandler(Problem)
    def refused(problem: Problem) -> Response:
        return problem.response()

    for kind in _STATUS:
        app.register_error_handler(kind, _told)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        if isinstance(error.response, Response):  # it was raised with its answer ready
            return error.response
        problem = Problem(error.code or 500, error.description or "", code="about:blank")
        if error.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            problem.detail = f"The body may have {request.max_content_length:,} bytes."
        response = problem.response()
        for name, value in error.get_headers():  # Allow, Retry-After
            if name != "Content-Type":
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        log.error("request failed", method=request.method, path=request.path, exc_info=error)
        return Problem(500, "Something went wrong on our side. Please try again.").response()


def _is_for_a_page() -> bool:
    """Whether a browser went there, rather than a script or a program."""
    accepted = request.accept_mimetypes
    return (
        not request.path.startswith("/api/v1/")
        and accepted["text/html"] > accepted["application/json"]
    )


def _told(error: EmojifyError) -> Response:
    status = _STATUS[type(error)]
    away = status == HTTPStatus.SERVICE_UNAVAILABLE
    if away and error.__cause__:
        log.warning(str(error), cause=repr(error.__cause__))
    headers = RETRY_SOON if away else None
    field = error.field if isinstance(error, BatchFileError) else _FIELD.get(type(error))
    errors = [(field, str(error))] if field else []
    return Problem(status, str(error), code=error.code, errors=errors, headers=headers).response()
