"""Bad requests for the API, and checks of its answers."""

from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel
from werkzeug.test import TestResponse

from web.http.schemas import ProblemDetails

API = "/api/v1/predictions"

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Bad:
    """A request body, and its refusal: the status and the named field."""

    body: bytes
    status: int
    field: str | None = None  # None: the body as a whole
    content_type: str | None = "application/json"


def bad_bodies() -> dict[str, Bad]:
    """Return bodies that a careless or hostile client may send to the predictions."""
    long = b"x" * 5001
    return {
        "an empty body": Bad(b"", 400),
        "not JSON": Bad(b"text=hello", 400),
        "JSON cut short": Bad(b'{"text": "hel', 400),
        "two JSON values": Bad(b'{"text": "a"}{"text": "b"}', 400),
        "JSON nested 100,000 deep": Bad(b"[" * 100_000, 400),
        "a text nested 100,000 deep": Bad(
            b'{"text":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400
        ),
        "a number of 5,000 digits": Bad(b'{"text": ' + b"9" * 5000 + b"}", 400),
        "not UTF-8": Bad(b'{"text": "\xff\xfe"}', 400),
        "UTF-16": Bad('{"text": "hello"}'.encode("utf-16"), 400),
        "an empty text": Bad(b'{"text": ""}', 422, "text"),
        "only blanks": Bad(b'{"text": " \\t\\n\\u00a0\\u3000 "}', 422, "text"),
        "5,001 characters": Bad(b'{"text": "' + long + b'"}', 422, "text"),
        "a number": Bad(b'{"text": 7}', 422, "text"),
        "not a number": Bad(b'{"text": NaN}', 422, "text"),
        "infinity": Bad(b'{"text": -Infinity}', 422, "text"),
        "null": Bad(b'{"text": null}', 422, "text"),
        "true": Bad(b'{"text": true}', 422, "text"),
        "a list as the text": Bad(b'{"text": ["hello"]}', 422, "text"),
        "an object as the text": Bad(b'{"text": {"text": "hello"}}', 422, "text"),
        "half of a surrogate pair": Bad(b'{"text": "\\ud83d"}', 422, "text"),
        "the halves in the wrong order": Bad(b'{"text": "\\ude04\\ud83d"}', 422, "text"),
        "a list to explain": Bad(b'{"texts": ["a"], "explain": true}', 422, "text"),
        "explain as a word": Bad(b'{"text": "a", "explain": "yes"}', 422, "explain"),
        "nothing to explain": Bad(b'{"explain": true}', 422, "text"),
        "an empty list": Bad(b'{"texts": []}', 422, "texts"),
        "257 texts": Bad(b'{"texts": [' + b'"a",' * 256 + b'"a"]}', 422, "texts"),
        "a string as the list": Bad(b'{"texts": "hello"}', 422, "texts"),
        "an object as the list": Bad(b'{"texts": {"0": "hello"}}', 422, "texts"),
        "a list of numbers": Bad(b'{"texts": ["a", 1]}', 422, "texts.1"),
        "a list in the list": Bad(b'{"texts": ["a", "b", ["c"]]}', 422, "texts.2"),
        "a null in the list": Bad(b'{"texts": [null]}', 422, "texts.0"),
        "more than 200,000 characters": Bad(
            b'{"texts": [' + b",".join([b'"' + b"x" * 4000 + b'"'] * 51) + b"]}", 422, "texts"
        ),
        "both": Bad(b'{"text": "a", "texts": ["b"]}', 422, "text"),
        "neither": Bad(b"{}", 422, "text"),
        "an unknown field": Bad(b'{"text": "a", "language": "en"}', 422, "language"),
        "an unknown field that is no text": Bad(b'{"text": "a", "\\ud83d": 1}', 422),
        "a list as the body": Bad(b'[{"text": "hello"}]', 422, "text"),
        "a string as the body": Bad(b'"hello"', 422, "text"),
        "null as the body": Bad(b"null", 422, "text"),
        "a form": Bad(b"text=hello", 415, content_type="application/x-www-form-urlencoded"),
        "plain text": Bad(b'{"text": "hello"}', 415, content_type="text/plain"),
        "no content type": Bad(b'{"text": "hello"}', 415, content_type=None),
        "a body over 3 MiB": Bad(b'{"text": "' + b"x" * (3 << 20) + b'"}', 413),
    }


def assert_problem(response: TestResponse, status: int, field: str | None = None) -> ProblemDetails:
    """Check that the answer is a well-formed problem that names the field; return it."""
    assert response.status_code == status, response.text
    assert response.mimetype == "application/problem+json"
    problem = parse_as(response, ProblemDetails)
    assert problem.status == status
    assert problem.title
    assert problem.detail.strip(), "people get a sentence"
    assert "Traceback" not in response.text
    if field is not None:
        assert problem.errors[0].field == field
        assert problem.errors[0].message.strip()
    return problem


def parse_as(response: TestResponse, model: type[Model]) -> Model:
    """Check that an answer has exactly the fields of the model; return it."""
    read = model.model_validate_json(response.data)
    assert read.model_dump(mode="json", exclude_unset=True) == response.get_json()
    return read
