"""`/api/v1/corrections`: submit, list, follow and wait."""

import itertools
import threading
import time
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from emojify_core.correction_states import CorrectionState
from emojify_core.messages import Queue
from emojify_core.queue.celery_app import RESULT_EXPIRES
from emojify_core.queue.prediction_ids import IdSigner
from emojify_core.queue.prediction_queue import PredictionQueue
from emojify_core.storage.corrections.records import CorrectionInput
from emojify_core.storage.factory import Storage
from support.api_checks import API as PREDICTIONS
from support.api_checks import Bad, assert_problem, bad_bodies, parse_as
from support.installation import JOYFUL
from web.corrections.schemas import CorrectionAnswer, CorrectionPage

API = "/api/v1/corrections"
Serve = Callable[..., Flask]

numbers = itertools.count()


def new_body() -> dict[str, Any]:
    """Return the body of a correction whose text no other test uses."""
    return {"text": f"They all saw me fall for the {next(numbers)}th time.", "label": "shame"}


def send(
    client: FlaskClient, body: dict[str, Any], key: str | None = None, address: int = 1
) -> TestResponse:
    """Submit a correction, with an idempotency key if one is given."""
    headers = {"Idempotency-Key": key} if key else {}
    base = {"REMOTE_ADDR": f"127.0.0.{address}"}
    return client.post(API, json=body, headers=headers, environ_base=base)


def submit(client: FlaskClient, body: dict[str, Any] | None = None) -> CorrectionAnswer:
    """Submit a correction and return the answer."""
    response = send(client, body or new_body())
    assert response.status_code == 202, response.text
    return parse_as(response, CorrectionAnswer)


def test_a_202_answer_means_the_correction_is_stored(
    visitor: FlaskClient, storage: Storage
) -> None:
    """It is committed before the answer, even without Redis."""
    body = new_body()
    response = send(visitor, body)
    answer = parse_as(response, CorrectionAnswer)
    assert response.status_code == 202
    assert response.headers["Location"] == answer.links.self == f"{API}/{answer.id}"
    assert (answer.state, answer.text, answer.label) == ("queued", *body.values())
    assert (answer.reason, answer.receipt) == (None, None)
    stored = storage.corrections.get(answer.id)
    assert (stored.text, stored.label, stored.state) == (*body.values(), "queued")
    assert parse_as(visitor.get(answer.links.self), CorrectionAnswer) == answer


def test_a_correction_wakes_the_trainer(client: FlaskClient, queue: PredictionQueue) -> None:
    """It does not wait for the trainer's next poll."""
    before = queue.waiting(Queue.TRAIN)
    submit(client)
    assert queue.waiting(Queue.TRAIN) == before + 1


def test_the_quota_works_without_redis_and_allows_resends(serve: Serve, storage: Storage) -> None:
    """One client cannot flood the trainer; a resent request still gets its answer."""
    client = serve(rate_limits=MappingProxyType({"corrections": "3/hour"})).test_client()
    body = new_body()
    first = send(client, body, "a key")
    assert [send(client, new_body()).status_code for _ in range(2)] == [202, 202]
    refused = new_body()
    # Another address, because the limit of the first one is used up, too.
    response = send(client, refused, address=2)
    assert assert_problem(response, 429).type == "urn:emojify:problem:quota"
    assert 3500 < int(response.headers["Retry-After"]) <= 3601
    assert refused["text"] not in {each.text for each in storage.corrections.page(limit=500)}
    assert send(client, body, "a key", address=2).get_json() == first.get_json()
    assert_problem(send(client, new_body(), "a key", address=2), 422, "Idempotency-Key")
    assert serve().test_client().post(API, json=new_body()).status_code == 202


