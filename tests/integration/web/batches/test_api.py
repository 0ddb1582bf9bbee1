"""`/api/v1/batches`: files sent, followed, cancelled and fetched; and all that is no such file."""

import csv
import gzip
import io
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from emojify_core.labels import LABELS
from emojify_core.settings import Settings
from emojify_core.storage.factory import Storage
from support.batch_files import as_csv
from support.deadlines import eventually
from support.installation import CLEAR
from support.requests import assert_problem, described
from web.batches import service
from web.batches.schemas import BatchAnswer, BatchPage, BatchSummary

API = "/api/v1/batches"
ROWS = [["id", "text"], *([str(n), text] for n, text in enumerate(CLEAR)), ["9", " "]]
FILE = as_csv(ROWS)
WAIT = {"Prefer": "wait=10"}
MANY = "I was so happy that day.\n" * 200_000

Serve = Callable[..., Flask]


@pytest.fixture
def sender(app: Flask) -> FlaskClient:
    """Return a client of its own, which the cookie of its first batch tells from others."""
    return app.test_client()


@pytest.fixture
def nothing_left(app: Flask) -> Iterator[None]:
    """Check that neither the database nor the file store holds more than before.

    Less it may be: what earlier tests cancelled or broke is swept after half a minute.
    """
    storage: Storage = app.extensions["emojify-storage"]

    def kept() -> set[str]:
        batches = {one.id for one in storage.batches.page(limit=1000)}
        return batches | {one.name for one in storage.files.list("batches")}

    def halves() -> list[Path]:
        return list(storage.files.root.glob(".*/*"))  # type: ignore[attr-defined]

    before = kept()
    yield
    assert kept() <= before
    eventually(lambda: not halves(), within=10, what="no half of a file")


def sent(client: FlaskClient, content: str | bytes = FILE, **query: str) -> dict[str, Any]:
    """Send a file as it is; return the answer."""
    response = client.post(API, data=content, query_string=query, content_type="text/csv")
    assert response.status_code == 202, response.text
    body: dict[str, Any] = response.get_json()
    assert response.headers["Location"] == body["links"]["self"] == f"{API}/{body['id']}"
    assert described(response, BatchAnswer).state in {"queued", "running"}
    return body


def over(client: FlaskClient, batch: dict[str, Any]) -> dict[str, Any]:
    """Wait until a batch is over; return it as it is then."""

    def ended() -> dict[str, Any] | None:
        response = client.get(batch["links"]["self"], headers=WAIT)
        found: dict[str, Any] = response.get_json()
        described(response, BatchAnswer)
        return None if found["state"] in {"queued", "running"} else found

    found = eventually(ended, within=30, what="the batch is over")
    assert found
    return found


def test_a_file_is_sent_followed_and_fetched(sender: FlaskClient) -> None:
    """The whole way: 202, progress, summary, results in the file's order."""
    made = sent(sender, name="survey 'ä'.csv")
    assert (made["name"], made["column"], made["format"]) == ("survey 'ä'.csv", "text", "csv")
    found = over(sender, made)
    assert (found["state"], found["rows"], found["done"], found["failed"]) == (
        *("succeeded", 6, 6, 1),
    )
    assert found["rows_known"]
    assert found["rate"] > 0
    assert found["expires_at"] > found["finished_at"]
    results = sender.get(found["links"]["results"])
    assert results.mimetype == "text/csv"
    assert "survey%20%27%C3%A4%27.emojified.csv" in results.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(results.text, newline="")))
    assert [row["text"] for row in rows] == [row[1] for row in ROWS[1:]]
    assert [row["label"] for row in rows] == [*CLEAR.values(), ""]
    assert rows[5]["error"] == "Write at least one word."
    lines = sender.get(f"{found['links']['results']}?format=jsonl")
    assert lines.mimetype == "application/jsonl"
    parsed = [json.loads(line) for line in lines.text.splitlines()]
    assert [line["label"] for line in parsed] == [*CLEAR.values(), None]
    summary = sender.get(found["links"]["summary"])
    assert described(summary, BatchSummary).counts == {
        label: [*CLEAR.values()].count(label) for label in LABELS
    }
    assert_problem(sender.get(f"{found['links']['results']}?format=xlsx"), 422, "format")


def form(content: bytes, name: str = "a.csv", **fields: str) -> dict[str, Any]:
    """Return a form with a file, its fields before it."""
    return {**fields, "file": (io.BytesIO(content), name)}


def test_a_form_brings_a_file_and_how_to_read_it(sender: FlaskClient) -> None:
    """As a browser or `curl -F` sends it, packed or not; the address may say more."""
    content = as_csv([["said", "who"], *([text, "text"] for text in CLEAR)], ";").encode()
    plain = sender.post(API, data=form(content, "täglich.csv", column="said"))
    assert plain.status_code == 202, plain.text
    assert (plain.get_json()["name"], plain.get_json()["column"]) == ("täglich.csv", "said")
    packed = sender.post(f"{API}?column=1", data=form(gzip.compress(content), "a.csv.gz"))
    assert packed.get_json()["column"] == "said"
    assert over(sender, packed.get_json())["done"] == over(sender, plain.get_json())["done"] == 5


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
def test_a_form_that_brings_no_file_is_refused(
    sender: FlaskClient, data: dict[str, Any], status: int, field: str
) -> None:
    """Which field is wrong is said."""
    copies = {  # the parameters are shared with other runs, and a file is read once
        name: (io.BytesIO(value[0].getvalue()), value[1]) if isinstance(value, tuple) else value
        for name, value in data.items()
    }
    response = sender.post(API, data=copies, content_type="multipart/form-data")
    assert_problem(response, status, field)


