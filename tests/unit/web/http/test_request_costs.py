"""What a request costs to read is bounded before it is paid."""

import io
import time
from typing import Any

import pytest
from flask import Flask, request

from emojify_core.limits import MAX_ERROR_FIELD, MAX_ERRORS, MAX_FORM
from web.http.problems import Problem, register_errors
from web.http.request_parsing import read_json, register_form_limit
from web.predictions.schemas import PredictionRequest

MEGABYTE = 1 << 20

# Each is some 1 MB. The first cost 0.4 s and an answer of 6 MB, the lists 0.2 s.
COSTLY = {
    "unknown names": "{" + ",".join(f'"{n}":1' for n in range(90_000)) + "}",
    "one name often": "{" + ",".join('"a":1' for _ in range(150_000)) + "}",
    "a long name": '{"' + "n" * MEGABYTE + '":1}',
    "lists": '{"texts":[' + ",".join("[]" for _ in range(300_000)) + "]}",
    "objects": '{"texts":[' + ",".join('{"a":1}' for _ in range(100_000)) + "]}",
    "nested lists": '{"text":' + "[" * 400_000 + "]" * 400_000 + "}",
    "texts": '{"texts":[' + ",".join('""' for _ in range(300_000)) + "]}",
    "quotes": '"' * MEGABYTE,
    "escaped quotes": '{"text":"' + '\\"' * (MEGABYTE // 2) + '"}',
    "escapes": '{"text":"' + "\\u0041" * (MEGABYTE // 6) + '"}',
    "digits": '{"text":0.' + "9" * MEGABYTE + "}",
}


def app() -> Flask:
    """Return an app with a route for JSON and one for a form."""
    made = Flask("test")
    made.config["MAX_CONTENT_LENGTH"] = 3 * MEGABYTE
    register_errors(made)
    register_form_limit(made)

    @made.post("/json")
    def read() -> str:
        return read_json(PredictionRequest).text

    @made.post("/form")
    def form() -> str:
        return request.form["text"]

    return made


@pytest.mark.parametrize("what", COSTLY)
def test_a_costly_body_is_refused_at_once_and_briefly(what: str) -> None:
    """The server does not build an object or an error for each part."""
    start = time.process_time()
    response = app().test_client().post("/json", data=COSTLY[what], content_type="application/json")
    assert time.process_time() - start < 0.5  # takes at most 0.05 s
    assert response.status_code in {400, 422}
    assert len(response.data) < 10_000
    assert response.get_json()["detail"]


def test_an_answer_tells_twenty_errors() -> None:
    """The first ones help; the others only cost."""
    body = "{" + ",".join(f'"{n:0>300}":1' for n in range(50)) + "}"
    with (
        app().test_request_context(data=body, content_type="application/json"),
        pytest.raises(Problem) as refused,
    ):
        read_json(PredictionRequest)
    assert len(refused.value.errors) == MAX_ERRORS
    assert {len(error["field"]) for error in refused.value.errors} == {MAX_ERROR_FIELD}


def test_brackets_and_colons_in_a_text_do_not_count() -> None:
    """People may write about code."""
    text = '[{:"\\' * 800
    response = app().test_client().post("/json", json={"text": text})
    assert (response.status_code, response.text) == (200, text)


FORMS: dict[str, dict[str, Any]] = {
    "many fields": {"data": b"a&" * MEGABYTE},
    "one field": {"data": {"text": "x" * MAX_FORM}},
    "a multipart form": {
        "data": {"text": "x" * MAX_FORM},
        "content_type": "multipart/form-data",
    },
    "a file": {"data": {"text": (io.BytesIO(b"x" * MAX_FORM), "a.txt")}},
    "a chunked form": {
        "input_stream": io.BytesIO(b"a&" * MEGABYTE),
        "environ_overrides": {"wsgi.input_terminated": True},
    },
}


@pytest.mark.parametrize("what", FORMS)
def test_a_form_has_a_small_limit(what: str) -> None:
    """A form of a million fields cost a second."""
    how = {"content_type": "application/x-www-form-urlencoded"} | FORMS[what]
    if "file" in what:
        del how["content_type"]
    assert app().test_client().post("/form", **how).status_code == 413


def test_the_longest_text_fits_into_a_form() -> None:
    """5,000 emoji take 60,000 bytes."""
    response = app().test_client().post("/form", data={"text": "😀" * 5_000, "label": "joy"})
    assert response.text == "😀" * 5_000