def bad_corrections() -> dict[str, Bad]:
    """Return invalid bodies: those of single predictions, and more."""
    of_predictions = {
        name: bad
        for name, bad in bad_bodies().items()
        if bad.field == "text" and b"texts" not in bad.body and b'"text"' in bad.body
    }
    good = b'"text": "They laughed at me."'
    return of_predictions | {
        "no label": Bad(b"{" + good + b"}", 422, "label"),
        "an unknown label": Bad(b"{" + good + b', "label": "envy"}', 422, "label"),
        "a label's number": Bad(b"{" + good + b', "label": 5}', 422, "label"),
        "no text": Bad(b'{"label": "shame"}', 422, "text"),
        "a NUL": Bad(b'{"text": "a\\u0000b", "label": "joy"}', 422, "text"),
        "an unknown field": Bad(b"{" + good + b', "label": "joy", "user": 1}', 422, "user"),
        "a prediction never made": Bad(
            b"{" + good + b', "label": "joy", "prediction_id": "x"}', 422, "prediction_id"
        ),
        "a prediction with a NUL": Bad(
            b"{" + good + b', "label": "joy", "prediction_id": "\\u0000"}', 422, "prediction_id"
        ),
        "not JSON": Bad(b"text=a", 400),
        "a form": Bad(b"text=a&label=joy", 415, None, "application/x-www-form-urlencoded"),
    }


@pytest.mark.parametrize("bad", bad_corrections().values(), ids=bad_corrections())
def test_an_invalid_correction_names_its_field_and_stores_nothing(
    visitor: FlaskClient, storage: Storage, bad: Bad
) -> None:
    """The answer names the field; no row and no cookie are kept."""
    before = storage.corrections.page(limit=1)
    response = visitor.post(API, data=bad.body, content_type=bad.content_type)
    assert_problem(response, bad.status, bad.field)
    assert "Set-Cookie" not in response.headers
    assert storage.corrections.page(limit=1) == before


def test_a_too_long_key_is_refused(visitor: FlaskClient) -> None:
    """A key may have 200 characters."""
    assert_problem(send(visitor, new_body(), "k" * 201), 422, "Idempotency-Key")
    assert send(visitor, new_body(), "k" * 200).status_code == 202


def test_a_prediction_of_another_text_is_refused(client: FlaskClient) -> None:
    """A program that mixes up its predictions gets an error."""
    asked = {"json": {"text": JOYFUL}, "headers": {"Prefer": "wait=10"}}
    known = client.post(PREDICTIONS, **asked).get_json()["id"]
    of_another = {**new_body(), "prediction_id": known}
    problem = assert_problem(send(client, of_another), 422, "prediction_id")
    assert "another text" in problem.detail
    submit(client, {"text": JOYFUL, "label": "guilt", "prediction_id": known})


def test_an_expired_or_pending_prediction_is_accepted(
    client: FlaskClient, signer: IdSigner
) -> None:
    """People take their time, or do not wait for the result."""
    for age in (0, RESULT_EXPIRES + 1):
        submit(client, {**new_body(), "prediction_id": signer.new(now=time.time() - age)})


def test_a_correction_is_visible_to_its_client_and_the_administrator(
    serve: Serve, administrator: dict[str, str]
) -> None:
    """For everybody else its id does not exist."""
    maker, stranger = serve().test_client(), serve().test_client()
    correction = submit(maker)
    for other in (stranger, serve().test_client()):
        submit(other)
        assert_problem(other.get(correction.links.self), 404, "id")
        listed = parse_as(other.get(API), CorrectionPage).corrections
        assert correction.id not in {each.id for each in listed}
    assert_problem(stranger.get(f"{API}/nothing"), 404, "id")
    assert_problem(stranger.get(f"{API}/%00"), 404, "id")
    program = serve().test_client()
    assert program.get(correction.links.self, headers=administrator).status_code == 200
    wrong = {"Authorization": "Bearer wrong"}
    assert_problem(program.get(correction.links.self, headers=wrong), 403)
    assert_problem(program.get(API, headers=wrong), 403)


