"""`POST /api/v1/batches` refuses bad forms and files with a reason, and keeps nothing of them."""

import gzip
import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from support.api_checks import assert_problem
from support.batch_api import API, FILE, form


@pytest.mark.parametrize(
    ("data", "status", "field"),
    [
        ({"column": "text"}, 422, "file"),
        (form(b"some words", ""), 422, "file"),
        (form(FILE.encode()) | {"other": (io.BytesIO(b"words"), "b.csv")}, 422, "file"),
        (form(FILE.encode(), format="xlsx"), 422, "format"),
        (form(FILE.encode(), column="x" * 20_000), 422, "column"),
        (form(FILE.encode(), header="perhaps"), 422, "header"),
        (form(FILE.encode(), colum="text"), 422, "colum"),
    ],
)
@pytest.mark.usefixtures("nothing_left")
def test_a_form_without_exactly_one_file_is_refused(
    sender: FlaskClient, data: dict[str, Any], status: int, field: str
) -> None:
    """The answer names the wrong field."""
    copies = {  # a parameter is shared by all runs, but its file can be read only once
        name: (io.BytesIO(value[0].getvalue()), value[1]) if isinstance(value, tuple) else value
        for name, value in data.items()
    }
    response = sender.post(API, data=copies, content_type="multipart/form-data")
    assert_problem(response, status, field)


def part(name: str, value: str) -> str:
    """Return one part of a multipart form."""
    return f"--x\r\nContent-Disposition: form-data; {name}\r\n\r\n{value}\r\n"


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (
            part('name="file"; filename="a.csv"', FILE) + part('name="column"', "text"),
            422,
            "column",
        ),
        (part('name="file"; filename="a.csv"', FILE), 400, None),
        (part('name="column"', "text"), 400, None),
        ("--x\r\nContent-Length: 3\r\n\r\nabc\r\n--x--\r\n", 400, None),
        (part('name="a"', "b") * 30 + "--x--\r\n", 400, None),
        ("no form at all", 400, None),
    ],
)
@pytest.mark.usefixtures("nothing_left")
def test_a_malformed_form_is_refused(
    sender: FlaskClient, body: str, status: int, field: str | None
) -> None:
    """Options after the file are refused by name; a form without its end is a bad request."""
    closed = body + "--x--\r\n" if field else body
    response = sender.post(API, data=closed, content_type="multipart/form-data; boundary=x")
    assert_problem(response, status, field)


BOMB = gzip.compress(b"happy words\n" * 3_000_000, 9)


NASTY = {
    "empty": (b"", {}, 422, "file"),
    "blank": (b" \n\n", {}, 422, "file"),
    "header only": (b"id,text\n", {}, 422, "file"),
    "ten megabytes in one cell": (b"id,text\n1," + b"word " * 2_000_000, {}, 422, "file"),
    "NULs": (b"id,text\n1,a\0b\n" * 50, {}, 422, "file"),
    "a PNG": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50, {"name": "a.csv"}, 422, "file"),
    "a gzip bomb": (BOMB, {}, 413, "file"),
    "gzip cut off": (gzip.compress(FILE.encode())[:-9], {}, 422, "file"),
    "a wrong column": (FILE.encode(), {"column": "answer"}, 422, "column"),
    "duplicate headers": (b"text,text\nsome,words\n", {"column": "text"}, 422, "column"),
    "a wrong encoding": (FILE.encode(), {"encoding": "klingon"}, 422, "encoding"),
    "a wrong delimiter": (FILE.encode(), {"delimiter": "::"}, 422, "delimiter"),
    "a wrong format": (FILE.encode(), {"format": "xlsx"}, 422, "format"),
    "an option that there is not": (FILE.encode(), {"colum": "text"}, 422, "colum"),
    "a name that cannot be stored": (FILE.encode(), {"name": "a\0.csv"}, 422, "name"),
}


@pytest.mark.parametrize("what", NASTY)
@pytest.mark.usefixtures("nothing_left")
def test_an_unreadable_file_is_refused_with_a_reason(sender: FlaskClient, what: str) -> None:
    """The answer names the field, and nothing is left behind: no file, no cookie."""
    content, query, status, field = NASTY[what]
    response = sender.post(API, data=content, query_string=query)
    problem = assert_problem(response, status, field)
    assert problem.detail.endswith(".")
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("length", [100, 300_000])
@pytest.mark.parametrize("kind", ["text/csv", "multipart/form-data; boundary=x"])
@pytest.mark.usefixtures("nothing_left")
def test_an_aborted_upload_leaves_nothing(sender: FlaskClient, kind: str, length: int) -> None:
    """A body shorter than its Content-Length is a bad request; WSGI itself reports no error."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    body = (head if "multipart" in kind else b"") + (b"happy words\n" * length)[:length]
    response = sender.post(
        API,
        input_stream=io.BytesIO(body),
        content_type=kind,
        environ_overrides={"CONTENT_LENGTH": "900000", "wsgi.input_terminated": True},
    )
    assert_problem(response, 400)
