"""`/api/v1/batches`: submit, follow, cancel and fetch a batch."""

import codecs
import csv
import gzip
import io
import json
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from emojify_core.labels import LABELS
from emojify_core.limits import MAX_FORM
from emojify_core.settings import Settings
from emojify_core.storage.factory import Storage
from support.api_checks import assert_problem, parse_as
from support.batch_api import API, FILE, ROWS, form, submit, until_over
from support.batch_files import as_csv
from support.deadlines import eventually
from support.installation import CLEAR
from web.batches import service
from web.batches.schemas import BatchAnswer, BatchPage, BatchSummary

MANY = "I was so happy that day.\n" * 200_000


def test_a_file_is_submitted_followed_and_fetched(sender: FlaskClient) -> None:
    """202, progress, summary, and the results in the file's order."""
    made = submit(sender, name="survey 'ä'.csv")
    assert (made["name"], made["column"], made["format"]) == ("survey 'ä'.csv", "text", "csv")
    found = until_over(sender, made)
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
    assert parse_as(summary, BatchSummary).counts == {
        label: [*CLEAR.values()].count(label) for label in LABELS
    }
    assert_problem(sender.get(f"{found['links']['results']}?format=parquet"), 422, "format")


def test_results_are_fetched_in_the_format_of_their_name(sender: FlaskClient) -> None:
    """For Excel, exact, or as a workbook with a summary."""
    links = until_over(sender, submit(sender, name="a.csv"))["links"]
    safe, excel, exact, book = (
        sender.get(f"{links['results']}?format={name}")
        for name in ("csv", "csv-excel", "csv-exact", "xlsx")
    )
    assert {each.mimetype for each in (safe, excel, exact)} == {"text/csv"}
    assert excel.data.startswith(codecs.BOM_UTF8)
    assert [*csv.reader(io.StringIO(safe.text, ""))] == [*csv.reader(io.StringIO(exact.text, ""))]
    assert "a.emojified.xlsx" in book.headers["Content-Disposition"]
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(book.data))
    assert sheets.sheet_names == ["Rows", "Summary"]
    assert len(sheets.get_sheet_by_name("Rows").to_python()) == 1 + len(ROWS) - 1
    assert ["joy", 1] in [row[:2] for row in sheets.get_sheet_by_name("Summary").to_python()]


def test_a_form_with_a_file_may_be_larger_than_other_forms(sender: FlaskClient) -> None:
    """The limit of forms is for fields; a file has its own."""
    content = b"text\n" + b"We won!\n" * (MAX_FORM // 4)
    response = sender.post(API, data=form(content))
    assert response.status_code == 202, response.text
    assert response.get_json()["column"] == "text"


def test_a_form_carries_a_file_and_its_options(sender: FlaskClient) -> None:
    """As a browser or `curl -F` sends it, compressed or not; the query may hold options too."""
    content = as_csv([["said", "who"], *([text, "text"] for text in CLEAR)], ";").encode()
    plain = sender.post(API, data=form(content, "täglich.csv", column="said"))
    assert plain.status_code == 202, plain.text
    assert (plain.get_json()["name"], plain.get_json()["column"]) == ("täglich.csv", "said")
    packed = sender.post(f"{API}?column=1", data=form(gzip.compress(content), "a.csv.gz"))
    assert packed.get_json()["column"] == "said"
    assert (
        until_over(sender, packed.get_json())["done"]
        == until_over(sender, plain.get_json())["done"]
        == 5
    )


def test_ragged_rows_do_not_stop_the_others(sender: FlaskClient) -> None:
    """A row without a text gets its own error."""
    found = until_over(sender, submit(sender, "id,text\n1,happy words\n2\n3,sad words,and more\n"))
    assert (found["state"], found["rows"], found["failed"]) == ("succeeded", 3, 1)


def test_an_endless_row_fails_the_batch_with_a_reason(sender: FlaskClient) -> None:
    """A worker finds the fault; the batch and its missing results give the reason."""
    rows = as_csv([["id", "text"], *([str(n), "fine words"] for n in range(20_000))])
    found = until_over(
        sender, submit(sender, rows + '20001,"never closed' + "\n1,more words" * 200_000)
    )
    assert (found["state"], found["error"]["code"]) == ("failed", "batch_file")
    assert found["error"]["message"].startswith("Row 20,001 is longer than")
    problem = assert_problem(sender.get(f"{found['links']['self']}/results"), 409)
    assert problem.detail == found["error"]["message"]


def test_a_cancelled_batch_ends_at_once(sender: FlaskClient, app: Flask) -> None:
    """It ends for good within two seconds, and only its client may cancel it."""
    made = submit(sender, MANY, format="text")
    where = made["links"]["self"]
    eventually(
        lambda: sender.get(where).get_json()["done"], within=20, what="the first rows are done"
    )
    assert_problem(app.test_client().delete(where), 404, "id")
    foreign = sender.delete(where, headers={"Sec-Fetch-Site": "cross-site"})
    assert_problem(foreign, 403)
    started = time.monotonic()
    ended = sender.delete(where)
    assert time.monotonic() - started < 2
    assert parse_as(ended, BatchAnswer).state == "cancelled"
    assert sender.delete(where).get_json()["state"] == "cancelled"
    assert_problem(sender.get(f"{where}/results"), 409)
    assert_problem(sender.get(f"{where}/summary"), 409)


def test_results_exist_from_the_end_until_they_are_deleted(sender: FlaskClient, app: Flask) -> None:
    """409 means "not yet", 410 "deleted"; a deleted file is gone from the store."""
    made = submit(sender)
    where = made["links"]["self"]
    early = sender.get(f"{where}/results")
    assert early.status_code in {200, 409}  # six rows are quick
    until_over(sender, made)
    assert sender.delete(where).get_json()["state"] == "expired"
    for name in ("results", "summary"):
        assert_problem(sender.get(f"{where}/{name}"), 410)
    storage: Storage = app.extensions["emojify-storage"]
    assert not storage.files.exists(f"batches/{made['id']}/input")


def test_a_batch_is_visible_to_its_client_and_the_administrator(
    sender: FlaskClient, app: Flask, settings: Settings
) -> None:
    """For everybody else its id does not exist."""
    made = submit(sender)
    stranger = app.test_client()
    for path in ("", "/results", "/summary"):
        assert_problem(stranger.get(f"{made['links']['self']}{path}"), 404, "id")
    assert stranger.get(API).get_json()["batches"] == []
    own = sender.get(API)
    assert [each.id for each in parse_as(own, BatchPage).batches] == [made["id"]]
    token = settings.secret("admin_token", settings.admin_token)
    administrator = {"Authorization": f"Bearer {token}"}
    everybody = stranger.get(API, headers=administrator).get_json()
    assert made["id"] in {each["id"] for each in everybody["batches"]}
    assert stranger.get(made["links"]["self"], headers=administrator).status_code == 200
    assert_problem(sender.get(f"{API}?before=x"), 422, "before")


def test_open_batches_are_limited_per_client_and_in_all(
    visitor: FlaskClient, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cancelled batch makes room for the next."""
    monkeypatch.setattr(service, "MAX_OPEN_PER_CLIENT", 2)
    first = submit(visitor)
    submit(visitor)
    refused = visitor.post(API, data=FILE)
    assert_problem(refused, 429)
    assert refused.headers["Retry-After"]
    visitor.delete(first["links"]["self"])
    submit(visitor)
    monkeypatch.setattr(service, "MAX_OPEN", storage.batches.count_open())
    stranger = visitor.application.test_client()
    assert_problem(stranger.post(API, data=FILE), 503)
