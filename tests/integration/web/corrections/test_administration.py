"""What needs the administrator's token: reviewing, undoing, exporting, going back to a version."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from emojify_core.correction_states import CorrectionState
from emojify_core.labels import LABELS
from emojify_core.storage.corrections.records import Receipt, Version
from emojify_core.storage.factory import Storage
from emojify_core.storage.versions.publish import Publication
from support.api_checks import assert_problem, parse_as
from support.model_files import put_files
from web.corrections.schemas import CorrectionAnswer, Decided
from web.models.schemas import Models, ModelVersion

API = "/api/v1/corrections"
MODELS = "/api/v1/models"
BEFORE = (0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.4)
AFTER = (0.0, 0.0, 0.0, 0.0, 0.0, 0.9, 0.1)

Serve = Callable[..., Flask]
Headers = dict[str, str]


def correct(client: FlaskClient, text: str, label: str = "shame") -> str:
    """Make a correction; return its id."""
    response = client.post(API, json={"text": text, "label": label})
    assert response.status_code == 202, response.text
    return str(response.get_json()["id"])


def learn(storage: Storage, correction_id: str, sha256: str) -> Version:
    """Do as the trainer does when all goes well."""
    storage.corrections.move([correction_id], CorrectionState.TRAINING)
    put_files(storage, sha256)
    live = storage.versions.live()
    new = Publication(
        sha256=sha256,
        source=live.version.version,
        cause={"kind": "fine_tune", "by": "trainer"},
        metrics={"macro_f1": 0.61},
        verdict={"passed": True},
        learned={correction_id: Receipt(BEFORE, AFTER, 4.2)},
    )
    return storage.versions.publish(new, live.generation)


CALLS = {
    "accept": ("POST", f"{API}/some-id/accept"),
    "reject": ("POST", f"{API}/some-id/reject"),
    "undo": ("DELETE", f"{API}/some-id"),
    "export": ("GET", f"{API}/export"),
    "activate": ("POST", f"{MODELS}/1/activate"),
}


@pytest.mark.parametrize(("method", "path"), CALLS.values(), ids=CALLS)
def test_administrative_calls_need_the_token(
    visitor: FlaskClient, administrator: Headers, method: str, path: str
) -> None:
    """401 without, 403 with another one, however alike; nothing is told of what is there."""
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


def test_in_review_mode_an_administrator_decides_first(
    serve: Serve, storage: Storage, administrator: Headers
) -> None:
    """Nothing is learned that nobody has accepted; each decision is recorded with its reason."""
    client = serve(review=True).test_client()
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


def test_undoing_erases_the_text_at_once(visitor: FlaskClient, administrator: Headers) -> None:
    """What was told in error is gone, as far as we hold it; who and why stays."""
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


def test_the_export_holds_everything_and_runs_nothing(
    visitor: FlaskClient, storage: Storage, administrator: Headers
) -> None:
    """A spreadsheet shows what people wrote; it does not do what they wrote."""
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


def test_versions_are_listed_with_what_they_learned_and_gone_back_to(
    visitor: FlaskClient, storage: Storage, administrator: Headers
) -> None:
    """One sees where the model stands and how it came there, and a bad version is left again."""
    base = storage.versions.live().version.version
    known = correct(visitor, "Everybody saw it, and I wished to vanish.")
    learned = learn(storage, known, "b" * 64)

    body = parse_as(visitor.get(f"{API}/{known}"), CorrectionAnswer)
    assert body.state == "live"
    assert body.receipt
    assert body.receipt.model_dump() == {
        "before": dict(zip(LABELS, BEFORE, strict=True)),
        "after": dict(zip(LABELS, AFTER, strict=True)),
        "model_version": learned.version,
        "seconds": 4.2,
    }
    models = parse_as(visitor.get(MODELS), Models)
    assert models.live == learned.version
    assert [each.version for each in models.versions][:2] == [learned.version, base]
    assert [each.state for each in models.versions][:2] == ["live", "retired"]
    assert models.workers == [], "none runs here, and the list is served all the same"
    one = parse_as(visitor.get(f"{MODELS}/{learned.version}"), ModelVersion)
    assert (one.parent, one.sha256, one.metrics) == (base, "b" * 64, {"macro_f1": 0.61})
    assert one.verdict == {"passed": True}

    back = visitor.post(
        f"{MODELS}/{base}/activate", json={"why": "too fast"}, headers=administrator
    )
    now = parse_as(back, ModelVersion)
    assert (now.version, now.parent, now.sha256) == (learned.version + 1, learned.version, "a" * 64)
    assert now.cause.items() >= {"kind": "rollback", "why": "too fast"}.items()
    gone = visitor.get(f"{API}/{known}").get_json()
    assert (gone["state"], gone["receipt"]) == ("rolled_back", None)

    forth = {"requeue": True}
    visitor.post(f"{MODELS}/{learned.version}/activate", json=forth, headers=administrator)
    assert visitor.get(f"{API}/{known}").get_json()["state"] == "live"
    visitor.post(f"{MODELS}/{base}/activate", json=forth, headers=administrator)
    assert visitor.get(f"{API}/{known}").get_json()["state"] == "queued"
    visitor.delete(f"{API}/{known}", headers=administrator)
    held = visitor.post(f"{MODELS}/{learned.version}/activate", json={}, headers=administrator)
    assert "removed" in assert_problem(held, 409).detail


def test_a_version_whose_files_were_deleted_is_not_activated(
    visitor: FlaskClient, administrator: Headers, storage: Storage
) -> None:
    """Nobody is sent to a model that no worker could load."""
    old = learn(storage, correct(visitor, "I dropped the cake in front of them."), "c" * 64)
    learn(storage, correct(visitor, "He kept my book."), "d" * 64)
    storage.files.delete("models/" + "c" * 64)
    answer = visitor.post(f"{MODELS}/{old.version}/activate", json={}, headers=administrator)
    assert "were deleted" in assert_problem(answer, 409).detail
    assert storage.versions.live().version.sha256 == "d" * 64


@pytest.mark.parametrize("version", ["0", "999", str(2**31), "9" * 30])
def test_a_version_that_is_not_there_is_404(
    visitor: FlaskClient, administrator: Headers, version: str
) -> None:
    """Whatever number somebody tries."""
    assert_problem(visitor.get(f"{MODELS}/{version}"), 404)
    response = visitor.post(f"{MODELS}/{version}/activate", json={}, headers=administrator)
    assert_problem(response, 404)


def test_a_refused_candidate_is_listed_with_its_reason(
    visitor: FlaskClient, storage: Storage
) -> None:
    """Why the model did not change is no secret."""
    harmful = correct(visitor, "Sunshine and cake.", "disgust")
    storage.corrections.move([harmful], CorrectionState.TRAINING)
    figures: dict[str, Any] = {"worse": 31, "better": 2}
    storage.versions.record_refusal(
        base_version=1,
        correction_ids=[harmful],
        figures=figures,
        reason="It would do harm.",
        final=True,
    )
    newest = parse_as(visitor.get(MODELS), Models).refusals[0]
    assert newest.corrections == [harmful]
    assert (newest.reason, newest.figures) == ("It would do harm.", figures)


def test_the_workers_and_what_they_serve_are_listed(client: FlaskClient) -> None:
    """One sees whether a new version has reached everybody."""
    models = parse_as(client.get(MODELS), Models)
    assert models.live == 1
    assert [worker.model_version for worker in models.workers] == [1]
    assert models.workers[0].name.startswith("predict@")
