"""Requests that are sent again with their `Idempotency-Key`."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from emojify_core.storage.factory import Storage
from support.api_checks import assert_problem, parse_as
from web.corrections.schemas import CorrectionAnswer

API = "/api/v1/corrections"
Serve = Callable[..., Flask]


def new_body() -> dict[str, Any]:
    """Return the body of a correction whose text no other test uses."""
    return {"text": f"They all saw me fall, {uuid.uuid4().hex}.", "label": "shame"}


def send(client: FlaskClient, body: dict[str, Any], key: str | None = None) -> TestResponse:
    """Submit a correction, with an idempotency key if one is given."""
    return client.post(API, json=body, headers={"Idempotency-Key": key} if key else {})


def submit(client: FlaskClient) -> CorrectionAnswer:
    """Submit a new correction and return the answer."""
    return parse_as(send(client, new_body()), CorrectionAnswer)


def test_a_resent_request_with_the_same_key_is_stored_once(
    visitor: FlaskClient, storage: Storage
) -> None:
    """After a broken connection a client may resend the request."""
    body = new_body()
    first, again = (send(visitor, body, "a key") for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.get_json() == again.get_json()
    other = assert_problem(send(visitor, {**body, "label": "guilt"}, "a key"), 422)
    assert other.errors[0].field == "Idempotency-Key"
    stored = [each for each in storage.corrections.page(limit=500) if each.text == body["text"]]
    assert [each.id for each in stored] == [first.get_json()["id"]]


def test_a_resent_first_request_is_stored_once_without_its_cookie(
    serve: Serve, storage: Storage
) -> None:
    """The lost answer carried the cookie; the repeat's link leads to this correction alone."""
    body, key = new_body(), uuid.uuid4().hex
    first, again = serve().test_client(), serve().test_client()
    answers = [send(each, body, key) for each in (first, again)]
    stored, repeated = (parse_as(each, CorrectionAnswer) for each in answers)
    assert repeated.model_copy(update={"links": stored.links}) == stored
    where = answers[0].headers["Location"]
    assert first.get(where).status_code == 200
    link = answers[1].headers["Location"]
    assert link == repeated.links.self
    assert parse_as(again.get(link), CorrectionAnswer) == repeated
    assert again.get(link.removeprefix("/api/v1")).status_code == 200, "the page, too"
    stranger = serve().test_client()
    assert send(stranger, new_body(), key).status_code == 202, "the key alone identifies nobody"
    assert stranger.get(where).status_code == 404
    assert len([each for each in storage.corrections.page() if each.text == body["text"]]) == 1


def test_who_knows_an_idempotency_key_does_not_become_its_owner(
    serve: Serve, administrator: dict[str, str]
) -> None:
    """A predictable key and text hand out no cookie, and no other text of the owner."""
    body, key = new_body(), "order-2026-11-27-0001"
    owner, knower = serve().test_client(), serve().test_client()
    first = send(owner, body, key)
    secret = submit(owner)
    again = send(knower, body, key)
    assert again.get_json()["id"] == first.get_json()["id"]
    assert "Set-Cookie" in first.headers
    assert "Set-Cookie" not in again.headers
    assert knower.get(API).get_json()["corrections"] == []
    proof = again.headers["Location"].partition("?")[2]
    for link in (secret.links.self, f"{secret.links.self}?{proof}", first.headers["Location"]):
        assert_problem(knower.get(link), 404)
    assert_problem(knower.get(f"{first.headers['Location']}?proof=x"), 404)
    reason = {"why": "Mrs Example asked for it."}
    owner.delete(first.headers["Location"], query_string=reason, headers=administrator)
    gone = knower.get(again.headers["Location"]).get_json()
    assert (gone["state"], gone["text"], gone["decided"]) == ("removed", "", None)
    assert send(knower, body, key).get_json()["decided"] is None
    later = submit(knower)
    assert_problem(owner.get(later.links.self), 404, "id")
    assert send(owner, body, key).get_json()["decided"]["why"] == reason["why"]


def test_idempotency_keys_are_per_client(serve: Serve) -> None:
    """Two clients may choose the same key."""
    one, other = serve().test_client(), serve().test_client()
    ids = {send(client, new_body(), "the same").get_json()["id"] for client in (one, other)}
    assert len(ids) == 2
