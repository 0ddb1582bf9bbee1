"""`/api/v1/corrections` as a program uses it."""

import itertools
import threading
import time
import uuid
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


def fresh() -> dict[str, Any]:
    """Return a correction of a text that no other test has."""
    return {"text": f"They all saw me fall for the {next(numbers)}th time.", "label": "shame"}


def send(client: FlaskClient, body: dict[str, Any], key: str | None = None) -> TestResponse:
    """Post a correction, with an idempotency key perhaps."""
    return client.post(API, json=body, headers={"Idempotency-Key": key} if key else {})


def made(client: FlaskClient, body: dict[str, Any] | None = None) -> CorrectionAnswer:
    """Return a correction just made."""
    response = send(client, body or fresh())
    assert response.status_code == 202, response.text
    return parse_as(response, CorrectionAnswer)


def test_what_was_answered_202_is_in_the_database(visitor: FlaskClient, storage: Storage) -> None:
    """Committed first, and without Redis as well: from the answer on it cannot be lost."""
    body = fresh()
    response = send(visitor, body)
    answer = parse_as(response, CorrectionAnswer)
    assert response.status_code == 202
    assert response.headers["Location"] == answer.links.self == f"{API}/{answer.id}"
    assert (answer.state, answer.text, answer.label) == ("queued", *body.values())
    assert (answer.reason, answer.receipt) == (None, None)
    stored = storage.corrections.get(answer.id)
    assert (stored.text, stored.label, stored.state) == (*body.values(), "queued")
    assert parse_as(visitor.get(answer.links.self), CorrectionAnswer) == answer


def test_the_trainer_is_woken(client: FlaskClient, queue: PredictionQueue) -> None:
    """A correction does not wait for the next look of the trainer's clock."""
    before = queue.waiting(Queue.TRAIN)
    made(client)
    assert queue.waiting(Queue.TRAIN) == before + 1


