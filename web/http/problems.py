"""Errors as `application/problem+json` (RFC 9457); only this module maps them to HTTP."""

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from emojify_core.batches.reading.report import UnsureReadingError
from emojify_core.errors import (
    BatchTooLargeError,
    EmojifyError,
    IdempotencyConflictError,
    InsufficientStorageError,
    InvalidInputError,
    NotStoredError,
    OverloadedError,
    QueueUnavailableError,
    QuotaExceededError,
    RateLimitError,
    StorageQuotaError,
    StorageUnavailableError,
    TooManyBatchesError,
    TooManyFailuresError,
    TransitionError,
    UnknownPredictionError,
    UnstorableTextError,
)

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_SOON = {"Retry-After": str(OverloadedError.retry_after)}
# The first matching class decides; any other error is a server fault (500).
_STATUS: dict[type[EmojifyError], int] = {
    QueueUnavailableError: 503,
    StorageUnavailableError: 503,
    OverloadedError: 503,
    NotStoredError: 404,
    TransitionError: 409,
    BatchTooLargeError: 413,
    InvalidInputError: 422,
    IdempotencyConflictError: 422,
    UnstorableTextError: 422,
    QuotaExceededError: 429,
    RateLimitError: 429,
    TooManyBatchesError: 429,
    TooManyFailuresError: 429,
    StorageQuotaError: 429,
    InsufficientStorageError: 507,
}
_FIELD: dict[type[EmojifyError], str] = {
    IdempotencyConflictError: "Idempotency-Key",
    NotStoredError: "id",
    UnknownPredictionError: "id",
    UnstorableTextError: "text",
}

# Instead of the framework's sentences.
_DETAIL: dict[int, str] = {
    HTTPStatus.NOT_FOUND: "Nothing is at this address. Check it for a typing mistake.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address takes no such request. The API's page, /api, "
    "lists what each address takes.",
}


class Problem(Exception):  # noqa: N818  (RFC 9457's own word)
    """An HTTP error response: what is wrong, in which fields, and what to do next."""

    def __init__(  # noqa: PLR0913  (the members of a problem)
        self,
        status: int,
        detail: str,
        *,
        code: str = "about:blank",
        errors: Sequence[tuple[str, str]] = (),
        headers: dict[str, str] | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.code = status, detail, code
        self.errors = [{"field": field, "message": message} for field, message in errors]
        self.headers = headers or {}
        self.extra = extra or {}  # members of this problem's own (RFC 9457, section 3.2)

    def response(self) -> Response:
        """Return an HTML page for browsers and `application/problem+json` for programs."""
        if _wants_page():
            page = render_template("problem.html", problem=self)
            response = Response(page, self.status, mimetype="text/html")
        else:
            body = {
                "type": self.code if ":" in self.code else f"urn:emojify:problem:{self.code}",
                "title": HTTPStatus(self.status).phrase,
                "status": self.status,
                "detail": self.detail,
                "errors": self.errors,
                **self.extra,
            }
            response = Response(json.dumps(body), self.status, mimetype=MEDIA_TYPE)
        # Without this, browsers and proxies may keep a 404 (RFC 9110, section 15.1).
        response.headers["Cache-Control"] = "no-store"
        response.headers.update(self.headers)
        return response


def register_errors(app: Flask) -> None:
    """Answer every error with a problem; clients never see a stack trace."""

    @app.errorhandler(Problem)
    def raised_problem(problem: Problem) -> Response:
        return problem.response()

    for kind in _STATUS:
        app.register_error_handler(kind, _expected)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        if isinstance(error.response, Response):  # such as a redirect
            return error.response
        detail = _DETAIL.get(error.code or 500, error.description or "")
        if error.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            detail = f"The body may have at most {request.max_content_length:,} bytes."
        # Allow or Retry-After; the content type is the problem's own.
        headers = {name: value for name, value in error.get_headers() if name != "Content-Type"}
        return Problem(error.code or 500, detail, headers=headers).response()

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        log.error("request failed", method=request.method, path=request.path, exc_info=error)
        return Problem(500, "Something went wrong on our side. Please try again.").response()


def _wants_page() -> bool:
    """Return whether a browser opened a page, rather than a script or a program the API."""
    accepted = request.accept_mimetypes
    return (
        not request.path.startswith("/api/v1/")
        and accepted["text/html"] > accepted["application/json"]
    )


def _expected(error: EmojifyError) -> Response:
    """Answer an error of this project."""
    status = next(status for kind, status in _STATUS.items() if isinstance(error, kind))
    if status == HTTPStatus.SERVICE_UNAVAILABLE and error.__cause__:
        log.warning(str(error), cause=repr(error.__cause__))
    field = error.field if isinstance(error, InvalidInputError) else _FIELD.get(type(error))
    errors = [(field, str(error))] if field else []
    headers = {"Retry-After": f"{error.retry_after:.0f}"} if error.retry_after else None
    extra = {"reading": error.reading.to_json()} if isinstance(error, UnsureReadingError) else None
    return Problem(
        status, str(error), code=error.code, errors=errors, headers=headers, extra=extra
    ).response()
