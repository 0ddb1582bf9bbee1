"""How the problem handler answers the project's errors."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from emojify_core.errors import (
    BatchFileError,
    BatchTooLargeError,
    EmojifyError,
    IdempotencyConflictError,
    InvalidInputError,
    ModelError,
    NotStoredError,
    OverloadedError,
    QueueUnavailableError,
    QuotaExceededError,
    StorageUnavailableError,
    TooManyBatchesError,
    TransitionError,
    UnstorableTextError,
)
from web.http.problems import register_errors

SENTENCE = "Try something else."
ANSWERS = [
    (QueueUnavailableError(SENTENCE), 503, None, "2"),
    (StorageUnavailableError(SENTENCE), 503, None, "2"),
    (OverloadedError(SENTENCE), 503, None, "2"),
    (NotStoredError(SENTENCE), 404, "id", None),
    (TransitionError(SENTENCE), 409, None, None),
    (BatchTooLargeError(SENTENCE), 413, "file", None),
    (BatchFileError(SENTENCE, "column"), 422, "column", None),
    (InvalidInputError(SENTENCE, "label"), 422, "label", None),
    (IdempotencyConflictError(SENTENCE), 422, "Idempotency-Key", None),
    (UnstorableTextError(SENTENCE), 422, "text", None),
    (QuotaExceededError(SENTENCE, 37), 429, None, "37"),
    (TooManyBatchesError(SENTENCE), 429, None, "10"),
]


def raising(error: EmojifyError) -> FlaskClient:
    """Return a client of an app whose only route raises this error."""
    app = Flask("raising")
    register_errors(app)

    @app.get("/")
    def fail() -> str:
        raise error

    return app.test_client()


@pytest.mark.parametrize(
    ("error", "status", "field", "retry_after"), ANSWERS, ids=lambda value: type(value).__name__
)
def test_an_error_becomes_its_problem(
    error: EmojifyError, status: int, field: str | None, retry_after: str | None
) -> None:
    """The service raises; the handler chooses status, field and Retry-After."""
    response = raising(error).get("/")
    assert response.status_code == status
    assert response.get_json() == {
        "type": f"urn:emojify:problem:{error.code}",
        "title": response.status.partition(" ")[2].title(),
        "status": status,
        "detail": SENTENCE,
        "errors": [{"field": field, "message": SENTENCE}] if field else [],
    }
    assert response.headers.get("Retry-After") == retry_after


def test_an_unmapped_error_is_a_server_fault() -> None:
    """The client learns nothing about it."""
    response = raising(ModelError("The file is damaged.")).get("/")
    assert response.status_code == 500
    assert "damaged" not in response.text