def test_a_request_sent_again_with_its_key_is_stored_once(
    visitor: FlaskClient, storage: Storage
) -> None:
    """After a broken connection a client may send everything again."""
    body = fresh()
    first, again = (send(visitor, body, "a key") for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.get_json() == again.get_json()
    other = assert_problem(send(visitor, {**body, "label": "guilt"}, "a key"), 422)
    assert other.errors[0].field == "Idempotency-Key"
    stored = [each for each in storage.corrections.page(limit=500) if each.text == body["text"]]
    assert [each.id for each in stored] == [first.get_json()["id"]]


def test_a_first_request_sent_again_is_stored_once_though_its_answer_never_came(
    serve: Serve, storage: Storage
) -> None:
    """Its cookie was in the answer that was lost: a long key and the same words do instead."""
    body, key = fresh(), uuid.uuid4().hex
    first, again = serve().test_client(), serve().test_client()
    answers = [send(each, body, key) for each in (first, again)]
    assert answers[0].get_json() == answers[1].get_json()
    where = answers[0].headers["Location"]
    assert [each.get(where).status_code for each in (first, again)] == [200, 200]
    stranger = serve().test_client()
    assert send(stranger, fresh(), key).status_code == 202, "a key alone opens nothing"
    assert stranger.get(where).status_code == 404
    assert len([each for each in storage.corrections.page() if each.text == body["text"]]) == 1


def test_a_key_is_the_client_s_own(serve: Serve) -> None:
    """Two clients that choose the same word do not meet."""
    one, other = serve().test_client(), serve().test_client()
    ids = {send(client, fresh(), "the same").get_json()["id"] for client in (one, other)}
    assert len(ids) == 2


def test_the_quota_holds_without_redis_and_lets_a_repeated_request_pass(
    serve: Serve, storage: Storage
) -> None:
    """A stranger cannot flood the trainer, and a client in need of its answer still gets it."""
    client = serve(rate_limits=MappingProxyType({"corrections": "3/hour"})).test_client()
    body = fresh()
    first = send(client, body, "a key")
    assert [send(client, fresh()).status_code for _ in range(2)] == [202, 202]
    refused = fresh()
    response = send(client, refused)
    assert assert_problem(response, 429).type == "urn:emojify:problem:quota"
    assert 3500 < int(response.headers["Retry-After"]) <= 3601
    assert refused["text"] not in {each.text for each in storage.corrections.page(limit=500)}
    assert send(client, body, "a key").get_json() == first.get_json()
    assert_problem(send(client, fresh(), "a key"), 422, "Idempotency-Key")
    assert serve().test_client().post(API, json=fresh()).status_code == 202


def bad_corrections() -> dict[str, Bad]:
    """Return the bodies no correction may have; those of predictions without lists, and more."""
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
def test_a_bad_correction_names_its_field_and_stores_nothing(
    visitor: FlaskClient, storage: Storage, bad: Bad
) -> None:
    """Whatever is wrong is told, and nothing of it is kept: no row, no cookie."""
    before = storage.corrections.page(limit=1)
    response = visitor.post(API, data=bad.body, content_type=bad.content_type)
    assert_problem(response, bad.status, bad.field)
    assert "Set-Cookie" not in response.headers
    assert storage.corrections.page(limit=1) == before


def test_a_key_that_is_too_long_is_refused(visitor: FlaskClient) -> None:
    """Keys are words, not documents."""
    assert_problem(send(visitor, fresh(), "k" * 201), 422, "Idempotency-Key")
    assert send(visitor, fresh(), "k" * 200).status_code == 202


def test_a_prediction_of_another_text_is_refused(client: FlaskClient) -> None:
    """A program that mixes up its answers finds out; one that does not is served."""
    asked = {"json": {"text": JOYFUL}, "headers": {"Prefer": "wait=10"}}
    known = client.post(PREDICTIONS, **asked).get_json()["id"]
    of_another = {**fresh(), "prediction_id": known}
    problem = assert_problem(send(client, of_another), 422, "prediction_id")
    assert "another text" in problem.detail
    made(client, {"text": JOYFUL, "label": "guilt", "prediction_id": known})


def test_a_prediction_that_expired_or_still_runs_is_no_reason_to_refuse(
    client: FlaskClient, signer: IdSigner
) -> None:
    """People think for a while, or do not wait for the answer."""
    for age in (0, RESULT_EXPIRES + 1):
        made(client, {**fresh(), "prediction_id": signer.new(now=time.time() - age)})


def test_a_correction_is_its_maker_s_and_the_administrator_s(
    serve: Serve, administrator: dict[str, str]
) -> None:
    """For everybody else it is as if it were not there."""
    maker, stranger = serve().test_client(), serve().test_client()
    correction = made(maker)
    for other in (stranger, serve().test_client()):
        made(other)
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


def test_a_list_comes_in_pages_newest_first(
    serve: Serve, storage: Storage, administrator: dict[str, str]
) -> None:
    """One's own are found again, however many; the administrator filters all by state."""
    client = serve().test_client()
    assert client.get(API).get_json() == {"corrections": [], "links": {"self": API}}
    ids = [made(client).id]
    maker = storage.corrections.get(ids[0]).client
    for body in (fresh() for _ in range(52)):
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
    nobody = program.get(f"{API}?state=checking", headers=administrator)
    assert parse_as(nobody, CorrectionPage).corrections == []
    for field, value in (("state", "lost"), ("before", "x"), ("before", "9" * 30)):
        assert_problem(client.get(f"{API}?{field}={value}"), 422, field)


def test_who_waits_is_answered_when_it_is_settled(visitor: FlaskClient, storage: Storage) -> None:
    """One held request instead of many; and not longer than the client said."""
    correction, wait = made(visitor), {"Prefer": "wait=1"}
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


def test_a_database_that_is_away_is_told_as_such(
    serve: Serve, administrator: dict[str, str], tmp_path: Any
) -> None:
    """503 and when to come again, for corrections alone: the page and health go on."""
    nowhere = tmp_path / "a folder"
    nowhere.mkdir()
    client = serve(database_url=f"sqlite:///{nowhere}").test_client()
    for path in (API, f"{API}/export", "/api/v1/models", "/api/v1/models/1"):
        response = client.get(path, headers=administrator)
        assert assert_problem(response, 503).type == "urn:emojify:problem:storage_unavailable"
        assert int(response.headers["Retry-After"]) > 0
    response = send(client, fresh())
    assert_problem(response, 503)
    assert "Set-Cookie" not in response.headers
    assert client.get("/").status_code == client.get("/healthz").status_code == 200
    assert "database" in client.get("/readyz").get_json()["degraded"]
    assert "emojify_database_up 0.0" in client.get("/metrics").text


def test_the_metrics_count_corrections_by_state(visitor: FlaskClient, storage: Storage) -> None:
    """An operator sees what piles up."""
    made(visitor)
    waiting = len(storage.corrections.waiting())
    metrics = visitor.get("/metrics").text
    assert f'emojify_corrections{{state="queued"}} {float(waiting)}' in metrics
    assert "emojify_live_model_version 1.0" in metrics
