"""Reading a request: bodies and queries into models, `Prefer: wait`, where a form came from."""

import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from web.http.limits import MAX_WAIT
from web.http.problems import Problem

# One of the preferences, with parameters of its own perhaps; names are case-insensitive.
_WAIT = re.compile(r'(?:^|,)\s*wait\s*=\s*"?([0-9]+)"?\s*(?:[,;]|$)', re.IGNORECASE)
_LONG_NUMBER = 9  # digits; Python itself refuses to read thousands of them

# What pydantic finds, in words for people; by its names of the errors.
_SENTENCES = {
    "model_type": "Send a JSON object.",
    "extra_forbidden": "There is no such field here.",
    "missing": "This field is needed.",
    "string_type": "Send a string.",
    "string_unicode": "Half of a surrogate pair is not a character. Send valid Unicode.",
    "string_too_short": "Send at least {min_length} characters.",
    "string_too_long": "Send at most {max_length} characters.",
    "list_type": "Send a list.",
    "too_short": "Send at least {min_length} of them.",
    "too_long": "Send at most {max_length} of them.",
    "bool_parsing": "Send true or false.",
    "int_parsing": "Send a whole number.",
    "int_type": "Send a whole number.",
    "greater_than_equal": "Send {ge} or more.",
    "literal_error": "Send {expected}.",
    "enum": "Send {expected}.",
}

Model = TypeVar("Model", bound=BaseModel)


def read_json(model: type[Model]) -> Model:
    """Return the body as the model. Raises Problem 400, 415 or 422, naming the field."""
    if not request.is_json:
        raise Problem(415, "Send JSON with the header Content-Type: application/json.", code="type")
    body = request.get_data()
    if request.content_length is None and len(body) == request.max_content_length:
        raise RequestEntityTooLarge  # it came in chunks, and what is beyond the limit was not read
    try:
        data = json.loads(body.decode())
    except UnicodeDecodeError as e:
        raise Problem(400, "The body is not UTF-8.", code="json") from e
    except (ValueError, RecursionError) as e:
        raise Problem(400, f"The body is not JSON: {e}.", code="json") from e
    return _as_model(model, data)


def read_query(model: type[Model]) -> Model:
    """Return the URL's query as the model. Raises Problem 422, naming the field."""
    return read_values(model, request.args.to_dict())


def read_values(model: type[Model], values: Mapping[str, Any]) -> Model:
    """Return values of a query or form as the model. Raises Problem 422, naming the field."""
    return _as_model(model, dict(values))


def wait_seconds() -> int:
    """Return N of `Prefer: wait=N` (RFC 7240), at most MAX_WAIT; what cannot be read is ignored."""
    found = _WAIT.search(request.headers.get("Prefer", ""))
    digits = found[1] if found else "0"
    return min(int(digits), MAX_WAIT) if len(digits) < _LONG_NUMBER else MAX_WAIT


def form_text(field: str = "text") -> str:
    """Return a form's text as it was typed: browsers send a line end as CR LF, two characters."""
    return request.form.get(field, "").replace("\r\n", "\n")


def require_same_origin() -> None:
    """Refuse a form that another site sends in a visitor's name (Problem 403)."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    foreign = site not in {None, "same-origin", "none"} or (
        site is None and origin is not None and origin.partition("://")[2] != request.host
    )
    if foreign:
        raise Problem(403, "This form may only be sent from its own page.", code="cross-site")


def _as_model(model: type[Model], data: Any) -> Model:
    try:
        return model.model_validate(data)
    except ValidationError as e:
        errors = [(_field(error["loc"], model), _sentence(error)) for error in e.errors()]
        raise Problem(422, errors[0][1], code="invalid", errors=errors) from e


def _field(location: tuple[int | str, ...], model: type[BaseModel]) -> str:
    """Name the field; a rule over the whole model is told of its first field."""
    return ".".join(map(str, location)) or next(iter(model.model_fields))


def _sentence(error: Any) -> str:
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    if sentence := _SENTENCES.get(error["type"]):
        return sentence.format_map(error.get("ctx", {}))
    return str(error["msg"]) + "."
