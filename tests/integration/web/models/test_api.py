"""`/api/v1/models`: versions, refusals, workers and rollback."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from emojify_core.correction_states import CorrectionState
from emojify_core.labels import LABELS
from emojify_core.storage.corrections.records import Receipt
from emojify_core.storage.factory import Storage
from emojify_core.storage.versions.publish import Publication
from emojify_core.storage.versions.rebuilds import is_rebuild_due
from emojify_core.storage.versions.records import Version
from support.api_checks import assert_problem, parse_as
from support.model_files import put_files
from web.corrections.schemas import CorrectionAnswer
from web.models.schemas import Models, ModelVersion

CORRECTIONS = "/api/v1/corrections"
API = "/api/v1/models"
BEFORE = (0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.4)
AFTER = (0.0, 0.0, 0.0, 0.0, 0.0, 0.9, 0.1)

Headers = dict[str, str]


def correct(client: FlaskClient, text: str, label: str = "shame") -> str:
    """Submit a correction; return its id."""
    response = client.post(CORRECTIONS, json={"text": text, "label": label})
    assert response.status_code == 202, response.text
    return str(response.get_json()["id"])


def learn(storage: Storage, correction_id: str, sha256: str) -> Version:
    """Publish a version that has learned a correction, as the trainer does."""
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


def test_versions_are_listed_and_can_be_activated_again(
    visitor: FlaskClient, storage: Storage, administrator: Headers
) -> None:
    """The list shows each version's parent and figures; a rollback appends a version."""
    base = storage.versions.live().version.version
    known = correct(visitor, "Everybody saw it, and I wished to vanish.")
    learned = learn(storage, known, "b" * 64)

    body = parse_as(visitor.get(f"{CORRECTIONS}/{known}"), CorrectionAnswer)
    assert body.state == "live"
    assert body.receipt
    assert body.receipt.model_dump() == {
        "before": dict(zip(LABELS, BEFORE, strict=True)),
        "after": dict(zip(LABELS, AFTER, strict=True)),
        "model_version": learned.version,
        "seconds": 4.2,
    }
    models = parse_as(visitor.get(API), Models)
    assert models.live == learned.version
    assert [each.version for each in models.versions][:2] == [learned.version, base]
    assert [each.state for each in models.versions][:2] == ["live", "retired"]
    assert models.workers == [], "no worker runs, and the list is served all the same"
    one = parse_as(visitor.get(f"{API}/{learned.version}"), ModelVersion)
    assert (one.parent, one.sha256, one.metrics) == (base, "b" * 64, {"macro_f1": 0.61})
    assert one.verdict == {"passed": True}

    back = visitor.post(f"{API}/{base}/activate", json={"why": "too fast"}, headers=administrator)
    now = parse_as(back, ModelVersion)
    assert (now.version, now.parent, now.sha256) == (learned.version + 1, learned.version, "a" * 64)
    assert now.cause.items() >= {"kind": "rollback", "why": "too fast"}.items()
    gone = visitor.get(f"{CORRECTIONS}/{known}").get_json()
    assert (gone["state"], gone["receipt"]) == ("rolled_back", None)

    forth = {"requeue": True}
    visitor.post(f"{API}/{learned.version}/activate", json=forth, headers=administrator)
    assert visitor.get(f"{CORRECTIONS}/{known}").get_json()["state"] == "live"
    visitor.post(f"{API}/{base}/activate", json=forth, headers=administrator)
    assert visitor.get(f"{CORRECTIONS}/{known}").get_json()["state"] == "queued"
    visitor.delete(f"{CORRECTIONS}/{known}", headers=administrator)
    held = visitor.post(f"{API}/{learned.version}/activate", json={}, headers=administrator)
    assert "removed" in assert_problem(held, 409).detail


def test_only_an_administrator_reads_who_decided_and_why(
    visitor: FlaskClient, storage: Storage, administrator: Headers
) -> None:
    """A reason may name a person; a rebuild's cause repeats the reasons of its undos."""
    live = storage.versions.live()
    put_files(storage, "e" * 64)
    undone = [{"id": "x", "by": "administrator", "why": "Mrs Example asked"}]
    cause = {"kind": "undo", "by": "trainer", "why": "It was undone.", "undone": undone}
    new = Publication(
        sha256="e" * 64,
        source=live.version.version,
        cause=cause,
        metrics={},
        verdict=None,
        learned={},
    )
    number = storage.versions.publish(new, live.generation).version

    public = visitor.get(API)
    assert public.headers["Cache-Control"] == "no-store"
    for text in (public.text, visitor.get(f"{API}/{number}").text):
        assert "Mrs Example" not in text
        assert "administrator" not in text
    assert parse_as(public, Models).versions[0].cause == {"kind": "undo", "undone": [{"id": "x"}]}
    seen = parse_as(visitor.get(f"{API}/{number}", headers=administrator), ModelVersion)
    assert seen.cause == cause
    assert_problem(visitor.get(API, headers={"Authorization": "Bearer wrong"}), 403)


def test_a_version_without_files_cannot_be_activated(
    visitor: FlaskClient, administrator: Headers, storage: Storage
) -> None:
    """No worker could load it."""
    old = learn(storage, correct(visitor, "I dropped the cake in front of them."), "c" * 64)
    learn(storage, correct(visitor, "He kept my book."), "d" * 64)
    storage.files.delete("models/" + "c" * 64)
    answer = visitor.post(f"{API}/{old.version}/activate", json={}, headers=administrator)
    assert "were deleted" in assert_problem(answer, 409).detail
    assert storage.versions.live().version.sha256 == "d" * 64


@pytest.mark.parametrize("version", ["0", "999", str(2**31), "9" * 30])
def test_an_unknown_version_is_not_found(
    visitor: FlaskClient, administrator: Headers, version: str
) -> None:
    """Numbers beyond the database's integers included."""
    assert_problem(visitor.get(f"{API}/{version}"), 404)
    response = visitor.post(f"{API}/{version}/activate", json={}, headers=administrator)
    assert_problem(response, 404)


def test_a_refused_candidate_is_listed_with_its_reason(
    visitor: FlaskClient, storage: Storage
) -> None:
    """Clients can see why the model did not change."""
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
    newest = parse_as(visitor.get(API), Models).refusals[0]
    assert newest.corrections == [harmful]
    assert (newest.reason, newest.figures) == ("It would do harm.", figures)


def test_workers_are_listed_with_their_versions(client: FlaskClient) -> None:
    """The list shows whether a new version has reached every worker."""
    models = parse_as(client.get(API), Models)
    assert models.live == 1
    assert [worker.model_version for worker in models.workers] == [1]
    assert models.workers[0].name.startswith("predict@")


def test_the_administrator_asks_for_a_rebuild(
    visitor: FlaskClient, storage: Storage, administrator: Headers
) -> None:
    """It counts what the live model still holds, and lets none of it wait."""
    base = storage.versions.live().version.version
    known = correct(visitor, "Learned, deleted, and not yet forgotten.")
    learned = learn(storage, known, "e" * 64)
    for version, kind in ((base, "undo"), (learned.version, "rollback")):
        storage.versions.activate(version, by="a test", why="", requeue=True, kind=kind)
    assert visitor.delete(f"{CORRECTIONS}/{known}").status_code == 202
    assert not is_rebuild_due(storage.engine, storage.versions.now())
    assert_problem(visitor.post(f"{API}/rebuild"), 401)
    answer = visitor.post(f"{API}/rebuild", headers=administrator)
    assert (answer.status_code, answer.get_json()) == (202, {"erased": 1})
    assert is_rebuild_due(storage.engine, storage.versions.now())