def test_lists_come_in_pages_newest_first(
    serve: Serve, storage: Storage, administrator: dict[str, str]
) -> None:
    """Clients find all of their own; the administrator can filter all by state."""
    client = serve().test_client()
    assert client.get(API).get_json() == {"corrections": [], "links": {"self": API}}
    ids = [submit(client).id]
    maker = storage.corrections.get(ids[0]).client
    for body in (new_body() for _ in range(52)):
        draft = CorrectionInput(client=maker, **body)
        ids.append(storage.corrections.add(draft, CorrectionState.QUEUED)[0].id)
    first = parse_as(client.get(API), CorrectionPage)
    second = parse_as(client.get(first.links["next"]), CorrectionPage)
    listed = [each.id for page in (first, second) for each in page.corrections]
    assert listed == ids[::-1]
    assert "next" not in second.links
    program = serve().test_client()
    queued = program.get(f"{API}?state=queued", headers=administrator)
    assert [each.id for each in parse_as(queued, CorrectionPage).corrections] == ids[:2:-1]
    in_checking = program.get(f"{API}?state=checking", headers=administrator)
    assert parse_as(in_checking, CorrectionPage).corrections == []
    for field, value in (("state", "lost"), ("before", "x"), ("before", "9" * 30)):
        assert_problem(client.get(f"{API}?{field}={value}"), 422, field)


def test_a_waiting_request_is_answered_when_the_correction_is_settled(
    visitor: FlaskClient, storage: Storage
) -> None:
    """It is not held longer than the client asked for."""
    correction, wait = submit(visitor), {"Prefer": "wait=1"}
    started = time.monotonic()
    same = visitor.get(correction.links.self, headers=wait)
    assert 0.9 < time.monotonic() - started < 8
    assert same.headers["Preference-Applied"] == "wait=1"
    assert parse_as(same, CorrectionAnswer).state == "queued"

    def refuse() -> None:
        storage.corrections.move([correction.id], CorrectionState.TRAINING)
        live = storage.versions.live().version.version
        storage.versions.record_refusal(
            base_version=live,
            correction_ids=[correction.id],
            figures={},
            reason="It would harm others.",
            final=True,
        )

    later = threading.Timer(0.3, refuse)
    later.start()
    started = time.monotonic()
    settled = visitor.get(correction.links.self, headers={"Prefer": "wait=10"})
    later.join()
    assert time.monotonic() - started < 8
    answer = parse_as(settled, CorrectionAnswer)
    assert (answer.state, answer.reason) == ("refused", "It would harm others.")


def test_without_the_database_corrections_answer_503(
    serve: Serve, administrator: dict[str, str], tmp_path: Any
) -> None:
    """The answer has Retry-After; the page and the health check still work."""
    nowhere = tmp_path / "a folder"
    nowhere.mkdir()
    client = serve(database_url=f"sqlite:///{nowhere}").test_client()
    for path in (API, f"{API}/export", "/api/v1/models", "/api/v1/models/1"):
        response = client.get(path, headers=administrator)
        assert assert_problem(response, 503).type == "urn:emojify:problem:storage_unavailable"
        assert int(response.headers["Retry-After"]) > 0
    response = send(client, new_body())
    assert_problem(response, 503)
    assert "Set-Cookie" not in response.headers
    assert client.get("/").status_code == client.get("/healthz").status_code == 200
    assert "database" in client.get("/readyz").get_json()["degraded"]
    assert "emojify_database_up 0.0" in client.get("/metrics").text


def test_metrics_count_corrections_by_state(visitor: FlaskClient, storage: Storage) -> None:
    """An operator sees how many wait."""
    submit(visitor)
    waiting = len(storage.corrections.waiting())
    metrics = visitor.get("/metrics").text
    assert f'emojify_corrections{{state="queued"}} {float(waiting)}' in metrics
    assert "emojify_live_model_version 1.0" in metrics
