"""The administrator's routes for corrections: review, undo and export."""

import csv
import io
import json
import time
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from emojify_core.storage.factory import Storage
from support.api_checks import assert_problem, parse_as
from web.corrections.schemas import CorrectionAnswer, Decided

API = "/api/v1/corrections"
MODELS = "/api/v1/models"

Serve = Callable[..., Flask]
Headers = dict[str, str]


def correct(client: FlaskClient, text: str, label: str = "shame") -> str:
    """Submit a correction; return its id."""
    response = client.post(API, json={"text": text, "label": label})
    assert response.status_code == 202, response.text
    return str(response.get_json()["id"])


CALLS = {
    "accept": ("POST", f"{API}/some-id/accept"),
    "reject": ("POST", f"{API}/some-id/reject"),
    "undo": ("DELETE", f"{API}/some-id"),
    "rebuild": ("POST", f"{MODELS}/rebuild"),
    "forget": ("DELETE", "/api/v1/clients/cookie:x"),
    "export": ("GET", f"{API}/export"),
    "activate": ("POST", f"{MODELS}/1/activate"),
}


@pytest.mark.parametrize(("method", "path"), CALLS.values(), ids=CALLS)
def test_administrative_calls_need_the_token(
    visitor: FlaskClient, administrator: Headers, method: str, path: str
) -> None:
    """401 without a token, 403 with a wrong one; the answer never says what exists."""
    missing = visitor.open(path, method=method)
    assert_problem(missing, 401)
    assert missing.headers["WWW-Authenticate"] == "Bearer"
    right = administrator["Authorization"]
    for wrong in ("Bearer wrong", right[:-1], f"{right}x", right.swapcase(), "Bearer \xe9"):
        response = visitor.open(path, method=method, headers={"Authorization": wrong})
        assert_problem(response, 403)
    for none in ("Bearer", "Bearer ", right.replace("Bearer", "Basic"), ""):
        response = visitor.open(path, method=method, headers={"Authorization": none})
        assert_problem(response, 401)


def test_a_correction_in_review_holds_no_place_that_waits(serve: Serve) -> None:
    """A person decides later. So nobody can take all places by waiting for their own."""
    client = serve(corrections="review").test_client()
    url = f"{API}/{correct(client, 'They laughed when I stumbled.')}"
    started = time.monotonic()
    answer = client.get(url, headers={"Prefer": "wait=20"})
    assert parse_as(answer, CorrectionAnswer).state == "review"
    assert time.monotonic() - started < 10


def test_in_review_mode_only_accepted_corrections_are_queued(
    serve: Serve, storage: Storage, administrator: Headers
) -> None:
    """Nothing is learned before it is accepted; each decision is stored with its reason."""
    client = serve(corrections="review").test_client()
    good, bad = correct(client, "They laughed when I fell."), correct(client, "Buy pills.")
    for each in (good, bad):
        assert client.get(f"{API}/{each}").get_json()["state"] == "review"
        assert each not in {waiting.id for waiting in storage.corrections.waiting()}
    why = {"why": "advertising"}
    rejected = client.post(f"{API}/{bad}/reject", json=why, headers=administrator)
    assert parse_as(rejected, CorrectionAnswer).state == "rejected"
    shown = parse_as(client.get(f"{API}/{bad}"), CorrectionAnswer)
    assert shown.decided == Decided(by="administrator", why="advertising")
    accepted = client.post(f"{API}/{good}/accept", headers=administrator)
    assert parse_as(accepted, CorrectionAnswer).state == "queued"
    for again in ("accept", "reject"):
        response = client.post(f"{API}/{good}/{again}", headers=administrator)
        problem = assert_problem(response, 409)
        assert "queued" in problem.detail
    assert_problem(client.post(f"{API}/{bad}/accept", headers=administrator), 409)
    assert_problem(client.post(f"{API}/none/accept", headers=administrator), 404)
    assert_problem(
        client.post(f"{API}/{bad}/accept", json={"why": 7}, headers=administrator), 422, "why"
    )


def test_undo_erases_the_text_at_once(visitor: FlaskClient, administrator: Headers) -> None:
    """The text is gone; who undid the correction and why remains."""
    undone = correct(visitor, "Something I should not have told you.")
    response = visitor.delete(f"{API}/{undone}?why=asked+to", headers=administrator)
    assert response.status_code == 202
    answer = parse_as(response, CorrectionAnswer)
    assert (answer.state, answer.text) == ("removed", "")
    assert visitor.get(f"{API}/{undone}").get_json()["text"] == ""
    assert answer.decided == Decided(by="administrator", why="asked to")
    assert visitor.delete(f"{API}/{undone}", headers=administrator).status_code == 202
    assert_problem(visitor.delete(f"{API}/none", headers=administrator), 404)
    long = visitor.delete(f"{API}/{undone}?why={'x' * 501}", headers=administrator)
    assert_problem(long, 422, "why")


def test_export_holds_all_corrections_and_escapes_formulas(
    visitor: FlaskClient, storage: Storage, administrator: Headers
) -> None:
    """A spreadsheet shows what people wrote and does not execute it."""
    texts = ["=1+1", "+49 to 1", "-1 friend", "@home alone", "\tindented", "\uff1d1+1"]
    texts.append('says "so",\nand goes')
    ids = [correct(visitor, text) for text in texts]
    storage.corrections.fail_attempt(ids[1], "OverflowError in training.", limit=1)
    removed = correct(visitor, "said in error")
    visitor.delete(f"{API}/{removed}?why=%3D2%2B2", headers=administrator)
    lines = visitor.get(f"{API}/export", headers=administrator)
    assert lines.mimetype == "application/jsonl"
    assert "corrections.jsonl" in lines.headers["Content-Disposition"]
    rows = [json.loads(line) for line in lines.text.splitlines()]
    exported = {row["id"]: row for row in rows}
    assert [exported[each]["text"] for each in ids] == texts
    assert [row["created_at"] for row in rows] == sorted(row["created_at"] for row in rows)
    table = visitor.get(f"{API}/export?format=csv", headers=administrator)
    assert table.mimetype == "text/csv"
    listed = list(csv.DictReader(io.StringIO(table.text, newline="")))
    cells = {row["id"]: row["text"] for row in listed}
    assert [cells[each] for each in ids] == [*(f"'{text}" for text in texts[:-1]), texts[-1]]
    assert cells.keys() == exported.keys()
    decided = {row["id"]: (row["decided_by"], row["decided_why"]) for row in listed}
    assert decided[removed] == ("administrator", "'=2+2")
    assert decided[ids[0]] == ("", "")
    errors = {row["id"]: row["error"] for row in listed if row["state"] == "failed"}
    assert errors == {ids[1]: "OverflowError in training."}
    assert_problem(visitor.get(f"{API}/export?format=xls", headers=administrator), 422, "format")
