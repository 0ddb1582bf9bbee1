"""Reading a request: bodies, queries and forms, `Prefer: wait`, and the site that sent a form."""

import json
import re
import threading
from contextlib import nullcontext
from typing import Any, TypeVar

from flask import Flask, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from emojify_core.limits import (
    MAX_ERROR_FIELD,
    MAX_ERRORS,
    MAX_FORM,
    MAX_JSON_CONTAINERS,
    MAX_JSON_NAMES,
)
from web.http.limits import MAX_WAIT
from web.http.problems import Problem

# One preference of several, perhaps with parameters. Names are case-insensitive (RFC 7240).
_WAIT = re.compile(r'(?:^|,)\s*wait\s*=\s*"?([0-9]+)"?\s*(?:[,;]|$)', re.IGNORECASE)
_MAX_DIGITS = 8  # Python refuses to parse thousands of digits

_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})

# Sentences for pydantic's error types.
_SENTENCES = {
    "model_type": "Send a JSON object.",
    "extra_forbidden": "There is no such field here.",
    "missing": "This field is needed.",
    "string_type": "Send a string.",
    "string_unicode": "Half of a surrogate pair is not a character. Send valid Unicode.",
    "string_too_short": "Send at least {min_length} characters.",
    "string_too_long": "Send at most {max_length} characters.",
    "list_type": "Send a list.",
    "too_short": "Send a list of at least {min_length}.",
    "too_long": "Send a list of at most {max_length}.",
    "bool_parsing": "Send true or false.",
    "int_parsing": "Send a whole number.",
    "int_type": "Send a whole number.",
    "greater_than_equal": "Send {ge} or more.",
    "literal_error": "Send {expected}.",
    "enum": "Send {expected}.",
}

Model = TypeVar("Model", bound=BaseModel)

# Parsing a megabyte holds Python's own lock for some 20 ms. If several large bodies were parsed at
# once, every other request would wait for all of them. So they take turns.
LARGE_BODY = 64 << 10  # bytes
_large_bodies = threading.Lock()


def read_json(model: type[Model]) -> Model:
    """Return the body as the model. Raises Problem 400, 415 or 422 that names the field."""
    if not request.is_json:
        raise Problem(415, "Send JSON with the header Content-Type: application/json.", code="type")
    body = request.get_data()
    if request.content_length is None and len(body) == request.max_content_length:
        raise RequestEntityTooLarge  # a chunked body: Flask stops reading at the limit
    try:
        with _large_bodies if len(body) >= LARGE_BODY else nullcontext():
            _limit_parts(body, model)
            data = json.loads(body.decode())
    except UnicodeDecodeError as e:
        raise Problem(400, "The body is not UTF-8.", code="json") from e
    except (ValueError, RecursionError) as e:
        raise Problem(400, f"The body is not JSON: {e}.", code="json") from e
    return read_values(model, data)


def _limit_parts(body: bytes, model: type[BaseModel]) -> None:
    """Refuse JSON with thousands of parts before any of them costs an object or an error.

    Raises Problem 400 or 422.
    """
    unescaped = body.replace(rb"\\", b"").replace(rb"\"", b"")
    outside = b"".join(unescaped.split(b'"')[::2])  # of strings
    if outside.count(b"[") + outside.count(b"{") > MAX_JSON_CONTAINERS:
        sentence = f"The body has more than {MAX_JSON_CONTAINERS:,} lists and objects. Send fewer."
        raise Problem(400, sentence, code="json")
    if outside.count(b":") > MAX_JSON_NAMES:
        sentence = f"The body has more than {MAX_JSON_NAMES:,} names. Send only fields of this API."
        raise Problem(422, sentence, code="invalid", errors=[(_field((), model), sentence)])


def read_query(model: type[Model]) -> Model:
    """Return the URL's query as the model. Raises Problem 422 that names the field."""
    return read_values(model, request.args.to_dict())


def read_values(model: type[Model], values: Any) -> Model:
    """Return the values as the model. Raises Problem 422 that names the field."""
    try:
        return model.model_validate(values)
    except ValidationError as e:
        found = e.errors(include_url=False)[:MAX_ERRORS]
        errors = [(_field(error["loc"], model), _sentence(error)) for error in found]
        raise Problem(422, errors[0][1], code="invalid", errors=errors) from e


def register_form_limit(app: Flask) -> None:
    """Let a form have at most MAX_FORM bytes; an upload sets a limit of its own."""

    @app.before_request
    def limit_form() -> None:
        if request.mimetype in _FORMS:
            request.max_content_length = MAX_FORM


def form_text() -> str:
    """Return a form's text as it was typed: browsers send a line end as CR LF, two characters."""
    return request.form.get("text", "").replace("\r\n", "\n")


def wait_seconds() -> int:
    """Return N of `Prefer: wait=N` (RFC 7240), at most MAX_WAIT; 0 for anything malformed."""
    found = _WAIT.search(request.headers.get("Prefer", ""))
    digits = found[1] if found else "0"
    return min(int(digits), MAX_WAIT) if len(digits) <= _MAX_DIGITS else MAX_WAIT


def require_same_origin() -> None:
    """Raise Problem 403 for a form that another site sends in a visitor's name."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    foreign = site not in {None, "same-origin", "none"} or (
        site is None and origin is not None and origin.partition("://")[2] != request.host
    )
    if foreign:
        raise Problem(403, "This form may only be sent from its own page.", code="cross-site")


def _field(location: tuple[int | str, ...], model: type[BaseModel]) -> str:
    """Name the field of an error. An error of the whole model names its first field."""
    name = ".".join(map(str, location)) or next(iter(model.model_fields))
    return name[:MAX_ERROR_FIELD]


def _sentence(error: Any) -> str:
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    if sentence := _SENTENCES.get(error["type"]):
        return sentence.format_map(error.get("ctx", {}))
    return str(error["msg"]) + "."