def part(name: str, value: str) -> str:
    """Return a part of a form as it is sent."""
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
def test_a_form_that_cannot_be_read_on_the_way_is_refused(
    sender: FlaskClient, body: str, status: int, field: str | None
) -> None:
    """A field that comes too late is told as such; one without an end is cut off."""
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
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(
    sender: FlaskClient, what: str
) -> None:
    """With the field to mend; nothing is left behind, not even a cookie."""
    content, query, status, field = NASTY[what]
    response = sender.post(API, data=content, query_string=query)
    problem = assert_problem(response, status, field)
    assert problem.detail.endswith(".")
    assert "Set-Cookie" not in response.headers


def test_ragged_rows_do_not_stop_the_others(sender: FlaskClient) -> None:
    """Each row that has no text gets an error of its own."""
    found = over(sender, sent(sender, "id,text\n1,happy words\n2\n3,sad words,and more\n"))
    assert (found["state"], found["rows"], found["failed"]) == ("succeeded", 3, 1)


def test_a_row_that_does_not_end_fails_the_batch_with_a_reason(sender: FlaskClient) -> None:
    """What only the workers can find is told by the batch, and asked for results it says why."""
    rows = as_csv([["id", "text"], *([str(n), "fine words"] for n in range(3000))])
    found = over(sender, sent(sender, rows + '3001,"never closed' + "\n1,more words" * 200_000))
    assert (found["state"], found["error"]["code"]) == ("failed", "batch_file")
    assert found["error"]["message"].startswith("Row 3,001 is longer than")
    problem = assert_problem(sender.get(f"{found['links']['self']}/results"), 409)
    assert problem.detail == found["error"]["message"]


@pytest.mark.parametrize("length", [100, 300_000])
@pytest.mark.parametrize("kind", ["text/csv", "multipart/form-data; boundary=x"])
@pytest.mark.usefixtures("nothing_left")
def test_a_client_that_goes_away_half_way_leaves_nothing(
    sender: FlaskClient, kind: str, length: int
) -> None:
    """The server announces no error for a body that is shorter than was said; we do."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    body = (head if "multipart" in kind else b"") + (b"happy words\n" * length)[:length]
    response = sender.post(
        API,
        input_stream=io.BytesIO(body),
        content_type=kind,
        environ_overrides={"CONTENT_LENGTH": "900000", "wsgi.input_terminated": True},
    )
    assert_problem(response, 400)


def test_a_cancelled_batch_ends_at_once(sender: FlaskClient, app: Flask) -> None:
    """Within two seconds, for good; nobody else may do it."""
    made = sent(sender, MANY, format="text")
    where = made["links"]["self"]
    eventually(lambda: sender.get(where).get_json()["done"], within=20, what="it has begun")
    assert_problem(app.test_client().delete(where), 404, "id")
    foreign = sender.delete(where, headers={"Sec-Fetch-Site": "cross-site"})
    assert_problem(foreign, 403)
    started = time.monotonic()
    ended = sender.delete(where)
    assert time.monotonic() - started < 2
    assert described(ended, BatchAnswer).state == "cancelled"
    assert sender.delete(where).get_json()["state"] == "cancelled"
    assert_problem(sender.get(f"{where}/results"), 409)
    assert_problem(sender.get(f"{where}/summary"), 409)


def test_results_are_not_there_before_the_end_nor_after_they_were_deleted(
    sender: FlaskClient, app: Flask
) -> None:
    """409 says "not yet", 410 "no more"; what is deleted is gone from the store."""
    made = sent(sender)
    where = made["links"]["self"]
    early = sender.get(f"{where}/results")
    assert early.status_code in {200, 409}  # six rows are quick
    over(sender, made)
    assert sender.delete(where).get_json()["state"] == "expired"
    for name in ("results", "summary"):
        assert_problem(sender.get(f"{where}/{name}"), 410)
    storage: Storage = app.extensions["emojify-storage"]
    assert not storage.files.exists(f"batches/{made['id']}/input")


def test_batches_belong_to_who_made_them(
    sender: FlaskClient, app: Flask, settings: Settings
) -> None:
    """Another person's id is as if it were not there; the administrator sees all."""
    made = sent(sender)
    stranger = app.test_client()
    for path in ("", "/results", "/summary"):
        assert_problem(stranger.get(f"{made['links']['self']}{path}"), 404, "id")
    assert stranger.get(API).get_json()["batches"] == []
    own = sender.get(API)
    assert [each.id for each in described(own, BatchPage).batches] == [made["id"]]
    token = settings.secret("admin_token", settings.admin_token)
    administrator = {"Authorization": f"Bearer {token}"}
    everybody = stranger.get(API, headers=administrator).get_json()
    assert made["id"] in {each["id"] for each in everybody["batches"]}
    assert stranger.get(made["links"]["self"], headers=administrator).status_code == 200
    assert_problem(sender.get(f"{API}?before=x"), 422, "before")


def test_one_client_cannot_fill_the_queue(
    visitor: FlaskClient, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many that are not over, and no more; one that is cancelled makes room."""
    monkeypatch.setattr(service, "MOST_OPEN", 2)
    first = sent(visitor)
    sent(visitor)
    refused = visitor.post(API, data=FILE)
    assert_problem(refused, 429)
    assert refused.headers["Retry-After"]
    visitor.delete(first["links"]["self"])
    sent(visitor)
    monkeypatch.setattr(service, "MOST_IN_ALL", storage.batches.count_open())
    stranger = visitor.application.test_client()
    assert_problem(stranger.post(API, data=FILE), 503)
